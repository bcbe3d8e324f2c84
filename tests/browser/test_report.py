"""The report as a file: it opens with no network at all, its charts answer the pointer, and it fetches nothing."""

from dataclasses import replace
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from attention_core.export.report import report
from attention_core.matrices.names import values
from attention_core.palette import DARK, LIGHT
from attention_core.weights.choice import Choice, show
from attention_core.writing.numbers import number
from tests.browser.conftest import CHARTS, SIZES

LAYER, HEAD, IT, DOG = 3, 1, 7, 2
PLAIN = Choice(LAYER, HEAD)
MEAN = Choice(LAYER, HEAD, "mean", (0, 3), (0, 1, 5), whole_words=True)
ROLLOUT = Choice(LAYER, HEAD, "rollout", special="left-out")
ATTACKS = ["<img src=x onerror='hacked = 1'>", "</script><script>hacked = 1</script>", "![i](https://example.com/a.png)", "$x$"]
# Charts follow a moment after their place has changed.
FITS = "() => document.documentElement.scrollWidth === innerWidth"


@pytest.fixture
def open_report(browser, tmp_path):
    """Opens a report from a file, without network; fails afterwards if it complained or asked for anything else."""
    contexts, complaints = [], []

    def open_report(document: str, size: str = "desktop", charts: int = 8) -> Page:
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
        expect(page.locator(".heatmaplayer image")).to_have_count(charts)
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert complaints == []


def is_foreign(url: str, own: str) -> bool:
    return url != own and not url.startswith(("data:", "blob:"))


@pytest.fixture(scope="module")
def document(model, trace):
    return report(model, trace, PLAIN, IT, DOG)


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
    page.mouse.move(0, 0)
    expect(plot.locator(".hoverlayer .hovertext")).to_have_count(0)  # what was pointed at before
    page.mouse.move(x - 1, y)
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


def test_pointing_at_a_cell_tells_its_words_and_its_number(open_report, document, trace):
    page, words = open_report(document), [token.text for token in trace.tokens]
    for name in ("scores", "scaled", "weights"):
        for query, key in ((IT, DOG), (10, 0)):
            said = hover(page, name, query, key)
            assert f"{query + 1} {words[query]} → {key + 1} {words[key]}" in said
            assert f"{getattr(trace.stages(LAYER, HEAD), name)[query, key]:.4f}".replace("-", "−") in said


def test_pointing_at_a_vector_tells_its_word_and_dimension(open_report, document, trace):
    said = hover(open_report(document), "q", IT, 3)
    assert "8 it, dimension 3" in said
    assert f"{trace.stages(LAYER, HEAD).q[IT, 2]:.4f}".replace("-", "−") in said


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_nothing_stands_beyond_the_edge_of_any_screen(open_report, model, trace, palette):
    page = open_report(report(model, trace, PLAIN, IT, DOG, palette))
    page.get_by_text("Numbers of X").click()
    page.get_by_text("Numbers of A").click()
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITS)
        for name in CHARTS:
            for part in (".js-plotly-plot .main-svg", "math", "details"):
                box = page.locator(f".stage.{name} {part}").first.bounding_box()
                assert 0 <= box["x"] <= box["x"] + box["width"] <= width, (name, part)


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


def inked(part: Locator) -> list[list[bool]]:
    """Which pixels of a part of the page are painted, row by row."""
    picture = Image.open(BytesIO(part.screenshot())).convert("L")
    return [[picture.getpixel((x, y)) < 170 for x in range(picture.width)] for y in range(picture.height)]


# The first has no Latin letters and no √, the next two have √ and no tables for mathematics, the last is on no machine.
FONTS = ["'Noto Sans Adlam'", "'Liberation Sans'", "monospace", "'no such font'"]


def test_every_root_has_its_sign_and_its_line_in_any_font(open_report, document):
    page = open_report(document)
    assert page.locator("msqrt, mroot, menclose").count() == 0
    for font in FONTS:
        page.add_style_tag(content=f"math, math * {{ font-family: {font} !important }}")
        for name, count in (("scaled", 2), ("weights", 1)):
            signs = page.locator(f".stage.{name} math mo", has_text="√")
            assert signs.count() == count
            for index in range(count):
                assert_root_is_painted(signs.nth(index), font)


def assert_root_is_painted(sign: Locator, font: str) -> None:
    under = sign.locator("xpath=following-sibling::*[1]")
    box, line = sign.bounding_box(), under.bounding_box()
    assert box["width"] > 5, font
    assert line["x"] == pytest.approx(box["x"] + box["width"], abs=1), font
    painted = inked(sign)
    assert sum(map(any, zip(*painted, strict=True))) > 4, font  # columns
    assert sum(map(any, painted)) > 8, font  # rows
    assert float(under.evaluate("under => parseFloat(getComputedStyle(under).borderTopWidth)")) >= 1, font
    assert any(sum(row) >= len(row) - 2 for row in inked(under)[:3]), font


def test_a_root_reads_as_a_root_where_it_is_copied_as_text(open_report, document):
    said = open_report(document).locator(".stage.scaled math").evaluate("math => math.textContent.replaceAll(/\\s/g, '')")
    assert "/√dk" in said
    assert "√32=5.66" in said


def test_text_of_a_person_stays_text(open_report, model):
    text = " ".join(ATTACKS)
    trace = model.trace(text)
    tokens = list(trace.tokens)
    for place, attack in enumerate(ATTACKS, 1):
        tokens[place] = replace(tokens[place], text=attack)
    page = open_report(report(model, replace(trace, tokens=tuple(tokens)), PLAIN, 1, 1))
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("body img, .js-plotly-plot a, .js-plotly-plot .mjx-container").count() == 0
    assert page.locator(".sentence").text_content() == text
    page.get_by_text("Numbers of A").click()
    named, heads = page.locator(".words b").all_text_contents(), page.locator(".stage.weights tbody th")
    for place, attack in enumerate(ATTACKS, 1):
        shown = attack.replace(" ", "␣")
        assert shown in named
        assert f"{place + 1} {shown} → {place + 1} {shown}" in hover(page, "weights", place, place)
        assert heads.nth(place).text_content() == f"{place + 1} {shown}"


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
    page = open_report(report(model, trace, PLAIN, IT, DOG, palette))
    page.get_by_text("Numbers of A").click()
    violations = Axe().run(page).response["violations"]
    assert violations == [], [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in violations]


def test_512_tokens_make_a_file_that_opens(open_report, model):
    trace = model.trace("the old dog saw a red boat " * 72 + "and then they all went home")
    page = open_report(report(model, trace, PLAIN, 300, 200), "phone")
    assert page.locator(".word").count() == len(trace.tokens) == 512
    page.get_by_text("Numbers of A").click()
    names = page.locator(".stage.weights tbody th").all_text_contents()
    assert page.locator(".stage.weights thead th").count() == 513
    assert names == [f"{place} {trace.tokens[place - 1].text}" for place in range(282, 321)]
    expect(page.locator(".stage.weights .table")).to_contain_text("Rows 282 to 320 of 512, around the chosen word")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


@pytest.mark.parametrize(("choice", "charts"), [(MEAN, 1), (ROLLOUT, 1), (replace(PLAIN, special="of-the-rest"), 8)])
def test_a_chosen_view_is_drawn_with_its_own_numbers(open_report, model, trace, choice, charts):
    page = open_report(report(model, trace, choice, IT, DOG), charts=charts)
    shown = show(trace, choice)
    query, key = shown.units.at(IT), shown.units.at(DOG)
    assert page.locator(".word").count() == len(shown.units.tokens)
    said = hover(page, "weights", query, key)
    assert f"{IT + 1} it → {DOG + 1} dog" in said
    assert f"{shown.weights[query, key]:.4f}" in said
    page.get_by_text("Numbers of A").click()
    cells = page.locator(".stage.weights tbody td")
    expect(cells).to_have_count(shown.weights.numel())  # the table is made when it is opened
    assert cells.all_text_contents() == [number(value, 4) for value in shown.weights.flatten().tolist()]
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITS)
        assert page.locator(".stage.weights .heatmaplayer image").bounding_box()["width"] > 150
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("choice", [MEAN, ROLLOUT], ids=["mean", "rollout"])
def test_the_formula_of_a_mixture_is_painted_with_its_fractions(open_report, model, trace, choice):
    page = open_report(report(model, trace, choice, IT, DOG), charts=1)
    page.add_style_tag(content="math, math * { font-family: 'Noto Sans Adlam' !important }")
    fractions = page.locator("math mfrac")
    assert fractions.count() == {"mean": 1, "rollout": 2}[choice.mix]
    for index in range(fractions.count()):
        assert any(sum(row) >= 0.7 * len(row) for row in inked(fractions.nth(index)))  # the line between its numbers
    signs = {"mean": ["∑"], "rollout": ["∏", "∑"]}[choice.mix]
    for sign in signs:
        assert sum(map(any, inked(page.locator("math mo", has_text=sign)))) > 8
