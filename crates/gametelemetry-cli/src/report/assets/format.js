// Numbers and times as people read them, and small helpers to build elements. Texts become text nodes, never markup.

const MINUS = "\u2212";
const NONE = "\u2013";

/** A lap time as m:ss.mmm, or h:mm:ss.mmm. */
function lapTime(ms) {
  if (ms === null || ms === undefined) return NONE;
  const total = Math.abs(Math.round(ms));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600000);
  const minutes = Math.floor(total / 60000) % 60;
  const rest = `${two(Math.floor(total / 1000) % 60)}.${String(total % 1000).padStart(3, "0")}`;
  const front = hours > 0 ? `${hours}:${two(minutes)}` : minutes;
  return `${ms < 0 ? MINUS : ""}${front}:${rest}`;
}

/** A sector: as a lap time, without minutes where there are none. */
function sectorTime(ms) {
  if (ms === null || ms === undefined) return NONE;
  return Math.abs(ms) < 60000 ? number(ms / 1000, 3) : lapTime(ms);
}

/** A difference in seconds, always with its sign. */
function signed(seconds, decimals = 3) {
  if (!Number.isFinite(seconds)) return NONE;
  const text = Math.abs(seconds).toFixed(decimals);
  const isZero = Number(text) === 0;
  return `${isZero ? "\u00b1" : seconds < 0 ? MINUS : "+"}${text}`;
}

/** A number with thin spaces between thousands and a real minus sign. */
function number(value, decimals = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u2009") : whole;
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** How long something was: 58 s, 12 min 30 s, 1 h 02 min. */
function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
  return `${Math.floor(whole / 3600)}\u00a0h ${String(Math.floor(whole / 60) % 60).padStart(2, "0")}\u00a0min`;
}

/** A moment of a session as h:mm:ss or m:ss. */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, "");
}

/** A size in bytes. */
function byteSize(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, unit > 0 && value < 100 ? 1 : 0)}\u00a0${units[unit]}`;
}

/** A time in microseconds. */
function microseconds(us) {
  if (us < 1000) return `${number(us)}\u00a0\u00b5s`;
  if (us < 1000000) return `${number(us / 1000, us < 10000 ? 1 : 0)}\u00a0ms`;
  return `${number(us / 1000000, 1)}\u00a0s`;
}

/** A word for a count: 1 lap, 2 laps. */
function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Channels that are shares of something and read as percent. */
const SHARES = /^(throttle|brake|clutch|handbrake|steer_ratio|fuel_level|brake_bias|lap_position)$/;

/** How the values of a channel are shown: unit, factor from the channel's own, decimals. */
function unitOf(channel) {
  if (channel.unit === "m/s") {
    return state.speedUnit === "mph"
      ? { unit: "mph", factor: 2.2369363, decimals: 1 }
      : { unit: "km/h", factor: 3.6, decimals: 1 };
  }
  if (SHARES.test(channel.name)) return { unit: "%", factor: 100, decimals: 0 };
  const known = {
    rad: { unit: "\u00b0", factor: 180 / Math.PI, decimals: 0 },
    "rad/s": { unit: "\u00b0/s", factor: 180 / Math.PI, decimals: 0 },
    Pa: { unit: "kPa", factor: 0.001, decimals: 1 },
    rpm: { unit: "rpm", factor: 1, decimals: 0 },
    "\u00b0C": { unit: "\u00b0C", factor: 1, decimals: 1 },
    s: { unit: "s", factor: 1, decimals: 3 },
    "": { unit: "", factor: 1, decimals: channel.steps ? 0 : 3 },
  };
  return known[channel.unit] ?? { unit: channel.unit, factor: 1, decimals: 2 };
}

/** One value of a channel, without its unit. */
function valueText(channel, value) {
  if (!Number.isFinite(value)) return NONE;
  if (channel.name === "gear" && value < 1) return value < 0 ? "R" : "N";
  const shown = unitOf(channel);
  return number(value * shown.factor, shown.decimals);
}

/** A speed in m/s with the unit that is chosen. */
function speedText(value, withUnit = true) {
  const shown = unitOf({ unit: "m/s" });
  const text = number(value === null ? NaN : value * shown.factor, 1);
  return withUnit && text !== NONE ? `${text}\u00a0${shown.unit}` : text;
}

/** An element with attributes and children; children that are no elements become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element with this id. */
function byId(id) {
  return document.getElementById(id);
}

/** Says in one sentence why there is nothing to see. */
function showReason(parent, section, otherwise) {
  parent.replaceChildren(make("p", { class: "reason" }, report.reasons[section] ?? otherwise));
}
