"""Choosing a query and a key, with the mouse and from the keyboard."""

from playwright.sync_api import expect

from tests.browser.conftest import CHARTS, cell_point, chart, marks, settled

ROLES = {
    "x": {"query", "key"},
    "q": {"query"},
    "k": {"key"},
    "v": {"key"},
    "scores": {"query", "key"},
    "scaled": {"query", "key"},
    "weights": {"query", "key"},
    "z": {"query"},
}


def shown_arithmetic(page):
    return page.locator(".arithmetic").inner_text()


def test_the_first_view_says_that_it_looks_at_dog(open_app):
    page = open_app()
    expect(page.locator(".answer")).to_contain_text("it looks most at dog: 52.9 %")
    words = page.locator(".word")
    assert words.count() == 11
    expect(words.nth(2)).to_contain_text("52.9 %")
    expect(words.nth(5)).to_contain_text("5.1 %")
    box = page.locator(".answer").bounding_box()
    assert box["y"] + box["height"] < 900, "the answer is below the first screen"


def test_the_line_from_it_to_dog_is_by_far_the_thickest(open_app):
    page = open_app()
    expect(page.locator(".sentence path")).not_to_have_count(0)
    widths = page.locator(".sentence path").evaluate_all("lines => lines.map(line => parseFloat(line.style.strokeWidth))")
    first, second = sorted(widths, reverse=True)[:2]
    assert first > 2.5 * second


def test_the_choice_is_marked_on_every_chart(open_app):
    page = open_app()
    for name in CHARTS:
        expect(chart(page, name).locator(".cell-marks > div")).to_have_count(len(ROLES[name]))
        assert marks(page, name) == {role: {"query": 7, "key": 2}[role] for role in ROLES[name]}


def test_a_click_on_a_cell_chooses_its_query_and_key(open_app):
    page = open_app()
    for name, row, column in [("scores", 0, 0), ("scaled", 3, 9), ("weights", 10, 10), ("scores", 3, 10), ("weights", 0, 9)]:
        page.mouse.click(*cell_point(page, name, row, column))
        expect(page.locator(".st-key-query input")).to_have_value(f"{row + 1} · {page_word(page, row)}")
        expect(page.locator(".st-key-key input")).to_have_value(f"{column + 1} · {page_word(page, column)}")
        for other in CHARTS:
            assert marks(page, other) == {role: {"query": row, "key": column}[role] for role in ROLES[other]}
        settled(page)
        assert f"query={row + 1}&key={column + 1}" in page.url


def page_word(page, position):
    return page.locator(".word button").nth(position).inner_text()


def test_a_click_on_a_row_of_vectors_chooses_its_word(open_app):
    page = open_app()
    for row, (name, role) in enumerate([("x", "query"), ("q", "query"), ("k", "key"), ("v", "key"), ("z", "query")]):
        page.mouse.click(*cell_point(page, name, row, 7))
        expect(page.locator(f".st-key-{role} input")).to_have_value(f"{row + 1} · {page_word(page, row)}")
        assert marks(page, name)[role] == row
        settled(page)


def test_a_click_on_a_word_asks_from_it(open_app):
    page = open_app()
    page.locator(".word button").nth(4).click()
    expect(page.locator(".st-key-query input")).to_have_value("5 · the")
    expect(page.locator(".st-key-key input")).to_have_value("6 · food")
    expect(page.locator(".answer")).to_contain_text("the looks most at [CLS]")


def test_hovering_a_word_previews_its_lines_and_leaving_brings_the_choice_back(open_app):
    page = open_app()
    page.locator(".word button").nth(0).hover()
    expect(page.locator(".word").nth(0)).to_have_class("word special query")
    page.locator(".answer").hover()
    expect(page.locator(".word").nth(7)).to_have_class("word query")


def test_arrow_keys_on_a_chart_choose_cells(open_app):
    page = open_app()
    chart(page, "scores").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".st-key-query input")).to_have_value("6 · food")
    expect(page.locator(".st-key-key input")).to_have_value("4 · ate")
    settled(page)
    assert chart(page, "scores").evaluate("plot => plot === document.activeElement"), "the chart lost the focus"


def test_fast_arrow_keys_lose_no_step(open_app):
    page = open_app(query=1, key=1, text="A dog ate the food because it was hungry")
    chart(page, "scores").focus()
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(40)
    expect(page.locator(".st-key-query input")).to_have_value("9 · was")
    settled(page)
    assert marks(page, "scores")["query"] == 8


def test_one_click_asks_the_server_once_however_many_went_before(open_app):
    page = open_app()
    for column in range(4):
        page.mouse.click(*cell_point(page, "weights", 5, column))
        settled(page)
    page.evaluate(
        """() => {
            const send = WebSocket.prototype.send;
            window.sent = 0;
            WebSocket.prototype.send = function (data) { window.sent += 1; return send.call(this, data); };
        }"""
    )
    page.mouse.click(*cell_point(page, "weights", 6, 6))
    settled(page)
    assert page.evaluate("window.sent") == 1


def test_words_are_chosen_from_the_keyboard(open_app):
    page = open_app()
    page.locator(".word button").nth(7).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-query input")).to_have_value("7 · because")
    settled(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-query input")).to_have_value("6 · food")


def test_the_cell_bar_follows_the_choice_with_the_models_numbers(open_app, model):
    page = open_app()
    page.mouse.click(*cell_point(page, "weights", 9, 7))
    expect(page.locator(".st-key-query input")).to_have_value("10 · hungry")
    settled(page)
    stages = model.trace("A dog ate the food because it was hungry").stages(3, 1)
    text = shown_arithmetic(page).replace("−", "-")
    assert f"{stages.scores[9, 7]:.3f}" in text
    assert f"{stages.scaled[9, 7]:.3f}" in text
    assert f"{stages.weights[9, 7]:.4f}" in text


def test_choosing_a_cell_leaves_the_charts_alone(open_app):
    page = open_app()
    chart(page, "z").evaluate("plot => { plot.dataset.same = 'yes' }")
    page.mouse.click(*cell_point(page, "scores", 1, 1))
    expect(page.locator(".st-key-query input")).to_have_value("2 · a")
    settled(page)
    expect(chart(page, "z")).to_have_attribute("data-same", "yes")


def test_the_marks_return_when_another_head_is_drawn(open_app):
    page = open_app()
    page.locator(".st-key-head button").nth(6).click()
    expect(page.locator(".answer")).not_to_contain_text("52.9 %")
    settled(page)
    for name in CHARTS:
        expect(chart(page, name).locator(".cell-marks > div")).to_have_count(len(ROLES[name]))
