"""How every page of the registry looks and reads in a real browser, where it complains of nothing and asks no other host."""

import contextlib

import pytest
from playwright.sync_api import TimeoutError, expect

from pages.shared.frame.registry import PAGES
from tests.browser.conftest import SIZES, assert_fits, serious, serious_in, settled
from tests.browser.test_looks import LONG

HOSTILE = "<b>bold</b> <img src=https://evil.example/x.png onerror=alert(1)> ![i](https://evil.example/x.png) $x^2$ </s>"
# What makes a page look different, and at which sizes it is looked at.
VIEWS = [
    *(("what_if", {"experiment": name}) for name in ("root", "additive", "change")),
    *(("inside", {"part": name}) for name in ("embedding", "feed-forward")),
    *(
        ("step_by_step", view)
        for view in ({"show": "mean", "layers": "1,2", "special": "of-the-rest", "words": "whole"}, {"show": "rollout"})
    ),
    ("all_heads", {"order": "broad", "special": "left-out"}),
    *(("compare", view) for view in ({"sides": "heads"}, {"matrix": "q"})),
    *(("translate", {"attention": "decoder", "panel": name}) for name in ("stages", "next", "heads", "number", "compare")),
    *(("one_number", {"stage": name}) for name in ("q", "weights", "z")),
]
# Frames, columns and elements that take room and hold nothing that can be seen, also inside components.
EMPTY = """() => {
    const shows = (root) => [...root.querySelectorAll('*')].some((one) =>
        (one.shadowRoot && shows(one.shadowRoot)) ||
        (['IMG', 'SVG', 'CANVAS', 'INPUT', 'TEXTAREA', 'BUTTON', 'IFRAME'].includes(one.tagName.toUpperCase()) &&
            one.getBoundingClientRect().height > 0) ||
        (!['STYLE', 'SCRIPT'].includes(one.tagName) &&
            [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())));
    return [...document.querySelectorAll(
        '[data-testid=stMain] :is([data-testid=stVerticalBlock], [data-testid=stElementContainer], [data-testid=stExpander])'
    )].filter((one) => {
        const box = one.getBoundingClientRect(), framed = parseFloat(getComputedStyle(one).borderTopWidth) > 0;
        return box.width > 0 && (framed ? box.height > 0 : box.height > 40) && !shows(one);
    }).map((one) => `${one.className} ${one.dataset.testid}`.slice(0, 200));
}"""
# The key of what holds a field, a button or another thing to choose from that the mouse could reach.
CHOICES = """() => [...new Set([...document.querySelectorAll(
        '[data-testid=stMain] :is(input, textarea, button):not([disabled], [tabindex="-1"])')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.type !== 'file')
    .map((one) => one.closest('[class*=st-key-]')?.className.match(/st-key-([\\w-]+)/)?.[1]).filter(Boolean))]"""
FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    while (at && !at.closest('[class*=st-key-]')) at = at.getRootNode().host;
    return at?.closest('[class*=st-key-]').className.match(/st-key-([\\w-]+)/)?.[1] ?? null;
}"""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def opened(open_app, page, size="desktop", **view):
    """The page, first of the registry at the root."""
    return open_app(size, path="/" if page is PAGES[0] else f"/{page.name}", **view)


def assert_looks_well(tab):
    """It fits and no frame is empty."""
    assert_fits(tab)
    with contextlib.suppress(TimeoutError):  # a chart is drawn a moment after its frame
        tab.wait_for_function(f"() => ({EMPTY})().length === 0", timeout=15_000)
    assert tab.evaluate(EMPTY) == []


@each_page
def test_it_fits_and_breaks_no_rule_of_accessibility(open_app, page):
    tab = opened(open_app, page, "projector", text="I am good", other="They are good")
    assert_looks_well(tab)
    assert serious(tab) == []


@each_page
def test_a_long_sentence_fits_on_a_phone_and_breaks_no_rule_of_accessibility(open_app, page):
    tab = opened(open_app, page, "phone", text=LONG, other=LONG.replace("The old", "An old"))
    assert_looks_well(tab)
    assert serious_in(tab, "light") == []


@each_page
def test_nothing_that_the_text_contains_is_interpreted(open_app, page):
    tab = opened(open_app, page, text=HOSTILE, other=HOSTILE, second=HOSTILE)
    assert_looks_well(tab)
    for box in tab.get_by_label("Sentence", exact=True).all():
        expect(box).to_have_value(HOSTILE)
    for tag in ("img[src*=evil]", "a[href*='//evil']", "[onerror]", "[data-testid=stException]"):
        assert tab.locator(tag).count() == 0


@pytest.mark.parametrize(("name", "view"), VIEWS, ids=str)
def test_its_other_views_fit_and_break_no_rule_of_accessibility(open_app, name, view):
    (page,) = (page for page in PAGES if page.name == name)
    tab = opened(open_app, page, "phone", **view)
    assert_looks_well(tab)
    assert serious(tab) == []
    for chart in tab.locator("[data-testid=stPlotlyChart]").all():
        assert chart.bounding_box()["width"] > 150
    tab.set_viewport_size({"width": SIZES["projector"][0], "height": SIZES["projector"][1]})
    settled(tab)
    assert_fits(tab)


@each_page
def test_the_keyboard_reaches_whatever_can_be_chosen(open_app, page):
    tab = opened(open_app, page)
    tab.wait_for_function(f"() => ({CHOICES})().length > 0")
    there, reached = set(tab.evaluate(CHOICES)), set()
    for _ in range(250):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate(FOCUSED))
        if there <= reached:
            break
    assert there <= reached, there - reached
    settled(tab)
