"""What a head learned is shown on one scale, with the bias as a row of its own."""

import numpy as np
import pytest

from attention_core.figures.matrix import projection_figure
from attention_core.palette import DARK, LIGHT
from tests.core.made import legend, ticks


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_projections_show_the_learned_numbers_on_one_scale(model, part):
    weight, bias = model.projection(3, 1, part)
    figure = projection_figure(part, weight, bias, LIGHT)
    main, row = figure.data
    np.testing.assert_array_equal(main.z, weight.numpy())
    np.testing.assert_array_equal(row.z, bias.numpy()[None])
    assert main.z.dtype == row.z.dtype == np.float32
    assert (row.zmin, row.zmax) == (main.zmin, main.zmax)
    assert main.zmin == -main.zmax


def test_the_bias_is_a_row_of_its_own_below_w(model):
    figure = projection_figure("q", *model.projection(3, 1, "q"), LIGHT)
    main, row = figure.data
    assert row.yaxis == "y2"
    assert main.yaxis in (None, "y")
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]
    assert ticks(figure.layout.yaxis2) == {0: "b"}
    assert figure.layout.yaxis.autorange == "reversed"
    assert (main.x0, main.y0, row.x0) == (1, 1, 1)


@pytest.mark.parametrize("part", ["q", "k", "v"])
@pytest.mark.parametrize("layer", range(6))
def test_the_legend_of_learned_matrices_is_true(model, layer, part):
    weight, bias = model.projection(layer, 1, part)
    figure = projection_figure(part, weight, bias, LIGHT)
    low, high, remark = legend(figure)
    assert low == -high
    assert high == pytest.approx(figure.data[0].zmax, rel=0.05)
    outside = sum(int((np.abs(trace.z) > trace.zmax).sum()) for trace in figure.data)
    assert bool(remark) == bool(outside)
    assert not outside or f"{outside:,} beyond" in remark


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_projections_have_the_colours_of_the_theme(model, palette):
    figure = projection_figure("v", *model.projection(0, 0, "v"), palette)
    assert all([colour for _, colour in trace.colorscale] == list(palette.signed) for trace in figure.data)
    assert figure.layout.paper_bgcolor == palette.page
