"""The few lines that are taken home make the same numbers and the same picture again."""

import ast

import numpy as np
import pytest
from torch.testing import assert_close

from attention_core import ChoiceError
from attention_core.export.snippet import choice_snippet, snippet
from attention_core.figures.matrix import matrix_figure
from attention_core.matrices.names import MATRICES, values
from attention_core.palette import LIGHT
from attention_core.weights.choice import Choice, show

LAYER, HEAD = 3, 1
HOSTILE = [
    "it's",
    'she said "no"',
    """both ' and " and '''three''' and \"\"\"three\"\"\"""",
    "two\nlines\r\nand\ttabs",
    "back\\slash \\n \\u0041 \\",
    "{braces} {0} %s",
    "') or __import__('os').abort() #",
    "\u202eturned\u2066 \u2028 \x85 \x0c lines that are none",
    "NUL \x00 and bell \x07",
    "naïve 漢字 שלום 🙂 e\u0301",
    "# a comment",
    "",
]


def run(code: str):
    """The names that the code leaves behind, and the value of its last line, as a notebook shows it."""
    *statements, last = ast.parse(code).body
    names = {}
    exec(compile(ast.Module(statements, []), "snippet", "exec"), names)
    return names, eval(compile(ast.Expression(last.value), "snippet", "eval"), names)


@pytest.mark.parametrize("name", MATRICES)
def test_it_makes_the_same_numbers_and_the_same_picture(trace, name):
    names, figure = run(snippet(trace.text, LAYER, HEAD, name))
    expected = values(name, trace.layers[LAYER], trace.stages(LAYER, HEAD))
    assert_close(names[name], expected, rtol=0, atol=0)
    np.testing.assert_array_equal(figure.data[0].z, expected.numpy())
    assert figure.to_json() == matrix_figure(name, expected, trace.tokens, LIGHT).to_json()


def test_it_makes_the_weights_where_nothing_else_is_asked_for(trace):
    names, _ = run(snippet(trace.text, 0, 11))
    assert_close(names["weights"], trace.stages(0, 11).weights, rtol=0, atol=0)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_comes_back_character_by_character(text):
    calls = [node for node in ast.walk(ast.parse(snippet(text, LAYER, HEAD))) if isinstance(node, ast.Call)]
    (read,) = (call for call in calls if getattr(call.func, "attr", None) == "trace")
    assert ast.literal_eval(read.args[0]) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_leaves_it_four_lines_without_hidden_characters(text):
    code = snippet(text, LAYER, HEAD)
    assert len([line for line in code.splitlines() if line]) == 4
    assert code.replace("\n", "").isprintable()


def test_hostile_text_makes_the_same_numbers(model):
    text = '\') or "quotes"\nand 🙂 \u202e lines'
    names, _ = run(snippet(text, LAYER, HEAD))
    assert names["trace"].text == text
    assert_close(names["weights"], model.trace(text).stages(LAYER, HEAD).weights, rtol=0, atol=0)


def test_it_says_how_the_page_counts(trace):
    assert "# Python counts from 0: layer 4, head 2 of the page" in snippet(trace.text, LAYER, HEAD)
    assert "head" not in snippet("dog", LAYER, HEAD, "x")


@pytest.mark.parametrize("name", ["", "pattern", "weights; import os", "stages"])
def test_an_unknown_matrix_is_refused(name):
    with pytest.raises(ChoiceError, match="x, q, k, v, scores, scaled, weights, z"):
        snippet("dog", LAYER, HEAD, name)


CHOICES = [
    Choice(3, 1, "mean", (0, 3), (1, 2)),
    Choice(2, 0, "rollout"),
    Choice(3, 1, special="of-the-rest"),
    Choice(3, 1, special="left-out", whole_words=True),
]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: f"{choice.mix} {choice.special}")
def test_it_makes_every_way_to_show_the_weights_again(model, choice):
    text = "Unbelievable visualizations"
    names, figure = run(choice_snippet(text, choice))
    expected = show(model.trace(text), choice).weights
    assert_close(names["shown"].weights, expected, rtol=0, atol=0)
    np.testing.assert_array_equal(figure.data[0].z, expected.numpy())


def test_one_head_as_it_is_takes_the_short_way(trace):
    assert choice_snippet(trace.text, Choice(LAYER, HEAD)) == snippet(trace.text, LAYER, HEAD)
