// How good the recording is: for each source what was seen, kept and lost, and how the file ended.

function showCapture() {
  const parent = byId("capture-body");
  if (report.captures.length === 0) {
    showReason(parent, "capture", "Nothing is known of how the recording was made.");
    return;
  }
  const troubles = report.captures.filter(hasTrouble);
  const verdict = troubles.length === 0 ? "Every frame that the sources delivered is here." : "Something was lost or is damaged; the details say what.";
  byId("capture-hint").textContent = verdict;
  parent.replaceChildren(captureTable(), ...report.captures.map(captureDetails).filter(Boolean));
}

/** Whether anything is missing or not to be trusted. */
function hasTrouble({ complete, damage, counts }) {
  return !complete || damage.length > 0 || (counts !== null && counts.dropped + counts.suspect + (counts.lost ?? 0) > 0);
}

const CAPTURE_COLUMNS = [
  ["Recorded", "frames in the file", (counts) => counts.recorded],
  ["Unchanged", "looks that found the frame of the look before", (counts) => counts.unchanged],
  ["Missed", "frames that the game published between two looks", (counts) => counts.missed],
  ["Torn", "looks that caught the game while it was writing", (counts) => counts.torn],
  ["Retried", "copies made again for that", (counts) => counts.retried],
  ["Suspect", "frames of which no quiet copy could be had", (counts) => counts.suspect, true],
  ["Dropped", "frames delivered but not kept", (counts) => counts.dropped, true],
  ["Lost", "messages that never came", (counts) => counts.lost, true],
  ["Out of order", "messages that came after a later one", (counts) => counts.reordered],
  ["Gaps", "times without a new frame", (counts) => counts.gap_count],
];

function captureTable() {
  const counted = report.captures.filter(({ counts }) => counts !== null);
  const columns = CAPTURE_COLUMNS.filter(([, , count]) => counted.some(({ counts }) => count(counts) !== null));
  const heads = ["Source", "End", ...columns.map(([title, meaning]) => make("abbr", { title: meaning }, title)), "Rate Hz", "Late p50 / p99 / max", "Size"];
  const head = make("tr", {}, ...heads.map((title, place) => make("th", { scope: "col", class: place < 2 ? "text" : "" }, title)));
  const rows = report.captures.map((capture) => captureRow(capture, columns));
  const table = make("table", { class: "captures" }, make("caption", { class: "visually-hidden" }, "Sources of the recording"), make("thead", {}, head), make("tbody", {}, ...rows));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of sources" }, table);
}

function captureRow(capture, columns) {
  const { counts } = capture;
  const name = report.sessions.length > 1 ? `${capture.source} (${sessionName(capture.session)})` : capture.source;
  const cells = columns.map(([, , count, isBad]) => {
    const value = counts === null ? null : count(counts);
    return make("td", { class: isBad && value > 0 ? "bad" : "" }, number(value));
  });
  const end = make("span", { class: "badge", "data-kind": capture.complete && capture.damage.length === 0 ? "good" : "invalid" }, capture.end);
  const size = capture.file_bytes === null ? NONE : byteSize(capture.file_bytes);
  return make("tr", {}, make("th", { scope: "row", class: "text" }, name), make("td", { class: "text" }, end), ...cells, make("td", {}, rateText(counts)), make("td", {}, latenessText(counts)), make("td", {}, size));
}

/** The rate that came, and the one that was asked for. */
function rateText(counts) {
  if (counts === null || counts.achieved_hz === null) return NONE;
  const asked = counts.requested_hz === null ? "" : ` of ${number(counts.requested_hz, Number.isInteger(counts.requested_hz) ? 0 : 1)}`;
  return `${number(counts.achieved_hz, 1)}${asked}`;
}

function latenessText(counts) {
  const late = counts?.lateness;
  return late ? [late.p50_us, late.p99_us, late.max_us].map(microseconds).join(" / ") : NONE;
}

/** Damage, gaps and notices of one source. */
function captureDetails(capture) {
  const lines = [...capture.damage, ...(capture.counts?.notices ?? [])].map((text) => make("li", {}, text));
  const gaps = capture.counts?.gaps ?? [];
  const listed = gaps.slice(0, 12).map(({ at_s: at, seconds }) => `${number(seconds, 2)}\u00a0s at ${clock(at)}`);
  if (listed.length > 0) {
    const more = capture.counts.gap_count - listed.length;
    const rest = more > 0 ? `, and ${counted(more, "more", "more")}` : "";
    lines.push(make("li", {}, `${counted(capture.counts.gap_count, "time")} without a new frame: ${listed.join(", ")}${rest}.`));
  }
  if (lines.length === 0) return null;
  return make("div", { class: "details" }, make("h3", {}, capture.source), make("ul", {}, ...lines));
}
