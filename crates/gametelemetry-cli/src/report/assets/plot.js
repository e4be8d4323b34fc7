// Drawing with the plotting library: colours of the theme, and charts whose places are known, so that the cursor can be
// laid over them without asking the library.

/** Dashes that tell laps apart without colour, in the order of the slots. */
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
/** The same for lines that we draw ourselves. */
const DASH_ARRAYS = ["", "7 4", "2 3", "7 3 2 3", "11 4", "11 3 2 3"];
/** Tyres in the order of the channels. */
const WHEELS = [
  ["fl", "Front left"],
  ["fr", "Front right"],
  ["rl", "Rear left"],
  ["rr", "Rear right"],
];

const SCALES = {
  light: { slow: "#3b0f70", mid: "#b5367a", fast: "#f58a4f", faster: "#0b62b8", level: "#b9c0ca", slower: "#c2410c" },
  dark: { slow: "#7d5be0", mid: "#e0569b", fast: "#fcd08a", faster: "#5aaefc", level: "#5c6675", slower: "#fb923c" },
};

/** A colour of the style sheet. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colour of a picked lap. */
function lapColour(index) {
  return colour(`lap-${(state.slots.get(index) ?? 0) + 1}`);
}

/** From slow to fast. */
function speedScale() {
  const { slow, mid, fast } = SCALES[state.theme];
  return [
    [0, slow],
    [0.5, mid],
    [1, fast],
  ];
}

/** From gained to lost. */
function deltaScale() {
  const { faster, level, slower } = SCALES[state.theme];
  return [
    [0, faster],
    [0.5, level],
    [1, slower],
  ];
}

/** A short piece of a lap's line, for legends. */
function swatch(index) {
  const slot = state.slots.get(index) ?? 0;
  return lineSwatch(`lap-${slot + 1}`, DASH_ARRAYS[slot]);
}

/** A short piece of a line in a colour of the style sheet. */
function lineSwatch(name, dashes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  };
  set(svg, { class: "swatch", viewBox: "0 0 26 8", width: 26, height: 8, "aria-hidden": "true" });
  set(line, { x1: 1, x2: 25, y1: 4, y2: 4, "stroke-width": 3, "stroke-dasharray": dashes });
  line.style.stroke = `var(--${name})`;
  svg.append(line);
  return svg;
}

/** Whether fingers are what points here. */
function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

/** What all charts share. `margin` is where the axes stand, and stays as it is. */
function layoutOf(height, margin, more = {}) {
  return {
    height,
    autosize: true,
    margin: { pad: 0, ...margin },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: fontOf(), size: 12, color: colour("muted") },
    showlegend: false,
    hovermode: false,
    dragmode: false,
    ...more,
  };
}

function fontOf() {
  return getComputedStyle(document.body).fontFamily;
}

/** An axis in the theme's colours. */
function axisOf(more = {}) {
  return {
    gridcolor: colour("grid"),
    zerolinecolor: colour("grid"),
    linecolor: colour("rule"),
    tickcolor: colour("rule"),
    tickfont: { size: 11, color: colour("muted") },
    automargin: false,
    // There is room for all of them; measuring each would take a fifth of the time of a chart.
    ticklabeloverflow: "allow",
    fixedrange: true,
    ...more,
  };
}

/** A range with a little room at both ends. */
function padded([low, high], share = 0.06) {
  const room = (high - low || Math.abs(high) || 1) * share;
  return [low - room, high + room];
}

/** Draws a chart in its element, or draws it anew. */
function draw(element, data, layout) {
  const config = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
  element.drawn = Plotly.react(element, data, layout, config);
}

/** Lets the library forget a chart, once it is done with it. */
function forget(element) {
  element.drawn?.then(() => Plotly.purge(element));
}

/** Every so many-th point, so that at most `most` are left. */
function thinned(rows, most) {
  const every = Math.max(1, Math.ceil(rows[0].length / most));
  return rows.map((row) => row.filter((_, i) => i % every === 0));
}

/** A figure: a chart's heading, its place, and what is laid over it. */
function makeFigure(title, options = {}) {
  const plot = make("div", { class: "plot", role: "img", "aria-label": options.aria ?? title });
  const box = make("div", { class: "plot-box" }, plot);
  const values = make("span", { class: "figure-values" });
  const caption = make("figcaption", {}, make("span", { class: "figure-title" }, title), values);
  const figure = make("figure", { class: `figure ${options.class ?? ""}` }, caption, box);
  return { figure, plot, box, values };
}

const resizable = new Map();

/** Calls `redraw` when the element has got another width. */
function onResize(element, redraw) {
  resizable.set(element, { redraw, width: element.clientWidth });
  resizeWatcher.observe(element);
}

const resizeWatcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const known = resizable.get(target);
    if (!target.isConnected) {
      resizeWatcher.unobserve(target);
      resizable.delete(target);
    } else if (known && target.clientWidth > 0 && target.clientWidth !== known.width && !state.isPrinting) {
      known.width = target.clientWidth;
      known.redraw();
    }
  }
});

/** Draws everything for a page of paper this wide, in light colours; null goes back to the screen. */
function redrawAll(width) {
  for (const [element, known] of resizable) {
    if (!element.isConnected) continue;
    element.style.width = width === null ? "" : `${Math.min(width, Number(element.dataset.paper ?? width))}px`;
    known.redraw();
    known.width = element.clientWidth;
  }
}
