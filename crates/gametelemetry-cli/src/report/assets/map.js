// The map of the track: the reference lap coloured by speed, or another lap by what it gained and lost.

/** Where the map stands in its element, and how places become pixels. */
let mapView = null;

const MAP_MARGIN = 30;
/** Coloured points of the track; more do not look better, and take the browser longer. */
const MAP_POINTS = 600;
const MAP_COLOURS = [
  ["speed", "Speed"],
  ["delta", "Delta"],
  ["gain", "Gain and loss"],
];

function showMap() {
  const parent = byId("map");
  mapView = null;
  const lap = state.picked.find((index) => hasPlace(index));
  if (lap === undefined) {
    const none = report.laps.some((_, index) => hasPlace(index))
      ? "None of the picked laps has positions."
      : "The game does not say where the car is, so there is no map.";
    parent.replaceChildren(make("h3", {}, "Track map"), make("div"));
    showReason(parent.lastElementChild, "map", none);
    return;
  }
  const { figure, plot, box, values: caption } = makeFigure("Track map", { class: "map", aria: "Map of the track" });
  const markers = state.picked.filter(hasPlace).map((index) => ({ index, dot: make("div", { class: "dot", hidden: true }) }));
  markers.forEach(({ index, dot }) => {
    dot.style.background = `var(--lap-${(state.slots.get(index) ?? 0) + 1})`;
  });
  box.append(...markers.map(({ dot }) => dot).reverse());
  const legend = make("div", { class: "scale" });
  parent.replaceChildren(figure, legend, mapSwitch());
  mapView = { lap, plot, box, caption, legend, markers };
  plot.dataset.paper = "312";
  drawMap();
  onResize(plot, () => {
    drawMap();
    showMapCursor();
  });
  box.addEventListener("pointermove", pointAtMap);
  box.addEventListener("pointerdown", pointAtMap);
}

function hasPlace(index) {
  return hasValues(values(report.laps[index].x)) && hasValues(values(report.laps[index].y));
}

/** What colours the map; delta needs a second lap. */
function mapSwitch() {
  const canCompare = deltaLap() !== undefined;
  if (!canCompare) state.mapColour = "speed";
  const boxes = MAP_COLOURS.map(([value, label]) => {
    const box = make("input", { type: "radio", name: "map-colour", value });
    box.checked = state.mapColour === value;
    box.disabled = value !== "speed" && !canCompare;
    box.addEventListener("change", () => {
      state.mapColour = value;
      drawMap();
    });
    return make("label", { class: "segment" }, box, make("span", {}, label));
  });
  return make("div", { class: "segments no-print", role: "radiogroup", "aria-label": "Colour of the map" }, ...boxes);
}

/** The lap whose gains the map can show: the second that has them. */
function deltaLap() {
  return state.picked.slice(1).find((index) => delta(index, state.picked[0]) !== null);
}

/** Values that colour each point, and what they mean. */
function mapValues() {
  if (state.mapColour === "speed") {
    const row = trace(mapView.lap, "speed");
    const { factor, unit } = unitOf({ unit: "m/s" });
    if (!row) return null;
    const [low, high] = extent([row]) ?? [0, 1];
    return {
      row: Array.from(row, (value) => value * factor),
      range: [low * factor, high * factor],
      scale: speedScale(),
      ends: [`${number(low * factor)}`, `${number(high * factor)} ${unit}`],
      title: `Speed of ${inSentence(lapName(mapView.lap))}`,
    };
  }
  const lap = deltaLap();
  const whole = delta(lap, state.picked[0]);
  const isGain = state.mapColour === "gain";
  const row = isGain ? gains(whole) : whole;
  const [low, high] = extent([row]) ?? [-1, 1];
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const decimals = most < 0.1 ? 3 : 2;
  const per = isGain ? ` s per ${progressText(gainSpan() * report.grid.step)}` : " s";
  return {
    row: Array.from(row),
    range: [-most, most],
    scale: deltaScale(),
    ends: [`${signed(-most, decimals)} faster`, `${signed(most, decimals)}${per} slower`],
    title: `${isGain ? "Where time went" : "Delta"}: ${inSentence(lapName(lap))} to ${inSentence(lapName(state.picked[0]))}`,
  };
}

/** Points over which gains are summed: about a hundredth of the lap. */
function gainSpan() {
  return Math.max(2, Math.round(report.grid.count / 100));
}

/** What was gained or lost within the stretch around each point. */
function gains(row) {
  const half = Math.round(gainSpan() / 2);
  return row.map((_, i) => row[Math.min(i + half, row.length - 1)] - row[Math.max(i - half, 0)]);
}

function drawMap() {
  const coloured = mapValues();
  const [x, y] = placesOf(mapView.lap);
  const height = Math.round(Math.min(420, Math.max(230, mapView.plot.clientWidth * 0.86)));
  mapView.view = viewOf([x, y], mapView.plot.clientWidth, height);
  const road = { type: "scatter", mode: "lines", x, y, line: { color: colour("road"), width: 9 }, hoverinfo: "skip", name: "track" };
  const others = mapView.markers
    .filter(({ index }) => index !== mapView.lap)
    .map(({ index }) => {
      const [ox, oy] = placesOf(index);
      return { type: "scatter", mode: "lines", x: ox, y: oy, line: { color: lapColour(index), width: 1.5 }, hoverinfo: "skip", name: lapName(index) };
    });
  const data = [road];
  if (coloured) {
    const [px, py, row] = thinned([x, y, coloured.row], MAP_POINTS);
    const marker = { size: 4.5, color: row, colorscale: coloured.scale, cmin: coloured.range[0], cmax: coloured.range[1] };
    data.push({ type: "scatter", mode: "markers", x: px, y: py, marker, hoverinfo: "skip", name: "colour" });
  }
  data.push(...others);
  const hidden = { visible: false, fixedrange: true };
  const layout = layoutOf(height, { l: 0, r: 0, t: 0, b: 0 }, {
    xaxis: { ...hidden, range: mapView.view.x },
    yaxis: { ...hidden, range: mapView.view.y },
    annotations: mapLabels(x, y),
  });
  draw(mapView.plot, data, layout);
  mapView.caption.textContent = coloured?.title ?? "";
  showScale(mapView.legend, coloured);
}

function placesOf(index) {
  return [values(report.laps[index].x), values(report.laps[index].y)].map((row) =>
    Array.from(row, (value) => (Number.isFinite(value) ? value : null)),
  );
}

/** Ranges of both axes in which a metre is as long to the right as up, and everything is seen. */
function viewOf([x, y], width, height) {
  const bounds = [x, y].map((row) => extent([row.filter((value) => value !== null)]) ?? [0, 1]);
  const sizes = [width, height].map((size) => Math.max(size - 2 * MAP_MARGIN, 10));
  const metres = Math.max(...bounds.map(([low, high], axis) => (high - low || 1) / sizes[axis]));
  const range = ([low, high], size) => {
    const middle = (low + high) / 2;
    return [middle - (metres * size) / 2, middle + (metres * size) / 2];
  };
  return { x: range(bounds[0], width), y: range(bounds[1], height), metres, width, height };
}

/** Numbers of the corners outside of the track, and the line. */
function mapLabels(x, y) {
  const sums = [0, 0, 0];
  x.forEach((value, i) => {
    if (value !== null) [value, y[i], 1].forEach((part, axis) => (sums[axis] += part));
  });
  const label = (text, index, size) => {
    if (x[index] === null || x[index] === undefined) return null;
    const [dx, dy] = outwards(x, y, index, [sums[0] / sums[2], sums[1] / sums[2]]);
    return {
      x: x[index],
      y: y[index],
      text,
      ax: dx * 14,
      ay: -dy * 14,
      arrowcolor: "rgba(0,0,0,0)",
      arrowwidth: 0.1,
      arrowhead: 0,
      standoff: 0,
      showarrow: true,
      font: { size, color: colour("ink") },
    };
  };
  const corners = report.corners.map((corner) => label(String(corner.number), indexAt(corner.apex), 11));
  const first = x.findIndex((value) => value !== null);
  const start = label(report.layout === "stage" ? "start" : "line", first, 10);
  const last = x.length - 1 - [...x].reverse().findIndex((value) => value !== null);
  const finish = report.layout === "stage" ? label("finish", last, 10) : null;
  return [...corners, start, finish].filter(Boolean);
}

/** The direction across the track that leads away from the middle of a bend, or of the map. */
function outwards(x, y, index, middle) {
  const reach = Math.max(2, Math.round(report.grid.count / 60));
  const within = (i) => (report.layout === "stage" ? Math.min(Math.max(i, 0), x.length - 1) : (i + x.length) % x.length);
  const [a, b] = [within(index - reach), within(index + reach)];
  const chord = [((x[a] ?? x[index]) + (x[b] ?? x[index])) / 2, ((y[a] ?? y[index]) + (y[b] ?? y[index])) / 2];
  let [dx, dy] = [x[index] - chord[0], y[index] - chord[1]];
  if (Math.hypot(dx, dy) < mapView.view.metres * 1.5) [dx, dy] = [x[index] - middle[0], y[index] - middle[1]];
  const length = Math.hypot(dx, dy) || 1;
  return [dx / length, dy / length];
}

/** The colours' legend. */
function showScale(element, coloured) {
  element.replaceChildren();
  if (!coloured) return;
  const stops = coloured.scale.map(([at, stop]) => `${stop} ${at * 100}%`).join(", ");
  const bar = make("span", { class: "scale-bar" });
  bar.style.background = `linear-gradient(to right, ${stops})`;
  element.append(make("span", {}, coloured.ends[0]), bar, make("span", {}, coloured.ends[1]));
}

/** Puts a dot where each picked lap is at the cursor. */
function showMapCursor() {
  if (!mapView) return;
  const { view } = mapView;
  for (const { index, dot } of mapView.markers) {
    const [x, y] = [values(report.laps[index].x)[state.cursor], values(report.laps[index].y)[state.cursor]];
    dot.hidden = !(Number.isFinite(x) && Number.isFinite(y));
    if (dot.hidden) continue;
    const left = (x - view.x[0]) / view.metres;
    const top = view.height - (y - view.y[0]) / view.metres;
    dot.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
  }
}

/** Moves the cursor to the point of the track that is nearest to the pointer. */
function pointAtMap(event) {
  const place = mapView.box.getBoundingClientRect();
  const { view } = mapView;
  const px = view.x[0] + (event.clientX - place.left) * view.metres;
  const py = view.y[0] + (view.height - event.clientY + place.top) * view.metres;
  const [x, y] = [values(report.laps[mapView.lap].x), values(report.laps[mapView.lap].y)];
  let [nearest, least] = [-1, (30 * view.metres) ** 2];
  for (let i = 0; i < x.length; i += 1) {
    const distance = (x[i] - px) ** 2 + (y[i] - py) ** 2;
    if (distance < least) [nearest, least] = [i, distance];
  }
  if (nearest >= 0) moveCursor(nearest);
}
