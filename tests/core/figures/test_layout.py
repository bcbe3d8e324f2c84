"""What all figures share stands once."""

from pathlib import Path

import pytest

from attention_core.figures.layout import FONT, base_layout, colour_legend, colour_scale
from attention_core.palette import DARK, LIGHT

CORE = Path(__file__).parents[3] / "attention_core"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_figure_has_the_page_behind_it_and_leaves_scrolling_to_the_page(palette):
    layout = base_layout(palette, 200, {"l": 1, "r": 2, "t": 3, "b": 4}, 12)
    assert (layout["height"], layout["margin"]) == (200, {"l": 1, "r": 2, "t": 3, "b": 4})
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == palette.page
    assert layout["font"] == {"family": FONT, "size": 12, "color": palette.text}
    assert layout["dragmode"] is False


def test_colours_stand_in_equal_steps_from_0_to_1():
    assert colour_scale(("#000", "#777", "#fff")) == [[0, "#000"], [0.5, "#777"], [1, "#fff"]]


def test_the_legend_names_both_ends_around_one_block_a_colour():
    legend = colour_legend(("#000", "#fff"), "0", "1", 7)
    assert legend["text"] == '0 <span style="color:#000">█</span><span style="color:#fff">█</span> 1'
    assert legend["yshift"] == -7


def test_what_lies_behind_a_figure_is_said_in_one_module():
    said = [str(path.relative_to(CORE)) for path in CORE.rglob("*.py") if "paper_bgcolor" in path.read_text("utf-8")]
    assert said == ["figures/layout.py"]
