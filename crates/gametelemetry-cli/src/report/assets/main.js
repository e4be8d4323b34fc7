// Starts the page: the tables at once, the charts as soon as the plotting library runs.

/** The parts that show the picked laps. */
const PICKED_PARTS = [showReadout, showTraces, showMap, showForces, showCorners];
/** The parts with charts that do not depend on what is picked. */
const SESSION_PARTS = [showTyres, showFuel, showOverTime];

async function start() {
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  report = JSON.parse(await inflated("data"));
  pickOnly(firstPicks());
  if (report.grid !== null) state.cursor = Math.round(report.grid.count / 3);
  startSwitches();
  [showHeader, showSummary, showLaps, showCorners, showCapture].forEach((show) => show());
  // Lets the browser paint the tables before the library takes its time, and the comparison before the rest.
  await painted();
  await startLibrary();
  PICKED_PARTS.forEach((show) => show());
  showCursor();
  listen();
  document.documentElement.dataset.open = Math.round(performance.now());
  for (const show of SESSION_PARTS) {
    await painted();
    show();
  }
  document.documentElement.dataset.ready = Math.round(performance.now());
}

/** Gives the browser time to show what is there. */
function painted() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function drawCharts() {
  [...PICKED_PARTS, ...SESSION_PARTS].forEach((show) => show());
  showCursor();
}

function listen() {
  on("picked", () => {
    showPicks();
    PICKED_PARTS.forEach((show) => show());
    if (tyresFollowPicks) showTyres();
    showCursor();
  });
  on("cursor", showCursor);
  on("zoom", applyZoom);
  on("theme", drawCharts);
  on("units", () => {
    [showSummary, showLaps].forEach((show) => show());
    drawCharts();
  });
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
}

/** Paper is white and has its own width. */
function printing(isPrinting) {
  if (isPrinting) {
    state.themeOfScreen = state.theme;
    setTheme("light");
    state.isPrinting = true;
    redrawAll(690);
  } else {
    state.isPrinting = false;
    redrawAll(null);
    setTheme(state.themeOfScreen ?? state.theme);
  }
  showCursor();
}

start().catch((error) => {
  const notice = byId("notice");
  notice.hidden = false;
  notice.textContent = typeof DecompressionStream === "undefined"
    ? "This browser is too old for the report; any browser since 2023 shows it."
    : `The report cannot be shown: ${error.message}`;
  document.documentElement.dataset.failed = String(error);
});
