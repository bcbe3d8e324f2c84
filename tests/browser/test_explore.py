"""From page to page and from head to head: nothing chosen is lost, and every number is two steps away."""

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import expect

from attention_core.weights.comparison import align
from pages.shared.frame import registry
from pages.shared.frame.registry import PAGES
from tests.browser.conftest import CHARTS, cell_point, chart, framed, marks, open_matrices, picture_point, serving, settled

TITLES = {
    "Step by step": "Attention, step by step",
    "All heads": "All heads at a glance",
    "One number": "One number, all the way down",
    "Compare": "Compare two sentences",
}
PATHS = {"step_by_step": "/", "all_heads": "/all_heads", "one_number": "/one_number", "compare": "/compare"}
TEXT = "The cat that my neighbours adopted was tired because it had tokenized"
VIEW = {"text": TEXT, "layer": "6", "head": "12", "query": "4", "key": "3", "special": "left-out", "words": "whole"}
A, B = "The cat sat on the mat", "The small cat sat down on the old mat yesterday"

EXPLORE = [page.title for page in PAGES if page.section == registry.EXPLORE]


def view_of(page) -> dict:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query, keep_blank_values=True).items()}


def title(page):
    return page.locator("h1")


def go(page, name: str) -> None:
    page.locator(".st-key-page-anchors").get_by_role("link", name=name, exact=True).click()
    expect(title(page)).to_have_text(TITLES[name])
    settled(page)


def focused(page) -> str | None:
    """The head whose tile has the keyboard's focus."""
    return page.evaluate(
        """() => {
            let at = document.activeElement;
            while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at?.dataset.head ?? null;
        }"""
    )


def tile(page, layer: int, head: int):
    """The tile of a head, as people count."""
    return page.locator(f'.tile[data-head="{(layer - 1) * 12 + head - 1}"]')


def assert_head(page, layer: int, head: int) -> None:
    """The page shows this head, step by step."""
    expect(title(page)).to_have_text(TITLES["Step by step"])
    settled(page)
    for name, number in (("layer", layer), ("head", head)):
        expect(page.locator(f".st-key-{name} button[aria-checked=true]")).to_have_text(str(number))
    expect(page.locator(".stage.ready")).to_have_count(1)
    assert (view_of(page)["layer"], view_of(page)["head"]) == (str(layer), str(head))


# Between the pages


def test_the_view_goes_along_to_every_page_and_back_returns(open_app):
    page = open_app(**VIEW)
    way = ["All heads", "Compare", "One number", "Step by step"]
    for name in way:
        go(page, name)
        assert VIEW.items() <= view_of(page).items(), name
        expect(page.get_by_label("Sentence", exact=True)).to_have_value(TEXT)
        for picker, number in (("layer", "6"), ("head", "12")):
            expect(page.locator(f".st-key-{picker} button[aria-checked=true]")).to_have_text(number)
        assert_pair(page, name)
    for name in (*way[-2::-1], "Step by step"):
        page.go_back()
        expect(title(page)).to_have_text(TITLES[name])
        settled(page)
        assert VIEW.items() <= view_of(page).items(), name
        assert_pair(page, name)


def assert_pair(page, name: str) -> None:
    """The pickers of a page stand on the pair; Compare has none while it has one sentence only."""
    shown = 0 if name == "Compare" else 1
    for picker, word in (("query", "4 · that"), ("key", "3 · cat")):
        box = page.locator(f".st-key-{picker} input")
        expect(box).to_have_count(shown)
        if shown:
            expect(box).to_have_value(word)


def test_switches_stay_pressed_on_the_pages_that_have_them(open_app):
    page = open_app(**VIEW)
    for name in ("All heads", "Compare", "Step by step"):
        go(page, name)
        if name == "Step by step":
            page.locator(".st-key-stage-view-bar [data-testid=stPopover] button").first.click()
        pressed = page.locator(
            ".st-key-weights-switches button[aria-pressed=true], .st-key-weights-switches button[aria-checked=true]"
        )
        expect(pressed).to_have_text(["Without special tokens", "Whole words"])


def test_a_change_on_one_page_goes_along_to_the_next_and_back_undoes_it(open_app):
    page = open_app("desktop", "light", "/compare", **VIEW)
    page.locator(".st-key-head button").nth(4).click()
    page.wait_for_url("**head=5**")
    settled(page)
    go(page, "All heads")
    assert view_of(page)["head"] == "5"
    page.go_back()
    expect(title(page)).to_have_text(TITLES["Compare"])
    settled(page)
    expect(page.locator(".st-key-head button[aria-checked=true]")).to_have_text("5")
    page.go_back()
    settled(page)
    expect(page.locator(".st-key-head button[aria-checked=true]")).to_have_text("12")


def test_a_sentence_of_ones_own_goes_along(open_app):
    page = open_app()
    box = page.get_by_label("Sentence", exact=True)
    box.fill("Dogs & cats: 100 % <friends>?")
    box.press("Enter")
    page.wait_for_url("**text=Dogs**")
    settled(page)
    for name in ("Compare", "All heads", "One number"):
        go(page, name)
        expect(page.get_by_label("Sentence", exact=True)).to_have_value("Dogs & cats: 100 % <friends>?")


def test_a_page_opens_first_on_a_fresh_server_and_leads_to_the_others(browser):
    with serving() as address:
        page = browser.new_page()
        page.goto(f"{address}/compare?{urlencode(VIEW | {'other': 'The dog that slept was black'})}")
        expect(page.locator(".ranked, .says").first).to_be_attached(timeout=60_000)
        settled(page)
        assert page.get_by_text("Page not found").count() == 0
        expect(page.get_by_label("Sentence", exact=True)).to_have_value(TEXT)
        for name in TITLES:
            if TITLES[name] != title(page).inner_text():
                go(page, name)
                assert VIEW.items() <= view_of(page).items()
        page.close()


# From a head to its steps


def test_a_click_on_a_tile_opens_its_head(open_app):
    page = open_app(path="/all_heads", text=TEXT, query=4, key=3)
    tile(page, 5, 9).click()
    page.wait_for_url("**layer=5&head=9**")
    assert_head(page, 5, 9)
    assert (view_of(page)["query"], view_of(page)["key"]) == ("4", "3")
    expect(page.get_by_label("Sentence", exact=True)).to_have_value(TEXT)
    page.go_back()
    expect(title(page)).to_have_text(TITLES["All heads"])
    settled(page)
    expect(page.locator(".tile")).to_have_count(72)


def test_enter_on_a_tile_opens_its_head(open_app):
    page = open_app(path="/all_heads")
    tile(page, 2, 8).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**layer=2&head=8**")
    assert_head(page, 2, 8)


def test_arrow_keys_move_through_the_grid(open_app):
    page = open_app(path="/all_heads", text="I am good", layer=4, head=2)
    expect(page.locator('.tile[tabindex="0"]')).to_have_count(1)
    tile(page, 4, 2).focus()
    at = 3 * 12 + 1
    for key, step in (("ArrowRight", 1), ("ArrowDown", 12), ("ArrowLeft", -1), ("ArrowUp", -12), ("End", 10), ("Home", -11)):
        page.keyboard.press(key)
        at += step
        assert focused(page) == str(at), key
    expect(page.locator(".lens")).to_contain_text("Layer 4, head 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**layer=4&head=1**")
    assert_head(page, 4, 1)


def test_the_arrow_keys_stop_at_the_edges_of_the_grid(open_app):
    page = open_app(path="/all_heads")
    tile(page, 1, 1).focus()
    for key in ("ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        assert focused(page) == "0"
    tile(page, 6, 12).focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        assert focused(page) == "71"


def test_arrow_keys_follow_the_order_that_is_shown(open_app):
    page = open_app(path="/all_heads", order="previous")
    shown = page.locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.dataset.head)")
    assert shown[0] == "2"
    page.locator(".tile").first.focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == shown[1]
    page.keyboard.press("Enter")
    layer, head = divmod(int(shown[1]), 12)
    assert_head(page, layer + 1, head + 1)


def test_the_tiles_are_drawn_with_the_weights_of_their_heads(open_app):
    """Layer 1, head 3 is a diagonal one below the middle; layer 6, head 12 looks at dog from everywhere."""
    page = open_app(path="/all_heads")
    table = page.locator(".tile canvas").evaluate_all(
        """all => all.map(canvas => {
            const {width, height} = canvas, data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            const ink = (row, column) => {
                const x = Math.floor((column + 0.5) * width / 11), y = Math.floor((row + 0.5) * height / 11);
                return 765 - [0, 1, 2].reduce((sum, channel) => sum + data[4 * (y * width + x) + channel], 0);
            };
            return [ink(6, 5), ink(6, 6), ink(3, 2), ink(9, 2)];
        })"""
    )
    previous, to_dog = table[2], table[71]
    assert previous[0] > previous[1] + 200
    assert previous[2] > previous[3] + 200
    assert min(to_dog[2:]) > to_dog[1] + 100


@pytest.mark.parametrize(("ranking", "place", "layer", "head"), [("stands-out", 1, 5, 9), ("link-weight", 0, 6, 12)])
def test_a_head_that_was_found_opens(open_app, ranking, place, layer, head):
    page = open_app(path="/all_heads")
    page.locator(f".st-key-best-{ranking} button").nth(place).click()
    page.wait_for_url(f"**layer={layer}&head={head}**")
    assert_head(page, layer, head)
    open_matrices(page)
    expect(page.locator(".st-key-query input")).to_have_value("8 · it")
    expect(page.locator(".st-key-key input")).to_have_value("3 · dog")


# From a cell to its arithmetic


def assert_arithmetic(page, stage: str, query: int, key: int) -> None:
    expect(title(page)).to_have_text(TITLES["One number"])
    settled(page)
    view = view_of(page)
    assert (view.get("stage", "scores"), view["query"], view["key"]) == (stage, str(query), str(key))
    expect(page.locator(".st-key-query input")).to_have_value(re.compile(f"^{query} · "))
    expect(page.locator(".st-key-key input")).to_have_value(re.compile(f"^{key} · "))
    expect(page.locator(".says")).to_have_count(1)


def arithmetic_link(page):
    return page.get_by_role("link", name="All its arithmetic")


HALVES = pytest.mark.parametrize("names", [CHARTS[:4], CHARTS[4:]], ids=" ".join)


@HALVES
def test_a_click_on_a_cell_and_one_more_open_its_arithmetic(open_app, names):
    page = open_app()
    pair = {"query": 7, "key": 2}
    for row, name in enumerate(names, 3):
        vectors = name in "xqkvz"
        page.mouse.click(*cell_point(page, name, row, 20 if vectors else 4))  # the axis counts dimensions from 1
        chosen = ["query"] if name in "xqz" else ["key"] if name in "kv" else ["query", "key"]
        pair |= dict(zip(chosen, (row, 4), strict=False))
        expect(page.locator(f".st-key-{chosen[0]} input")).to_have_value(re.compile(rf"^{row + 1} · "))
        settled(page)
        arithmetic_link(page).click()
        assert_arithmetic(page, name, pair["query"] + 1, pair["key"] + 1)
        if vectors and name != "x":
            assert view_of(page)["dimension"] == "20"
        page.go_back()
        expect(title(page)).to_have_text(TITLES["Step by step"])
        settled(page)
        assert marks(page, "scores") == pair


def test_enter_on_a_chart_opens_the_arithmetic_of_its_cell(open_app):
    page = open_app()
    for name in ("k", "weights", "z"):
        chart(page, name).focus()
        page.keyboard.press("Enter")
        assert_arithmetic(page, name, 8, 3)
        page.go_back()
        expect(title(page)).to_have_text(TITLES["Step by step"])
        settled(page)
        expect(chart(page, name).locator(".cell-marks > div").first).to_be_attached()


def test_enter_after_arrow_keys_opens_the_cell_that_they_led_to(open_app):
    page = open_app()
    chart(page, "weights").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-key input")).to_have_value("4 · ate")
    settled(page)
    page.keyboard.press("Enter")
    assert_arithmetic(page, "weights", 7, 4)


def test_enter_right_after_an_arrow_key_opens_the_cell_that_it_led_to(open_app):
    page = open_app()
    chart(page, "scaled").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert_arithmetic(page, "scaled", 7, 3)


# The three pictures of a comparison


@pytest.mark.parametrize("name", ["weights", "other", "difference"])
def test_a_click_on_any_picture_marks_the_same_cell_in_all_three(open_app, model, name):
    page = open_app(path="/compare", text=A, other=B)
    a, b = (model.trace(text).tokens for text in (A, B))
    pairs = align(a, b)
    spelled = [a[row].text for row, _ in pairs]
    at = spelled.index("mat"), spelled.index("sat")
    query, key = pairs[at[0]], pairs[at[1]]
    places = {"weights": (query[0], key[0]), "other": (query[1], key[1]), "difference": at}
    assert len(set(places.values())) > 1
    page.mouse.click(*picture_point(page, name, *places[name]))
    expect(page.locator(".st-key-query input")).to_have_value(f"{query[0] + 1} · mat")
    expect(page.locator(".st-key-key input")).to_have_value(f"{key[0] + 1} · sat")
    settled(page)
    for other, (row, column) in places.items():
        assert framed(page, other) == [row, column], other
    assert (view_of(page)["query"], view_of(page)["key"]) == (str(query[0] + 1), str(key[0] + 1))


def test_a_click_on_a_word_that_only_b_has_changes_nothing(open_app):
    page = open_app(path="/compare", text=A, other=B, query=3, key=4)
    before = framed(page, "weights")
    page.mouse.click(*picture_point(page, "other", 2, 2))  # small
    page.wait_for_timeout(400)
    settled(page)
    assert framed(page, "weights") == before == [2, 3]


def test_arrow_keys_on_b_pass_over_words_that_only_b_has(open_app):
    page = open_app(path="/compare", text=A, other=B, query=2, key=2)
    page.locator(".st-key-chart-other canvas").focus()
    page.keyboard.press("ArrowDown")  # from "the" over "small" to "cat"
    expect(page.locator(".st-key-query input")).to_have_value("3 · cat")
    settled(page)
    assert framed(page, "other")[0] == 3


def test_a_picture_of_a_comparison_is_saved_with_its_words_and_marks_what_only_b_has(open_app, tmp_path):
    page = open_app(path="/compare", text=A, other=B, query=2, key=2)
    picture = page.locator(".st-key-chart-other")
    with page.expect_download() as saved:
        picture.get_by_title("Save as SVG").click()
    assert saved.value.suggested_filename == "attention-weights-B.svg"
    root = ElementTree.parse(saved.value.path()).getroot()
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].startswith("Softmax weights of B, layer")
    assert " ".join(texts[1:3]).startswith(B)
    assert {"small", "[CLS]"} <= set(texts)
    stripes = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("stroke")]
    assert len(stripes) > 10  # over the names of words that A lacks
    with page.expect_download() as saved:
        picture.get_by_title("Save as PNG").click()
    with open(saved.value.path(), "rb") as file:
        assert file.read(4) == b"\x89PNG"


def test_two_heads_stay_comparable_click_after_click(open_app):
    page = open_app(path="/compare")
    page.get_by_text("Two heads", exact=True).click()
    page.wait_for_url("**sides=heads**")
    settled(page)
    for picker, number in (("other_layer", 2), ("other_head", 8), ("head", 5)):
        page.locator(f".st-key-{picker} button").nth(number - 1).click()
        page.wait_for_url(re.compile(rf"\b{picker}={number}\b"))
        settled(page)
    expect(page.locator(".matrix .cells")).to_have_count(3)
    page.get_by_text("Two sentences", exact=True).click()
    expect(page.get_by_label("Sentence B")).to_have_value("A dog ate the food because it was delicious.")
    settled(page)
    expect(page.locator(".matrix .cells")).to_have_count(3)


# The ways to all pages


@pytest.mark.parametrize("size", ["desktop", "projector", "phone"])
def test_the_links_to_all_pages_can_be_seen(open_app, size):
    page = open_app(size)
    links = page.locator(".st-key-page-anchors").get_by_role("link")
    seen = [] if size == "phone" else EXPLORE
    expect(links).to_have_text(seen)
    menu = page.get_by_label("All pages") if size == "phone" else page.get_by_text("Learn", exact=True)
    menu.focus()
    page.keyboard.press("Enter")
    expect(links).to_have_text([page.title for page in PAGES])
    width = page.evaluate("window.innerWidth")
    edges = "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])"
    for left, right in links.evaluate_all(edges):
        assert 0 <= left < right <= width
    page.keyboard.press("Escape")
    expect(links).to_have_count(len(seen))
    menu.click()
    page.locator("h1").click()
    expect(links).to_have_count(len(seen))


def test_a_page_for_learning_opens_from_the_menu_and_in_another_tab(open_app):
    page = open_app(**VIEW)
    menu = page.get_by_text("Learn", exact=True)
    menu.click()
    inside = page.get_by_role("link", name="Inside the encoder")
    with page.context.expect_page() as opened:
        inside.click(modifiers=["Control"])
    expect(opened.value.locator("h1")).to_have_text("Inside the encoder", timeout=30_000)
    assert VIEW.items() <= view_of(opened.value).items()
    inside.click()
    expect(page.locator("h1")).to_have_text("Inside the encoder")
    settled(page)
    assert VIEW.items() <= view_of(page).items()
    expect(page.locator(".st-key-page-anchors summary")).to_have_text("Learn")  # a name that stays where it is
