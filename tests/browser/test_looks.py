"""How the page looks and reads: both themes, three sizes, no violation of accessibility rules."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import CHARTS, chart, settled

LONG = (
    "The old lighthouse, which has stood on the cliff for more than a hundred years and has guided many ships through storms "
    "and fog into the small harbour, was painted white last summer, and now the people of the village love it even more"
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_serious_or_critical_axe_violation(open_app, theme, size):
    page = open_app(size=size, theme=theme)
    violations = [rule for rule in Axe().run(page).response["violations"] if rule["impact"] in ("serious", "critical")]
    assert violations == [], [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in violations]


def test_no_serious_or_critical_axe_violation_with_everything_opened(open_app):
    page = open_app()
    page.get_by_text("The learned matrices W and b of this head").click()
    expect(page.locator(".st-key-chart-w-v .heatmaplayer image")).to_have_count(2)
    page.locator(".st-key-numbers-z button").first.click()
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()
    violations = [rule for rule in Axe().run(page).response["violations"] if rule["impact"] in ("serious", "critical")]
    assert violations == [], [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in violations]


@pytest.mark.parametrize("size", ["desktop", "projector", "phone"])
@pytest.mark.parametrize("text", ["I am good", LONG], ids=["short", "long"])
def test_nothing_scrolls_sideways_and_no_chart_is_empty(open_app, size, text):
    page = open_app(size=size, text=text)
    for scroller in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"{scroller}.scrollWidth - {scroller}.clientWidth") <= 0
    for name in CHARTS:
        expect(chart(page, name).locator(".heatmaplayer image")).to_have_count(1)
        plot, frame = chart(page, name).bounding_box(), page.locator(f".st-key-chart-{name}").bounding_box()
        assert plot["width"] <= frame["width"] + 1


@pytest.mark.parametrize("size", ["desktop", "projector", "phone"])
def test_all_layers_and_heads_can_be_seen(open_app, size):
    page = open_app(size=size)
    width = page.evaluate("window.innerWidth")
    for picker, count in (("layer", 6), ("head", 12)):
        buttons = page.locator(f".st-key-{picker} button")
        assert buttons.count() == count
        for box in buttons.evaluate_all("all => all.map(one => one.getBoundingClientRect().right)"):
            assert box <= width


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_sentence_is_readable_at_60_tokens(open_app, size):
    page = open_app(size=size, text=LONG)
    boxes = page.locator(".word button").evaluate_all(
        "all => all.map(one => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })"
    )
    width = page.evaluate("window.innerWidth")
    assert len(boxes) > 45
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
    for theme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 21, 26)")):
        page = open_app(theme=theme)
        assert chart(page, "q").locator(".main-svg").first.evaluate("svg => getComputedStyle(svg).backgroundColor") == colour
        assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor") == colour


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
    assert {"text", "layer", "head", "example", "word", "query", "key"} <= seen
    assert {f"chart-{name}" for name in CHARTS} <= seen
    settled(page)
