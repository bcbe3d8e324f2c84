"""The formulas of every matrix as MathML: well formed, and saying what their TeX says."""

import re
import xml.etree.ElementTree as ET

import pytest

from attention_core import AttentionError
from attention_core.matrices.formulas import matrix_formula
from attention_core.matrices.names import MATRICES
from attention_core.palette import DARK, LIGHT
from attention_core.weights.choice import Choice
from attention_core.weights.choice_words import mixture_formula
from attention_core.writing.mathml import mathml

# What KaTeX shows of each formula, without blanks; the shapes are those of 11 tokens.
SAID = {
    "x": "X4=Layer3(X3)[11×384]",
    "q": "Q=XWQ+bQ[11×384]·[384×32]+[32]→[11×32]",
    "k": "K=XWK+bK[11×384]·[384×32]+[32]→[11×32]",
    "v": "V=XWV+bV[11×384]·[384×32]+[32]→[11×32]",
    "scores": "QK⊤[11×32]·[32×11]→[11×11]",
    "scaled": "QK⊤/√dk[11×11]→[11×11],√32=5.66",
    "weights": "A=softmax(QK⊤/√dk)[11×11]→[11×11],rowbyrow",
    "z": "Z=AV[11×11]·[11×32]→[11×32]",
}


def of(trace, name, layer=3, palette=LIGHT) -> ET.Element:
    return ET.fromstring(mathml(matrix_formula(name, trace.layers[layer], trace.stages(layer, 1), layer + 1, palette)))


def said(element: ET.Element) -> str:
    return re.sub(r"\s", "", "".join(element.itertext()))


def roots(element: ET.Element) -> list[str]:
    """What stands under a line that begins at a √."""
    found = []
    for row in element.iter("mrow"):
        if [part.text for part in row[:1]] == ["√"]:
            _, under = row
            assert "border-top:" in under.get("style")
            found.append(said(under))
    return found


@pytest.mark.parametrize("name", MATRICES)
def test_every_formula_says_what_its_tex_says(trace, name):
    assert said(of(trace, name)) == SAID[name]


def test_the_first_layer_reads_the_embeddings(trace):
    assert said(of(trace, "x", layer=0)) == "X1=LayerNorm(Eword+Eposition+Etype)[11×384]"


@pytest.mark.parametrize("name", MATRICES)
def test_the_formula_stands_above_its_shapes(trace, name):
    table = of(trace, name).find("mtable")
    above, below = (said(row) for row in table.findall("mtr"))
    assert "[" not in above
    assert below.startswith("[11×")


def test_roots_and_indices_are_drawn_as_such(trace):
    scaled = of(trace, "scaled")
    assert roots(scaled) == ["dk", "32"]
    assert [said(index) for index in scaled.iter("msub")] == ["dk"]
    assert [said(power) for power in scaled.iter("msup")] == ["K⊤"]


@pytest.mark.parametrize("name", MATRICES)
def test_no_sign_is_left_to_a_font_for_mathematics(trace, name):
    """Without one, browsers may draw <msqrt> with no sign, and then a formula says something else."""
    assert not {element.tag for element in of(trace, name).iter()} & {"msqrt", "mroot", "menclose"}
    assert {sign.get("stretchy") for sign in of(trace, name).iter("mo") if sign.text == "√"} <= {"false"}


@pytest.mark.parametrize(
    ("choice", "expected", "parts"),
    [
        (Choice(0, 0, "mean", (0, 2), (0, 1, 4)), "A=16∑l,hAl,h", {"mfrac": 1, "msub": 2}),
        (Choice(3, 0, "rollout"), "R=∏l=4112(I+1H∑hAl,h)", {"msubsup": 1, "mfrac": 2, "msub": 2}),
    ],
    ids=["mean", "rollout"],
)
def test_the_formulas_of_mixtures_are_known_too(choice, expected, parts):
    element = ET.fromstring(mathml(mixture_formula(choice, LIGHT)))
    assert said(element) == expected
    assert {tag: len(list(element.iter(tag))) for tag in parts} == parts
    assert [said(row) for row in element.iter() if "border-top:" in row.get("style", "")] == ["A"] * (choice.mix == "mean")
    assert [said(row) for row in element.iter() if row.get("mathcolor") == LIGHT.weight.ink] == ["Al,h"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_wear_the_colours_of_their_roles(trace, palette):
    coloured = {said(row): row.get("mathcolor") for row in of(trace, "weights", palette=palette).iter() if row.get("mathcolor")}
    assert coloured == {"A": palette.weight.ink, "Q": palette.query.ink, "K": palette.key.ink}


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{a}{b}",
        r"\tfrac{a}",
        r"\bar",
        "a_",
        "a_b^",
        r"\sqrt",
        r"\sqrt{a",
        "{a",
        "a}",
        r"\mathrm{a",
        r"\mathrm a",
        r"\textcolor{#fff}",
        "<",
        "&",
    ],
)
def test_tex_that_it_does_not_know_is_refused(tex):
    with pytest.raises(AttentionError, match="formula"):
        mathml(tex)


def test_nothing_in_a_formula_can_become_an_element():
    assert "<b>" not in mathml(r"\text{<b>&}\mathrm{<b>}")
    assert ET.fromstring(mathml(r"\text{<b>&}")).find(".//mtext").text == "<b>&"
