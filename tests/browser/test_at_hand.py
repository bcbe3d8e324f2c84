"""What hand and keys do on a page, what is said of it, and how many steps of the history it takes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import chart, settled

TEXT = "A dog ate the food because it was hungry"


def history(page) -> int:
    return page.evaluate("history.length")


def live(page) -> str:
    """What a screen reader was last told of a chosen cell."""
    return page.locator(".st-key-cell-marks [aria-live]").inner_text()


def test_arrow_keys_say_the_cell_and_a_burst_of_them_is_one_step_of_the_history(open_app, trace):
    open_app(path="/lesson")
    page = open_app()  # a fresh tab: a browser counts no further than 50 steps
    before = history(page)
    chart(page, "scores").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    score = f"{trace.stages(3, 1).scores[1, 8].item():.4f}".replace("-", "−")
    assert live(page) == f"2 a → 9 was: {score}"
    page.wait_for_url(re.compile("query=2&key=9"))
    settled(page)
    assert history(page) == before + 1
    assert f"2 a → 9 was: {score}" in chart(page, "scores").get_attribute("aria-label")


def test_a_head_opened_from_all_heads_is_one_step_of_the_history(open_app):
    open_app(path="/lesson")
    page = open_app(path="/all_heads")  # a fresh tab, as above
    before = history(page)
    page.locator(".tile").nth(5).click()
    expect(page.locator("h1")).to_have_text("Attention, step by step")
    settled(page)
    assert history(page) == before + 1
    page.go_back()
    expect(page.locator("h1")).to_have_text("All heads at a glance")
    settled(page)


def test_a_typed_sentence_goes_along_before_it_is_entered(open_app):
    page = open_app()
    page.get_by_label("Sentence", exact=True).fill("I am not entered")
    page.get_by_role("link", name="All heads").click()
    expect(page.locator("h1")).to_have_text("All heads at a glance")
    settled(page)
    expect(page.get_by_label("Sentence", exact=True)).to_have_value("I am not entered")
    assert "text=I+am+not+entered" in page.url


def test_a_box_of_the_encoder_opens_its_part(open_app):
    page = open_app(path="/inside")
    boxes = page.locator(".st-key-encoder-flow button")
    expect(boxes).to_have_count(8)
    boxes.filter(has_text="Feed-forward").click()
    expect(page.locator(".st-key-chart-hidden")).to_be_visible()
    settled(page)
    assert "part=feed-forward" in page.url


def test_a_note_about_a_cell_moves_nothing(open_app):
    page = open_app(path="/by_hand")
    top = page.locator(".st-key-chart-q").bounding_box()["y"]
    cell = page.get_by_label("X, row 2, column 2")
    cell.fill("abc")
    cell.press("Tab")
    expect(page.locator(".note")).to_contain_text("is no number")
    settled(page)
    assert page.locator(".st-key-chart-q").bounding_box()["y"] == pytest.approx(top, abs=1)


def test_on_a_phone_a_tap_reads_a_head_and_a_second_one_opens_it(open_app):
    page = open_app("phone", path="/all_heads")
    expect(page.get_by_text("Tap one to read it")).to_be_visible()
    tile = page.locator(".tile").nth(5)
    tile.tap()
    settled(page)
    expect(page.locator(".lens .title")).to_contain_text("Layer 1, head 6")
    expect(page.locator("h1")).to_have_text("All heads at a glance")
    tile.tap()
    expect(page.locator("h1")).to_have_text("Attention, step by step")
    settled(page)


def test_on_a_phone_the_controls_leave_room_and_the_bar_folds(open_app):
    page = open_app("phone")
    assert page.locator(".st-key-head-stage").bounding_box()["y"] < 420
    heads = [button.bounding_box() for button in page.locator(".st-key-head button").all()]
    assert len({box["y"] for box in heads}) == 1
    assert min(box["width"] for box in heads) >= 24
    bar = page.locator(".st-key-cell-bar")
    assert bar.bounding_box()["height"] <= 100
    page.get_by_role("button", name="Fold").tap()
    settled(page)
    assert bar.bounding_box()["height"] <= 52
    expect(bar.locator(".arithmetic")).to_contain_text("it")


def test_on_a_phone_one_number_begins_in_the_upper_two_thirds_under_whole_controls(open_app):
    page = open_app("phone", path="/one_number")
    assert page.locator(".stage .title").first.bounding_box()["y"] < 530
    room, menu = page.locator(".st-key-page-room").bounding_box(), page.get_by_role("button", name="Main menu").bounding_box()
    assert room["x"] + room["width"] <= menu["x"] + 8  # of its own edge
    page.locator(".st-key-stage").get_by_role("radio", name="Raw scores").wait_for()
    first_of_the_lower_row = page.locator(".st-key-stage").get_by_role("radio", name="Scaled scores")
    left, top = first_of_the_lower_row.evaluate(
        "one => (style => [style.borderLeftColor, style.borderTopColor])(getComputedStyle(one))"
    )
    assert "rgba(0, 0, 0, 0)" not in left
    assert "rgba(0, 0, 0, 0)" not in top
    tree = page.get_by_test_id("stMain").aria_snapshot()
    assert 'button "Glossary, A–Z"' in tree
    assert 'button "Open weights: a(it · dog)"' in tree
    assert "<" not in tree


def test_on_a_phone_all_that_can_be_taken_home_is_offered_at_once(open_app):
    page = open_app("phone")
    page.get_by_role("button", name="Take it home").tap()
    settled(page)
    sheet = page.get_by_test_id("stPopoverBody").bounding_box()
    for offer in page.get_by_test_id("stPopoverBody").get_by_test_id("stDownloadButton").all():
        box = offer.bounding_box()
        assert sheet["y"] <= box["y"]
        assert box["y"] + box["height"] <= 844


def test_in_a_low_window_the_bar_covers_nothing(open_app):
    page = open_app()
    page.set_viewport_size({"width": 720, "height": 450})  # 1440 × 900 at 200 %
    expect(page.locator(":has(> .st-key-cell-bar)").last).to_have_css("position", "static")
