"""A mean of heads, rollout, and the switches show what they promise, say what it is, and stand in the link."""

import re

import numpy as np
import pytest
import torch

from attention_core.matrices.names import MATRICES, values
from attention_core.weights.choice import Choice
from attention_core.weights.link_strength import strongest_link
from attention_core.weights.mixtures import rollout
from attention_core.weights.units import of_the_rest, units
from attention_core.writing.numbers import percent
from attention_core.writing.text import labels
from tests.pages.screen import (
    CHARTS,
    OPENING,
    address_of,
    answer_of,
    assert_only_own_html,
    assert_whole,
    cells,
    charts,
    choose,
    component,
    links,
    messages,
    open_page,
    read_html,
    type_text,
    view_from,
    view_of,
    written,
)

PIECES = "Tokenization splits unfamiliar words"
NO_HEAD = "no head of the model has these weights"
NO_MATRIX = "The model computes no such matrix"
NOT_OWN = "Not the model’s own numbers"
LEFT_OUT = "Special tokens are left out"
WHOLE = "Whole words"
CHOSEN = {  # heads and layers as people count
    "all": (range(1, 7), range(1, 13)),
    "one": ([6], [12]),
    "some": ([1, 3, 6], [2, 11]),
    "a layer": ([2], range(1, 13)),
}


@pytest.fixture
def at():
    return open_page()


def shown_weights(at) -> np.ndarray:
    return cells(charts(at)["weights"])


def remark(at) -> str:
    """What is said of numbers that are not one head's own."""
    found = [read_html(piece) for html in at.get("html") for piece in re.findall(r'<p class="remark.*?</p>', html.proto.body)]
    return " ".join(found)


def assert_mixed(at, tokens: int | None = None):
    """The page stands with the one chart that several heads have in common."""
    assert not at.exception
    assert not at.error
    assert list(charts(at)) == ["weights"]
    assert tokens is None or shown_weights(at).shape == (tokens, tokens)


def mean_of(trace, layers, heads) -> np.ndarray:
    each = [trace.stages(layer - 1, head - 1).weights.numpy().astype(float) for layer in layers for head in heads]
    return np.mean(each, axis=0)


def rollout_of(trace, layers) -> np.ndarray:
    """A product of the layers' mean weights, each with the word itself as half."""
    flow = np.eye(len(trace.tokens))
    for layer in range(layers):
        flow = (trace.weights(layer).numpy().astype(float).mean(axis=0) + np.eye(len(flow))) / 2 @ flow
    return flow


def as_link(numbers, count: int) -> str:
    return "all" if len(numbers) == count else ",".join(map(str, numbers))


# Mean of heads


@pytest.mark.parametrize(("layers", "heads"), CHOSEN.values(), ids=CHOSEN)
def test_a_link_to_a_mean_shows_the_mean_of_the_chosen_heads(trace, layers, heads):
    address = {"text": OPENING.text, "show": "mean", "layers": as_link(layers, 6), "heads": as_link(heads, 12)}
    at = open_page(address)
    assert_mixed(at, tokens=11)
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, layers, heads), atol=1e-6)
    assert (at.button_group(key="layers").value, at.button_group(key="heads").value) == (list(layers), list(heads))
    assert at.query_params == address
    assert messages(at) == ""


def test_choosing_heads_and_layers_changes_the_mean_and_the_link(at, trace):
    choose(at, show="mean")
    assert_mixed(at, tokens=11)
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, range(1, 7), range(1, 13)), atol=1e-6)
    assert address_of(at) == view_from(OPENING) | {"show": "mean"}
    choose(at, layers=[2, 4], heads=[12, 1])
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, [2, 4], [1, 12]), atol=1e-6)
    assert address_of(at) == view_from(OPENING) | {"show": "mean", "layers": "2,4", "heads": "1,12"}


def test_choosing_no_head_at_all_means_all(at, trace):
    choose(choose(at, show="mean"), layers=[3], heads=[3])
    choose(at, layers=[], heads=[])
    assert_mixed(at)
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, range(1, 7), range(1, 13)), atol=1e-6)
    assert messages(at) == ""


def test_a_mean_of_one_head_shows_that_heads_weights(trace):
    at = open_page({"text": OPENING.text, "show": "mean", "layers": "4", "heads": "2"})
    np.testing.assert_array_equal(shown_weights(at), trace.stages(3, 1).weights.numpy())
    assert "it looks most at dog: 52.9 %" in answer_of(at)


def test_a_mean_says_that_no_head_has_these_weights_and_whose_it_is(at):
    assert remark(at) == ""
    choose(choose(at, show="mean"), layers=[1, 2, 3], heads=[1, 5])
    assert remark(at) == f"This is the mean of heads 1 and 5 in layers 1 to 3: {NO_HEAD}."
    choose(at, show="head")
    assert remark(at) == ""
    assert_whole(at, tokens=11)


# Rollout


@pytest.mark.parametrize("layer", [1, 4, 6])
def test_a_link_to_rollout_shows_rollout_up_to_its_layer(trace, layer):
    address = {"text": OPENING.text, "layer": str(layer), "show": "rollout"}
    at = open_page(address)
    assert_mixed(at, tokens=11)
    np.testing.assert_array_equal(shown_weights(at), rollout(trace, layer).numpy())
    np.testing.assert_allclose(shown_weights(at), rollout_of(trace, layer), atol=1e-6)
    assert at.query_params == address
    assert messages(at) == ""


def test_rollout_follows_its_layer_and_says_what_it_is_not(at, trace):
    choose(at, show="rollout")
    np.testing.assert_allclose(shown_weights(at), rollout_of(trace, 4), atol=1e-6)
    assert NO_MATRIX in remark(at)
    assert "Rollout estimates" in remark(at)
    choose(at, layer=6)
    np.testing.assert_allclose(shown_weights(at), rollout_of(trace, 6), atol=1e-6)
    assert address_of(at) == view_from(OPENING) | {"show": "rollout", "layer": 6}


def test_the_head_of_before_returns_after_a_mean_and_rollout(at, trace):
    choose(at, layer=6, head=12)
    choose(choose(at, show="mean"), show="rollout")
    choose(at, show="head")
    assert_whole(at, tokens=11)
    np.testing.assert_array_equal(shown_weights(at), trace.stages(5, 11).weights.numpy())
    assert view_of(at) == address_of(at) == view_from(OPENING) | {"layer": 6, "head": 12}


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_the_words_draw_the_mixed_weights(trace, show):
    at = open_page({"text": OPENING.text, "show": show, "query": "8", "key": "3"})
    expected = mean_of(trace, range(1, 7), range(1, 13)) if show == "mean" else rollout_of(trace, 4)
    data = component(at, "head-stage")
    assert data["query"] == 7
    np.testing.assert_allclose(np.reshape(data["weights"], (11, 11)), expected, atol=2e-6)
    most = max((key for key in range(11) if key != 7), key=lambda key: expected[7][key])
    assert f"{trace.tokens[most].text}: {percent(float(expected[7][most]))}" in answer_of(at)


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_the_bar_at_the_lower_edge_shows_the_mixed_number_and_whose_it_is(trace, show):
    at = open_page({"text": OPENING.text, "show": show, "query": "8", "key": "3"})
    expected = mean_of(trace, range(1, 7), range(1, 13)) if show == "mean" else rollout_of(trace, 4)
    assert f"it → dog = {expected[7, 2]:.4f}" in written(at)
    assert {"mean": "the mean of heads 1 to 12 in layers 1 to 6", "rollout": "rollout through layers 1 to 4"}[show] in written(
        at
    )
    assert "All its arithmetic" not in links(at), "a number that no head computed has no arithmetic of one"


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_a_mix_offers_no_file_of_one_head(show):
    """There is no head on the page whose stages the file could hold."""
    at = open_page({"text": OPENING.text, "show": show})
    assert not [button.proto.label for button in at.get("download_button") if "this head" in button.proto.label]


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_the_numbers_of_a_mix_open_as_a_table(show):
    at = open_page({"text": OPENING.text, "show": show})
    at.session_state["numbers-weights"] = True
    at.run()
    np.testing.assert_array_equal(at.dataframe[0].value.to_numpy(), shown_weights(at))


@pytest.mark.parametrize("show", ["mean", "rollout"])
@pytest.mark.parametrize(("text", "tokens"), [("dog", 3), ("dog " * 510, 512), ("dog " * 511, 512)], ids=["one", "512", "513"])
def test_texts_of_any_length_are_mixed(show, text, tokens):
    at = type_text(open_page({"show": show}), text)
    assert_mixed(at, tokens=tokens)
    assert ("513" in messages(at)) == (len(text) == 4 * 511)
    np.testing.assert_allclose(shown_weights(at).sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_a_text_without_a_word_gets_one_message_and_the_mix_stays_chosen(show):
    at = type_text(open_page({"show": show}), "")
    assert not at.exception
    assert "no word" in messages(at)
    assert charts(at) == {}
    type_text(at, "I am good")
    assert_mixed(at, tokens=5)


# Special tokens and whole words

SWITCHED = {
    "left-out": ({"special": "left-out"}, ["Without special tokens"], [LEFT_OUT]),
    "of-the-rest": ({"special": "of-the-rest"}, ["Shares of the rest"], [NOT_OWN]),
    "whole": ({"words": "whole"}, ["Whole words"], [WHOLE]),
    "both": ({"special": "left-out", "words": "whole"}, ["Without special tokens", "Whole words"], [LEFT_OUT, WHOLE]),
    "all": ({"special": "of-the-rest", "words": "whole"}, ["Shares of the rest", "Whole words"], [NOT_OWN, WHOLE]),
}


def switched(trace, address, weights):
    chosen = units(trace.text, trace.tokens, special="special" not in address, whole_words="words" in address)
    shown = chosen.weights(weights)
    return chosen, of_the_rest(shown) if address.get("special") == "of-the-rest" else shown


@pytest.mark.parametrize("how", ["clicked", "linked"])
@pytest.mark.parametrize(("address", "names", "said"), SWITCHED.values(), ids=SWITCHED)
def test_switches_show_what_units_give_and_say_so(model, address, names, said, how):
    view = {"text": PIECES, "layer": "6", "head": "12", "query": "4", "key": "2"}
    at = open_page(view | address) if how == "linked" else choose(open_page(view), weights_switches=names)
    trace = model.trace(PIECES)
    chosen, weights = switched(trace, address, trace.stages(5, 11).weights)
    assert not at.exception
    assert list(charts(at)) == CHARTS
    np.testing.assert_array_equal(shown_weights(at), weights.numpy())
    assert charts(at)["weights"]["layout"]["yaxis"]["ticktext"] == labels(chosen.tokens)
    for part in (LEFT_OUT, NOT_OWN, WHOLE):
        assert (part in remark(at)) == (part in said)
    assert at.button_group(key="weights-switches").value == names
    assert {name: at.query_params.get(name) for name in ("special", "words")} == {"special": None, "words": None} | address
    data = component(at, "head-stage")
    assert [word["label"] for word in data["words"]] == labels(chosen.tokens)
    assert data["units"]["members"] == [list(positions) for positions in chosen.members]
    assert data["special"] == address.get("special", "kept")


@pytest.mark.parametrize("show", ["mean", "rollout"])
@pytest.mark.parametrize(("address", "_", "said"), SWITCHED.values(), ids=SWITCHED)
def test_switches_change_a_mix_too(model, show, address, _, said):
    at = open_page({"text": PIECES, "layer": "6", "show": show, "layers": "1,2", "heads": "3"} | address)
    trace = model.trace(PIECES)
    raw = rollout(trace, 6) if show == "rollout" else (trace.weights(0)[2] + trace.weights(1)[2]) / 2
    chosen, weights = switched(trace, address, raw)
    assert_mixed(at, tokens=len(chosen.tokens))
    np.testing.assert_allclose(shown_weights(at), weights.numpy(), atol=1e-6)
    assert all(part in remark(at) for part in (*said, NO_HEAD if show == "mean" else NO_MATRIX))


def test_left_out_weights_are_the_models_own_and_what_is_missing_is_said(trace):
    at = open_page({"text": OPENING.text, "special": "left-out"})
    own = trace.stages(3, 1).weights
    np.testing.assert_array_equal(shown_weights(at), own[1:-1, 1:-1].numpy())
    assert f"the row of it sums to {percent(own[7, 1:-1].sum().item())}" in remark(at)


def test_shares_of_the_rest_sum_to_one_and_the_models_own_number_stands_beside(trace):
    at = open_page({"text": OPENING.text, "special": "of-the-rest", "query": "8", "key": "3"})
    own = trace.stages(3, 1).weights[7]
    share = own[2].item() / own[1:-1].sum().item()
    np.testing.assert_allclose(shown_weights(at).sum(axis=1), 1, atol=1e-6)
    assert f"of it {percent(own[1:-1].sum().item())}" in remark(at)
    assert f"it looks most at dog: {percent(share)}" in answer_of(at)
    assert f"The picture shows {percent(share)}, by the switches above." in written(at)
    assert f"{own[2].item():.4f}" in written(at)


def test_other_matrices_lose_the_rows_of_special_tokens_and_nothing_else(trace):
    at = open_page({"text": OPENING.text, "special": "of-the-rest"})
    stages = trace.stages(3, 1)
    for name, spec in charts(at).items():
        if name != "weights":
            whole = values(name, trace.layers[3], stages).numpy()
            expected = whole[1:-1, 1:-1] if MATRICES[name].columns == "tokens" else whole[1:-1]
            np.testing.assert_array_equal(cells(spec), expected)


def test_other_matrices_keep_the_pieces_of_whole_words(model):
    at = open_page({"text": PIECES, "words": "whole"})
    rows = {name: len(cells(spec)) for name, spec in charts(at).items()}
    pieces = len(model.trace(PIECES).tokens)
    assert rows.pop("weights") < pieces
    assert set(rows.values()) == {pieces}


@pytest.mark.parametrize("show", ["head", "mean", "rollout"])
@pytest.mark.parametrize("special", ["left-out", "of-the-rest"])
@pytest.mark.parametrize("position", ["1", "11"])
@pytest.mark.parametrize("name", ["query", "key"])
def test_a_special_token_gives_way_to_a_shown_one_while_special_tokens_are_left_out(name, position, special, show):
    other = {"query": "key", "key": "query"}[name]
    at = open_page({"text": OPENING.text, "show": show, "special": special, name: position, other: "6"})
    assert not at.exception
    assert not at.error
    pair = {role: at.selectbox(key=role).value for role in ("query", "key")}
    assert all(2 <= place <= 10 for place in pair.values()), pair
    if name == "key":
        assert pair["query"] == 6
    assert component(at, "head-stage")["query"] == pair["query"] - 1


def test_leaving_special_tokens_out_after_one_was_chosen_falls_back_and_says_it_in_the_link(at, trace):
    choose(at, query=1, key=11)
    choose(at, weights_switches=["Without special tokens"])
    query, key = strongest_link(trace.stages(3, 1).weights[1:-1, 1:-1], trace.tokens[1:-1])
    assert (at.selectbox(key="query").value, at.selectbox(key="key").value) == (query + 2, key + 2)
    assert address_of(at) == view_from(OPENING) | {"query": query + 2, "key": key + 2, "special": "left-out"}


def test_a_cell_of_a_whole_word_is_chosen_by_any_of_its_pieces():
    at = open_page({"text": PIECES, "words": "whole", "query": "3", "key": "4"})
    stage = component(at, "head-stage")
    assert (stage["query"], stage["units"]["members"][1], stage["pieces"]["members"][1]) == (2, [1, 2], [1])
    assert answer_of(at).startswith("Tokenization looks most at")
    members = {chart["name"]: chart["members"] for chart in component(at, "cell-marks")["charts"] if chart["rows"]}
    assert members["weights"][1] == [1, 2]
    assert members["scores"][1:3] == [[1], [2]]


def test_of_the_two_ways_to_leave_special_tokens_out_the_last_click_counts(at):
    choose(at, weights_switches=["Shares of the rest"])
    choose(at, weights_switches=["Shares of the rest", "Without special tokens"])
    assert at.button_group(key="weights-switches").value == ["Without special tokens"]
    assert at.query_params["special"] == "left-out"
    choose(at, weights_switches=["Whole words"])
    assert "special" not in at.query_params
    assert at.query_params["words"] == "whole"


def test_one_word_without_special_tokens_is_a_picture_of_one_cell(model):
    at = open_page({"text": "dog", "special": "left-out"})
    assert not at.exception
    np.testing.assert_array_equal(shown_weights(at), model.trace("dog").stages(3, 1).weights[1:2, 1:2].numpy())
    at = open_page({"text": "dog", "special": "of-the-rest"})
    np.testing.assert_array_equal(shown_weights(at), [[1]])
    assert "nan" not in written(at)


# Links


@pytest.mark.parametrize(
    "address",
    [
        {"show": "mean", "layers": "2,3", "heads": "12", "special": "of-the-rest", "words": "whole"},
        {"show": "rollout", "layer": "5", "special": "left-out"},
        {"layer": "1", "head": "12", "words": "whole"},
    ],
    ids=str,
)
def test_the_address_of_a_mix_opens_the_same_view_elsewhere(address, go_to):
    here = choose(type_text(open_page(address), PIECES), query=4)
    there = open_page(here.query_params)
    assert {name: here.query_params[name] for name in address} == address
    assert charts(there) == charts(here)
    assert written(there) == written(here)
    before = dict(here.query_params), written(here)
    choose(here, show="head", weights_switches=[])
    go_to(here, before[0])
    assert (dict(here.query_params), written(here)) == before


BAD_LISTS = ["99", "0", "-1", "wrong", "", "1;2", "1.5", "<b>", ",,,", "![i](https://x.y)", "9" * 5000]


@pytest.mark.parametrize("value", BAD_LISTS, ids=lambda value: value[:8] or "empty")
@pytest.mark.parametrize("name", ["layers", "heads"])
def test_bad_heads_of_a_mean_are_named_and_all_are_shown(trace, name, value):
    at = open_page({"text": OPENING.text, "show": "mean", name: value})
    assert_mixed(at, tokens=11)
    assert_only_own_html(at)
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, range(1, 7), range(1, 13)), atol=1e-6)
    assert name in messages(at)
    assert value[:20] in messages(at)
    assert len(messages(at)) < 400


@pytest.mark.parametrize("value", ["2,99,4", "4,wrong,2", "2,2,4,0"])
def test_of_some_bad_heads_of_a_mean_the_good_are_shown(trace, value):
    at = open_page({"text": OPENING.text, "show": "mean", "layers": value})
    assert_mixed(at)
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, [2, 4], range(1, 13)), atol=1e-6)
    assert "layers" in messages(at)


def test_heads_named_twice_or_in_another_order_are_no_mistake(trace):
    at = open_page({"text": OPENING.text, "show": "mean", "layers": "4,2,4", "heads": "12,1"})
    np.testing.assert_allclose(shown_weights(at), mean_of(trace, [2, 4], [1, 12]), atol=1e-6)
    assert messages(at) == ""


@pytest.mark.parametrize(("special", "how"), [("left-out", "left out"), ("of-the-rest", "divided by its remaining sum")])
def test_files_and_alternative_texts_say_what_was_done_to_the_weights(trace, special, how):
    """A share of the rest that leaves the page must not pass for the model's own number."""
    at = open_page({"text": trace.text, "layer": "4", "head": "2", "special": special})
    (alt,) = (element.proto.alt for element in at.get("plotly_chart") if element.key == "chart-weights")
    shown = shown_weights(at)
    query, key = strongest_link(torch.from_numpy(shown.copy()), trace.tokens[1:-1])
    assert percent(float(shown[query, key])) in alt
    assert how in alt
    assert how in Choice(3, 1, special=special).changes()["special tokens"]


def test_weights_as_computed_need_no_such_words(trace):
    at = open_page({"text": trace.text, "layer": "4", "head": "2"})
    (alt,) = (element.proto.alt for element in at.get("plotly_chart") if element.key == "chart-weights")
    assert "left out" not in alt
    assert Choice(3, 1).changes() == {}
