"""The pairs of sentences offered for comparison say only what the real weights show."""

import re
import tomllib
from pathlib import Path

import pytest

from attention_core.weights.comparison import align, difference

PAIRS = tomllib.loads(Path(__file__).parents[3].joinpath("assets/pairs.toml").read_text("utf-8"))["pairs"]
KEYS = {"name", "a", "b", "layer", "head", "query", "query_at", "key", "key_at", "look_for", "claims"}
LINK = ("query", "query_at", "key", "key_at")


@pytest.fixture(params=PAIRS, ids=lambda pair: pair["name"])
def pair(request):
    return request.param


@pytest.fixture
def read(model, pair):
    """What the model did with each sentence of the pair."""
    return {sentence: model.trace(pair[sentence]) for sentence in "ab"}


@pytest.fixture
def weights(read, pair):
    """The weights of the pair's head in each sentence, (T, T)."""
    return {sentence: trace.stages(pair["layer"] - 1, pair["head"] - 1).weights for sentence, trace in read.items()}


def at(weights, claim):
    """The weight that a claim is about; the file counts positions from 1."""
    return weights[claim["sentence"]][claim["query_at"] - 1, claim["key_at"] - 1].item()


def test_the_pronoun_comes_first_and_names_are_unique():
    assert (PAIRS[0]["layer"], PAIRS[0]["head"], PAIRS[0]["query"]) == (4, 2, "it")
    assert len({pair["name"] for pair in PAIRS}) == len(PAIRS) == 3


def test_fields_are_complete_and_short(pair):
    assert set(pair) == KEYS
    assert 2 <= len(pair["name"].split()) <= 4
    assert len(pair["name"]) <= 24
    assert len(re.findall(r"\w+", pair["look_for"])) <= 25
    assert all(set(claim) == {"sentence", *LINK, "weight"} for claim in pair["claims"])


def test_one_word_is_changed(pair):
    a, b = pair["a"].split(), pair["b"].split()
    assert sum(one != other for one, other in zip(a, b, strict=True)) == 1


def test_sentences_are_short_and_aligned_but_for_one_token(pair, read):
    a, b = read["a"].tokens, read["b"].tokens
    assert len(a) == len(b) <= 16
    assert not any(token.continues_word for token in (*a, *b))
    changed = [position for position in range(len(a)) if a[position].id != b[position].id]
    assert len(changed) == 1
    assert align(a, b) == tuple((position, position) for position in range(len(a)) if position not in changed)


def test_positions_hold_the_named_words(pair, read):
    for link in ({"sentence": "a", **pair}, *pair["claims"]):
        sentence = link["sentence"]
        for end in ("query", "key"):
            token = read[sentence].tokens[link[f"{end}_at"] - 1]
            written = pair[sentence][slice(*token.span)] if token.span else token.text
            assert written == link[end]


def test_main_link_is_the_first_claim(pair):
    assert pair["claims"][0]["sentence"] == "a"
    assert all(pair[name] == pair["claims"][0][name] for name in LINK)


def test_claimed_weights_are_right(pair, weights):
    for claim in pair["claims"]:
        assert at(weights, claim) == pytest.approx(claim["weight"], abs=0.0006)


def test_numbers_in_look_for_are_the_claims_in_order(pair, weights):
    said = [int(number) for number in re.findall(r"(\d+) %", pair["look_for"])]
    assert said == [round(100 * at(weights, claim)) for claim in pair["claims"]]
    assert len(re.findall(r"\d+", pair["look_for"])) == len(said) + 2  # all others are layer and head


def test_look_for_names_the_head_and_the_words(pair):
    look_for = pair["look_for"]
    assert f"layer {pair['layer']}, head {pair['head']}," in look_for
    words = {word for link in pair["claims"] for word in (link["query"], link["key"])}
    assert set(re.findall("“(.*?)”", look_for)) == words - {"[CLS]"}
    assert ("[CLS]" in look_for) == ("[CLS]" in words)


def test_main_link_is_the_largest_weight_of_its_row_in_a_alone(pair, weights):
    query, key = pair["query_at"] - 1, pair["key_at"] - 1
    assert weights["a"][query].argmax().item() == key
    assert weights["b"][query].argmax().item() != key


def test_the_change_is_plain_to_see(pair, read, weights):
    """No aligned weight of the head changes more than one that the pair claims for both sentences or names in the second."""
    pairs = align(read["a"].tokens, read["b"].tokens)
    change = difference(weights["a"], weights["b"], pairs, pairs)
    query, key = divmod(int(change.abs().argmax()), len(pairs))
    largest = (pairs[query][1] + 1, pairs[key][1] + 1)
    assert largest in {(claim["query_at"], claim["key_at"]) for claim in pair["claims"] if claim["sentence"] == "b"}
    assert change.abs().max() > 0.4
