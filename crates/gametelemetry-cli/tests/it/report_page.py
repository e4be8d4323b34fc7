"""Opens reports in headless Chromium and checks what they draw and do.

    report_page.py [--shots FOLDER] NAME=PAGE.html ...

A page with laps is used like a reader would use it: laps are picked by click and by key, the cursor is moved, a part is
zoomed to, colours and units are switched. What a page must have follows from its own data, so any report can be given.
Ends with 1 when anything does not hold. With --shots, pictures and a PDF of each page are left in the folder.
"""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
# Opening may take longer on a loaded machine; what it took is printed.
PATIENCE_MS = 60_000

DRAWN = """() => [...document.querySelectorAll('.plot')].map((plot) => ({
  title: plot.getAttribute('aria-label'),
  lines: [...plot.querySelectorAll('path.js-line')].filter((path) => (path.getAttribute('d') ?? '').length > 10).length,
  marks: plot.querySelectorAll('path.point, .bars path').length,
  width: plot.clientWidth,
  drawn: plot.querySelector('svg')?.clientWidth ?? 0,
}))"""
TRACE_SHAPES = """() => [...document.querySelectorAll('.trace-chart')].map((trace) =>
  [trace.dataset.channel, [...trace.querySelectorAll('path.js-line')].map((path) => path.getAttribute('d')).join()])"""
CURSORS = """() => [...document.querySelectorAll('.trace-chart .cursor, #map .dot, #forces .dot')].map((mark) =>
  [mark.closest('.trace-chart')?.dataset.channel ?? mark.closest('.card').id, mark.hidden, mark.style.transform])"""
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((element) =>
    element.getBoundingClientRect().right > width + 1 && !element.closest('.scroll, .plot, .visually-hidden'));
  return [document.documentElement.scrollWidth - width, wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))];
}"""
NAMELESS = """() => [...document.querySelectorAll('button, input, select, a, [role=img], [role=region]')].filter((element) =>
  !(element.getAttribute('aria-label') || element.textContent.trim() || element.closest('label')?.textContent.trim()))
  .map((element) => element.outerHTML.slice(0, 120))"""


class Page:
    """One report in one browser tab, with everything that goes wrong in it."""

    def __init__(self, context, name, path):
        self.name = name
        self.tab = context.new_page()
        self.problems = []
        self.tab.on("console", lambda message: self.problems.append(f"console {message.type}: {message.text}"))
        self.tab.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.tab.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.tab.on("request", self.requested)
        self.url = pathlib.Path(path).resolve().as_uri()
        start = time.monotonic()
        self.tab.goto(self.url)
        self.tab.wait_for_selector("html[data-ready], html[data-failed]", state="attached", timeout=PATIENCE_MS)
        self.seconds = time.monotonic() - start

    def requested(self, request):
        if request.url != self.url and not request.url.startswith(("data:", "blob:")):
            self.problems.append(f"request: {request.url}")

    def hold(self, condition, what):
        if not condition:
            self.problems.append(what)

    def run(self, script):
        return self.tab.evaluate(script)

    def settle(self):
        """Waits until the browser has drawn what was asked for."""
        self.run("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def shot(self, folder, kind, full=True):
        if folder:
            self.settle()
            self.tab.screenshot(path=os.path.join(folder, f"{self.name}-{kind}.png"), full_page=full)


def check_drawn(page):
    """Every chart has lines or marks, and fills its place."""
    charts = page.run(DRAWN)
    for chart in charts:
        page.hold(chart["lines"] + chart["marks"] > 0, f"nothing is drawn: {chart}")
        page.hold(abs(chart["width"] - chart["drawn"]) <= 1, f"a chart does not fill its place: {chart}")
    picked = page.run("() => document.querySelectorAll('tr.picked').length")
    for channel, shapes in page.run(TRACE_SHAPES):
        page.hold(shapes.count("M") >= picked, f"{channel}: fewer lines than the {picked} picked laps")
    return len(charts)


def check_sections(page):
    """A section has a chart, a table, or a sentence that says why not."""
    for section in ["laps", "compare", "map", "forces", "corners", "tyres", "fuel", "capture"]:
        has = page.run(f"() => document.querySelector('#{section} :is(svg.main-svg, table, .reason)') !== null")
        page.hold(has, f"section {section} is empty")
    page.hold(page.run("() => document.title.length > 0 && document.documentElement.lang === 'en'"), "no title or language")
    nameless = page.run(NAMELESS)
    page.hold(not nameless, f"without a name: {nameless}")


def check_picking(page):
    """A click and a key pick laps, and the traces change."""
    free = page.tab.locator("tr.pickable:not(.picked)")
    if free.count() == 0:
        return
    row = free.first.get_attribute("data-lap")
    lap = page.tab.locator(f"tr[data-lap='{row}']")
    before = dict(page.run(TRACE_SHAPES))
    lap.locator("td").nth(1).click()
    after = dict(page.run(TRACE_SHAPES))
    page.hold(lap.locator("input").is_checked(), "a click did not pick the lap")
    page.hold("speed" in after, "no trace of the speed")
    unchanged = [channel for channel, shapes in after.items() if before.get(channel) == shapes]
    page.hold(not unchanged, f"picking a lap did not change {unchanged}")
    check_drawn(page)
    lap.locator("input").focus()
    page.tab.keyboard.press("Space")
    page.hold(dict(page.run(TRACE_SHAPES)).keys() == before.keys(), "Space did not drop the lap")
    page.hold(not lap.locator("input").is_checked(), "Space did not clear the box")
    page.tab.keyboard.press("Enter")
    page.hold(lap.locator("input").is_checked(), "Enter did not pick the lap")
    page.tab.keyboard.press("Enter")
    page.hold(page.run("() => document.activeElement.type === 'checkbox'"), "the focus was lost by picking")


def check_limit(page):
    """No more laps can be picked than can be told apart; all that are picked are drawn."""
    picked = page.run("() => [...document.querySelectorAll('tr.picked')].map((row) => row.dataset.lap)")
    free = page.tab.locator("tr.pickable:not(.picked) input:enabled")
    while free.count() > 0:
        free.first.check()
    page.hold(page.tab.locator("tr.picked").count() <= 6, "more than six laps are picked")
    check_drawn(page)
    for lap in page.run("() => [...document.querySelectorAll('tr.picked')].map((row) => row.dataset.lap)"):
        if lap not in picked:
            page.tab.locator(f"tr[data-lap='{lap}'] input").uncheck()


def check_cursor(page):
    """Pointing at one trace moves the cursor in all others, on the map and in the g-g diagram; so do the keys."""
    if page.tab.locator(".trace-chart").count() == 0:
        return
    box = page.tab.locator(".trace-chart .plot-box").first
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    seen = []
    for share in (0.3, 0.7):
        page.tab.mouse.move(place["x"] + place["width"] * share, place["y"] + place["height"] / 2)
        page.settle()
        seen.append(page.run(CURSORS) + [["place", False, page.tab.locator(".cursor-place").inner_text()]])
    page.tab.locator(".cursor-slider").focus()
    page.tab.keyboard.press("End")
    page.settle()
    seen.append(page.run(CURSORS) + [["place", False, page.tab.locator(".cursor-place").inner_text()]])
    for first, second, third in zip(*seen):
        page.hold(not first[1] and not second[1], f"no cursor in {first[0]}")
        page.hold(first[2] != second[2] and second[2] != third[2], f"the cursor stands still in {first[0]}")


def check_zoom(page):
    """Dragging across one trace zooms all of them, and a double click undoes it."""
    if page.tab.locator(".trace-chart").count() == 0:
        return
    before = page.run(TRACE_SHAPES)
    place = page.tab.locator(".trace-chart .plot-box").first.bounding_box()
    middle = place["y"] + place["height"] / 2
    page.tab.mouse.move(place["x"] + place["width"] * 0.4, middle)
    page.tab.mouse.down()
    page.tab.mouse.move(place["x"] + place["width"] * 0.6, middle, steps=6)
    page.tab.mouse.up()
    page.settle()
    after = page.run(TRACE_SHAPES)
    same = [old[0] for old, new in zip(before, after) if old == new]
    page.hold(not same, f"zooming did not change {same}")
    page.tab.mouse.dblclick(place["x"] + place["width"] * 0.5, middle)
    page.settle()
    page.hold(page.run(TRACE_SHAPES) == before, "a double click did not show the whole lap again")


def check_switches(page):
    """Light and dark differ, and so do the speed units."""
    colours = "() => [getComputedStyle(document.body).backgroundColor, document.querySelector('.plot path.js-line')?.style.stroke]"
    before = page.run(colours)
    page.tab.locator("#theme-switch").click()
    after = page.run(colours)
    page.hold(before[0] != after[0], "light and dark do not differ")
    page.hold(before[1] is None or before[1] != after[1], "the charts keep their colours")
    page.tab.locator("#theme-switch").click()
    if page.run("() => document.querySelector('.trace-chart[data-channel=speed]') !== null"):
        unit = "() => document.querySelector('.trace-chart[data-channel=speed] .unit').textContent"
        page.hold(page.run(unit) == "km/h", "speeds are not in km/h")
        page.tab.locator("#unit-switch").click()
        page.hold(page.run(unit) == "mph", "speeds do not switch to mph")
        page.tab.locator("#unit-switch").click()


def check_map_colours(page):
    """The map can be coloured by delta, when there is one."""
    choices = page.tab.locator("#map input[type=radio]:not([disabled])")
    colours = "() => [...document.querySelectorAll('#map path.point')].slice(0, 400).map((p) => p.style.fill).join()"
    seen = set()
    for index in range(choices.count()):
        choices.nth(index).check(force=True)
        page.settle()
        seen.add(page.run(colours))
    page.hold(len(seen) == choices.count(), "the map's colours do not differ")
    if choices.count() > 0:
        choices.nth(0).check(force=True)


def check_phone(page, folder):
    """Nothing is wider than a phone."""
    page.tab.set_viewport_size(PHONE)
    page.settle()
    page.settle()
    over, wide = page.run(OVERFLOW)
    page.hold(over <= 0 and not wide, f"wider than a phone by {over} px: {wide}")
    check_drawn(page)
    page.shot(folder, "phone")
    page.tab.set_viewport_size(DESKTOP)
    page.settle()


def check_page(page, folder):
    page.hold(page.run("() => document.documentElement.dataset.failed ?? null") is None, "the page failed")
    charts = check_drawn(page)
    check_sections(page)
    page.shot(folder, "light")
    check_picking(page)
    check_limit(page)
    check_cursor(page)
    check_zoom(page)
    check_map_colours(page)
    check_switches(page)
    check_phone(page, folder)
    if folder:
        page.tab.locator("#theme-switch").click()
        page.shot(folder, "dark")
        # From dark, so that the paper proves to be light.
        page.tab.pdf(path=os.path.join(folder, f"{page.name}.pdf"), format="A4", prefer_css_page_size=True)
    return charts


def check(pages, folder=None):
    """Checks pages, given as name and path; returns what does not hold, by name."""
    failed = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which(os.environ.get("GAMETELEMETRY_CHROMIUM", "chromium")),
            headless=True,
            args=FLAGS,
            viewport=DESKTOP,
            offline=True,
            color_scheme="light",
        )
        for name, path in pages:
            page = Page(context, name, path)
            charts = check_page(page, folder)
            opened = page.run("() => [document.documentElement.dataset.open, document.documentElement.dataset.ready]")
            size = os.path.getsize(path)
            print(f"{name}: {size} bytes, open after {opened[0]} ms, all drawn after {opened[1]} ms, {charts} charts, {len(page.problems)} problems")
            if page.problems:
                failed[name] = page.problems
            page.tab.close()
        context.close()
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shots")
    parser.add_argument("pages", nargs="+")
    arguments = parser.parse_args()
    failed = check([page.split("=", 1) for page in arguments.pages], arguments.shots)
    for name, problems in failed.items():
        for problem in problems:
            print(f"{name}: {problem}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
