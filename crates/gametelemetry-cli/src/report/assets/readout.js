// The bar above the traces: which laps are compared, where the cursor is, and what is seen; and the cursor itself.

let cursorSlider = null;
let cursorPlace = null;
let wholeLapButton = null;

function showReadout() {
  const bar = byId("readout");
  byId("compare-title").textContent = state.picked.length > 1 ? "Comparison" : "Traces";
  byId("compare-hint").textContent = "";
  if (report.grid === null || state.picked.length === 0) {
    bar.hidden = true;
    return;
  }
  bar.hidden = false;
  const hadFocus = bar.contains(document.activeElement);
  byId("compare-hint").textContent = isTouch()
    ? "Slide a finger along a trace to move the cursor."
    : "Point at a trace to move the cursor; drag across one to zoom, double-click to zoom out.";
  cursorSlider = make("input", {
    type: "range",
    class: "cursor-slider no-print",
    min: 0,
    max: report.grid.count - 1,
    step: 1,
    "aria-label": "Cursor along the lap",
  });
  cursorSlider.addEventListener("input", () => moveCursor(Number(cursorSlider.value)));
  cursorPlace = make("span", { class: "cursor-place" });
  bar.replaceChildren(
    make("ul", { class: "legend", "aria-label": "Picked laps" }, ...state.picked.map(legendItem)),
    make("div", { class: "cursor-bar" }, cursorPlace, cursorSlider, ...zoomControls()),
  );
  // The button that was pressed is gone; who uses the keyboard must not have to start from the top.
  if (hadFocus) cursorSlider.focus({ preventScroll: true });
  showCursor();
}

/** A picked lap: how it is drawn, its time, and what can be done with it. */
function legendItem(lap, place) {
  const name = lapName(lap);
  const time = lapTime(countedTime(report.laps[lap]));
  const parts = [swatch(lap), make("span", { class: "legend-name" }, name), make("span", { class: "legend-time" }, time)];
  if (place === 0 && state.picked.length > 1) parts.push(make("span", { class: "tag" }, "reference"));
  if (place > 0) {
    parts.push(
      make("button", { type: "button", class: "link no-print", "aria-label": `Compare with ${name}`, onclick: () => makeReference(lap) }, "make reference"),
    );
  }
  parts.push(
    make("button", { type: "button", class: "link no-print", "aria-label": `Drop ${name}`, onclick: () => togglePick(lap) }, "\u00d7"),
  );
  return make("li", {}, ...parts);
}

function zoomControls() {
  const button = (text, label, action) => make("button", { type: "button", class: "button small no-print", "aria-label": label, onclick: action }, text);
  wholeLapButton = button(report.layout === "stage" ? "Whole run" : "Whole lap", "Show all of it", () => zoomTo(null));
  wholeLapButton.disabled = state.zoom === null;
  const controls = [button("\u2212", "Zoom out", () => zoomBy(2)), button("+", "Zoom in", () => zoomBy(0.5)), wholeLapButton];
  if (report.corners.length > 0) {
    const options = report.corners.map((corner, index) => make("option", { value: index }, cornerName(corner)));
    const choice = make("select", { class: "button small no-print", "aria-label": "Show a corner" }, make("option", { value: "" }, "Corner\u2026"), ...options);
    choice.addEventListener("change", () => {
      if (choice.value !== "") showCorner(report.corners[Number(choice.value)]);
      choice.value = "";
    });
    controls.push(choice);
  }
  return controls;
}

/** Zooms to a corner with some of the track before and after it, and puts the cursor at its apex. */
function showCorner(corner) {
  const [low, high] = wholeRange();
  const length = corner.from <= corner.to ? corner.to - corner.from : high - low - corner.from + corner.to;
  const room = Math.max(length * 0.6, (high - low) / 60);
  moveCursor(indexAt(corner.apex));
  zoomTo([corner.apex - length / 2 - room, corner.apex + length / 2 + room]);
}

/** Draws the cursor in every trace, on the map and in the g-g diagram, with the values there. */
function showCursor() {
  if (report.grid === null || !cursorSlider) return;
  const progress = progressAt(state.cursor);
  const corner = cornerAt(progress);
  const place = corner ? `${progressText(progress)} \u00b7 ${cornerName(corner)}` : progressText(progress);
  cursorPlace.textContent = place;
  cursorSlider.value = state.cursor;
  cursorSlider.setAttribute("aria-valuetext", spoken(place));
  if (wholeLapButton) wholeLapButton.disabled = state.zoom === null;
  traceCharts.forEach(showTraceCursor);
  showMapCursor();
  showForcesCursor();
}

function showTraceCursor({ channel, cursor, box, readout, rows, isLast }) {
  const [from, to] = state.zoom ?? wholeRange();
  const share = (progressAt(state.cursor) - from) / (to - from);
  const width = box.clientWidth - TRACE_MARGIN.l - TRACE_MARGIN.r;
  cursor.hidden = share < 0 || share > 1;
  cursor.style.transform = `translateX(${(TRACE_MARGIN.l + share * width).toFixed(1)}px)`;
  cursor.style.bottom = `${isLast ? LAST_MARGIN : TRACE_MARGIN.b}px`;
  readout.replaceChildren(
    ...rows.map((row, place) => {
      const text = row ? textAt(channel, row) : NONE;
      return make("span", { class: "value" }, swatch(state.picked[place]), text);
    }),
  );
}

function textAt(channel, row) {
  const value = row[state.cursor] ?? NaN;
  return channel === DELTA ? signed(value) : valueText(channel, value);
}

/** The cursor for those who hear it: where it is, and the speed there. */
function spoken(place) {
  const speed = channelOf("speed");
  const parts = state.picked.map((lap) => {
    const row = trace(lap, "speed");
    return row ? `${lapName(lap)} ${valueText(speed, row[state.cursor] ?? NaN)} ${unitOf(speed).unit}` : null;
  });
  return [place, ...parts.filter(Boolean)].join(", ");
}
