// The report's data: taken out of the page, inflated, and its rows of numbers added up when somebody asks for them.

/** All that the page shows; `data.rs` says what is in it. */
let report = null;

/** The text of an element, which is base64 of deflated text. */
async function inflated(id) {
  const element = byId(id);
  const binary = atob(element.textContent.trim());
  element.remove();
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

/** Runs the plotting library, under the name by which the page allows its own scripts. */
async function startLibrary() {
  const own = document.currentScript ?? document.querySelector("script[nonce]");
  const script = document.createElement("script");
  script.nonce = own.nonce;
  script.textContent = await inflated("library");
  document.head.append(script);
}

const unpackedSeries = new WeakMap();

/** The values of a packed row of numbers, NaN where there is none; null without a row. */
function values(series) {
  if (!series) return null;
  let unpacked = unpackedSeries.get(series);
  if (!unpacked) {
    let steps = 0;
    unpacked = Float64Array.from(series.by, (by) => {
      if (by === null) return NaN;
      steps += by;
      return series.low + steps * series.step;
    });
    unpackedSeries.set(series, unpacked);
  }
  return unpacked;
}

/** A channel by its name, also one that the report does not list. */
function channelOf(name) {
  return report.channels.find((channel) => channel.name === name) ?? { name, label: name, unit: "", steps: false };
}

/** A lap's values of a channel at the points of the grid. */
function trace(lap, name) {
  return values(report.laps[lap].traces[name]);
}

/** The progress at a point of the grid. */
function progressAt(index) {
  return report.grid.start + index * report.grid.step;
}

/** The point of the grid nearest to a progress. */
function indexAt(progress) {
  const index = Math.round((progress - report.grid.start) / report.grid.step);
  return Math.min(Math.max(index, 0), report.grid.count - 1);
}

/** First and last progress of the grid. */
function wholeRange() {
  return [progressAt(0), progressAt(report.grid.count - 1)];
}

/** How progress is called and shown. */
function progressUnit() {
  return { label: "Distance", unit: "m", factor: 1, decimals: 0 };
}

/** A progress with its unit. */
function progressText(progress) {
  const shown = progressUnit();
  return `${number(progress * shown.factor, shown.decimals)}\u00a0${shown.unit}`;
}

/** The corner at a progress, if there is one. */
function cornerAt(progress) {
  return report.corners.find((corner) =>
    corner.from <= corner.to
      ? progress >= corner.from && progress <= corner.to
      : progress >= corner.from || progress <= corner.to,
  );
}

/** What a corner is called. */
function cornerName(corner) {
  return corner.name ? `${corner.number} ${corner.name}` : `Turn ${corner.number}`;
}

/** The time that counts: the game's where it gives one. */
function countedTime(lap) {
  return lap.official_time_ms ?? lap.time_ms;
}

/** What a lap is called among the others. */
function lapName(index) {
  const lap = report.laps[index];
  if (report.layout === "stage") return report.sessions.length > 1 ? sessionName(lap.session) : "Run";
  const session = lap.session > 0 ? ` (${sessionName(lap.session)})` : "";
  return `Lap ${lap.lap}${session}`;
}

/** A name of [`lapName`] within a sentence. */
function inSentence(name) {
  return name === "Run" ? "the run" : name.replace(/^Lap/, "lap");
}

/** What a session is called among the others. */
function sessionName(index) {
  const session = report.sessions[index];
  return session?.name || session?.driver || `Session ${index + 1}`;
}

/** Seconds that a lap is behind the reference at each point; they are level where both have begun. */
function delta(lap, reference) {
  const [own, other] = [values(report.laps[lap].elapsed), values(report.laps[reference].elapsed)];
  if (!own || !other) return null;
  const first = own.findIndex((value, i) => Number.isFinite(value) && Number.isFinite(other[i]));
  if (first < 0) return null;
  // A lap that begins within the track, from the pits, is compared from there on.
  const start = first > report.grid.count / 100 ? own[first] - other[first] : 0;
  return own.map((value, i) => (i < other.length ? value - other[i] - start : NaN));
}

/** Whether any value of a row is a number. */
function hasValues(row) {
  return row !== null && row.some((value) => Number.isFinite(value));
}

/** Lowest and highest number of several rows. */
function extent(rows) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}
