"""How the page looks and reads: both themes, three sizes, no violation of accessibility rules."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHARTS, assert_fits, chart, serious, settled, themes

LONG = (
    "The old lighthouse, which has stood on the cliff for more than a hundred years and has guided many ships through storms "
    "and fog into the small harbour, was painted white last summer, and now the people of the village love it even more"
)


def test_no_serious_or_critical_axe_violation_with_everything_opened(open_app):
    page = open_app()
    page.get_by_text("The learned matrices W and b of this head").click()
    expect(page.locator(".st-key-chart-w-v .heatmaplayer image")).to_have_count(2)
    page.locator(".st-key-numbers-z button").first.click()
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize(("size", "text"), [("desktop", LONG), ("phone", "I am good")], ids=["desktop-long", "phone-short"])
def test_every_chart_is_drawn_in_its_frame_and_every_head_can_be_chosen(open_app, size, text):
    page = open_app(size=size, text=text)
    assert_fits(page)
    for name in CHARTS:
        expect(chart(page, name).locator(".heatmaplayer image")).to_have_count(1)
        plot, frame = chart(page, name).bounding_box(), page.locator(f".st-key-chart-{name}").bounding_box()
        assert plot["width"] <= frame["width"] + 1
    width = page.evaluate("window.innerWidth")
    for picker, count in (("layer", 6), ("head", 12)):
        buttons = page.locator(f".st-key-{picker} button")
        assert buttons.count() == count
        for right in buttons.evaluate_all("all => all.map(one => one.getBoundingClientRect().right)"):
            assert right <= width


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_sentence_is_readable_at_60_tokens(open_app, size):
    page = open_app(size=size, text=LONG)
    expect(page.locator(".word.query")).to_be_visible()
    boxes = page.locator(".word button").evaluate_all(
        "all => all.map(one => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })"
    )
    width = page.evaluate("window.innerWidth")
    assert len(boxes) > 45
    if size == "phone":  # the words stand on one line that scrolls, and the one that asks is in sight
        asking = page.locator(".word.query button").bounding_box()
        assert 0 <= asking["x"] < asking["x"] + asking["width"] <= width
    else:
        assert all(left >= 0 and right <= width for left, _, right, _ in boxes)
    overlapping = [
        (one, other)
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
        if one[0] < other[2] - 2 and other[0] < one[2] - 2 and one[1] < other[3] - 2 and other[1] < one[3] - 2
    ]
    assert overlapping == []


def test_word_pieces_are_told_apart_from_words(open_app):
    page = open_app(text="Tokenization splits unfamiliar words")
    pieces = page.locator(".word.piece button")
    expect(pieces).to_have_text(["##ization"])
    assert pieces.first.evaluate("one => getComputedStyle(one).borderLeftStyle") == "dashed"
    expect(page.locator(".look-for")).to_contain_text("pieces of one word")


def test_the_charts_follow_the_theme(open_app):
    page = open_app(theme="dark")
    assert colours(page) == {"rgb(20, 21, 26)"}
    for theme in themes(page):
        assert colours(page) == {"rgb(20, 21, 26)" if theme == "dark" else "rgb(255, 255, 255)"}


def test_the_charts_follow_a_theme_that_is_chosen_in_the_menu(open_app):
    page = open_app()
    page.get_by_test_id("stMainMenu").first.click()
    page.get_by_text("Dark").last.click()
    expect(chart(page, "q").locator(".main-svg").first).to_have_css("background-color", "rgb(20, 21, 26)")
    settled(page)
    assert colours(page) == {"rgb(20, 21, 26)"}


def colours(page) -> set[str]:
    """What stands behind the page and each chart."""
    behind = "all => all.map(one => getComputedStyle(one).backgroundColor)"
    found = page.locator("[data-testid=stApp], .js-plotly-plot .main-svg:first-child").evaluate_all(behind)
    assert len(found) == 1 + len(CHARTS)
    return set(found)


def test_the_whole_page_can_be_walked_with_the_tab_key(open_app):
    page = open_app()
    seen = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    if (at.getRootNode().host) return 'word';
                    return at.closest('[class*=st-key-]')?.className.match(/st-key-([\\w-]+)/)?.[1] ?? at.tagName;
                }"""
            )
        )
    assert {"text", "layer", "head", "sentence-example", "word", "query", "key"} <= seen
    assert {f"chart-{name}" for name in CHARTS} <= seen
    settled(page)
