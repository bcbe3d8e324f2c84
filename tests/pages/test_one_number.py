"""One number: whichever is asked for is the model's own, and its terms add up to it."""

import re

import numpy as np
import pytest

from attention_core.matrices.names import MATRICES, values
from attention_core.writing.numbers import percent
from tests.pages.forged import say
from tests.pages.screen import (
    OPENING,
    address_of,
    assert_only_own_html,
    charts,
    choose,
    messages,
    open_page,
    pieces,
    read_html,
    type_text,
    view_from,
    view_of,
    written,
)

PICTURES = {
    "x": ["rows"],
    "q": ["products"],
    "k": ["products"],
    "v": ["products"],
    "scores": ["products"],
    "scaled": ["scaled"],
    "weights": ["softmax"],
    "z": ["mixed"],
}
BY_DIMENSION = ["q", "k", "v", "z"]
WITH_RESULT = [name for name in MATRICES if name != "x"]


def open_number(address=None):
    return open_page(address, page="one_number")


@pytest.fixture
def at():
    return open_number()


def assert_explained(at, stage: str):
    """The page stands, with the pictures of the stage."""
    assert not at.exception
    assert not at.error
    assert at.button_group(key="stage").value == stage
    assert list(charts(at)) == PICTURES[stage]
    assert "nan" not in written(at)
    assert "nan" not in formula_of(at)


def formula_of(at) -> str:
    (formula,) = (element.value for element in at.markdown if 'class="stage"' in element.value)
    return formula


def result_of(at) -> tuple[float, float]:
    """The number that the formula ends in, and half of its last digit."""
    shown = re.findall(r"\\mathbf\{(.*?)\}\\end", formula_of(at))[-1]
    digits, power = re.fullmatch(r"\{?(-?\d+(?:\.\d*)?)(?:.*10\^\{?(-?\d+).*)?\}?", shown).groups()
    scale = 10.0 ** int(power or 0)
    return float(digits) * scale, 0.5000001 * scale * 10.0 ** -len(digits.partition(".")[2])


def own_number(trace, stage, layer, head, query, key, dimension) -> float:
    """The model's number, all counted as people count."""
    matrix = values(stage, trace.layers[layer - 1], trace.stages(layer - 1, head - 1))
    row = {"k": key, "v": key}.get(stage, query)
    column = key if MATRICES[stage].columns == "tokens" else dimension
    return matrix[row - 1, column - 1].item()


def table_of(at):
    at.session_state["numbers-arithmetic"] = True
    at.run()
    assert not at.exception
    return at.dataframe[0].value


def test_the_page_opens_on_the_opening_score(trace):
    at = open_number()
    assert_explained(at, "scores")
    assert view_of(at) == view_from(OPENING)
    shown, half = result_of(at)
    assert shown == pytest.approx(trace.stages(3, 1).scores[7, 2].item(), abs=half)
    assert messages(at) == ""
    assert at.query_params == {}


@pytest.mark.parametrize("stage", MATRICES)
def test_every_stage_opens_by_link(stage):
    address = {"text": OPENING.text, "layer": "6", "head": "12", "stage": stage, "query": "10", "key": "6"}
    at = open_number(address)
    assert_explained(at, stage)
    assert at.query_params == address
    assert messages(at) == ""


@pytest.mark.parametrize("stage", WITH_RESULT)
@pytest.mark.parametrize(
    ("layer", "head", "query", "key", "dimension"),
    [(4, 2, 8, 3, 1), (6, 12, 8, 3, 32), (1, 3, 1, 11, 7), (2, 8, 11, 1, 20), (5, 9, 6, 6, 15), (1, 3, 5, 9, 30)],
)
def test_the_result_is_the_models_own_number(trace, stage, layer, head, query, key, dimension):
    chosen = {"layer": layer, "head": head, "query": query, "key": key, "dimension": dimension}
    at = open_number({name: str(value) for name, value in chosen.items()} | {"text": OPENING.text, "stage": stage})
    assert_explained(at, stage)
    shown, half = result_of(at)
    own = own_number(trace, stage, **chosen)
    assert shown == pytest.approx(own, abs=half)
    assert half < 0.01 * abs(own) + 1e-3
    if stage in BY_DIMENSION:
        assert at.number_input(key="dimension").value == dimension


@pytest.mark.parametrize("stage", ["q", "k", "v", "scores", "z"])
def test_the_terms_are_the_models_own_and_add_up(model, trace, stage):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": stage, "dimension": "5"})
    stages, layer = trace.stages(3, 1), trace.layers[3]
    if stage == "scores":
        factors, bias = (stages.q[7], stages.k[2]), 0.0
    elif stage == "z":
        factors, bias = (stages.weights[7], stages.v[:, 4]), 0.0
    else:
        weight, biases = model.projection(3, 1, stage)
        factors, bias = (layer.x[7 if stage == "q" else 2], weight[:, 4]), biases[4].item()
    table = table_of(at)
    np.testing.assert_array_equal(table.iloc[:, 0].to_numpy(np.float32), factors[0].numpy())
    np.testing.assert_array_equal(table.iloc[:, 1].to_numpy(np.float32), factors[1].numpy())
    np.testing.assert_allclose(table["product"], factors[0].double() * factors[1].double(), rtol=1e-12)
    assert table["product"].sum() + bias == pytest.approx(own_number(trace, stage, 4, 2, 8, 3, 5), abs=1e-5)


def test_the_steps_of_softmax_are_the_models_own(trace):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": "weights"})
    table, stages = table_of(at), trace.stages(3, 1)
    np.testing.assert_array_equal(table["scaled"].to_numpy(np.float32), stages.scaled[7].numpy())
    np.testing.assert_array_equal(table["weight"].to_numpy(np.float32), stages.weights[7].numpy())
    np.testing.assert_allclose(table["power of e"] / table["power of e"].sum(), table["weight"], atol=1e-6)
    assert "dog gets 52.9 %" in written(at)
    assert table.index[7] == "8 it"


def test_the_division_shows_both_rows_of_scores(trace):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": "scaled"})
    table, stages = table_of(at), trace.stages(3, 1)
    np.testing.assert_array_equal(table["score"].to_numpy(np.float32), stages.scores[7].numpy())
    np.testing.assert_array_equal(table["scaled"].to_numpy(np.float32), stages.scaled[7].numpy())
    undivided = stages.scores[7].double().softmax(dim=0)
    np.testing.assert_allclose(table["softmax of score"], undivided, atol=1e-12)
    assert f"softmax would give the first {percent(undivided.max().item())}" in written(at)


def test_the_rows_of_x_are_those_of_both_words(trace):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": "x", "layer": "2"})
    table = table_of(at)
    np.testing.assert_array_equal(table.to_numpy(np.float32), trace.layers[1].x[[7, 2]].numpy().T)


@pytest.mark.parametrize("stage", MATRICES)
def test_choosing_step_after_step_explains_each(at, trace, stage):
    choose(at, stage=stage)
    assert_explained(at, stage)
    choose(at, query=10, key=10, layer=2, head=8)
    assert_explained(at, stage)
    if stage != "x":
        shown, half = result_of(at)
        assert shown == pytest.approx(own_number(trace, stage, 2, 8, 10, 10, 1), abs=half)
    view = view_from(OPENING) | {"query": 10, "key": 10, "layer": 2, "head": 8}
    assert address_of(at) == view | ({"stage": stage} if stage != "scores" else {})


@pytest.mark.parametrize("stage", BY_DIMENSION)
def test_choosing_a_dimension_explains_that_one_and_writes_the_link(trace, stage):
    at = choose(open_number({"stage": stage}), dimension=32)
    assert_explained(at, stage)
    shown, half = result_of(at)
    assert shown == pytest.approx(own_number(trace, stage, 4, 2, 8, 3, 32), abs=half)
    assert at.query_params["dimension"] == "32"


def ledger_of(at) -> list[str]:
    """What stands first on each line of the sum."""
    (piece,) = (piece for piece in pieces(at) if "<table" in piece)
    rows = re.findall(r"<tr.*?</tr>", piece)
    return [read_html(re.search(r"<t[dh].*?</t[dh]>", row)[0]) for row in rows]


@pytest.mark.parametrize("stage", [name for name in MATRICES if name not in ("x", "scaled")])
def test_terms_stand_in_the_order_that_was_asked_for(stage):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": stage})
    by_size = ledger_of(at)
    choose(at, terms="in-order")
    assert_explained(at, stage)
    in_order = ledger_of(at)
    assert sorted(by_size) == sorted(in_order)
    assert by_size != in_order
    assert at.query_params["terms"] == "in-order"
    if stage in ("q", "k", "v", "scores"):
        numbers = [int(line) for line in in_order if line.isdecimal()]
        assert numbers == sorted(numbers)


# Links


@pytest.mark.parametrize("value", ["mean", "rollout", "wrong"])
def test_a_number_is_always_one_heads(value, trace):
    at = open_number({"text": OPENING.text, "show": value, "layers": "9" * 5000, "heads": "wrong"})
    assert_explained(at, "scores")
    shown, half = result_of(at)
    assert shown == pytest.approx(trace.stages(3, 1).scores[7, 2].item(), abs=half)


@pytest.mark.parametrize("stage", MATRICES)
def test_the_address_of_a_number_opens_the_same_elsewhere(stage):
    at = choose(type_text(open_number({"stage": stage}), "Dogs & cats <b>bark</b> at dogs"), layer=2, head=9, query=4, key=2)
    if stage in BY_DIMENSION:
        choose(at, dimension=17)
    there = open_number(at.query_params)
    assert_explained(there, stage)
    assert charts(there) == charts(at)
    assert written(there) == written(at)
    assert formula_of(there) == formula_of(at)


def test_back_opens_the_number_before(at, go_to):
    choose(at, stage="z")
    choose(at, dimension=9)
    before = dict(at.query_params), written(at)
    choose(at, stage="q")
    choose(at, dimension=3, key=5)
    go_to(at, before[0])
    assert (dict(at.query_params), written(at)) == before


# Special tokens and texts of every kind


@pytest.mark.parametrize("stage", WITH_RESULT)
@pytest.mark.parametrize(("query", "key"), [(1, 11), (11, 1), (1, 1), (8, 11), (1, 3)])
def test_special_tokens_have_numbers_too(trace, stage, query, key):
    at = open_number({"text": OPENING.text, "query": str(query), "key": str(key), "stage": stage})
    assert_explained(at, stage)
    assert_only_own_html(at)
    shown, half = result_of(at)
    assert shown == pytest.approx(own_number(trace, stage, 4, 2, query, key, 1), abs=half)


@pytest.mark.parametrize("stage", WITH_RESULT)
@pytest.mark.parametrize("address", [{"special": "left-out"}, {"special": "of-the-rest"}, {"words": "whole"}], ids=str)
def test_a_number_stays_the_models_own_whatever_the_switches_say(trace, stage, address):
    at = open_number({"text": OPENING.text, "query": "8", "key": "3", "stage": stage} | address)
    assert_explained(at, stage)
    shown, half = result_of(at)
    assert shown == pytest.approx(own_number(trace, stage, 4, 2, 8, 3, 1), abs=half)
    assert address.items() <= at.query_params.items()


@pytest.mark.parametrize("stage", MATRICES)
@pytest.mark.parametrize("special", ["kept", "left-out"])
def test_one_word_is_enough(model, stage, special):
    at = open_number({"text": "dog", "stage": stage, "special": special})
    assert_explained(at, stage)
    assert view_of(at)["query"] == 2
    if stage != "x":
        shown, half = result_of(at)
        pair = view_of(at)["query"], view_of(at)["key"]
        assert shown == pytest.approx(own_number(model.trace("dog"), stage, 4, 2, *pair, 1), abs=half)


@pytest.mark.parametrize("stage", MATRICES)
@pytest.mark.parametrize("words", [510, 511])
def test_the_longest_text_has_numbers_too(model, stage, words):
    text = "dog " * words
    at = choose(type_text(open_number({"stage": stage}), text), query=512, key=300)
    assert_explained(at, stage)
    assert ("513" in messages(at)) == (words == 511)
    if stage != "x":
        shown, half = result_of(at)
        assert shown == pytest.approx(own_number(model.trace("dog " * 510), stage, 4, 2, 512, 300, 1), abs=half)
    assert sum(len(piece) for piece in pieces(at)) < 100_000


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b"])
def test_a_text_without_a_word_gets_one_message_and_the_stage_stays_chosen(text):
    at = open_number({"text": text, "stage": "z"})
    assert not at.exception
    assert charts(at) == {}
    assert "no word" in messages(at)
    assert len(messages(at).splitlines()) == 1
    type_text(at, "I am good")
    assert_explained(at, "z")
    assert messages(at) == ""


def ways_of(at) -> dict[str, int]:
    """Every button that opens another number: what it is called, and what it sends."""
    found = re.findall(r'data-opens="(\d+)" aria-label="([^"]*)"', "".join(pieces(at)))
    return {read_html(name): int(number) for number, name in found}


def go(at, name: str):
    return say(at, "number-ways", "opened", ways_of(at)[name])


def test_every_term_opens_its_own_sum_and_the_path_leads_back(trace):
    at = open_number(
        {"text": OPENING.text, "layer": "4", "head": "2", "query": "8", "key": "3", "stage": "z", "dimension": "5"}
    )
    weight = next(name for name in ways_of(at) if name.startswith("Open one weight: 0.17"))  # of [CLS]
    at = go(at, weight)
    assert_explained(at, "weights")
    assert (at.selectbox(key="query").value, at.selectbox(key="key").value) == (8, 1)
    at = go(at, next(name for name in ways_of(at) if name.startswith("Open one scaled score: 3.22")))  # of dog
    assert_explained(at, "scaled")
    assert at.selectbox(key="key").value == 3
    at = go(at, next(name for name in ways_of(at) if name.startswith("Open one raw score: 18.2")))
    assert_explained(at, "scores")
    at = go(at, next(name for name in ways_of(at) if name.startswith("Open one entry of a key:")))
    assert_explained(at, "k")
    dimension = at.number_input(key="dimension").value
    assert result_of(at)[0] == pytest.approx(trace.stages(3, 1).k[2, dimension - 1].item(), abs=result_of(at)[1])
    at = go(at, next(name for name in ways_of(at) if name.startswith("Open where x comes from:")))
    assert_explained(at, "x")
    for stage in ("v", "q", "scores", "scaled", "weights", "z"):
        at = go(at, next(name for name in ways_of(at) if name.startswith(f"Open {stage}:")))
        assert_explained(at, stage)
    assert address_of(at)["key"] == 3


@pytest.mark.parametrize("stage", MATRICES)
def test_the_path_marks_where_one_is_and_offers_all_else(stage):
    at = open_number({"text": OPENING.text, "stage": stage})
    names = {name.partition(":")[0] for name in ways_of(at)}
    assert names >= {f"Open {name}" for name in MATRICES if name != stage}
    assert f"Open {stage}" not in names
    assert "".join(pieces(at)).count('aria-current="step"') == 1
