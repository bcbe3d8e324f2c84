"""What the renderer of heatmaps draws, read back from the pixels of a canvas on an empty page."""

import pytest

from attention_core.palette import DARK, LIGHT
from pages.shared.base.assets import ICON

ADDRESS = "http://empty.test/"
# Draws, and gives functions to read: a pixel as [red, green, blue, alpha] at a place in CSS pixels.
BEGIN = """
    const module = await import("./heatmap.js");
    Object.assign(globalThis, module);
    const canvas = document.createElement("canvas");
    const area = { x: 10, y: 5, width: 80, height: 40 };
    const pen = canvasPen(canvas, 100, 60, ratio);
    const context = canvas.getContext("2d");
    const at = (x, y) => [...context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data];
    const heat = (values, rest) => ({
        values, rows: 2, columns: values.length / 2, colours: colourTable(["#000000", "#ffffff"]), low: 0, high: 1, ...rest,
    });
"""


@pytest.fixture(scope="module")
def page(browser):
    """An empty page that the modules of the components can be imported into."""
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        name = route.request.url.removeprefix(ADDRESS)
        if name:
            route.fulfill(path=ICON.parent / "components" / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    yield page
    context.close()


@pytest.fixture
def run(page):
    """Runs a script after BEGIN, and gives what it returns."""

    def run(script: str, ratio: int = 1, **given):
        names = ", ".join(["ratio", *given])
        return page.evaluate(f"async ({{ {names} }}) => {{ {BEGIN}\n{script} }}", {"ratio": ratio} | given)

    return run


RATIOS = pytest.mark.parametrize("ratio", [1, 2])
MIDDLES = "[0, 1].flatMap(row => [0, 1, 2, 3].map(column => at(20 + 20 * column, 15 + 20 * row)))"


@RATIOS
def test_every_cell_has_the_colour_of_its_value(run, ratio):
    found = run(
        f"drawCells(pen, heat([-1, 0, 0.2, 0.4, 0.6, 0.8, 1, 2]), area);\nreturn [canvas.width, canvas.height, {MIDDLES}]",
        ratio,
    )
    assert found[:2] == [100 * ratio, 60 * ratio]
    assert found[2] == [[shade, shade, shade, 255] for shade in (0, 0, 51, 102, 153, 204, 255, 255)]


def test_bytes_and_floats_look_the_same(run):
    assert run(
        f"""drawCells(pen, heat(new Uint8Array([0, 36, 73, 109, 146, 182, 219, 255]), {{ high: 255 }}), area);
        const bytes = {MIDDLES};
        drawCells(pen, heat(new Float32Array([0, 36, 73, 109, 146, 182, 219, 255]).map(value => value / 255)), area);
        return JSON.stringify(bytes) === JSON.stringify({MIDDLES}) && bytes[1][0] === 36;"""
    )


@RATIOS
def test_cells_end_at_their_edges(run, ratio):
    """No pixel between two cells is blurred, and nothing is drawn outside of the area."""
    row, outside = run(
        """drawCells(pen, heat([0, 1, 0, 1, 1, 0, 1, 0]), area);
        const row = Array.from({ length: 80 * ratio }, (_, x) => at(10 + x / ratio, 15)[0]);
        return [row, [[9.4, 15], [90.6, 15], [50, 4.4], [50, 45.6]].map(place => at(...place)[3])];""",
        ratio,
    )
    assert row == [shade for shade in (0, 255, 0, 255) for _ in range(20 * ratio)]
    assert outside == [0] * 4


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", ["signed", "share"])
def test_the_ends_and_the_stops_of_a_palette_are_its_colours(run, palette, scale):
    colours = getattr(palette, scale)
    shown = run(
        """const table = colourTable(colours);
        return colours.map((_, stop) => colourOf({ colours: table, low: -2, high: 2 }, 4 * stop / (colours.length - 1) - 2))
            .map(pixel => [0, 8, 16].map(shift => pixel >>> shift & 255));""",
        colours=colours,
    )
    for hexadecimal, found in zip(colours, shown, strict=True):
        assert found == pytest.approx(list(bytes.fromhex(hexadecimal[1:])), abs=2)
    assert shown[0] == list(bytes.fromhex(colours[0][1:]))
    assert shown[-1] == list(bytes.fromhex(colours[-1][1:]))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("scale", ["signed", "share"])
def test_a_number_can_be_read_on_every_colour(run, palette, scale):
    """4.5:1, by the definition of WCAG, on each of the 256 colours."""

    def luminance(colour):
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    found = run(
        """const on = { colours: colourTable(colours), low: 0, high: 255 };
        return Array.from({ length: 256 }, (_, value) => {
            const pixel = colourOf(on, value);
            return [[0, 8, 16].map(shift => pixel >>> shift & 255), inkOn(on, value)];
        });""",
        colours=getattr(palette, scale),
    )
    for cell, ink in found:
        light, dark = sorted((luminance(cell), luminance(bytes.fromhex(ink[1:]))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (cell, ink)


@RATIOS
@pytest.mark.parametrize(
    ("place", "box"),
    [({"row": 1}, (10, 25, 80, 20)), ({"column": 2}, (50, 5, 20, 40)), ({"row": 0, "column": 1}, (30, 5, 20, 20))],
)
def test_a_frame_runs_along_the_edge_of_a_row_a_column_or_a_cell(run, ratio, place, box):
    left, top, width, height = box
    found = run(
        """const on = heat([0, 0, 0, 0, 0, 0, 0, 0]), box = boxOf(on, area, place);
        drawCells(pen, on, area);
        drawFrame(pen, box, "#ff0000", "#00ff00", { line: 2, outside: 1, inside: 1 });
        const middle = box.x + box.width / 2, inks = [-1.5, -0.5, 0.5, 1.5, 2.5].map(y => at(middle, box.y + y).slice(0, 3));
        return [box, inks, at(middle, box.y + box.height / 2)];""",
        ratio,
        place=place,
    )
    assert found[0] == {"x": left, "y": top, "width": width, "height": height}
    red, green, black = [255, 0, 0], [0, 255, 0], [0, 0, 0]
    assert found[1] == [green, red, red, green, black]
    assert found[2] == [0, 0, 0, 255]


@RATIOS
@pytest.mark.parametrize("as_nan", [True, False])
def test_masked_cells_are_hatched_and_no_others(run, ratio, as_nan):
    values, masked = ([1, "NaN", 1, 1, 1, 1, 1, 1], None) if as_nan else ([1] * 8, [0, 1, 0, 0, 0, 0, 0, 0])
    found = run(
        """const on = heat(values.map(Number), { masked });
        drawCells(pen, on, area);
        const blank = at(40, 15)[3];
        drawHatching(pen, on, area, "#ff0000");
        const reds = (row, column) => {
            const { x, y, width, height } = boxOf(on, area, { row, column });
            const data = context.getImageData(x * ratio, y * ratio, width * ratio, height * ratio).data;
            return data.filter((part, at) => at % 4 === 3 && part && data[at - 3] > data[at - 2]).length / data.length * 4;
        };
        return [blank, reds(0, 1), reds(0, 0), reds(0, 2), reds(1, 1)];""",
        ratio,
        values=values,
        masked=masked,
    )
    assert found[0] == 0
    assert 0.15 < found[1] < 0.7
    assert found[2:] == [0, 0, 0]


def test_lines_stand_between_the_cells(run):
    found = run(
        """drawCells(pen, heat([0, 0, 0, 0, 0, 0, 0, 0]), area);
        drawLines(pen, { rows: 2, columns: 4 }, area, "#ff0000", 2);
        const red = (x, y) => at(x, y)[0] === 255;
        return [[28.5, 29.5, 30.5, 31.5].map(x => red(x, 15)), [23.5, 24.5, 25.5, 26.5].map(y => red(20, y)), red(10.5, 15)];"""
    )
    assert found == [[False, True, True, False], [False, True, True, False], False]


def test_a_pixel_that_stands_for_many_cells_shows_the_one_furthest_from_zero(run):
    found = run(
        """const values = Array(2 * 800).fill(0);
        values[3] = -1;
        values[4] = 0.5;
        values[805] = 0.25;
        drawCells(pen, heat(values, { low: -1, high: 1 }), area);
        return [at(10, 10)[0], at(10, 30)[0], at(11, 10)[0]];"""
    )
    assert found == [0, 159, 128]


def test_cells_of_uneven_sizes_are_sharp_unless_they_shall_be_mixed(run):
    sharp, mixed = run(
        """return [false, true].map(mixed => {
            drawCells(pen, heat([0, 1, 0, 1, 0, 1]), { x: 0, y: 0, width: 16, height: 20 }, mixed);
            return Array.from({ length: 16 }, (_, x) => at(x, 5)[0]);
        });"""
    )
    assert sharp == [0] * 5 + [255] * 6 + [0] * 5
    assert mixed == [0] * 5 + [170] + [255] * 4 + [170] + [0] * 5


def test_names_are_thinned_around_the_chosen_one_and_cut_to_their_room(run):
    places, step, drawn = run(
        """const names = thinned(40, 5, 11);
        const font = { size: 12, family: "sans-serif" };
        drawNames(pen, { x: 60, y: 0, width: 40, height: 40 }, "left", 1, [
            { place: 0, text: "internationalization", font, colour: "#000000" },
        ], 50);
        const inked = (x) => Array.from({ length: 40 }, (_, y) => at(x, y)[3]).some(Boolean);
        const columns = Array.from({ length: 100 }, (_, x) => x).filter(inked);
        return [names, nameStep(40, 100, 10, 16, 24), [Math.min(...columns), Math.max(...columns)]];"""
    )
    assert places == [0, 5, 11, 20, 25, 30, 35]
    assert step == 4
    assert 4 <= drawn[0] < 20
    assert drawn[1] <= 55


@RATIOS
def test_a_box_can_be_moved_to_whole_pixels_of_the_screen(run, ratio):
    found = run("return snapped(pen, { x: 10.3, y: 5.7, width: 20.4, height: 10 });", ratio)
    expected = {1: (10, 6, 21, 10), 2: (10.5, 5.5, 20, 10)}[ratio]
    assert tuple(found.values()) == expected


def test_the_size_on_the_screen_is_in_whole_pixels(run):
    found = run(
        """const box = document.createElement("div");
        box.style.cssText = "position: absolute; left: 10.4px; top: 0.2px; width: 20.3px; height: 7.5px";
        document.body.append(box);
        return [sizeOnScreen(box, 1), sizeOnScreen(box, 2)];"""
    )
    assert found == [{"width": 21, "height": 8}, {"width": 20, "height": 7.5}]
