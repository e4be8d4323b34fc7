// Channels over the time of the session: tyres and brakes as groups of four lines, the rest a chart each.

const GROUPS = [
  ["tyre_temperature", "Tyre temperature"],
  ["tyre_surface_temperature", "Tyre surface temperature"],
  ["tyre_pressure", "Tyre pressure"],
  ["tyre_wear", "Tyre wear"],
  ["brake_temperature", "Brake temperature"],
];
const TIME_MARGIN = { l: 46, r: 10, t: 18, b: 36 };
const WHEEL_DASHES = ["solid", "dash", "dot", "dashdot"];

/** The series of the report's own session. */
function ownTime() {
  return report.over_time.find((over) => over.session === 0);
}

/** Whether the tyres are shown along the reference lap, because nothing is known of them over time. */
let tyresFollowPicks = false;

function showTyres() {
  const parent = byId("tyres-body");
  const charts = GROUPS.map(([name, label]) => wheelChart(name, label)).filter(Boolean);
  const isOver = charts.some(({ isOverTime }) => isOverTime);
  tyresFollowPicks = !isOver;
  byId("tyres-hint").textContent = charts.length === 0 ? "" : isOver ? "Over the session; lines mark where laps begin." : `Along ${inSentence(lapName(state.picked[0]))}.`;
  if (charts.length === 0) {
    showReason(parent, "tyres", "The recording has no tyre or brake values.");
    return;
  }
  parent.replaceChildren(wheelLegend(), make("div", { class: "grid" }, ...charts.map(({ figure }) => figure)));
  charts.forEach(startChart);
}

/** Which line is which wheel. */
function wheelLegend() {
  const items = WHEELS.map(([, label], wheel) => make("li", {}, lineSwatch(`wheel-${wheel + 1}`, DASH_ARRAYS[wheel]), label));
  return make("ul", { class: "legend wheel-legend" }, ...items);
}

/** Four lines of one quantity: over the session, or else along the reference lap. */
function wheelChart(name, label) {
  const over = ownTime();
  const names = WHEELS.map(([wheel]) => `${name}_${wheel}`);
  const rowsOver = over ? names.map((wheel) => values(over.series[wheel])) : [];
  const lap = state.picked[0];
  const isOverTime = rowsOver.some((row) => row && hasValues(row));
  const rows = isOverTime ? rowsOver : lap === undefined ? [] : names.map((wheel) => trace(lap, wheel));
  if (!rows.some((row) => row && hasValues(row))) return null;
  const channel = channelOf(names.find((wheel, place) => rows[place] && report.channels.some((known) => known.name === wheel)) ?? names[0]);
  const lines = rows.map((row, wheel) => ({ row, label: WHEELS[wheel][1], colour: `wheel-${wheel + 1}`, dash: WHEEL_DASHES[wheel] }));
  return { ...chartOf(label, channel, lines, isOverTime), isOverTime };
}

/** A chart with its figure, not yet drawn. */
function chartOf(label, channel, lines, isOverTime) {
  const { unit } = unitOf(channel);
  const parts = makeFigure(label, { aria: `${label}${unit ? ` in ${unit}` : ""} ${isOverTime ? "over the session" : "along the lap"}` });
  if (unit) parts.figure.querySelector(".figure-title").append(make("span", { class: "unit" }, unit));
  parts.plot.dataset.paper = "322";
  return { ...parts, channel, lines, isOverTime };
}

/** Draws a chart that stands in the page, now and when its width changes. */
function startChart(chart) {
  drawOverTime(chart);
  onResize(chart.plot, () => drawOverTime(chart));
}

function drawOverTime({ plot, channel, lines, isOverTime }) {
  const { factor, unit } = unitOf(channel);
  const shown = isOverTime ? { factor: 1 / 60, label: "Time", unit: "min" } : progressUnit();
  const points = isOverTime ? values(ownTime().time_s) : null;
  const data = lines.filter(({ row }) => row).map(({ row, label, colour: name, dash }) => ({
    type: "scatter",
    mode: "lines",
    name: label,
    x: Array.from(row, (_, i) => (points ? points[i] : progressAt(i)) * shown.factor),
    y: Array.from(row, (value) => (Number.isFinite(value) ? value * factor : null)),
    line: { color: colour(name), width: 1.6, dash, shape: channel.steps ? "hv" : "linear" },
    hovertemplate: `%{y:.1f} ${unit}<extra>${label}</extra>`,
  }));
  const found = extent(lines.map(({ row }) => row).filter(Boolean));
  const layout = layoutOf(210, TIME_MARGIN, {
    hovermode: isTouch() ? false : "x unified",
    hoverlabel: { bgcolor: colour("surface"), bordercolor: colour("rule"), font: { color: colour("ink"), size: 12 } },
    xaxis: axisOf({ zeroline: false, nticks: 7, hoverformat: ".1f", unifiedhovertitle: { text: `%{x} ${shown.unit}` }, title: { text: `${shown.label} (${shown.unit})`, font: { size: 11 }, standoff: 6 } }),
    yaxis: axisOf({ zeroline: false, nticks: 6, ...(found ? { range: padded(found.map((value) => value * factor), 0.1) } : {}) }),
    ...(isOverTime ? lapLines(shown.factor, plot.clientWidth) : {}),
  });
  draw(plot, data, layout);
}

/** Lines where laps begin, with as many numbers as there is room for. */
function lapLines(factor, width) {
  const over = ownTime();
  const times = values(over.time_s);
  const whole = times.length > 1 ? times[times.length - 1] - times[0] : 1;
  const room = (whole / Math.max(width - TIME_MARGIN.l - TIME_MARGIN.r, 1)) * 22;
  let last = -Infinity;
  const numbered = over.lap_starts.filter(({ time_s: at }) => {
    if (at - last < room) return false;
    last = at;
    return true;
  });
  return {
    shapes: over.lap_starts.map(({ time_s: at }) => ({ type: "line", layer: "below", xref: "x", yref: "paper", x0: at * factor, x1: at * factor, y0: 0, y1: 1, line: { color: colour("grid"), width: 1 } })),
    annotations: numbered.map(({ lap, time_s: at }) => ({ x: at * factor, y: 1, xref: "x", yref: "paper", yanchor: "bottom", text: String(lap), showarrow: false, font: { size: 10, color: colour("muted") } })),
  };
}

/** What is recorded over time and stands nowhere else. */
function showOverTime() {
  const over = ownTime();
  const isElsewhere = (name) => name.startsWith("fuel_") || GROUPS.some(([group]) => WHEELS.some(([wheel]) => name === `${group}_${wheel}`));
  const names = over ? Object.keys(over.series).filter((name) => !isElsewhere(name) && hasValues(values(over.series[name]))) : [];
  const inOrder = [...report.channels.map(({ name }) => name).filter((name) => names.includes(name)), ...names.filter((name) => !report.channels.some((known) => known.name === name))];
  byId("overtime").hidden = inOrder.length === 0;
  const charts = inOrder.map((name) => {
    const channel = channelOf(name);
    return chartOf(channel.label, channel, [{ row: values(over.series[name]), label: channel.label, colour: "lap-1", dash: "solid" }], true);
  });
  byId("overtime-body").replaceChildren(make("div", { class: "grid" }, ...charts.map(({ figure }) => figure)));
  charts.forEach(startChart);
}
