"""A heatmap shows the matrix it was given: the same numbers, the right words at its rows, nothing clipped unsaid."""

import base64
import datetime
import json
import re

import numpy as np
import pytest
import torch

from attention_core.figures.matrix import difference_spec, matrix_figure, matrix_spec, projection_figure
from attention_core.matrices.names import MATRICES, values
from attention_core.palette import DARK, LIGHT
from attention_core.writing.text import labels
from tests.core.made import beyond, legend, legend_colours, random, shares, ticks, tokens, words

SQUARE = [name for name, matrix in MATRICES.items() if matrix.columns == "tokens"]
WIDE = [name for name in MATRICES if name not in SQUARE]
SIGNED = [name for name in MATRICES if name != "weights"]
MARKUP = ["<b>", "&amp;", '<a href="u">', "&", "</span>", "<br>", "<sub>x</sub>", "&lt;"]


@pytest.fixture(scope="module")
def stages(trace):
    """Layer 4, head 2 of the opening sentence."""
    return trace.stages(3, 1)


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param


@pytest.fixture
def matrix(name, trace, stages):
    return values(name, trace.layers[3], stages)


@pytest.fixture
def figure(name, matrix, trace):
    return matrix_figure(name, matrix, trace.tokens, LIGHT)


def made(name: str, count: int) -> torch.Tensor:
    """A matrix of the kind that goes under a name."""
    return shares(count) if name == "weights" else random(count, count if name in SQUARE else 32)


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


@pytest.mark.parametrize("count", [2, 11, 24])
def test_every_token_has_its_label_up_to_24(name, count):
    figure = matrix_figure(name, made(name, count), words(count), LIGHT)
    assert ticks(figure.layout.yaxis) == {position: f"word{position}" for position in range(count)}
    if name in SQUARE:
        assert ticks(figure.layout.xaxis) == ticks(figure.layout.yaxis)


@pytest.mark.parametrize("count", [25, 26, 31, 32, 33, 47, 60, 100, 255, 511, 512])
@pytest.mark.parametrize("name", ["weights", "x"])
def test_longer_sentences_have_few_labels_each_at_its_token(name, count):
    figure = matrix_figure(name, made(name, count), words(count), LIGHT)
    drawn = ticks(figure.layout.yaxis)
    assert 8 <= len(drawn) <= 18
    assert all(text == f"word{position}" for position, text in drawn.items())
    assert min(drawn) == 0
    assert len(set(np.diff(sorted(drawn)))) == 1
    assert max(drawn) < count
    if name == "weights":
        assert ticks(figure.layout.xaxis) == drawn


@pytest.mark.parametrize(
    "texts",
    [
        ("the", "the", "the", "dog", "the"),
        ("1", "2", "10", "1", "3"),
        ("2024-05-01", "2024-05-02", "2023-01-01", "2024-05-01", "1999-12-31"),
        ("true", "nan", "null", "None", ""),
    ],
    ids=["equal", "numbers", "dates", "other"],
)
def test_tokens_stay_rows_and_columns_of_their_own(texts):
    """Plotly merges equal names, and takes numbers and dates for a measured axis."""
    figure = matrix_figure("weights", shares(5), tokens(*texts), LIGHT)
    for axis, names in ((figure.layout.yaxis, figure.data[0].y), (figure.layout.xaxis, figure.data[0].x)):
        assert axis.type == "category"
        assert len(set(names)) == 5
        assert list(ticks(axis).values()) == list(texts)
        assert list(ticks(axis)) == [0, 1, 2, 3, 4]


def test_no_name_of_a_row_can_be_read_as_a_number_or_a_date():
    """Else it would collide with the positions at which ticks are drawn."""
    figure = matrix_figure("scores", random(4, 4), tokens("1", "2024-05-01", "0", "5e3"), LIGHT)
    for name in figure.data[0].y:
        with pytest.raises(ValueError, match="could not convert"):
            float(name)
        with pytest.raises(ValueError, match="Invalid isoformat"):
            datetime.datetime.fromisoformat(name)


@pytest.mark.parametrize("name", ["weights", "q"])
def test_markup_in_tokens_is_escaped_in_ticks_and_hover(name):
    figure = matrix_figure(name, made(name, len(MARKUP)), tokens(*MARKUP), LIGHT)
    axes = [(figure.layout.yaxis, figure.data[0].y)] + ([(figure.layout.xaxis, figure.data[0].x)] if name == "weights" else [])
    for axis, hovered in axes:
        for text in (*axis.ticktext, *hovered):
            assert "<" not in text
            assert ">" not in text
            assert not re.search("&(?!(amp|lt|gt);)", text)


@pytest.mark.parametrize("text", [text for text in MARKUP if len(text) <= 14])
def test_escaped_labels_show_the_token_itself(text):
    figure = matrix_figure("weights", shares(2), tokens(text, "dog"), LIGHT)
    assert ticks(figure.layout.yaxis)[0] == text.replace(" ", "␣")


@pytest.mark.parametrize("text", ["internationali", "short", "<<<<<<<<<<<<<<"])
def test_labels_up_to_14_characters_are_whole(text):
    assert ticks(matrix_figure("q", random(2, 32), tokens(text, "dog"), LIGHT).layout.yaxis)[0] == text


def test_longer_labels_end_in_an_ellipsis_and_hovering_has_them_whole():
    long = "internationalisation"
    figure = matrix_figure("weights", shares(2), tokens(long, "dog"), LIGHT)
    for axis in (figure.layout.yaxis, figure.layout.xaxis):
        assert ticks(axis)[0].endswith("…")
        assert len(ticks(axis)[0]) <= 14
        assert long.startswith(ticks(axis)[0][:-1])
    assert long in figure.data[0].y[0]


def test_invisible_characters_are_made_visible():
    figure = matrix_figure("weights", shares(3), tokens("\u200b", "\u202e", "a\u00a0b"), LIGHT)
    assert list(figure.layout.yaxis.ticktext) == ["U+200B", "U+202E", "a␣b"]


def test_hovering_names_position_and_word_of_query_and_key(trace, stages):
    heatmap = matrix_figure("weights", stages.weights, trace.tokens, LIGHT).data[0]
    assert (heatmap.y[7], heatmap.x[2]) == ("8 it", "3 dog")
    assert heatmap.hovertemplate.index("%{y}") < heatmap.hovertemplate.index("%{x}") < heatmap.hovertemplate.index("%{z")


@pytest.mark.parametrize("name", WIDE, indirect=True)
def test_hovering_names_position_and_word_and_the_dimension_from_1(figure):
    heatmap = figure.data[0]
    assert heatmap.y[7] == "8 it"
    assert (heatmap.x0, heatmap.dx) in ((1, None), (1, 1))
    assert {"%{y}", "%{x}"} <= set(re.findall(r"%\{\w\}", heatmap.hovertemplate))


@pytest.mark.parametrize("count", [60, 512])
def test_hovering_names_the_tokens_that_have_no_label(count):
    heatmap = matrix_figure("weights", shares(count), words(count), LIGHT).data[0]
    assert list(heatmap.x) == list(heatmap.y) == [f"{index + 1} word{index}" for index in range(count)]


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


def test_real_tokens_label_the_rows(figure, trace):
    assert list(ticks(figure.layout.yaxis).values()) == labels(trace.tokens)


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
