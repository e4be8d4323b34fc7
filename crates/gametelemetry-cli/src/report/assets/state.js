// What the reader has chosen: laps, cursor, zoom, units, theme. Parts of the page listen for the changes they show.

/** More laps than this at once nobody can tell apart. */
const MOST_PICKED = 6;

const state = {
  /** Indices of the picked laps; the first is the reference. */
  picked: [],
  /** The slot of colour and dash that each picked lap keeps as long as it is picked. */
  slots: new Map(),
  /** A point of the grid. */
  cursor: 0,
  /** From and to in progress; null for the whole lap. */
  zoom: null,
  speedUnit: "km/h",
  theme: "light",
  /** What colours the map: speed, delta or gain. */
  mapColour: "speed",
  /** Further channels that are shown. */
  channels: new Set(),
};

const listeners = {};

/** Calls `listener` after each change of this kind. */
function on(kind, listener) {
  (listeners[kind] ??= []).push(listener);
}

/** Tells everybody who listens. */
function changed(kind) {
  for (const listener of listeners[kind] ?? []) listener();
}

/** Whether a lap has anything to draw. */
function canPick(index) {
  const lap = report.laps[index];
  return report.grid !== null && (lap.elapsed !== null || Object.keys(lap.traces).length > 0);
}

/** Picks a lap, or drops it. When too many are picked, nothing happens. */
function togglePick(index) {
  if (state.picked.includes(index)) {
    state.picked = state.picked.filter((other) => other !== index);
    state.slots.delete(index);
  } else {
    if (state.picked.length >= MOST_PICKED) return;
    state.picked = [...state.picked, index];
    takeSlot(index);
  }
  changed("picked");
}

/** Makes a picked lap the one that the others are compared with. */
function makeReference(index) {
  state.picked = [index, ...state.picked.filter((other) => other !== index)];
  changed("picked");
}

/** Picks several laps at once. */
function pickOnly(indices) {
  state.picked = indices;
  state.slots.clear();
  indices.forEach(takeSlot);
}

function takeSlot(index) {
  const taken = new Set(state.slots.values());
  for (let slot = 0; slot < MOST_PICKED; slot += 1) {
    if (!taken.has(slot)) {
      state.slots.set(index, slot);
      return;
    }
  }
}

/** The laps that are picked when the page opens: the best, and what is nearest to it in time. */
function firstPicks() {
  const given = report.picked.filter((index) => index < report.laps.length && canPick(index));
  if (given.length > 0) return given.slice(0, MOST_PICKED);
  const can = report.laps.map((_, index) => index).filter(canPick);
  const time = (index) => countedTime(report.laps[index]) ?? Infinity;
  const rank = (index) => (report.laps[index].valid === false || report.laps[index].kind !== "flying" ? 1 : 0);
  const ranked = can.sort((a, b) => rank(a) - rank(b) || time(a) - time(b));
  const best = ranked.find((index) => report.laps[index].session === 0) ?? ranked[0];
  if (best === undefined) return [];
  const other = (index) => index !== best && rank(index) <= rank(best);
  const compared = ranked.find((index) => other(index) && report.laps[index].session !== 0);
  const second = compared ?? ranked.find(other);
  return second === undefined ? [best] : [best, second];
}

let cursorIsAsked = false;

/** Moves the cursor; drawn with the next picture of the screen at the latest. */
function moveCursor(index) {
  if (index === state.cursor || report.grid === null) return;
  state.cursor = Math.min(Math.max(index, 0), report.grid.count - 1);
  if (cursorIsAsked) return;
  cursorIsAsked = true;
  requestAnimationFrame(() => {
    cursorIsAsked = false;
    changed("cursor");
  });
}

/** Shows a part of the lap everywhere; null shows all of it. */
function zoomTo(range) {
  if (range !== null) {
    const [low, high] = wholeRange();
    const least = report.grid.step * 10;
    let from = Math.max(low, Math.min(range[0], range[1]));
    let to = Math.min(high, Math.max(range[0], range[1]));
    if (to - from < least) [from, to] = [Math.max(low, from - least / 2), Math.min(high, to + least / 2)];
    range = from <= low && to >= high ? null : [from, to];
  }
  if (String(range) === String(state.zoom)) return;
  state.zoom = range;
  changed("zoom");
}

/** Makes what is seen smaller or larger around the cursor. */
function zoomBy(factor) {
  const [from, to] = state.zoom ?? wholeRange();
  const middle = Math.min(Math.max(progressAt(state.cursor), from), to);
  zoomTo([middle - (middle - from) * factor, middle + (to - middle) * factor]);
}
