// The g-g diagram: sideways against lengthways acceleration of the picked laps.

let forcesView = null;

/** Points of one lap; more only cover each other. */
const CLOUD_POINTS = 700;
const FORCES_MARGIN = { l: 54, r: 10, t: 6, b: 36 };
const SYMBOLS = ["circle", "diamond-open", "cross-thin-open", "square-open", "triangle-up-open", "x-thin-open"];

function showForces() {
  const parent = byId("forces");
  forcesView = null;
  const laps = state.picked.filter((index) => hasValues(trace(index, "g_lat")) && hasValues(trace(index, "g_lon")));
  if (laps.length === 0) {
    const recorded = report.laps.some(({ traces }) => traces.g_lat && traces.g_lon);
    parent.replaceChildren(make("h3", {}, "g-g diagram"), make("div"));
    const otherwise = recorded ? "None of the picked laps has accelerations." : "The recording has no accelerations, so there is no g-g diagram.";
    showReason(parent.lastElementChild, "forces", otherwise);
    return;
  }
  const { figure, plot, box, values: caption } = makeFigure("g-g diagram", {
    class: "forces",
    aria: `Sideways against lengthways acceleration of ${laps.map(lapName).join(", ")}`,
  });
  const markers = laps.map((index) => ({ index, dot: make("div", { class: "dot", hidden: true }) }));
  markers.forEach(({ index, dot }) => {
    dot.style.background = `var(--lap-${(state.slots.get(index) ?? 0) + 1})`;
  });
  box.append(...markers.map(({ dot }) => dot).reverse());
  parent.replaceChildren(figure, make("p", { class: "hint" }, ...largest(laps)));
  forcesView = { laps, plot, caption, markers };
  plot.dataset.paper = "312";
  drawForces();
  onResize(plot, () => {
    drawForces();
    showForcesCursor();
  });
}

/** The largest accelerations of the reference. */
function largest([lap]) {
  const lateral = extent([trace(lap, "g_lat")]);
  const along = extent([trace(lap, "g_lon")]);
  if (!lateral || !along) return [];
  const most = (value) => `${number(Math.max(0, value), 2)}\u00a0g`;
  return [`${lapName(lap)}: left ${most(lateral[1])}, right ${most(-lateral[0])}, speeding up ${most(along[1])}, braking ${most(-along[0])}`];
}

function drawForces() {
  const { plot, laps } = forcesView;
  const width = plot.clientWidth;
  const height = Math.round(Math.min(340, Math.max(220, width * 0.8)));
  const rows = laps.flatMap((lap) => [trace(lap, "g_lat"), trace(lap, "g_lon")]);
  const most = Math.max(...(extent(rows) ?? [1]).map(Math.abs), 0.5) * 1.08;
  const inner = [width - FORCES_MARGIN.l - FORCES_MARGIN.r, height - FORCES_MARGIN.t - FORCES_MARGIN.b];
  const per = (2 * most) / Math.min(...inner);
  const ranges = inner.map((size) => [(-per * size) / 2, (per * size) / 2]);
  // Positive is to the left, so the scale runs from right to left, as the driver sees it.
  forcesView.view = { ranges, per, inner };
  const dtick = most > 3 ? 2 : most > 1.4 ? 1 : 0.5;
  const axis = (text, range) => axisOf({ range, dtick, tick0: 0, zeroline: true, zerolinecolor: colour("rule"), title: { text, font: { size: 11 }, standoff: 4 } });
  const layout = layoutOf(height, FORCES_MARGIN, {
    xaxis: axis("to the left \u2190 g \u2192 to the right", [...ranges[0]].reverse()),
    yaxis: axis("braking \u2190 g \u2192 speeding up", ranges[1]),
    shapes: ringsUpTo(most, dtick),
  });
  draw(plot, [...laps].reverse().map(cloudOf), layout);
}

/** Circles of equal acceleration. */
function ringsUpTo(most, step) {
  const rings = [];
  for (let g = step; g < most; g += step) {
    rings.push({ type: "circle", layer: "below", x0: -g, x1: g, y0: -g, y1: g, line: { color: colour("grid"), width: 1 } });
  }
  return rings;
}

function cloudOf(lap) {
  const slot = state.slots.get(lap) ?? 0;
  const rows = [trace(lap, "g_lat"), trace(lap, "g_lon")].map((row) => Array.from(row, (value) => (Number.isFinite(value) ? value : null)));
  const [x, y] = thinned(rows, CLOUD_POINTS);
  const marker = { size: slot === 0 ? 3.5 : 5, symbol: SYMBOLS[slot], color: lapColour(lap), opacity: 0.6, line: { color: lapColour(lap), width: 1 } };
  return { type: "scatter", mode: "markers", name: lapName(lap), x, y, marker, hoverinfo: "skip" };
}

function showForcesCursor() {
  if (!forcesView) return;
  const { ranges, per, inner } = forcesView.view;
  const texts = [];
  for (const { index, dot } of forcesView.markers) {
    const [lateral, along] = [trace(index, "g_lat")[state.cursor], trace(index, "g_lon")[state.cursor]];
    dot.hidden = !(Number.isFinite(lateral) && Number.isFinite(along));
    if (dot.hidden) continue;
    const left = FORCES_MARGIN.l + (ranges[0][1] - lateral) / per;
    const top = FORCES_MARGIN.t + inner[1] - (along - ranges[1][0]) / per;
    dot.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    texts.push(make("span", { class: "value" }, swatch(index), `${number(Math.hypot(lateral, along), 2)}\u00a0g`));
  }
  forcesView.caption.replaceChildren(...texts);
}
