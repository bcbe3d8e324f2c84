"""The pages for exploring in a real browser: the grid of all heads, the arithmetic of one number, two sentences compared."""

from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.benchmarks.browser import browsing, painted
from tests.benchmarks.report import milliseconds, table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import serve, serve_bare

HEADS = (*range(3, 11), *range(3, 11))


def main() -> None:
    """Print what a click costs on each page, in bare reruns."""
    rows = []
    with serve() as app, serve_bare() as bare, browsing(1440, 900) as context:
        page, other = context.new_page(), context.new_page()
        other.goto(bare.url)
        other.get_by_text("Head 1 is chosen.").wait_for()
        for what, path, fields, tokens, charts, target, limit in _CASES:
            text, second = sentences(tokens, 2)
            view = {"text": text, "layer": 4, "head": 2, "query": 5, "key": 3} | fields
            if path == "compare":
                view["other"] = second if tokens > 12 else text.replace(text.split()[3], "table", 1)
            page.bring_to_front()
            page.goto(f"{app.url}/{path}?{urlencode(view)}")
            page.locator(".st-key-head button").first.wait_for()
            page.wait_for_timeout(2500)
            clicks, reruns = [], []
            for number in HEADS:
                button = other.get_by_test_id("stButtonGroup").get_by_text(str(number), exact=True)
                reruns.append(painted(other, button, 0))
                clicks.append(painted(page, target(page, number), charts))
            ratio = median(clicks) / median(reruns)
            least = f"{min(clicks) / min(reruns):.2f}"
            rows.append((f"{what}, {tokens} tokens", milliseconds(clicks), milliseconds(reruns), *verdict(ratio, limit), least))
    header = ("", "median", "bare rerun", "ratio", "limit", "", "ratio of the least")
    table("Click → painted, 1440×900", header, rows)


def _head(page: Page, number: int) -> Locator:
    return page.locator(".st-key-head").get_by_text(str(number), exact=True)


def _dimension(page: Page, number: int) -> Locator:
    return page.get_by_test_id("stNumberInputStepUp")


_CASES: tuple[tuple[str, str, dict, int, int, Callable, float], ...] = (
    ("All heads: another head chosen", "all_heads", {}, 12, -1, _head, 1.6),
    ("All heads: another head chosen", "all_heads", {}, 128, -1, _head, 3.0),
    ("All heads, in order of a pattern", "all_heads", {"order": "previous"}, 12, -1, _head, 1.6),
    ("One number: a score of another head", "one_number", {"stage": "scores"}, 12, 0, _head, 3.0),
    ("One number: a weight of another head", "one_number", {"stage": "weights"}, 12, 0, _head, 3.0),
    ("One number: another dimension of z", "one_number", {"stage": "z"}, 12, 0, _dimension, 3.0),
    ("One number: another dimension of q", "one_number", {"stage": "q"}, 12, 0, _dimension, 3.0),
    ("Compare: weights of another head", "compare", {}, 12, 0, _head, 3.0),
)
