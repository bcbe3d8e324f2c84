"""The report as a file: it opens with no network at all, its charts answer the pointer, and it fetches nothing."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from attention_core.export.report import report
from attention_core.matrices.names import values
from attention_core.palette import DARK, LIGHT
from attention_core.writing.numbers import number
from tests.browser.conftest import CHARTS, SIZES

LAYER, HEAD, IT, DOG = 3, 1, 7, 2
ATTACKS = ["<img src=x onerror='hacked = 1'>", "</script><script>hacked = 1</script>", "![i](https://example.com/a.png)", "$x$"]


@pytest.fixture
def open_report(browser, tmp_path):
    """Opens a report from a file, without network; fails afterwards if it complained or asked for anything else."""
    contexts, complaints = [], []

    def open_report(document: str, size: str = "desktop") -> Page:
        file = tmp_path / "report.html"
        file.write_text(document, "utf-8")
        width, height = SIZES[size]
        phone = size == "phone"
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, is_mobile=phone, has_touch=phone
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.append(request.url) if is_foreign(request.url, file.as_uri()) else None)
        page.goto(file.as_uri())
        expect(page.locator(".heatmaplayer image")).to_have_count(8)
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert complaints == []


def is_foreign(url: str, own: str) -> bool:
    return url != own and not url.startswith(("data:", "blob:"))


@pytest.fixture(scope="module")
def document(model, trace):
    return report(model, trace, LAYER, HEAD, IT, DOG)


def hover(page: Page, name: str, row: int, column: int) -> str:
    """What a chart says when the pointer rests on one of its cells."""
    plot = page.locator(f".stage.{name} .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    x, y = plot.evaluate(
        """(plot, [row, column]) => {
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + yaxis.l2p(row)];
        }""",
        [row, column],
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    expect(plot.locator(".hoverlayer .hovertext")).to_be_attached()
    return " ".join(plot.locator(".hoverlayer .hovertext text").first.text_content().split())


def test_all_eight_charts_are_drawn_in_order(open_report, document):
    page = open_report(document)
    assert page.locator(".stage").evaluate_all("all => all.map(stage => stage.classList[1])") == list(CHARTS)
    for name in CHARTS:
        picture = page.locator(f".stage.{name} .heatmaplayer image").bounding_box()
        assert picture["width"] > 200
        assert picture["height"] > 100


@pytest.mark.parametrize("name", ["scores", "scaled", "weights"])
@pytest.mark.parametrize(("query", "key"), [(IT, DOG), (10, 0)], ids=["framed", "other"])
def test_pointing_at_a_cell_tells_its_words_and_its_number(open_report, document, trace, name, query, key):
    said = hover(open_report(document), name, query, key)
    words = [token.text for token in trace.tokens]
    assert f"{query + 1} {words[query]} → {key + 1} {words[key]}" in said
    assert f"{getattr(trace.stages(LAYER, HEAD), name)[query, key]:.4f}".replace("-", "−") in said


def test_pointing_at_a_vector_tells_its_word_and_dimension(open_report, document, trace):
    said = hover(open_report(document), "q", IT, 3)
    assert "8 it, dimension 3" in said
    assert f"{trace.stages(LAYER, HEAD).q[IT, 2]:.4f}".replace("-", "−") in said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_nothing_stands_beyond_the_edge_of_any_screen(open_report, model, trace, size, palette):
    page = open_report(report(model, trace, LAYER, HEAD, IT, DOG, palette), size)
    page.get_by_text("Numbers of X").click()
    page.get_by_text("Numbers of A").click()
    page.wait_for_timeout(100)  # charts follow when their place changes
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    for name in CHARTS:
        for part in (".js-plotly-plot .main-svg", "math", "details"):
            box = page.locator(f".stage.{name} {part}").first.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= SIZES[size][0]


def test_every_chart_can_be_read_as_a_table(open_report, document, trace):
    page = open_report(document)
    places = [f"{position} {token.text}" for position, token in enumerate(trace.tokens, 1)]
    for name in CHARTS:
        stage = page.locator(f".stage.{name}")
        stage.locator("summary").click()
        expect(stage.locator("tr")).not_to_have_count(0)
        names, *rows = stage.locator("tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        matrix = values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))
        square = name in ("scores", "scaled", "weights")
        assert names[1:] == (places if square else [str(dimension) for dimension in range(1, matrix.size(1) + 1)])
        assert [row[0] for row in rows] == places
        assert [row[1:] for row in rows] == [[number(value, 4) for value in row] for row in matrix.tolist()]


def test_charts_follow_the_width_of_the_window(open_report, document):
    page = open_report(document)
    before = page.locator(".stage.x .main-svg").first.bounding_box()["width"]
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function("() => document.querySelector('.stage.x .main-svg').getBoundingClientRect().width < 800")
    assert before > 1000


def test_formulas_are_drawn_in_the_colours_of_their_roles(open_report, document):
    page = open_report(document)
    colours = page.locator(".stage.weights math [mathcolor]").evaluate_all("all => all.map(one => getComputedStyle(one).color)")
    assert len(set(colours)) == 3
    for name in CHARTS:
        rows = page.locator(f".stage.{name} math mtr")
        assert rows.count() == 2
        assert rows.nth(1).bounding_box()["y"] > rows.nth(0).bounding_box()["y"] + 10
    root = page.locator(".stage.scaled msqrt").first.bounding_box()
    assert root["width"] > page.locator(".stage.scaled msqrt msub").first.bounding_box()["width"] + 4


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_of_a_person_stays_text(open_report, model, attack):
    trace = model.trace(attack)
    tokens = tuple(replace(token, text=attack) if index == 1 else token for index, token in enumerate(trace.tokens))
    page = open_report(report(model, replace(trace, tokens=tokens), LAYER, HEAD, 1, 1))
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("body img, .js-plotly-plot a, .js-plotly-plot .mjx-container").count() == 0
    assert page.locator(".sentence").text_content() == attack
    shown = attack.replace(" ", "␣")
    assert shown in page.locator(".words b").all_text_contents()
    assert f"2 {shown} → 2 {shown}" in hover(page, "weights", 1, 1)
    page.get_by_text("Numbers of A").click()
    assert page.locator(".stage.weights tbody th").nth(1).text_content() == f"2 {shown}"


def test_the_file_itself_forbids_other_scripts_and_every_request(browser, document, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(document.replace("<header>", "<script>hacked = 1</script><header>"), "utf-8")
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.locator(".heatmaplayer image")).to_have_count(8)
        assert page.evaluate("typeof hacked") == "undefined"
        refused = """async () => {
            const refused = new Promise(resolve => addEventListener("securitypolicyviolation", resolve));
            await fetch("http://127.0.0.1:9/").catch(() => {});
            return (await refused).effectiveDirective;
        }"""
        assert page.evaluate(refused) == "connect-src"
    finally:
        context.close()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_it_can_be_read_by_everybody(open_report, model, trace, palette):
    page = open_report(report(model, trace, LAYER, HEAD, IT, DOG, palette))
    page.get_by_text("Numbers of A").click()
    violations = Axe().run(page).response["violations"]
    assert violations == [], [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in violations]


def test_512_tokens_make_a_file_that_opens(open_report, model):
    trace = model.trace("the old dog saw a red boat " * 72 + "and then they all went home")
    page = open_report(report(model, trace, LAYER, HEAD, 300, 200), "phone")
    assert page.locator(".word").count() == len(trace.tokens) == 512
    page.get_by_text("Numbers of A").click()
    names = page.locator(".stage.weights tbody th").all_text_contents()
    assert page.locator(".stage.weights thead th").count() == 513
    assert names == [f"{place} {trace.tokens[place - 1].text}" for place in range(282, 321)]
    expect(page.locator(".stage.weights .table")).to_contain_text("Rows 282 to 320 of 512, around the chosen word")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
