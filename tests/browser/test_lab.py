"""By hand and What if? in a real browser: typing into cells, clicking on charts, both themes, three sizes."""

from urllib.parse import parse_qs, urlparse

from playwright.sync_api import expect

from tests.browser.conftest import assert_fits, cell_point, chart, framed, picture_point, serious, settled

LARGEST = "I am good at drawing big red balloons"


def cell(page, matrix: str, row: int, column: int):
    """The field of one cell of the sheet, counted from 1."""
    return page.get_by_label(f"{matrix}, row {row}, column {column}", exact=True)


def says(page, name: str):
    """What is written under a picture."""
    return page.locator(f".stVerticalBlock:has(> .st-key-chart-{name}) .says")


def sheet_of(page) -> str:
    return parse_qs(urlparse(page.url).query)["sheet"][0]


def test_the_largest_sheet_fits_a_phone(open_app):
    rows = [
        "~".join("_".join("12" for _ in range(columns)) for _ in range(count)) for count, columns in [(8, 16)] + 3 * [(16, 16)]
    ]
    page = open_app(size="phone", path="/by_hand", sheet="~~".join([LARGEST, *rows]))
    expect(page.locator(".matrix input:not(.word)")).to_have_count(8 * 16 + 3 * 16 * 16)
    assert_fits(page)


def test_typing_into_a_cell_computes_anew_and_writes_the_link(open_app):
    page = open_app(path="/by_hand")
    expect(says(page, "scores")).to_contain_text("= 1·4 + 0·0 + 0·0 + 1·0 = 4")
    cell(page, "X", 2, 2).fill("5")  # nothing else is pressed: a pause is enough
    expect(says(page, "scores")).to_contain_text("= 1·10 + 0·0 + 0·0 + 1·0 = 10")
    settled(page)
    assert sheet_of(page).startswith("I am good~~1_0_1_0~0_5_0_1~")
    there = open_app(path="/by_hand", sheet=sheet_of(page))
    expect(cell(there, "X", 2, 2)).to_have_value("5")
    expect(says(there, "scores")).to_contain_text("= 10")


def test_cells_typed_faster_than_answers_come_are_all_kept(open_app):
    page = open_app(path="/by_hand")
    cell(page, "W_V", 1, 1).click()
    for digit in "987654321987":  # all twelve cells, one after the other, as fast as the browser types
        page.keyboard.type(digit)
        page.keyboard.press("Tab")
    settled(page)
    assert sheet_of(page).endswith("~~9_8_7~6_5_4~3_2_1~9_8_7")
    values = page.locator(".matrix.value-role input").evaluate_all("all => all.map(one => one.value)")
    assert "".join(values) == "987654321987"


def test_a_cell_that_holds_no_number_is_named_marked_and_mended(open_app):
    page = open_app(path="/by_hand")
    for text, why in (("abc", "is no number"), ("", "is empty"), ("1e308", "is too large")):
        cell(page, "W_K", 2, 1).fill(text)
        expect(page.locator(".note")).to_contain_text("W_K, row 2, column 1: ")
        expect(page.locator(".note")).to_contain_text(why)
        expect(cell(page, "W_K", 2, 1)).to_have_value(text)
        expect(cell(page, "W_K", 2, 1)).to_have_attribute("aria-invalid", "true")
        expect(cell(page, "W_K", 2, 2)).to_have_attribute("aria-invalid", "false")
        expect(says(page, "scores")).to_contain_text("= 4")  # as before
    assert serious(page) == []
    cell(page, "W_K", 2, 1).fill("3")
    expect(page.locator(".note")).to_have_count(0)
    expect(says(page, "scores")).to_contain_text("= 1·6 + 0·0 + 0·0 + 1·0 = 6")


def test_words_can_be_changed_and_are_shown_as_they_are(open_app):
    page = open_app(path="/by_hand")
    page.get_by_label("Word 2", exact=True).fill("<b>are")
    expect(page.locator(".whole-mix")).to_contain_text("v(<b>are)")
    settled(page)
    assert sheet_of(page).startswith("I <b>are good~~")


def test_the_arrow_keys_move_between_rows(open_app):
    page = open_app(path="/by_hand")
    cell(page, "W_Q", 1, 2).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, "W_Q", 3, 2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, "W_Q", 2, 2)).to_be_focused()


def test_a_preset_fills_the_cells_and_back_brings_the_ones_before(open_app):
    page = open_app(path="/by_hand")
    page.locator(".st-key-sheet-preset").get_by_text("From raw scores").click()
    expect(cell(page, "QKᵀ", 1, 1)).to_have_value("110")
    expect(page.locator(".whole-mix")).to_contain_text("0.9045 v(I) + 0.0742 v(am) + 0.0213 v(good)")
    settled(page)
    page.go_back()
    expect(cell(page, "W_Q", 1, 4)).to_have_value("1")
    settled(page)


def test_a_click_on_a_picture_chooses_its_cell(open_app):
    page = open_app(path="/by_hand")
    page.mouse.click(*picture_point(page, "weights", 2, 0))
    expect(page.locator(".st-key-row input")).to_have_value("3 · good")
    expect(says(page, "scores")).to_contain_text("q₃·k₁")
    for name in ("scores", "scaled", "weights"):
        assert framed(page, name) == [2, 0]


def test_an_experiment_is_chosen_and_a_change_is_made_in_the_browser(open_app):
    page = open_app(path="/what_if")
    page.locator(".st-key-experiment").get_by_text("Change the model").click()
    expect(page.locator(".answer")).to_contain_text("no word sees those after it")
    page.locator(".st-key-change-try").get_by_text("Hide the key word").click()
    expect(page.locator(".answer")).to_contain_text("nobody sees dog")
    settled(page)
    assert "removed=3" in page.url
    expect(chart(page, "heads").locator(".heatmaplayer image")).to_have_count(1)
    page.mouse.click(*cell_point(page, "after", 4, 1))
    expect(page.locator(".st-key-query input")).to_have_value("5 · the")
