// The head of the page and the figures below it: what was driven, and the best of it.

function showHeader() {
  const session = report.sessions[0] ?? {};
  byId("track").textContent = session.track || session.game || "Session";
  byId("subtitle").textContent = [session.car, session.driver].filter(Boolean).join(" \u00b7 ");
  const best = bestLap();
  const facts = [];
  if (best) facts.push([report.layout === "stage" ? "Stage time" : "Best lap", lapTime(countedTime(best))]);
  if (report.theoretical_ms !== null && report.layout !== "stage") {
    facts.push(["Theoretical", lapTime(report.theoretical_ms)]);
  }
  byId("top-facts").replaceChildren(
    ...facts.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text))),
  );
  byId("footer").replaceChildren(
    make("p", {}, `Written by ${report.program || "gametelemetry"}${report.written ? ` on ${report.written}` : ""}.`),
    make("p", {}, "This page holds everything it shows and asks for nothing from the network."),
  );
}

/** The lap that is marked as the best of the report's session. */
function bestLap() {
  return report.laps.find((lap) => lap.best && lap.session === 0);
}

function showSummary() {
  const session = report.sessions[0] ?? {};
  const laps = report.laps.filter((lap) => lap.session === 0);
  const valid = laps.filter((lap) => lap.kind === "flying" && lap.valid !== false);
  const fastest = Math.max(...laps.map((lap) => lap.max_speed ?? -Infinity));
  const facts = [
    ["Game", session.game],
    ["Event", session.event],
    ["Driven", session.started],
    ["Recorded", session.duration_s === null || session.duration_s === undefined ? "" : duration(session.duration_s)],
    report.layout === "stage" ? ["", ""] : ["Laps", laps.length > 0 ? `${laps.length}, ${valid.length} flying and valid` : "none"],
    ["Top speed", Number.isFinite(fastest) ? speedText(fastest) : ""],
    ["Steadiness", steadiness(valid)],
    ["Compared with", report.sessions.slice(1).map((_, index) => sessionName(index + 1)).join(", ")],
  ];
  const shown = facts.filter(([, text]) => text);
  byId("summary").replaceChildren(
    make("dl", { class: "facts" }, ...shown.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)))),
  );
}

/** How far the valid flying laps are from their median, half of them at most. */
function steadiness(laps) {
  const times = laps.map(countedTime).filter((time) => time !== null).sort((a, b) => a - b);
  if (times.length < 4) return "";
  const median = times[Math.floor(times.length / 2)];
  const off = times.map((time) => Math.abs(time - median)).sort((a, b) => a - b);
  return `half within \u00b1${number(off[Math.floor(off.length / 2)] / 1000, 3)}\u00a0s`;
}

/** The two switches of the head. */
function startSwitches() {
  const unit = byId("unit-switch");
  const theme = byId("theme-switch");
  const label = () => {
    const other = state.speedUnit === "km/h" ? "mph" : "km/h";
    unit.textContent = state.speedUnit;
    unit.setAttribute("aria-label", `Speeds in ${state.speedUnit}; switch to ${other}`);
    theme.textContent = state.theme === "light" ? "Dark" : "Light";
    theme.setAttribute("aria-label", `Switch to ${state.theme === "light" ? "dark" : "light"} colours`);
  };
  unit.addEventListener("click", () => {
    state.speedUnit = state.speedUnit === "km/h" ? "mph" : "km/h";
    label();
    changed("units");
  });
  theme.addEventListener("click", () => {
    setTheme(state.theme === "light" ? "dark" : "light");
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    setTheme(event.matches ? "dark" : "light");
    label();
  });
  label();
}

function setTheme(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme;
  changed("theme");
}
