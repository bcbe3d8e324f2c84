"""All heads: every head of the model is shown with its own weights, in the order asked for, and a link finds its head."""

import json
import re

import numpy as np
import pytest

from attention_core.weights.link_strength import link_scores, ranked, strongest_link
from attention_core.weights.mixtures import all_weights
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from attention_core.weights.units import of_the_rest, units
from attention_core.writing.numbers import number, percent
from attention_core.writing.text import labels
from tests.pages.screen import (
    OPENING,
    address_of,
    answer_of,
    charts,
    choose,
    component,
    messages,
    open_page,
    rankings,
    type_text,
    view_from,
    view_of,
    written,
)

NAMED = 6  # heads in each ranking of Find a head
REPEATED = "My cat likes fish, and your cat likes milk"


def open_heads(address=None):
    return open_page(address, page="all_heads")


@pytest.fixture
def at():
    return open_heads()


def sentence_of(at) -> tuple[dict, np.ndarray]:
    """What the grid knows of the sentence, and the pictures of all heads."""
    sent = component(at, "head-grid-sentence")
    size = int.from_bytes(sent[:4], "little")
    facts = json.loads(sent[4 : 4 + size])
    pixels = np.frombuffer(sent[4 + size :], np.uint8)
    return facts, pixels.reshape(facts["layers"], facts["heads"], facts["side"], facts["side"])


def order_of(at) -> list[tuple[int, int]]:
    """Layer and head, from 0, of every tile."""
    return [divmod(head, 12) for head, _ in component(at, "head-grid")["ranking"]]


def assert_heads(at, tokens: int | None = None):
    """The page stands: no exception, all heads, both rankings."""
    assert not at.exception
    assert not at.error
    facts, pixels = sentence_of(at)
    assert pixels.shape[:2] == (6, 12)
    assert component(at, "head-grid")["mark"] == facts["mark"]
    assert tokens is None or len(facts["names"]) == tokens
    assert [len(lines) for lines in rankings(at).values()] == [NAMED, NAMED]


def test_the_page_opens_on_the_opening_view():
    at = open_heads()
    assert_heads(at, tokens=11)
    assert view_of(at) == view_from(OPENING)
    assert component(at, "head-grid")["chosen"] == 3 * 12 + 1
    assert component(at, "head-grid")["ranking"] is None
    assert messages(at) == ""
    assert at.query_params == {}


def test_every_tile_holds_its_heads_own_weights(at, trace):
    _, pixels = sentence_of(at)
    for layer in range(6):
        expected = np.rint(255 * trace.weights(layer).numpy())
        np.testing.assert_array_equal(pixels[layer], expected)


def test_every_tile_names_its_strongest_link(at, trace):
    facts, _ = sentence_of(at)
    assert len(facts["links"]) == 72
    for head, (query, key, share) in enumerate(facts["links"]):
        weights = trace.stages(*divmod(head, 12)).weights
        assert (query, key) == strongest_link(weights, trace.tokens)
        assert share == percent(weights[query, key].item())


@pytest.mark.parametrize("order", PATTERNS)
def test_the_heads_stand_in_the_order_of_a_pattern(at, trace, order):
    scores = pattern_scores(all_weights(trace), trace.tokens)[order]
    choose(at, order=order)
    assert_heads(at, tokens=11)
    assert order_of(at) == ranked(scores)
    assert PATTERNS[order].definition in written(at)
    for (layer, head), (_, caption) in zip(ranked(scores), component(at, "head-grid")["ranking"], strict=True):
        score, unit = scores[layer, head].item(), PATTERNS[order].unit
        said = percent(score) if unit == "share" else f"{number(score)} {unit}"
        assert caption == f"L{layer + 1} H{head + 1} · {said}"
    assert at.query_params["order"] == order


def test_the_first_by_previous_token_is_the_known_head(at):
    """Layer 1, head 3 looks one word back, whatever is computed to find that."""
    assert order_of(choose(at, order="previous"))[0] == (0, 2)
    assert component(at, "head-grid")["ranking"][0][1] == "L1 H3 · over 99.9 %"


@pytest.mark.parametrize(("order", "which"), [("stands-out", "stands_out"), ("link-weight", "weight")])
@pytest.mark.parametrize(("query", "key"), [(8, 3), (6, 5), (11, 1), (4, 4)])
def test_the_heads_stand_in_the_order_of_a_link(trace, order, which, query, key):
    at = choose(choose(open_heads(), order=order), query=query, key=key)
    scores = getattr(link_scores(all_weights(trace), query - 1, key - 1), which)
    assert_heads(at)
    assert order_of(at) == ranked(scores)
    assert (view_of(at)["query"], view_of(at)["key"]) == (query, key)


def test_the_order_by_layer_returns(at):
    choose(choose(at, order="broad"), order="layers")
    assert component(at, "head-grid")["ranking"] is None
    assert "order" not in at.query_params


def test_find_a_head_knows_who_links_it_to_dog(at):
    found = rankings(at)
    assert found["Stands out most"][:2] == [("layer 4, head 2", "+0.43"), ("layer 5, head 9", "+0.30")]
    assert found["Largest weight"][:2] == [("layer 6, head 12", "59.9 %"), ("layer 4, head 2", "52.9 %")]
    said = answer_of(at)
    assert said.startswith("it → dog stands out most in layer 4, head 2: 52.9 %, where the other words give dog 9.8 %")
    assert "The largest weight is in layer 6, head 12: 59.9 %. There the others give it 57.8 % on average" in said
    assert said.endswith("nearly every word looks at dog, so this weight is no relation between the two.")


@pytest.mark.parametrize(("query", "key"), [(2, 3), (10, 6), (1, 11), (7, 7)])
def test_another_pair_finds_its_own_heads(at, trace, query, key):
    choose(at, query=query, key=key)
    column = all_weights(trace)[..., key - 1].numpy().astype(float)  # (L, H, T): what each query gives the key
    weight = column[..., query - 1]
    others = np.delete(column, query - 1, axis=-1).mean(axis=-1)
    found = rankings(at)
    for title, scores in {"Stands out most": weight - others, "Largest weight": weight}.items():
        order = [divmod(index, 12) for index in np.argsort(-scores.ravel(), kind="stable")[:NAMED].tolist()]
        assert [name for name, _ in found[title]] == [f"layer {layer + 1}, head {head + 1}" for layer, head in order]
    best, heaviest = (np.unravel_index(scores.argmax(), scores.shape) for scores in (weight - others, weight))
    said = answer_of(at)
    word = trace.tokens[key - 1].text
    assert f"layer {best[0] + 1}, head {best[1] + 1}: {percent(float(weight[best]))}" in said
    assert f"give {word} {percent(float(others[best]))} on average" in said
    assert found["Largest weight"][0][1] == percent(float(weight[heaviest]))
    assert ("It is the largest weight of this link, too." in said) == (best == heaviest)
    assert address_of(at) == view_from(OPENING) | {"query": query, "key": key}


def test_find_a_head_names_repeated_words_with_their_place(at):
    type_text(at, REPEATED)
    choose(at, query=9, key=3)
    assert "9 · cat → 3 · cat stands out most" in answer_of(at)
    assert rankings(at)["Stands out most"][0][0] == "layer 3, head 10"


@pytest.mark.parametrize("ranking", ["best-stands-out", "best-link-weight"])
def test_a_head_that_was_found_opens_in_step_by_step(at, ranking):
    choose(at, query=6, key=5)
    first = at.button_group(key=ranking).options[0]
    layer, head = map(int, re.fullmatch(r"L(\d+) H(\d+)", first).groups())
    choose(at, **{ranking: first})
    assert len(charts(at)) == 8
    assert view_of(at) == address_of(at) == view_from(OPENING) | {"layer": layer, "head": head, "query": 6, "key": 5}


SWITCHED = {
    "left-out": ({"special": "left-out"}, ["Without special tokens"]),
    "of-the-rest": ({"special": "of-the-rest"}, ["Shares of the rest"]),
    "whole": ({"words": "whole"}, ["Whole words"]),
    "both": ({"special": "of-the-rest", "words": "whole"}, ["Shares of the rest", "Whole words"]),
}
PIECES = "Tokenization splits unfamiliar words"


def switched_weights(trace, address):
    chosen = units(trace.text, trace.tokens, special="special" not in address, whole_words="words" in address)
    weights = chosen.weights(all_weights(trace))
    return chosen, of_the_rest(weights) if address.get("special") == "of-the-rest" else weights


@pytest.mark.parametrize("how", ["clicked", "linked"])
@pytest.mark.parametrize(("address", "names"), SWITCHED.values(), ids=SWITCHED)
def test_switches_change_all_numbers_as_units_say(model, address, names, how):
    pair = {"text": PIECES, "query": "4", "key": "2"}
    at = open_heads(pair | address) if how == "linked" else choose(open_heads(pair), weights_switches=names)
    trace = model.trace(PIECES)
    chosen, weights = switched_weights(trace, address)
    assert_heads(at, tokens=len(chosen.tokens))
    facts, pixels = sentence_of(at)
    assert facts["names"] == labels(chosen.tokens)
    np.testing.assert_array_equal(pixels, np.rint(255 * weights.numpy()))
    assert at.button_group(key="weights-switches").value == names
    found = link_scores(weights, chosen.at(3), chosen.at(1))
    (layer, head), *_ = ranked(found.weight)
    assert rankings(at)["Largest weight"][0] == (
        f"layer {layer + 1}, head {head + 1}",
        percent(found.weight[layer, head].item()),
    )
    choose(at, order="broad")
    assert order_of(at) == ranked(pattern_scores(weights, chosen.tokens)["broad"])
    for name, value in address.items():
        assert at.query_params[name] == value


def test_of_the_two_ways_to_leave_special_tokens_out_the_last_click_counts(at):
    choose(at, weights_switches=["Without special tokens"])
    choose(at, weights_switches=["Without special tokens", "Shares of the rest"])
    assert at.query_params["special"] == "of-the-rest"
    assert at.button_group(key="weights-switches").value == ["Shares of the rest"]
    choose(at, weights_switches=[])
    assert "special" not in at.query_params


def test_shares_that_are_not_the_models_own_numbers_are_said_to_be_none(at):
    assert "Not the model’s own numbers" not in written(at)
    choose(at, weights_switches=["Shares of the rest"])
    assert "Not the model’s own numbers" in written(at)


def test_only_shown_words_can_be_picked_without_special_tokens(at):
    choose(at, weights_switches=["Without special tokens"])
    for name in ("query", "key"):
        assert [option.split(" · ")[0] for option in at.selectbox(key=name).options] == [str(at) for at in range(2, 11)]


def test_a_special_token_as_query_gives_way_when_special_tokens_are_left_out():
    at = choose(open_heads({"text": OPENING.text, "query": "1", "key": "11"}), weights_switches=["Without special tokens"])
    assert_heads(at, tokens=9)
    assert 2 <= view_of(at)["query"] <= 10
    assert 2 <= view_of(at)["key"] <= 10
    assert address_of(at)["query"] == view_of(at)["query"]


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b"])
def test_a_text_without_a_word_gets_one_message_and_no_heads(text):
    at = open_heads({"text": text, "order": "previous"})
    assert not at.exception
    assert "no word" in messages(at)
    assert len(messages(at).splitlines()) == 1
    ways = ["page-anchors", "page-glossary", "page-room"]
    assert [element.key for element in at.get("bidi_component")] == ways  # the ways on stay
    assert at.text_input(key="text").value == text
    type_text(at, OPENING.text)
    assert_heads(at, tokens=11)
    assert messages(at) == ""
    assert at.selectbox(key="order").value == "previous"


@pytest.mark.parametrize(("address", "_"), [({}, None), *SWITCHED.values()], ids=["plain", *SWITCHED])
@pytest.mark.parametrize("order", ["layers", "distance", "stands-out"])
def test_one_word_is_enough(address, _, order):
    at = open_heads({"text": "dog", "order": order} | address)
    assert_heads(at, tokens=1 if "special" in address else 3)
    assert view_of(at)["query"] == 2
    assert "nan" not in written(at)


@pytest.mark.parametrize(("words", "said"), [(510, ""), (511, "513")])
def test_the_longest_text_is_shown_in_blocks(words, said):
    at = type_text(open_heads(), "dog " * words)
    assert_heads(at, tokens=512)
    facts, _ = sentence_of(at)
    assert (facts["side"], facts["block"]) == (64, 8)
    assert said in messages(at)
    assert messages(at).count("\n") == (1 if said else 0)  # besides that sentence-transformers reads less
    choose(choose(at, order="link-weight"), query=512, key=300)
    assert_heads(at, tokens=512)


def test_a_link_opens_its_view(trace):
    address = {"text": OPENING.text, "layer": "6", "head": "12", "query": "6", "key": "3"}
    address |= {"order": "same", "special": "left-out", "words": "whole"}
    at = open_heads(address)
    assert_heads(at, tokens=9)
    assert at.query_params == address
    assert view_of(at) == {
        name: value if name == "text" else int(value) for name, value in address.items() if name in view_of(at)
    }
    chosen, weights = switched_weights(trace, address)
    assert order_of(at) == ranked(pattern_scores(weights, chosen.tokens)["same"])
    assert component(at, "head-grid")["chosen"] == 5 * 12 + 11


def test_the_address_of_a_view_opens_the_same_view_elsewhere(at):
    choose(type_text(at, REPEATED), order="separators", query=9, key=4, layer=2, head=9)
    choose(at, weights_switches=["Whole words", "Shares of the rest"])
    there = open_heads(at.query_params)
    assert view_of(there) == view_of(at)
    assert written(there) == written(at)
    assert component(there, "head-grid") == component(at, "head-grid")
    assert component(there, "head-grid-sentence") == component(at, "head-grid-sentence")


def test_back_opens_the_order_before(at, go_to):
    choose(at, order="next")
    before = dict(at.query_params)
    choose(at, order="distance")
    assert order_of(go_to(at, before)) == order_of(open_heads({"order": "next"}))
    assert at.selectbox(key="order").value == "next"
