// The table of corners: lowest speed and time of each picked lap, and what the others lose to the reference.

function showCorners() {
  const parent = byId("corners-body");
  byId("corners-hint").textContent = "";
  const laps = state.picked.filter((index) => report.laps[index].corners.some(Boolean));
  if (report.corners.length === 0 || laps.length === 0) {
    const otherwise = report.corners.length === 0 ? "No corner was found: that needs a complete lap with steering or positions." : "None of the picked laps has been through a corner.";
    showReason(parent, "corners", otherwise);
    return;
  }
  byId("corners-hint").textContent = "Choose a corner to see it in the traces.";
  const head = [
    make("tr", {}, make("th", { rowspan: 2, scope: "col", class: "text" }, "Corner"), make("th", { rowspan: 2, scope: "col" }, `At ${progressUnit().unit}`), ...laps.map((lap, place) => make("th", { colspan: place === 0 ? 2 : 3, scope: "colgroup", class: "group" }, swatch(lap), " ", lapName(lap)))),
    make("tr", {}, ...laps.flatMap((_, place) => cornerHeads(place))),
  ];
  const rows = report.corners.map((corner, index) => cornerRow(corner, index, laps));
  const table = make("table", { class: "corners" }, make("caption", { class: "visually-hidden" }, "Corners of the picked laps"), make("thead", {}, ...head), make("tbody", {}, ...rows));
  parent.replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of corners" }, table));
}

function cornerHeads(place) {
  const heads = [`Min ${unitOf({ unit: "m/s" }).unit}`, "Time s"];
  if (place > 0) heads.push("Loss s");
  return heads.map((text, column) => make("th", { scope: "col", class: column === 0 ? "group-start" : "" }, text));
}

function cornerRow(corner, index, laps) {
  const stay = (lap) => report.laps[lap].corners[index] ?? null;
  const best = Math.min(...laps.map((lap) => stay(lap)?.time_ms ?? Infinity));
  const cells = laps.flatMap((lap, place) => {
    const own = stay(lap);
    const time = own?.time_ms ?? null;
    const isBest = time !== null && time === best && laps.length > 1;
    const cells = [
      make("td", { class: "group-start" }, own ? speedText(own.min_speed, false) : NONE),
      make("td", {}, isBest ? make("strong", { class: "best-sector", title: "Fastest of the picked laps" }, sectorTime(time)) : sectorTime(time)),
    ];
    if (place > 0) cells.push(lossCell(time, stay(laps[0])?.time_ms ?? null));
    return cells;
  });
  const { factor, decimals } = progressUnit();
  const name = make("button", { type: "button", class: "link", onclick: () => goToCorner(corner) }, cornerName(corner));
  return make("tr", {}, make("th", { scope: "row", class: "text" }, name), make("td", {}, number(corner.apex * factor, decimals)), ...cells);
}

function lossCell(time, reference) {
  if (time === null || reference === null) return make("td", {}, NONE);
  const loss = (time - reference) / 1000;
  const kind = Math.abs(loss) < 0.0005 ? "" : loss > 0 ? "loss" : "gain";
  return make("td", { class: kind }, signed(loss));
}

function goToCorner(corner) {
  showCorner(corner);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("compare").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
}
