"""Formulas: this sentence's shapes, in TeX that KaTeX can read."""

import re

import pytest

from attention_core.matrices.formulas import matrix_formula
from attention_core.matrices.names import MATRICES, values
from attention_core.model.attention import Attention, attend
from attention_core.palette import DARK, LIGHT
from tests.core.made import random

ORDER = ["x", "q", "k", "v", "scores", "scaled", "weights", "z"]


def read(T: int, d_model: int, d_k: int, d_v: int):
    """A layer and the stages of its only head, of sizes that all differ."""
    q, k, v = random(T, d_k), random(T, d_k, seed=1), random(T, d_v, seed=2)
    return Attention(random(T, d_model, seed=3), q[None], k[None], v[None]), attend(q, k, v)


@pytest.fixture(params=[(3, 40, 8, 5), (11, 384, 32, 32), (512, 384, 32, 32), (2, 6, 1, 2)], ids=str)
def sizes(request):
    return request.param


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param


def shapes(tex: str) -> list[tuple[int, int]]:
    """All 2-D shapes of a formula in order."""
    return [(int(rows), int(columns)) for rows, columns in re.findall(r"\[(\d+)\\times(\d+)\]", bare(tex))]


def bare(tex: str) -> str:
    """The formula without blanks and the braces that keep an operator tight."""
    return re.sub(r"\{(\\times|\\cdot|\\to|\\div|\+)\}", r"\1", tex).replace(" ", "")


def test_matrices_come_in_the_order_they_are_computed():
    assert list(MATRICES) == ORDER
    assert all(matrix.name == name for name, matrix in MATRICES.items())


def test_each_matrix_has_a_symbol_and_a_sentence_of_its_own():
    for field in ("symbol", "title", "sentence"):
        assert len({getattr(matrix, field) for matrix in MATRICES.values()}) == 8
    assert all(matrix.sentence.endswith(".") for matrix in MATRICES.values())


def test_values_are_the_layers_x_and_the_stages_of_the_head(name):
    layer, stages = read(3, 40, 8, 5)
    assert values(name, layer, stages) is (layer.x if name == "x" else getattr(stages, name))


def test_formulas_end_in_the_shape_of_the_matrix(name, sizes):
    layer, stages = read(*sizes)
    assert shapes(matrix_formula(name, layer, stages, 4, LIGHT))[-1] == tuple(values(name, layer, stages).shape)


@pytest.mark.parametrize("name", ["q", "k", "v", "scores", "z"], indirect=True)
def test_products_have_shapes_that_fit(name, sizes):
    layer, stages = read(*sizes)
    left, right, result = shapes(matrix_formula(name, layer, stages, 4, LIGHT))
    assert left[1] == right[0]
    assert result == (left[0], right[1])


@pytest.mark.parametrize(("name", "size"), [("q", 8), ("k", 8), ("v", 5)])
def test_projections_have_w_and_a_bias_of_the_heads_size(name, size):
    tex = matrix_formula(name, *read(3, 40, 8, 5), 4, LIGHT)
    assert rf"[3\times40]\cdot[40\times{size}]+[{size}]\to[3\times{size}]" in bare(tex)
    assert rf"W_{name.upper()}" in tex
    assert rf"b_{name.upper()}" in tex


@pytest.mark.parametrize(("d_k", "root"), [(32, "5.66"), (16, "4"), (8, "2.83"), (64, "8"), (100, "10"), (1, "1")])
def test_the_divisor_is_the_root_of_d_k(d_k, root):
    tex = matrix_formula("scaled", *read(3, 40, d_k, 5), 4, LIGHT)
    assert rf"\sqrt{{{d_k}}}" in tex
    assert re.search(rf"={re.escape(root)}(?![\d.])", bare(tex))


@pytest.mark.parametrize("number", [2, 3, 6])
def test_x_of_a_later_layer_comes_from_the_layer_before(number):
    tex = matrix_formula("x", *read(3, 40, 8, 5), number, LIGHT)
    assert f"X_{{{number}}}" in tex
    assert rf"\mathrm{{Layer}}_{{{number - 1}}}(X_{{{number - 1}}})" in tex


def test_x_of_the_first_layer_comes_from_the_embeddings():
    tex = matrix_formula("x", *read(3, 40, 8, 5), 1, LIGHT)
    assert all(word in tex for word in ("word", "position", "type", "LayerNorm"))
    assert r"\mathrm{Layer}_" not in tex


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_formulas_are_whole_tex(name, sizes, number, palette):
    tex = matrix_formula(name, *read(*sizes), number, palette)
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert re.findall(r"\\begin\{(\w+)\}", tex) == re.findall(r"\\end\{(\w+)\}", tex)
    assert tex.count(r"\left") == tex.count(r"\right")
    assert tex.isascii()  # KaTeX has no metrics for most other characters
    assert "$" not in tex
    assert "%" not in tex  # would begin a comment


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_wear_the_colour_of_their_role(palette):
    layer, stages = read(3, 40, 8, 5)
    for name, role, letter in (("q", "query", "Q"), ("k", "key", "K"), ("v", "value", "V"), ("weights", "weight", "A")):
        ink = getattr(palette, role).ink
        assert rf"\textcolor{{{ink}}}{{{letter}}}" in matrix_formula(name, layer, stages, 4, palette)
