"""The page in a real browser: from click to painted, and the first paint of a cold server, against a bare Streamlit app."""

import subprocess
import sys
import time
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Page

from tests.benchmarks.browser import browsing, first_seen, painted
from tests.benchmarks.report import at_least, milliseconds, table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import serve, serve_bare

# Tokens: how many bare reruns choosing another head may take.
LIMITS = {12: 6.0, 64: 6.0, 256: 12.0}
SIZES = {"1440×900": (1440, 900), "1440×3000, all stages in the window": (1440, 3000)}
HEADS = range(3, 13)
# Tokens: how many bare reruns the stage may take until it shows another head.
STAGE_LIMITS = {12: 0.6, 64: 0.6, 256: 0.6, 512: 1.2}
CHANGED = 7  # charts that another head changes: all but X
COLD_STARTS = 3
HELD = 30  # steps a second of an arrow key that is held
LEAST_CHANGES = 25  # heads a second that are painted meanwhile
LEAST_FRAMES = 50  # of the beats, a second, at these numbers of tokens
FRAMES_AT = (12, 24)
PICTURE_DELAY = 2.5  # of the time that torch takes to import
HEAD_DELAY = 0.5  # of the time that torch takes to import: more would mean that the first paint waits for it


def main() -> None:
    """Print all tables of the page."""
    with serve() as app, serve_bare() as bare:
        for name, (width, height) in SIZES.items():
            with browsing(width, height) as context:
                _clicks(context, name, app.url, bare.url)
        with browsing(1440, 900) as context:
            _fly(context, app.url, bare.url)
    _cold()


def _clicks(context: BrowserContext, size: str, app: str, bare: str) -> None:
    """Choosing another head and another cell, in turns with a rerun of the bare app."""
    page, other = context.new_page(), context.new_page()
    other.goto(bare)
    other.get_by_text("Head 1 is chosen.").wait_for()
    heads, cells = [], []
    for tokens, limit in LIMITS.items():
        _open(page, f"{app}/?{urlencode({'text': sentences(tokens, 1)[0], 'layer': 4, 'head': 2})}")
        head, cell, rerun = [], [], []
        for number in HEADS:
            rerun.append(painted(other, other.get_by_test_id("stButtonGroup").get_by_text(str(number), exact=True), 0))
            head.append(painted(page, page.locator(".st-key-head").get_by_text(str(number), exact=True), CHANGED))
            cell.append(_click_cell(page, number))
        times = (f"{tokens} tokens", milliseconds(head), f"{1000 * min(head):.0f} ms", milliseconds(rerun))
        least = min(head) / min(rerun)
        heads.append((*times, *verdict(median(head) / median(rerun), limit), f"{least:.2f}"))
        cells.append((times[0], milliseconds(cell), times[3], f"{median(cell) / median(rerun):.2f}"))
    header = ("", "median", "least", "bare rerun", "ratio", "limit", "", "ratio of the least")
    table(f"Choosing another head, click → painted, {size}", header, heads)
    table(f"Choosing another cell, click → painted, {size}", ("", "median", "bare rerun", "ratio"), cells)
    page.close()
    other.close()


def _fly(context: BrowserContext, app: str, bare: str) -> None:
    """Choosing another head on the stage, in turns with a rerun of the bare app."""
    page, other = context.new_page(), context.new_page()
    other.goto(bare)
    other.get_by_text("Head 1 is chosen.").wait_for()
    rows, changes = [], []
    for tokens, limit in STAGE_LIMITS.items():
        page.bring_to_front()
        page.goto(f"{app}/?{urlencode({'text': sentences(tokens, 1)[0], 'layer': 4, 'head': 2, 'beat': 6})}")
        page.locator(".stage.ready").wait_for()
        page.wait_for_timeout(1500)
        head, rerun = [], []
        for number in HEADS:
            rerun.append(painted(other, other.get_by_test_id("stButtonGroup").get_by_text(str(number), exact=True), 0))
            page.bring_to_front()
            page.wait_for_timeout(1200)  # the server has answered the choice before
            head.append(page.locator(".stage").evaluate(_FLOWN, number - 1) / 1000)
        cells = verdict(median(head) / median(rerun), limit)
        rows.append((f"{tokens} tokens", milliseconds(head), f"{1000 * min(head):.0f} ms", milliseconds(rerun), *cells))
        changes.append((f"{tokens} tokens", *at_least(page.locator(".stage").evaluate(_HELD, HELD), LEAST_CHANGES)))
    frames = [_frames(page, app, count) for count in FRAMES_AT]
    header = ("", "median", "least", "bare rerun", "ratio", "limit", "")
    table("Another head on the stage, click → painted", header, rows)
    table(f"Heads painted a second while a key is held ({HELD} steps a second)", ("", "measured", "at least", ""), changes)
    table("Frames a second while the beats move", ("", "a tab at rest", "measured", "at least", ""), frames)
    page.close()
    other.close()


# A click on a head of the map, without the pointer's preview before it, until two frames after the picture was drawn.
_FLOWN = """async (root, head) => {
    const {stage} = root, {wide, tall, canvas} = stage.map, box = canvas.getBoundingClientRect();
    const place = {clientX: box.left + 18 + (head + 0.5) * wide, clientY: box.top + 32 + (stage.state.layer + 0.5) * tall};
    const frames = stage.frames, began = performance.now(), frame = () => new Promise(requestAnimationFrame);
    canvas.dispatchEvent(new MouseEvent("click", place));
    if (stage.state.head !== head) throw new Error("the click met another head");
    while (stage.frames === frames) await frame();
    await frame();
    return performance.now() - began;
}"""


# For two seconds so many steps to the next head a second, as a key that is held sends them; how many were painted a second.
_HELD = """async (root, rate) => {
    const {stage} = root, picture = root.querySelector(".picture"), began = performance.now();
    let sent = 0, painted = 0, head;
    while (performance.now() - began < 2000) {
        while (sent < ((performance.now() - began) * rate) / 1000) {
            picture.dispatchEvent(new KeyboardEvent("keydown", {key: "]", bubbles: true}));
            sent++;
        }
        await new Promise(requestAnimationFrame);
        const shown = stage.kept.mark;
        if (shown !== head) painted++;
        head = shown;
    }
    return (painted / (performance.now() - began)) * 1000;
}"""
# All beats from the first to the last: frames that the browser has at rest, and that the stage draws, a second.
_MOVED = """async root => {
    const {stage} = root, frame = () => new Promise(requestAnimationFrame);
    stage.t = stage.goal = 0;
    let began = performance.now(), ticks = 0;
    while (performance.now() - began < 1500) { await frame(); ticks++; }
    const rest = (ticks / (performance.now() - began)) * 1000, before = stage.frames;
    began = performance.now();
    stage.go(6);
    while (stage.t < 6) await frame();
    return [rest, ((stage.frames - before) / (performance.now() - began)) * 1000];
}"""


def _frames(page: Page, app: str, tokens: int) -> tuple[str, ...]:
    page.goto(f"{app}/?{urlencode({'text': sentences(tokens, 1)[0], 'layer': 4, 'head': 2})}")
    page.locator(".stage.ready").wait_for()
    page.wait_for_timeout(1500)
    rest, drawn = max((page.locator(".stage").evaluate(_MOVED) for _ in range(3)), key=lambda pair: pair[1])
    return f"{tokens} tokens", f"{rest:.0f}", *at_least(drawn, LEAST_FRAMES)


def _open(page: Page, url: str) -> None:
    page.bring_to_front()
    page.goto(url)
    page.get_by_text("Matrices: every number as a chart and as a table").click()
    page.wait_for_function("document.querySelectorAll('.heatmaplayer image').length >= 8")
    page.wait_for_timeout(1500)


def _click_cell(page: Page, number: int) -> float:
    """Choose another word as query, in the picture of the queries."""
    plot = page.locator(".st-key-chart-q .js-plotly-plot")
    plot.evaluate("plot => plot.scrollIntoView({block: 'center'})")
    rows = plot.evaluate("plot => plot._fullLayout.yaxis.range[0] + 0.5")
    present = int(plot.locator(".cell-marks [data-role=query]").get_attribute("data-position"))
    # About the middle, out of reach of what sticks to the window's edges; a row may be little more than a pixel high.
    row = int(rows) // 4 + number % 4 * max(int(rows) // 16, 1)
    row += row == present
    area = plot.locator(".nsewdrag").bounding_box()
    place = {"x": area["width"] / 2, "y": area["height"] * (row + 0.5) / rows}
    # Plotly reports a click only where it has noticed the pointer before; a person's pointer rests there first.
    plot.locator(".nsewdrag").hover(position=place, force=True)
    return painted(page, plot.locator(".nsewdrag"), 0, position=place, force=True)


def _cold() -> None:
    """From a server's first answered health check to the first paint of its head and of its first picture."""
    found: dict[str, list[float]] = {"bare head": [], "head": [], "picture": [], "torch": []}
    for _ in range(COLD_STARTS):
        with browsing(1440, 900) as context:
            page = context.new_page()
            with serve_bare() as server:
                found["bare head"].append(first_seen(page, server.url, "head") - server.healthy_at)
            with serve() as server:
                found["head"].append(first_seen(page, server.url, "head") - server.healthy_at)
                seen = page.wait_for_function("firstSeen.picture", polling=50).json_value() / 1000
                found["picture"].append(seen - server.healthy_at)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import torch"], check=True, timeout=120)
        found["torch"].append(time.perf_counter() - start)
    names = ("bare app: title and box", "title and sentence box", "first picture", "import torch")
    rows = [(name, milliseconds(values)) for name, values in zip(names, found.values(), strict=True)]
    table("A cold server and an empty cache, from the first health check to painted", ("", "median"), rows)
    bare, head, picture, torch = map(median, found.values())
    rows = [
        ("delay of the head, in imports of torch", *verdict((head - bare) / torch, HEAD_DELAY)),
        ("first picture, in imports of torch", *verdict(picture / torch, PICTURE_DELAY)),
    ]
    table("Against the limits", ("", "measured", "limit", ""), rows)
