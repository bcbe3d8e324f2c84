"""A heatmap shows the matrix it was given: the same numbers, on a scale that says what lies beyond it."""

import base64
import json
import re

import numpy as np
import pytest
import torch

from attention_core.figures.matrix import difference_spec, matrix_figure, matrix_spec
from attention_core.matrices.names import MATRICES
from attention_core.palette import DARK, LIGHT
from tests.core.figures.kinds import SQUARE, WIDE, made
from tests.core.made import beyond, legend, legend_colours, random, shares, words

SIGNED = [name for name in MATRICES if name != "weights"]


def test_cells_are_the_models_own_numbers(figure, matrix):
    assert figure.data[0].z.dtype == np.float32
    np.testing.assert_array_equal(figure.data[0].z, matrix.numpy())


def test_first_row_is_on_top_and_all_rows_are_in_view(figure):
    assert list(figure.layout.yaxis.range) == [10.5, -0.5]
    assert figure.layout.yaxis.autorange is False


@pytest.mark.parametrize("name", SQUARE, indirect=True)
def test_columns_run_from_left_to_right_and_all_are_in_view(figure):
    assert list(figure.layout.xaxis.range) == [-0.5, 10.5]


def test_making_a_figure_leaves_the_matrix_as_it_was(name, matrix, trace):
    before = matrix.clone()
    matrix_figure(name, matrix, trace.tokens, DARK)
    assert torch.equal(matrix, before)


@pytest.mark.parametrize("name", SIGNED, indirect=True)
def test_signed_scale_is_centred_on_zero(figure, matrix):
    trace = figure.data[0]
    assert trace.zmin == -trace.zmax < 0
    assert trace.zmax <= matrix.abs().max().item()


@pytest.mark.parametrize("name", SIGNED, indirect=True)
def test_legend_says_the_ends_of_the_scale_and_what_lies_beyond(figure, matrix):
    low, high, remark = legend(figure)
    assert low == -high
    assert high == pytest.approx(figure.data[0].zmax, rel=0.05)
    assert bool(remark) == bool(beyond(figure))
    if remark:
        assert f"{beyond(figure):,} beyond" in remark
        assert float(re.findall(r"[\d.]+", remark)[-1]) == pytest.approx(matrix.abs().max().item(), rel=0.05)


def test_x_of_the_opening_view_is_not_drawn_to_its_outliers(trace, stages):
    """A scale to the maximum would leave the picture white."""
    x = trace.layers[0].x
    figure = matrix_figure("x", x, trace.tokens, LIGHT)
    assert figure.data[0].zmax < x.abs().max().item() / 3
    assert figure.data[0].zmax == pytest.approx(np.quantile(np.abs(x.numpy()), 0.99, method="lower"), rel=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_few_outliers_do_not_set_the_scale_but_are_counted(sign):
    matrix = random(40, 32).clamp(-2, 2)
    matrix[3, :5] = sign * torch.tensor([9.8, 7.0, 8.0, 7.5, 6.5])
    figure = matrix_figure("q", matrix, words(40), LIGHT)
    ninety_ninth = np.quantile(np.abs(matrix.numpy()), 0.99, method="lower")
    assert figure.data[0].zmax == pytest.approx(ninety_ninth, rel=1e-6)
    outside = int((matrix.abs() > float(ninety_ninth)).sum())
    assert outside >= 5
    assert f"{outside} beyond" in legend(figure)[2]
    assert "9.8" in legend(figure)[2]


def test_without_outliers_the_scale_reaches_the_largest_value():
    matrix = torch.linspace(-3, 2, 320).view(10, 32)
    figure = matrix_figure("q", matrix, words(10), LIGHT)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-3, 3)
    assert legend(figure) == (-3, 3, "")


@pytest.mark.parametrize("scale", [0.004, 0.03, 0.12, 0.6, 4, 90, 1234])
def test_legend_is_true_for_small_and_large_values(scale):
    figure = matrix_figure("q", scale * torch.linspace(-1, 1, 320).view(10, 32), words(10), LIGHT)
    assert legend(figure)[1] == pytest.approx(scale, rel=0.05)


def test_a_matrix_of_zeros_has_a_scale():
    figure = matrix_figure("v", torch.zeros(4, 32), words(4), LIGHT)
    assert figure.data[0].zmin < 0 < figure.data[0].zmax
    assert beyond(figure) == 0


def test_one_value_among_zeros_is_within_the_scale():
    matrix = torch.zeros(20, 32)
    matrix[4, 7] = -5
    assert matrix_figure("v", matrix, words(20), LIGHT).data[0].zmin == -5


@pytest.mark.parametrize("count", [2, 11, 64])
def test_weights_always_have_the_scale_from_0_to_1(count):
    figure = matrix_figure("weights", shares(count), words(count), LIGHT)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert legend(figure) == (0, 1, "")


@pytest.mark.parametrize("count", [2, 16])
@pytest.mark.parametrize("name", SQUARE)
def test_cells_carry_numbers_up_to_16_tokens(name, count):
    assert "%{z" in matrix_figure(name, made(name, count), words(count), LIGHT).data[0].texttemplate


@pytest.mark.parametrize("count", [17, 64, 512])
@pytest.mark.parametrize("name", SQUARE)
def test_cells_carry_no_numbers_beyond_16_tokens(name, count):
    assert matrix_figure(name, made(name, count), words(count), LIGHT).data[0].texttemplate is None


@pytest.mark.parametrize("name", WIDE)
def test_cells_over_dimensions_carry_no_numbers(name):
    assert matrix_figure(name, made(name, 5), words(5), LIGHT).data[0].texttemplate is None


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_those_of_the_theme(name, matrix, trace, palette):
    figure = matrix_figure(name, matrix, trace.tokens, palette)
    colours = palette.share if name == "weights" else palette.signed
    assert [colour for _, colour in figure.data[0].colorscale] == list(colours) == legend_colours(figure)
    np.testing.assert_allclose([place for place, _ in figure.data[0].colorscale], np.linspace(0, 1, len(colours)))
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == palette.page
    assert figure.layout.font.color == palette.text


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_zero_is_drawn_in_the_middle_colour(palette):
    trace = matrix_figure("q", random(6, 32), words(6), palette).data[0]
    middle = dict(trace.colorscale)[0.5]
    assert middle == palette.signed[len(palette.signed) // 2]
    assert trace.zmin + trace.zmax == 0


@pytest.mark.parametrize("count", [2, 512])
def test_shortest_and_longest_sentence_have_a_figure_in_float32(name, count):
    matrix = made(name, count)
    figure = matrix_figure(name, matrix, words(count), LIGHT)
    sent = json.loads(figure.to_json())["data"][0]["z"]
    assert sent["dtype"] == "f4"
    received = np.frombuffer(base64.b64decode(sent["bdata"]), "<f4").reshape([int(size) for size in sent["shape"].split(",")])
    np.testing.assert_array_equal(received, matrix.numpy())
    assert 100 < figure.layout.height < 1000


def test_a_difference_has_numbers_only_where_something_changed():
    change = torch.tensor([[0.0, 0.004, -0.004], [-0.45, 0.005001, 0.2], [1.0, 0.0, -0.01]])
    spec = difference_spec("weights", change, words(3), LIGHT)
    assert spec["data"][0]["text"] == [["", "", ""], ["−0.45", "0.01", "0.20"], ["1.00", "", "−0.01"]]


def test_without_numbers_the_cells_hold_the_same_values():
    matrix = made("weights", 5)
    bare, full = (matrix_spec("weights", matrix, words(5), LIGHT, numbers=numbers) for numbers in (False, True))
    assert "texttemplate" not in bare["data"][0]
    assert "texttemplate" in full["data"][0]
    np.testing.assert_array_equal(bare["data"][0]["z"], full["data"][0]["z"])
