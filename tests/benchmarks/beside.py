"""One person's long run beside another person: choosing another head while a list of sentences is being read."""

from statistics import median

from playwright.sync_api import Page

from tests.benchmarks.browser import browsing, painted
from tests.benchmarks.report import milliseconds, table, verdict
from tests.benchmarks.sentences import sentences
from tests.benchmarks.serve import serve

IN_LIST, TOKENS = 20_000, 15
HEADS = (*range(3, 13), *range(3, 9))
CHANGED = 7  # charts that another head changes: all but X
LIMIT = 2.0


def main() -> None:
    """Print how long another head takes, alone and beside a survey."""
    with serve() as app, browsing(1440, 900) as context:
        page, other = context.new_page(), context.new_page()
        page.goto(f"{app.url}/?layer=4&head=2")
        page.get_by_text("Matrices: every number as a chart and as a table").click()
        page.wait_for_function("document.querySelectorAll('.heatmaplayer image').length >= 8")
        _list(other, app.url)
        alone = [_head(page, number) for number in HEADS]
        other.bring_to_front()
        other.get_by_role("button", name=f"Read all {IN_LIST:,} sentences").click()
        stop = other.get_by_role("button", name="Stop")
        stop.wait_for()
        beside = [_head(page, number) for number in HEADS]
        other.bring_to_front()
        stop.click()  # fails where the run was over before
    cells = (milliseconds(beside), milliseconds(alone), *verdict(median(beside) / median(alone), LIMIT))
    header = ("", "beside a survey", "alone", "ratio", "limit", "")
    table("Another person chooses another head, click → painted", header, [("11 tokens", *cells)])


def _list(page: Page, url: str) -> None:
    text = "\n".join(sentences(TOKENS, IN_LIST))
    page.goto(f"{url}/sentences")
    file = {"name": "mine.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Use these sentences").click()
    page.get_by_role("button", name=f"Read all {IN_LIST:,} sentences").wait_for()


def _head(page: Page, number: int) -> float:
    return painted(page, page.locator(".st-key-head").get_by_text(str(number), exact=True), CHANGED)
