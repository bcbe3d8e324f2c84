"""Translate by hand: steps by click and by keyboard, cells of rectangular charts, and stripes where the mask hides."""

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import cell_point, chart, marks, settled

TEXT = "The dog is hungry."


def asked(page) -> dict:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query, keep_blank_values=True).items()}


@pytest.fixture
def translate(open_app):
    def open_it(**view):
        page = open_app("desktop", path="/translate", text=TEXT, **view)
        expect(page.locator(".facing .french button").first).to_be_visible(timeout=60_000)
        return page

    return open_it


def french(page, step: int):
    """The button of the French token of a step, from 1."""
    return page.locator(".facing .french button").nth(step - 1)


def test_a_click_on_a_french_word_chooses_its_step(translate):
    page = translate()
    french(page, 3).click()
    settled(page)
    expect(french(page, 3)).to_have_attribute("aria-pressed", "true")
    assert asked(page)["step"] == "3"
    assert marks(page, "alignment")["query"] == 2


def test_the_arrow_keys_go_from_step_to_step_and_keep_the_focus(translate):
    page = translate()
    french(page, 1).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    settled(page)
    expect(french(page, 4)).to_be_focused()
    assert asked(page)["step"] == "4"
    page.keyboard.press("Home")
    settled(page)
    expect(french(page, 1)).to_have_attribute("aria-pressed", "true")
    assert "step" not in asked(page)


def test_lines_are_as_thick_as_the_weights(translate):
    page = translate()
    expect(page.locator(".facing path").first).to_be_attached()
    widths = page.locator(".facing path").evaluate_all("all => all.map((one) => parseFloat(one.style.strokeWidth))")
    texts = page.locator(".facing .share").all_text_contents()
    shares = [float(text.removeprefix("over ").removesuffix(" %")) for text in texts if text]
    assert max(widths) == pytest.approx(13 * max(shares) / 100, abs=0.1)


def test_a_cell_of_a_rectangular_chart_chooses_a_french_and_an_english_word(translate):
    page = translate()
    page.mouse.click(*cell_point(page, "weights", 2, 1))
    settled(page)
    assert asked(page) | {"text": TEXT} == asked(page)
    assert (asked(page)["step"], asked(page)["asked"]) == ("3", "2")
    for name, expected in {"weights": {"query": 2, "key": 1}, "q": {"query": 2}, "k": {"key": 1}, "source": {"key": 1}}.items():
        assert marks(page, name) == expected
    page.keyboard.press("ArrowRight")
    settled(page)


def test_a_hidden_cell_can_be_chosen_and_says_that_it_is_hidden(translate):
    page = translate(attention="decoder")
    expect(chart(page, "masked").locator(".shapelayer path").first).to_be_attached()
    page.mouse.click(*cell_point(page, "masked", 0, 2))
    settled(page)
    expect(page.locator(".arithmetic")).to_contain_text("−∞")
    assert asked(page)["asked"] == "3"


def test_a_tile_of_all_heads_chooses_the_head(translate):
    page = translate(panel="heads")
    page.locator('.tile[data-head="5"]').click()
    settled(page)
    assert (asked(page)["block"], asked(page)["attention_head"]) == ("1", "6")
