// The table of laps. Each row has a checkbox, and the whole row works as one.

/** With more laps than this the table scrolls within the page. */
const MANY_LAPS = 40;

function showLaps() {
  const isStage = report.layout === "stage";
  byId("laps-title").textContent = isStage ? "Run and splits" : "Laps";
  if (report.laps.length === 0) {
    showReason(byId("laps-body"), "laps", "The recording has no lap: the line was never crossed, or the game does not say where it is.");
    return;
  }
  const columns = lapColumns();
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col", class: column.class }, column.title)));
  const body = make("tbody");
  report.sessions.forEach((_, session) => {
    const laps = report.laps.map((lap, index) => ({ lap, index })).filter(({ lap }) => lap.session === session);
    if (report.sessions.length > 1 && laps.length > 0) {
      const title = [sessionName(session), report.sessions[session].driver, report.sessions[session].car];
      const text = [...new Set(title.filter(Boolean))].join(" \u00b7 ");
      body.append(make("tr", { class: "session-row" }, make("th", { colspan: columns.length, scope: "colgroup" }, text)));
    }
    body.append(...laps.map(({ lap, index }) => lapRow(lap, index, columns)));
    if (session === 0) body.append(...theoreticalRow(columns));
  });
  const table = make("table", { class: "laps" }, make("caption", { class: "visually-hidden" }, "Laps with their sectors"), make("thead", {}, head), body);
  byId("laps-body").replaceChildren(make("div", { class: report.laps.length > MANY_LAPS ? "scroll tall" : "scroll", tabindex: 0, role: "region", "aria-label": "Table of laps" }, table));
  showPicks();
}

/** The columns that have anything in them. */
function lapColumns() {
  const laps = report.laps;
  const sectors = Math.max(0, ...laps.map((lap) => lap.sectors_ms.length));
  const isStage = report.layout === "stage";
  const any = (has) => laps.some((lap) => has(lap) !== null && has(lap) !== undefined);
  const columns = [
    { title: make("span", { class: "visually-hidden" }, "Picked"), class: "pick", cell: pickCell },
    { title: isStage ? "Run" : "Lap", class: "text", cell: (lap, index) => make("span", { class: "lap-name" }, isStage ? lapName(index) : String(lap.lap)) },
    { title: "Time", class: "time", cell: timeCell },
    { title: "Kind", class: "text kind", cell: kindCell },
  ];
  if (any(measuredBy)) columns.push({ title: make("abbr", { title: "Our own measurement against the game's time" }, "Measured"), class: "quiet", cell: (lap) => signed((measuredBy(lap) ?? NaN) / 1000) });
  if (!isStage && any((lap) => countedTime(lap))) columns.push({ title: "Gap", cell: gapCell });
  for (let sector = 0; sector < sectors; sector += 1) {
    columns.push({ title: `${isStage ? "Split " : "S"}${sector + 1}`, class: "sector", sector, cell: (lap, index) => sectorCell(lap, index, sector) });
  }
  if (any((lap) => lap.max_speed)) columns.push({ title: `Max ${unitOf({ unit: "m/s" }).unit}`, cell: (lap) => speedText(lap.max_speed, false) });
  if (any((lap) => lap.min_speed)) columns.push({ title: `Min ${unitOf({ unit: "m/s" }).unit}`, cell: (lap) => speedText(lap.min_speed, false) });
  if (any((lap) => lap.fuel_used)) columns.push({ title: `Fuel ${fuelUnit(0).unit}`, cell: (lap) => number(scaledFuel(lap), 2) });
  if (any((lap) => lap.tyre_use)) columns.push({ title: "Tyre wear FL FR RL RR", class: "wheels", cell: tyreCell });
  return columns;
}

function lapRow(lap, index, columns) {
  const cells = columns.map((column) => make("td", { class: column.class }, column.cell(lap, index)));
  const row = make("tr", { "data-lap": index, class: [lap.valid === false ? "invalid" : "", lap.best ? "best" : ""].join(" ") }, ...cells);
  if (canPick(index)) {
    row.classList.add("pickable");
    row.addEventListener("click", (event) => {
      if (!event.target.closest("input, label")) row.querySelector("input").click();
    });
  }
  return row;
}

function pickCell(lap, index) {
  if (!canPick(index)) return make("span", { class: "visually-hidden" }, "nothing to draw");
  const time = lapTime(countedTime(lap));
  const box = make("input", { type: "checkbox", "aria-label": `${lapName(index)}, ${time}, ${lap.kind}` });
  box.addEventListener("change", () => togglePick(index));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      box.click();
    }
  });
  // The label makes the place that a finger must hit larger.
  return make("label", { class: "pick-label" }, box, make("span", { class: "pick-swatch" }));
}

function kindCell(lap) {
  const parts = [make("span", { class: "badge", "data-kind": lap.kind }, lap.kind || "lap")];
  if (lap.valid === false && lap.kind !== "invalid") parts.push(" ", make("span", { class: "badge", "data-kind": "invalid" }, "invalid"));
  if (lap.best && report.layout !== "stage") parts.push(" ", make("span", { class: "badge", "data-kind": "best" }, "best"));
  if (lap.reason) parts.push(make("span", { class: "reason-small" }, lap.reason));
  return make("span", {}, ...parts);
}

function timeCell(lap) {
  return make(lap.valid === false ? "s" : "span", {}, lapTime(countedTime(lap)));
}

/** Milliseconds that our own measurement is above the game's time; null without one of them. */
function measuredBy(lap) {
  return lap.official_time_ms === null || lap.time_ms === null ? null : lap.time_ms - lap.official_time_ms;
}

function gapCell(lap) {
  const best = bestLap();
  const [own, other] = [countedTime(lap), best ? countedTime(best) : null];
  if (own === null || other === null || lap.kind !== "flying") return NONE;
  return lap === best ? "" : signed((own - other) / 1000);
}

function sectorCell(lap, index, sector) {
  const time = lap.sectors_ms[sector];
  if (time === null || time === undefined) return NONE;
  const isBest = report.best_sectors[sector]?.lap === index;
  const text = sectorTime(time);
  const parts = [isBest && report.layout !== "stage" ? make("strong", { class: "best-sector", title: "Best of all laps" }, text) : text];
  if (report.layout === "stage") {
    const until = lap.sectors_ms.slice(0, sector + 1);
    if (!until.includes(null)) parts.push(make("small", {}, lapTime(until.reduce((a, b) => a + b, 0))));
  }
  return make("span", {}, ...parts);
}

function tyreCell(lap) {
  return lap.tyre_use ? lap.tyre_use.map((use) => number(use, 2)).join("\u2002") : NONE;
}

/** The best sectors put together. */
function theoreticalRow(columns) {
  if (report.theoretical_ms === null || report.layout === "stage") return [];
  const best = bestLap();
  const cells = columns.map((column, place) => {
    let text = "";
    if (place === 1) text = "Theoretical";
    if (column.class === "text kind") text = make("span", { class: "reason-small" }, "the best sectors together");
    if (column.class === "time") text = lapTime(report.theoretical_ms);
    if (column.title === "Gap" && best) text = signed((report.theoretical_ms - countedTime(best)) / 1000);
    if (column.sector !== undefined) text = sectorTime(report.best_sectors[column.sector]?.time_ms);
    return make("td", { class: column.class }, text);
  });
  return [make("tr", { class: "theoretical" }, ...cells)];
}

/** Shows in the table which laps are picked, and how they are drawn. */
function showPicks() {
  const isFull = state.picked.length >= MOST_PICKED;
  for (const row of byId("laps-body").querySelectorAll("tr[data-lap]")) {
    const index = Number(row.dataset.lap);
    const isPicked = state.picked.includes(index);
    const box = row.querySelector("input");
    row.classList.toggle("picked", isPicked);
    row.classList.toggle("reference", state.picked[0] === index);
    if (!box) continue;
    box.checked = isPicked;
    box.disabled = isFull && !isPicked;
    row.querySelector(".pick-swatch").replaceChildren(...(isPicked ? [swatch(index)] : []));
  }
  const canChoose = report.laps.filter((_, index) => canPick(index)).length > 1;
  const few = `Pick up to ${MOST_PICKED} laps to compare; the first one picked is the reference.`;
  const full = `${MOST_PICKED} laps are picked; drop one to pick another.`;
  byId("laps-hint").textContent = !canChoose ? "" : isFull ? full : few;
  const names = state.picked.map(lapName);
  byId("laps-status").textContent = names.length > 0 ? `Picked: ${names.join(", ")}. Reference: ${names[0]}.` : "No lap is picked.";
}
