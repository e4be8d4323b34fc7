// The traces of the picked laps against progress: one chart a channel, all in one column, with one zoom and one cursor.

/** Where the axes stand in every trace, so that they are aligned. */
const TRACE_MARGIN = { l: 46, r: 10, t: 4, b: 4 };
/** Room for the scale below the last trace. */
const LAST_MARGIN = 36;
/** What is shown to begin with, with its height. */
const TRACES = [
  ["speed", 170],
  ["delta", 110],
  ["throttle", 84],
  ["brake", 84],
  ["gear", 84],
  ["steer", 96],
  ["steer_ratio", 96],
];

/** The charts that are drawn: channel, figure, rows. */
let traceCharts = [];

/** Delta is no channel of the recording; it is made of two laps' times. */
const DELTA = { name: "delta", label: "Delta", unit: "s", steps: false };

function showTraces() {
  const parent = byId("traces");
  traceCharts.forEach(({ plot }) => forget(plot));
  traceCharts = [];
  if (report.grid === null || !report.laps.some((_, index) => canPick(index))) {
    showReason(parent, "traces", "There is nothing to compare: no lap has channels that could be drawn along the track.");
    return;
  }
  if (state.picked.length === 0) {
    parent.replaceChildren(make("p", { class: "reason" }, "Pick a lap in the table above to see its traces."));
    return;
  }
  const shown = shownChannels();
  traceCharts = shown.map(([channel, height], place) => makeTrace(channel, height, place === shown.length - 1));
  parent.replaceChildren(...traceCharts.map(({ figure }) => figure), moreChannels());
  traceCharts.forEach((chart) => {
    drawTrace(chart);
    onResize(chart.plot, () => {
      drawTrace(chart);
      showCursor();
    });
  });
  showCursor();
}

/** Channels that some picked lap has, and their heights. */
function shownChannels() {
  const has = (name) => state.picked.some((lap) => hasValues(trace(lap, name)));
  const usual = TRACES.filter(([name]) => {
    if (name === "delta") return state.picked.length > 1 && state.picked.slice(1).some((lap) => delta(lap, state.picked[0]));
    return has(name) && !(name === "steer_ratio" && has("steer"));
  });
  const further = [...state.channels].filter(has).map((name) => [name, 96]);
  return [...usual, ...further].map(([name, height]) => [name === "delta" ? DELTA : channelOf(name), height]);
}

/** Checkboxes for the channels that are not shown to begin with. */
function moreChannels() {
  const usual = new Set(TRACES.map(([name]) => name));
  const others = report.channels.filter(
    ({ name }) => !usual.has(name) && state.picked.some((lap) => hasValues(trace(lap, name))),
  );
  if (others.length === 0) return "";
  const boxes = others.map((channel) => {
    const box = make("input", { type: "checkbox" });
    box.checked = state.channels.has(channel.name);
    box.addEventListener("change", () => {
      if (box.checked) state.channels.add(channel.name);
      else state.channels.delete(channel.name);
      showTraces();
      byId("more-channels").open = true;
      [...byId("more-channels").querySelectorAll("input")][others.indexOf(channel)].focus();
    });
    return make("label", {}, box, channel.label);
  });
  return make("details", { id: "more-channels", class: "more no-print" }, make("summary", {}, "More channels"), make("div", { class: "choices" }, ...boxes));
}

function makeTrace(channel, height, isLast) {
  const { unit } = unitOf(channel);
  const title = channel === DELTA ? `Delta to ${inSentence(lapName(state.picked[0]))}` : channel.label;
  const { figure, plot, box, values: readout } = makeFigure(title, {
    class: "trace-chart",
    aria: `${title}${unit ? ` in ${unit}` : ""} along the lap, of ${state.picked.map(lapName).join(", ")}`,
  });
  if (unit) figure.querySelector(".figure-title").append(make("span", { class: "unit" }, unit));
  const cursor = make("div", { class: "cursor", hidden: true });
  box.append(cursor);
  figure.dataset.channel = channel.name;
  const rows = state.picked.map((lap) => (channel === DELTA ? delta(lap, state.picked[0]) : trace(lap, channel.name)));
  followPointer(box);
  plot.dataset.paper = "676";
  return { channel, figure, plot, box, cursor, readout, rows, height, isLast };
}

function drawTrace({ channel, plot, rows, height, isLast }) {
  const { factor } = unitOf(channel);
  const shownProgress = progressUnit();
  const data = rows.map((row, place) => lineOf(row, factor, state.picked[place], channel.steps));
  const margin = { ...TRACE_MARGIN, b: isLast ? LAST_MARGIN : TRACE_MARGIN.b };
  const range = (state.zoom ?? wholeRange()).map((value) => value * shownProgress.factor);
  const layout = layoutOf(height + margin.b, margin, {
    dragmode: isTouch() ? false : "zoom",
    xaxis: axisOf({
      range,
      fixedrange: isTouch(),
      showticklabels: isLast,
      ticks: isLast ? "outside" : "",
      ticklen: 4,
      zeroline: false,
      separatethousands: false,
      title: isLast ? { text: `${shownProgress.label} (${shownProgress.unit})`, font: { size: 11 }, standoff: 6 } : undefined,
    }),
    yaxis: axisOf({ nticks: 5, zeroline: channel === DELTA, zerolinecolor: colour("rule"), ...rangeOf(channel, rows, factor) }),
    shapes: cornerBands(shownProgress.factor),
    annotations: channel.name === "speed" ? cornerLabels(shownProgress.factor, range, plot.clientWidth) : [],
  });
  const isDrawn = plot.drawn !== undefined;
  draw(plot, data, layout);
  if (isDrawn) return;
  plot.on("plotly_relayout", (change) => {
    const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (from !== undefined) zoomTo([from / shownProgress.factor, to / shownProgress.factor]);
  });
}

/** One lap's line; a lap without the channel leaves an empty line, so that lines and laps stay in step. */
function lineOf(row, factor, lap, steps) {
  const slot = state.slots.get(lap) ?? 0;
  const shown = progressUnit().factor;
  return {
    type: "scatter",
    mode: "lines",
    name: lapName(lap),
    x: row ? Array.from(row, (_, i) => progressAt(i) * shown) : [],
    y: row ? Array.from(row, (value) => (Number.isFinite(value) ? value * factor : null)) : [],
    line: { color: lapColour(lap), width: lap === state.picked[0] ? 2 : 1.6, dash: DASHES[slot], shape: steps ? "hv" : "linear" },
    connectgaps: false,
    hoverinfo: "skip",
  };
}

/** The height that a channel's scale has. */
function rangeOf(channel, rows, factor) {
  if (["throttle", "brake", "clutch", "handbrake"].includes(channel.name)) {
    return { range: [-6, 106], tickvals: [0, 50, 100] };
  }
  const found = extent(rows.filter(Boolean));
  if (!found) return {};
  const range = padded(found.map((value) => value * factor));
  if (channel.name === "gear") return { range, dtick: found[1] > 4 ? 2 : 1, tick0: 0 };
  return { range };
}

/** Light bands where corners are. */
function cornerBands(factor) {
  const [low, high] = wholeRange();
  const pieces = report.corners.flatMap(({ from, to }) => (from <= to ? [[from, to]] : [[from, high], [low, to]]));
  return pieces.map(([from, to]) => ({
    type: "rect",
    layer: "below",
    xref: "x",
    yref: "paper",
    x0: from * factor,
    x1: to * factor,
    y0: 0,
    y1: 1,
    line: { width: 0 },
    fillcolor: colour("band"),
  }));
}

/** Numbers of the corners at the foot of a trace, as many as have room. */
function cornerLabels(factor, [from, to], width) {
  let last = -Infinity;
  const room = ((to - from) / Math.max(width - TRACE_MARGIN.l - TRACE_MARGIN.r, 1)) * 16;
  const shown = report.corners.filter(({ apex }) => {
    const place = apex * factor;
    if (place < from || place > to || place - last < room) return false;
    last = place;
    return true;
  });
  return shown.map((corner) => ({
    x: corner.apex * factor,
    y: 0,
    xref: "x",
    yref: "paper",
    yanchor: "bottom",
    text: String(corner.number),
    showarrow: false,
    font: { size: 10, color: colour("muted") },
  }));
}

/** Moves the cursor with the pointer, and shows all of the lap after a double click. */
function followPointer(box) {
  const move = (event) => {
    if (event.pointerType === "mouse" && event.buttons > 0) return;
    const [from, to] = state.zoom ?? wholeRange();
    const place = box.getBoundingClientRect();
    const width = place.width - TRACE_MARGIN.l - TRACE_MARGIN.r;
    const share = (event.clientX - place.left - TRACE_MARGIN.l) / width;
    if (share >= 0 && share <= 1) moveCursor(indexAt(from + share * (to - from)));
  };
  box.addEventListener("pointermove", move);
  box.addEventListener("pointerdown", move);
  // The library puts a cover over the page while a button is down, so that no double click ever comes from the
  // browser; the second press of one does, with its count.
  const press = (event) => {
    if (event.detail !== 2) return;
    event.preventDefault();
    event.stopPropagation();
    zoomTo(null);
  };
  box.addEventListener("mousedown", press, true);
}

/** Shows the part of the lap that is chosen in every trace. */
function applyZoom() {
  for (const chart of traceCharts) drawTrace(chart);
  showCursor();
}
