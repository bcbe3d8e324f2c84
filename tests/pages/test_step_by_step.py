"""Choosing a layer, a head, a query, a key or another sentence shows exactly that."""

import re

import numpy as np
import pytest

from attention_core.matrices.names import MATRICES, values
from attention_core.weights.link_strength import strongest_link
from tests.pages.screen import (
    FIELDS,
    OPENING,
    address_of,
    assert_whole,
    cells,
    charts,
    choose,
    open_page,
    pieces,
    read_html,
    type_text,
    view_from,
    view_of,
    written,
)

OWN = "The nurse thanked the doctor because she had helped"


@pytest.fixture
def at():
    return open_page()


@pytest.mark.parametrize(("layer", "head"), [(1, 1), (1, 12), (6, 1), (6, 12), (3, 7)])
def test_choosing_a_head_shows_its_numbers_and_keeps_the_pair(at, trace, layer, head):
    choose(at, layer=layer, head=head)
    assert_whole(at, tokens=11)
    assert view_of(at) == view_from(OPENING) | {"layer": layer, "head": head}
    stages = trace.stages(layer - 1, head - 1)
    for name, spec in charts(at).items():
        np.testing.assert_array_equal(cells(spec), values(name, trace.layers[layer - 1], stages).numpy())


def test_the_known_answers_stand_on_the_page(at):
    choose(at, layer=6, head=12)
    assert "it looks most at dog: 59.9 %" in written(at)


@pytest.mark.parametrize(("query", "key"), [(1, 1), (11, 11), (3, 8), (8, 6), (5, 1)])
def test_choosing_a_pair_shows_its_arithmetic(at, trace, query, key):
    choose(at, query=query, key=key)
    assert_whole(at)
    assert view_of(at) == view_from(OPENING) | {"query": query, "key": key}
    stages = trace.stages(3, 1)
    for name in ("scores", "scaled"):
        said = f"{abs(getattr(stages, name)[query - 1, key - 1].item()):.3f}"
        assert said in written(at)
    assert f"{stages.weights[query - 1, key - 1].item():.4f}" in written(at)


def test_the_pickers_name_every_position_and_word(at, trace):
    for name in ("query", "key"):
        options = at.selectbox(key=name).options
        assert len(options) == len(trace.tokens)
        for position, (option, token) in enumerate(zip(options, trace.tokens, strict=True), 1):
            assert re.search(rf"\b{position}\b.*{re.escape(token.text)}", option)


@pytest.mark.parametrize(
    "change", [{"layer": 6}, {"head": 12}, {"query": 3}, {"key": 6}, {"layer": 1, "head": 3, "query": 5, "key": 4}], ids=str
)
def test_a_change_writes_the_whole_view_into_the_address(at, change):
    choose(at, **change)
    assert address_of(at) == view_from(OPENING) | change
    assert list(at.query_params) == FIELDS


def test_another_sentence_keeps_the_head_and_asks_from_its_pronoun(at, model):
    type_text(at, OWN)
    read = model.trace(OWN)
    pronoun = next(place for place, token in enumerate(read.tokens) if token.text in ("it", "he", "she", "they"))
    query, key = strongest_link(read.stages(3, 1).weights, read.tokens, pronoun)
    assert view_of(at) == {"text": OWN, "layer": 4, "head": 2, "query": query + 1, "key": key + 1}
    assert address_of(at) == view_of(at)
    assert_whole(at, tokens=len(read.tokens))


def test_a_shorter_sentence_leaves_no_choice_beyond_its_end(at):
    choose(at, query=11, key=10)
    type_text(at, "I am good")
    assert_whole(at, tokens=5)
    assert max(view_of(at)["query"], view_of(at)["key"]) <= 5
    assert not at.warning


@pytest.mark.parametrize("query", [2, 5, 8])
def test_asking_from_a_word_alone_chooses_the_word_it_looks_at(trace, query):
    at = open_page({"text": OPENING.text, "query": str(query)})
    _, key = strongest_link(trace.stages(3, 1).weights, trace.tokens, query - 1)
    assert_whole(at)
    assert (view_of(at)["query"], view_of(at)["key"]) == (query, key + 1)


@pytest.mark.parametrize("query", [1, 11])
def test_asking_from_a_special_token_chooses_a_word(query):
    at = open_page({"text": OPENING.text, "query": str(query)})
    assert_whole(at)
    assert view_of(at)["query"] == query
    assert view_of(at)["key"] not in (1, 11)


def mix_of(at) -> list[str]:
    """The rows of the table that mixes the values, as they read."""
    (table,) = (piece for piece in pieces(at) if "<table" in piece)
    return [read_html(row) for row in re.findall(r"<tr.*?</tr>", table)[1:]]


def test_the_shares_of_a_row_are_said_to_make_the_whole(at):
    """A softmax row sums to 1 but for rounding in the last digit; that is no 'over 99.9 %'."""
    for position in range(1, 12):
        choose(at, query=position)
        assert mix_of(at)[-1].startswith("100.0 %"), mix_of(at)


def test_no_rest_of_the_mix_is_negative_or_said_to_be_nothing():
    """Every softmax weight is above zero, so the others always have a share."""
    at = choose(open_page(), sentence_example="Give a reason")
    choose(at, layer=1, head=3)
    for position in range(1, len(at.selectbox(key="query").options) + 1):
        choose(at, query=position)
        rest = mix_of(at)[-2]
        assert "others" in rest
        assert not rest.startswith(("-", "−", "0.0 %")), rest
        assert not any("width:-" in piece for piece in pieces(at))


def test_the_mix_always_holds_the_chosen_key(at, trace):
    for key, token in enumerate(trace.tokens, 1):
        choose(at, key=key)
        (table,) = (piece for piece in pieces(at) if "<table" in piece)
        (chosen,) = re.findall(r'<tr class="chosen">.*?</tr>', table)
        assert f"v({token.text})" in read_html(chosen)


ROWS = (("x", "q", "k", "v"), ("scores", "scaled", "weights"), ("z",))


def open_numbers(at, name, row):
    at.session_state["numbers-" + "-".join(row)] = True
    at.run()
    if len(row) > 1:
        choose(at, **{"numbers-of-" + "-".join(row): MATRICES[name].symbol})


@pytest.mark.parametrize(("name", "row"), [(name, row) for row in ROWS for name in row])
def test_numbers_of_a_stage_open_as_a_table(at, trace, name, row):
    assert not at.dataframe
    open_numbers(at, name, row)
    assert_whole(at)
    (table,) = at.dataframe
    np.testing.assert_array_equal(table.value.to_numpy(), values(name, trace.layers[3], trace.stages(3, 1)).numpy())
    assert table.value.index[7] == "8 it"
    assert len(at.get("download_button")) == 1


def test_numbers_of_a_sentence_with_repeated_words_open(at):
    choose(at, sentence_example="The same word again")
    open_numbers(at, "weights", ROWS[1])
    assert_whole(at)
    assert at.dataframe[0].value.columns.is_unique


def test_learned_matrices_open_with_their_own_numbers(at, model):
    at.session_state["head-projections"] = True
    at.run()
    assert not at.exception
    assert len(charts(at)) == 11
    for part in "qkv":
        weight, bias = model.projection(3, 1, part)
        spec = charts(at)[f"w-{part}"]
        np.testing.assert_array_equal(cells(spec), weight.numpy())
        np.testing.assert_array_equal(cells(spec, 1), bias.numpy()[None])


def test_what_is_open_stays_open_and_follows_the_choice(at, trace):
    open_numbers(at, "weights", ROWS[1])
    choose(at, layer=6, head=12)
    np.testing.assert_array_equal(at.dataframe[0].value.to_numpy(), trace.stages(5, 11).weights.numpy())


def test_everything_can_be_taken_home(at):
    at.session_state["take-home"] = True
    at.run()
    assert_whole(at)
    assert [button.label.split()[-1] for button in at.get("download_button")] == ["file", ".npz", ".npz", ".parquet"]
    made: dict = {}
    exec(at.code[0].value, made)
    np.testing.assert_array_equal(made["weights"].numpy(), made["trace"].stages(3, 1).weights.numpy())


def test_the_bars_of_the_mix_can_show_what_each_value_adds(trace):
    """|weight · value|, Kobayashi et al. 2020: the longest bar is the largest of them, and the weights stay as they are."""
    at = open_page({"text": OPENING.text, "layer": "4", "head": "2", "query": "8"})
    before = [row.split("%")[0] for row in mix_of(at)]
    at.toggle(key="mix-added").set_value(True).run()
    stages = trace.stages(3, 1)
    added = (stages.weights[7] * stages.v.norm(dim=1)).tolist()
    (table,) = (piece for piece in pieces(at) if 'class="mix"' in piece)
    assert "|a·v|" in table
    for place, share in enumerate(stages.weights[7].topk(3).indices.tolist()):
        assert f"<small>{added[share]:.2f}</small>" in table, place
    assert f"width:{100.0:.2f}%" in table
    assert [row.split("%")[0] for row in mix_of(at)] == before
