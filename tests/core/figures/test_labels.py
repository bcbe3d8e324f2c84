"""Every row and column is named after its own token, whole where there is room, and never interpreted."""

import datetime
import re

import numpy as np
import pytest

from attention_core.figures.matrix import matrix_figure
from attention_core.palette import LIGHT
from attention_core.writing.text import labels
from tests.core.figures.kinds import SQUARE, WIDE, made
from tests.core.made import random, shares, ticks, tokens, words

MARKUP = ["<b>", "&amp;", '<a href="u">', "&", "</span>", "<br>", "<sub>x</sub>", "&lt;"]


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


def test_real_tokens_label_the_rows(figure, trace):
    assert list(ticks(figure.layout.yaxis).values()) == labels(trace.tokens)
