"""Compare: what A and B show is the model's own, the difference is theirs where they correspond, and nothing typed is lost."""

import numpy as np
import pytest

from attention_core.matrices.names import MATRICES, values
from attention_core.weights.comparison import align, difference, head_changes
from attention_core.weights.link_strength import ranked, strongest_link
from attention_core.weights.mixtures import all_weights, mean_weights, rollout
from attention_core.weights.units import of_the_rest, units
from attention_core.writing.numbers import percent
from pages.shared.frame.examples import examples
from tests.pages.screen import (
    address_of,
    answer_of,
    assert_only_own_html,
    cells,
    charts,
    choose,
    messages,
    open_page,
    rankings,
    type_text,
    view_from,
    view_of,
    written,
)

PAIRS = examples("compare")
OPENING = PAIRS[0]
A, B = OPENING.text, OPENING.other
OVER_TOKENS = ["scores", "scaled", "weights"]
NAMED = 8  # heads in each ranking
UNLIKE = {  # sentences of different lengths, of repeated words, of word pieces
    "longer": ("The cat sat on the mat", "The small cat sat down on the old mat yesterday"),
    "repeated": ("the dog and the dog", "the dog"),
    "pieces": ("Tokenization splits unfamiliar words", "Tokenizers split unfamiliar words"),
    "swapped": ("The dog chased the cat", "The cat chased the dog"),
}
NOTHING = ["", "   ", "\x00\u200b"]


def open_compare(address=None):
    return open_page(address, page="compare")


@pytest.fixture
def at():
    return open_compare()


def assert_compared(at, name: str = "weights"):
    """The page stands, with a chart of A, one of B, and one of the difference."""
    assert not at.exception
    assert not at.error
    assert list(charts(at)) == [name, "other", "difference"]


def assert_numbers(at, name: str, before, after, pairs):
    """The three charts hold exactly these numbers."""
    drawn = charts(at)
    np.testing.assert_array_equal(cells(drawn[name]), before.numpy())
    np.testing.assert_array_equal(cells(drawn["other"]), after.numpy())
    change = difference(before, after, pairs, pairs if MATRICES[name].columns == "tokens" else None)
    np.testing.assert_array_equal(cells(drawn["difference"]), change.numpy())


def matrix_of(trace, name, layer, head):
    return values(name, trace.layers[layer - 1], trace.stages(layer - 1, head - 1))


def test_the_page_opens_on_the_first_pair():
    at = open_compare()
    assert_compared(at)
    assert view_of(at) == view_from(OPENING)
    assert at.text_input(key="other").value == B
    assert at.button_group(key="sentence-example").value == OPENING.name
    assert at.selectbox(key="matrix").value == "weights"
    assert at.query_params == {}
    assert (
        answer_of(at)
        == "In A it looks most, of the other words, at dog: 56.4 %. In B it looks most, of the other words, at food: 27.4 %."
    )
    assert "Not compared, only in A: hungry; only in B: delicious." in written(at)
    assert messages(at) == ""


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_every_pair_opens_on_its_own_view(at, model, pair):
    choose(at, sentence_example=PAIRS[-1].name)
    choose(at, sentence_example=pair.name)
    assert_compared(at)
    assert view_of(at) == view_from(pair)
    assert at.text_input(key="other").value == pair.other
    a, b = model.trace(pair.text), model.trace(pair.other)
    assert_numbers(
        at, "weights", *(matrix_of(side, "weights", pair.layer, pair.head) for side in (a, b)), align(a.tokens, b.tokens)
    )
    assert pair.look_for in [caption.value.removeprefix("Look for: ") for caption in at.caption]


@pytest.mark.parametrize("name", MATRICES)
def test_every_matrix_shows_both_sides_and_their_difference(at, model, name):
    a, b = model.trace(A), model.trace(B)
    choose(at, matrix=name)
    assert_compared(at, name)
    before, after = (matrix_of(side, name, 4, 2) for side in (a, b))
    assert_numbers(at, name, before, after, align(a.tokens, b.tokens))
    same = [position for position in range(len(a.tokens)) if position != 9]  # all but hungry and delicious
    change = (after - before)[same]
    np.testing.assert_array_equal(cells(charts(at)["difference"]), (change[:, same] if name in OVER_TOKENS else change).numpy())
    assert at.query_params.get("matrix", "weights") == name


@pytest.mark.parametrize(("a", "b"), UNLIKE.values(), ids=UNLIKE)
@pytest.mark.parametrize("name", ["weights", "q", "scores"])
def test_sentences_of_other_lengths_are_compared_where_they_correspond(model, a, b, name):
    at = open_compare({"text": a, "other": b, "layer": "6", "head": "12", "matrix": name})
    one, two = model.trace(a), model.trace(b)
    assert_compared(at, name)
    pairs = align(one.tokens, two.tokens)
    assert len(pairs) < max(len(one.tokens), len(two.tokens))
    assert_numbers(at, name, matrix_of(one, name, 6, 12), matrix_of(two, name, 6, 12), pairs)
    labels = charts(at)["difference"]["rows"]["names"]
    assert labels == [one.tokens[row].text for row, _ in pairs]


def test_another_head_is_compared_on_both_sides(at, model):
    choose(at, layer=6, head=12)
    a, b = model.trace(A), model.trace(B)
    assert_numbers(at, "weights", matrix_of(a, "weights", 6, 12), matrix_of(b, "weights", 6, 12), align(a.tokens, b.tokens))


def test_the_chosen_cell_is_said_in_a_b_and_their_difference(at, model):
    choose(at, query=9, key=6)
    before, after = (matrix_of(model.trace(text), "weights", 4, 2)[8, 5].item() for text in (A, B))
    said = written(at).replace("−", "-")
    assert f"was → foodA {before:.4f}B {after:.4f}B - A = {after - before:.4f}" in said


def test_a_cell_without_counterpart_says_so(at, model):
    choose(at, query=8, key=10)
    before = matrix_of(model.trace(A), "weights", 4, 2)[7, 9].item()
    assert f"it → hungryA {before:.4f}has no counterpart in B" in written(at)
    choose(at, query=10)
    assert "In B this word has no counterpart." in answer_of(at)


def test_the_heads_that_changed_most_are_named_and_one_opens_here(at, model):
    a, b = model.trace(A), model.trace(B)
    changes = head_changes(a, b, align(a.tokens, b.tokens))
    expected = [
        (f"layer {layer + 1}, head {head + 1}", percent(changes[layer, head].item())) for layer, head in ranked(changes)
    ]
    assert rankings(at)["Changed"] == expected[:NAMED]
    layer, head = ranked(changes)[2]
    choose(at, **{"best-changed": f"L{layer + 1} H{head + 1}"})
    assert_compared(at)
    assert view_of(at) == view_from(OPENING) | {"layer": layer + 1, "head": head + 1}
    assert address_of(at)["head"] == head + 1
    assert_numbers(at, "weights", *(side.stages(layer, head).weights for side in (a, b)), align(a.tokens, b.tokens))


# Two heads on one sentence


@pytest.mark.parametrize("name", OVER_TOKENS)
@pytest.mark.parametrize(("layer", "head"), [(6, 12), (1, 3), (4, 3)])
def test_two_heads_are_compared_on_one_sentence(model, name, layer, head):
    address = {"sides": "heads", "other_layer": str(layer), "other_head": str(head), "matrix": name}
    at = open_compare(address)
    assert_compared(at, name)
    a = model.trace(A)
    alike = [(position, position) for position in range(len(a.tokens))]
    assert_numbers(at, name, matrix_of(a, name, 4, 2), matrix_of(a, name, layer, head), alike)
    assert at.query_params == address
    assert f"layer {layer}, head {head}" in written(at)


def test_of_two_heads_only_what_both_share_can_be_compared():
    at = open_compare({"sides": "heads"})
    assert len(at.selectbox(key="matrix").options) == len(OVER_TOKENS)
    at = open_compare({"sides": "heads", "matrix": "q"})
    assert_compared(at)
    assert "matrix" in messages(at)


def test_a_matrix_that_two_heads_do_not_share_gives_way_without_complaint(at):
    choose(at, matrix="q")
    choose(at, sides="heads")
    assert_compared(at)
    assert messages(at) == ""


def test_two_heads_can_be_chosen_one_after_the_other(at, model):
    choose(at, sides="heads")
    choose(at, other_layer=2)
    choose(at, other_head=8)
    choose(at, head=5)
    assert_compared(at)
    a = model.trace(A)
    alike = [(position, position) for position in range(len(a.tokens))]
    assert_numbers(at, "weights", matrix_of(a, "weights", 4, 5), matrix_of(a, "weights", 2, 8), alike)


def test_the_way_back_from_two_heads_to_two_sentences_keeps_both(at):
    choose(at, sides="heads")
    choose(at, head=5)
    choose(at, sides="sentences")
    assert_compared(at)
    assert at.text_input(key="text").value == A
    assert at.text_input(key="other").value == B


def test_heads_most_and_least_like_as_are_named_and_one_becomes_b(model):
    at = open_compare({"sides": "heads"})
    weights = all_weights(model.trace(A)).numpy().astype(float)
    moved = np.abs(weights - weights[3, 1]).sum(axis=-1).mean(axis=-1) / 2
    order = [divmod(index, 12) for index in np.argsort(moved.ravel(), kind="stable").tolist()]
    assert order[0] == (3, 1)
    names = [f"layer {layer + 1}, head {head + 1}" for layer, head in order]
    found = rankings(at)
    assert [name for name, _ in found["Alike"]] == names[1 : NAMED + 1]
    assert [name for name, _ in found["Unlike"]] == names[::-1][:NAMED]
    assert found["Unlike"][0][1] == percent(float(moved.max()))
    layer, head = order[1]
    choose(at, **{"best-alike": f"L{layer + 1} H{head + 1}"})
    assert not at.exception
    assert (at.query_params["other_layer"], at.query_params["other_head"]) == (str(layer + 1), str(head + 1))
    assert view_of(at) == view_from(OPENING)


def test_heads_are_ranked_by_likeness_to_what_a_shows(model):
    """Also where a link brings a mean of heads as A."""
    at = open_compare({"sides": "heads", "show": "mean", "layers": "1,2"})
    shown = cells(charts(at)["weights"]).astype(float)
    weights = all_weights(model.trace(A)).numpy().astype(float)
    moved = np.abs(weights - shown).sum(axis=-1).mean(axis=-1) / 2
    others = [divmod(index, 12) for index in np.argsort(moved.ravel(), kind="stable").tolist() if moved.ravel()[index] > 1e-6]
    expected = [f"layer {layer + 1}, head {head + 1}" for layer, head in others[:NAMED]]
    assert [name for name, _ in rankings(at)["Alike"]] == expected


# Mixes and switches


@pytest.mark.parametrize("show", ["mean", "rollout"])
def test_a_mean_and_rollout_are_compared_too(model, show):
    at = open_compare({"show": show, "layers": "1,6", "heads": "2,3"} if show == "mean" else {"show": show})
    assert_compared(at)
    a, b = model.trace(A), model.trace(B)
    heads = [(0, 1), (0, 2), (5, 1), (5, 2)]
    before, after = (mean_weights(side, heads) if show == "mean" else rollout(side, 4) for side in (a, b))
    assert_numbers(at, "weights", before, after, align(a.tokens, b.tokens))


SWITCHED = {
    "left-out": ({"special": "left-out"}, ["Without special tokens"]),
    "of-the-rest": ({"special": "of-the-rest"}, ["Shares of the rest"]),
    "whole": ({"words": "whole"}, ["Whole words"]),
    "both": ({"special": "left-out", "words": "whole"}, ["Without special tokens", "Whole words"]),
}


@pytest.mark.parametrize("how", ["clicked", "linked"])
@pytest.mark.parametrize(("address", "names"), SWITCHED.values(), ids=SWITCHED)
def test_switches_change_both_sides_as_units_say(model, address, names, how):
    texts = {"text": UNLIKE["pieces"][0], "other": UNLIKE["pieces"][1]}
    at = open_compare(texts | address) if how == "linked" else choose(open_compare(texts), weights_switches=names)
    assert_compared(at)
    shown, weights = [], []
    for text in texts.values():
        trace = model.trace(text)
        chosen = units(trace.text, trace.tokens, special="special" not in address, whole_words="words" in address)
        mine = chosen.weights(trace.stages(3, 1).weights)
        shown.append(chosen.tokens)
        weights.append(of_the_rest(mine) if address.get("special") == "of-the-rest" else mine)
    assert_numbers(at, "weights", *weights, align(*shown))
    for name, value in address.items():
        assert at.query_params[name] == value


def test_without_special_tokens_other_matrices_lose_their_rows_too(model):
    at = open_compare({"special": "left-out", "matrix": "scores"})
    a, b = model.trace(A), model.trace(B)
    before, after = (matrix_of(side, "scores", 4, 2)[1:-1, 1:-1] for side in (a, b))
    assert_numbers(at, "scores", before, after, align(a.tokens[1:-1], b.tokens[1:-1]))


def test_shares_that_are_not_the_models_own_numbers_are_said_to_be_none(at):
    assert "Not the model’s own numbers" not in written(at)
    choose(at, weights_switches=["Shares of the rest"])
    assert "Not the model’s own numbers" in written(at)


# What people type


@pytest.mark.parametrize(
    ("how", "text"), [("typed", text) for text in NOTHING] + [("linked", text) for text in NOTHING if text]
)
def test_b_without_a_word_gets_one_message_and_both_texts_stay(how, text):
    if how == "typed":
        at = open_compare()
        at.text_input(key="other").set_value(text).run()
    else:
        at = open_compare({"text": A, "other": text})
    assert not at.exception
    assert charts(at) == {}
    assert "no word" in messages(at)
    assert len(messages(at).splitlines()) == 1
    assert (at.text_input(key="text").value, at.text_input(key="other").value) == (A, text)
    at.text_input(key="other").set_value(B).run()
    assert_compared(at)
    assert messages(at) == ""


@pytest.mark.parametrize("text", NOTHING)
def test_a_without_a_word_gets_one_message_and_b_returns(text):
    at = type_text(open_compare({"text": A, "other": "A cat ate the food."}), text)
    assert not at.exception
    assert charts(at) == {}
    assert "no word" in messages(at)
    assert len(messages(at).splitlines()) == 1
    assert at.text_input(key="text").value == text
    type_text(at, A)
    assert_compared(at)
    assert at.text_input(key="other").value == "A cat ate the food."


@pytest.mark.parametrize("special", ["kept", "left-out"])
def test_sentences_without_a_common_word_get_one_message_and_stay(special):
    at = open_compare({"text": "I am good", "other": "Dogs bark loudly", "special": special})
    assert not at.exception
    assert charts(at) == {}
    assert "no word in common" in messages(at)
    assert len(messages(at).splitlines()) == 1
    assert (at.text_input(key="text").value, at.text_input(key="other").value) == ("I am good", "Dogs bark loudly")
    at.text_input(key="other").set_value("We are good").run()
    assert_compared(at)
    assert messages(at) == ""


def test_what_is_the_same_to_the_model_shows_no_empty_difference_but_says_what_to_do(at):
    for other in (A, A.upper(), A.replace(" ", "  ")):
        at.text_input(key="other").set_value(other).run()
        assert not at.exception
        assert charts(at) == {}
        assert rankings(at) == {}
        assert "Change a word in Sentence B" in messages(at)
    at.text_input(key="other").set_value(B).run()
    assert_compared(at)
    assert messages(at) == ""


def test_a_head_compared_with_itself_shows_no_empty_difference_but_says_what_to_do():
    at = open_compare({"sides": "heads", "other_layer": "4", "other_head": "2"})
    assert charts(at) == {}
    assert "Choose another layer or head of B" in messages(at)


def test_a_sentence_of_ones_own_begins_with_itself_as_b_to_be_changed():
    at = open_compare({"text": "I am good"})
    assert at.text_input(key="other").value == "I am good"
    assert "Change a word in Sentence B" in messages(at)
    at.text_input(key="other").set_value("I am bad").run()
    assert_compared(at)


def test_an_examples_sentence_begins_with_its_counterpart_as_b():
    at = open_compare({"text": A.removesuffix(".")})
    assert at.text_input(key="other").value == B


@pytest.mark.parametrize("name", ["weights", "z"])
@pytest.mark.parametrize(("a", "b"), [("dog " * 510, "dog"), ("dog", "dog " * 510)], ids=["long A", "long B"])
def test_512_tokens_are_compared_with_one_word(model, a, b, name):
    at = type_text(open_compare({"text": "dog", "other": b, "matrix": name}), a)
    assert_compared(at, name)
    assert messages(at).startswith("512 tokens are read here")
    assert messages(at).count("\n") == 0
    one, two = model.trace(a), model.trace(b)
    assert_numbers(at, name, matrix_of(one, name, 4, 2), matrix_of(two, name, 4, 2), align(one.tokens, two.tokens))
    assert len(cells(charts(at)["difference"])) == 3


def test_a_b_beyond_the_limit_is_compared_as_far_as_it_is_read(at):
    long = "dog " * 600
    at.text_input(key="other").set_value(long).run()
    assert_compared(at)
    assert "602" in messages(at)
    assert len(cells(charts(at)["other"])) == 512
    assert at.text_input(key="other").value == long


@pytest.mark.parametrize("box", ["text", "other"])
def test_a_text_too_long_for_a_link_is_not_put_into_one(at, box):
    """Servers refuse addresses of some 64,000 characters: such a link would open nothing at all."""
    long = "b" * 80_000 + " dog"
    at.text_input(key=box).set_value(long).run()
    assert not at.exception
    assert at.text_input(key=box).value == long
    assert sum(map(len, at.query_params.values())) < 16_000
    assert "link" in messages(at)


# Links


def test_the_address_of_a_view_opens_the_same_view_elsewhere(at):
    choose(type_text(at, "The dog chased the cat & the <b>bird</b>"), other="The cat chased the dog", matrix="scaled")
    choose(at, layer=2, head=9, query=3, key=2)
    choose(at, weights_switches=["Without special tokens"])
    there = open_compare(at.query_params)
    assert_compared(there, "scaled")
    assert view_of(there) == view_of(at)
    assert charts(there) == charts(at)
    assert written(there) == written(at)
    assert there.text_input(key="other").value == "The cat chased the dog"


def test_the_address_of_two_heads_opens_them_elsewhere():
    at = choose(open_compare({"sides": "heads"}), other_layer=2, other_head=8, matrix="scores")
    there = open_compare(at.query_params)
    assert_compared(there, "scores")
    assert charts(there) == charts(at)
    assert written(there) == written(at)


@pytest.mark.parametrize(
    "value", ["99", "0", "-1", "wrong", "", "1.5", "<b>", "9" * 5000], ids=lambda value: value[:8] or "empty"
)
@pytest.mark.parametrize("name", ["other_layer", "other_head"])
def test_a_bad_head_of_b_in_a_link_is_named_and_replaced(model, name, value):
    at = open_compare({"sides": "heads", name: value})
    assert_compared(at)
    assert_only_own_html(at)
    assert name.replace("_", " ") in messages(at)
    assert value[:20] in messages(at)
    np.testing.assert_array_equal(cells(charts(at)["other"]), matrix_of(model.trace(A), "weights", 6, 12).numpy())


@pytest.mark.parametrize(
    "value", ["99", "0", "wrong", "", "1,99", "<b>", ",,,", "9" * 5000], ids=lambda value: value[:8] or "empty"
)
@pytest.mark.parametrize("name", ["layers", "heads"])
def test_bad_heads_of_a_mean_in_a_link_are_named_and_passed_over(name, value):
    at = open_compare({"show": "mean", name: value})
    assert_compared(at)
    assert_only_own_html(at)
    assert name in messages(at)
    assert value[:20] in messages(at)
    assert len(messages(at)) < 400


def test_what_two_sentences_do_not_need_is_passed_over(at):
    at = open_compare({"other_layer": "99", "other_head": "wrong"})
    assert_compared(at)
    assert messages(at) == ""


def test_back_opens_the_comparison_before(at, go_to):
    choose(at, matrix="scores")
    before = dict(at.query_params), charts(at), written(at)
    choose(at, other="A cat ate the food.", matrix="q", layer=1)
    go_to(at, before[0])
    assert (dict(at.query_params), charts(at), written(at)) == before
    go_to(at, {})
    assert at.text_input(key="other").value == B
    assert view_of(at) == view_from(OPENING)
    assert_compared(at)


def test_back_from_two_heads_opens_two_sentences(at, go_to):
    choose(at, layer=5)
    before = dict(at.query_params)
    choose(at, sides="heads")
    go_to(at, before)
    assert_compared(at)
    assert at.button_group(key="sides").value == "sentences"
    assert at.text_input(key="other").value == B


def test_the_numbers_open_as_tables_of_all_three(at, model):
    at.session_state["numbers-compare"] = True
    at.run()
    a, b = model.trace(A), model.trace(B)
    before, after = (matrix_of(side, "weights", 4, 2) for side in (a, b))
    pairs = align(a.tokens, b.tokens)
    for name, matrix in {"A": before, "B": after, "B − A": difference(before, after, pairs, pairs)}.items():
        choose(at, **{"numbers-of-compare": name})
        np.testing.assert_array_equal(at.dataframe[0].value.to_numpy(), matrix.numpy())
    assert at.dataframe[0].value.index[-1] == "12 [SEP]"


def test_the_charts_of_b_and_of_the_difference_know_where_their_rows_stand_in_a(model):
    """So that a choice on one of them is marked on all."""
    a, b = UNLIKE["longer"]
    at = open_compare({"text": a, "other": b})
    told = {key: chart["rows"]["members"] for key, chart in charts(at).items()}
    one, two = model.trace(a), model.trace(b)
    pairs = align(one.tokens, two.tokens)
    assert told["difference"] == [[row] for row, _ in pairs]
    back = {other: [row] for row, other in pairs}
    assert told["other"] == [back.get(row, []) for row in range(len(two.tokens))]
    alone = {key: chart["rows"]["alone"] for key, chart in charts(at).items()}
    without = [row for row in range(len(two.tokens)) if row not in back]
    assert (alone["weights"], alone["other"], alone["difference"]) == ([], without, [])


def test_asking_from_a_word_alone_compares_where_it_looks(model):
    at = open_compare({"text": A, "other": B, "query": "5"})
    read = model.trace(A)
    _, key = strongest_link(read.stages(3, 1).weights, read.tokens, 4)
    assert (view_of(at)["query"], view_of(at)["key"]) == (5, key + 1)
    assert answer_of(at).startswith(f"In A the looks most, of the other words, at {read.tokens[key].text}")
