"""The example sentences say only what the real weights show."""

import re
import tomllib
from pathlib import Path

import pytest

EXAMPLES = tomllib.loads(Path(__file__).parents[3].joinpath("assets/examples.toml").read_text("utf-8"))["examples"]
KEYS = {"name", "text", "layer", "head", "query", "query_at", "key", "key_at", "look_for", "claims"}
LINK = ("query", "query_at", "key", "key_at")


@pytest.fixture(params=EXAMPLES, ids=lambda example: example["name"])
def example(request):
    return request.param


@pytest.fixture
def read(model, example):
    """What the model did with the example."""
    return model.trace(example["text"])


@pytest.fixture
def weights(read, example):
    """The weights of the example's head, (T, T)."""
    return read.stages(example["layer"] - 1, example["head"] - 1).weights


def at(weights, link):
    """The weight that a link's query gives its key; the file counts positions from 1."""
    return weights[link["query_at"] - 1, link["key_at"] - 1].item()


def test_eight_examples_with_unique_names():
    assert len({example["name"] for example in EXAMPLES}) == len(EXAMPLES) == 8


def test_the_last_example_is_long(model):
    assert 45 <= len(model.trace(EXAMPLES[-1]["text"]).tokens) <= 60


def test_fields_are_complete_and_short(example):
    assert set(example) == KEYS
    assert 2 <= len(example["name"].split()) <= 4
    assert len(example["name"]) <= 24
    assert len(example["look_for"].split()) <= 25
    assert all(set(claim) == {*LINK, "weight"} for claim in example["claims"])


def test_text_is_short_and_of_whole_words(example, read):
    assert len(read.tokens) <= 64
    assert not any(token.continues_word for token in read.tokens)


def test_positions_hold_the_named_words(example, read):
    for link in (example, *example["claims"]):
        for end in ("query", "key"):
            token = read.tokens[link[f"{end}_at"] - 1]
            assert token.span is not None
            assert example["text"][slice(*token.span)] == link[end]


def test_main_link_is_the_first_claim(example):
    assert all(example[name] == example["claims"][0][name] for name in LINK)


def test_claimed_weights_are_right(example, weights):
    for claim in example["claims"]:
        assert at(weights, claim) == pytest.approx(claim["weight"], abs=0.0006)


def test_main_link_is_the_largest_weight_of_its_row(example, weights):
    """Larger even than what [CLS] and [SEP] get."""
    assert weights[example["query_at"] - 1].argmax().item() == example["key_at"] - 1


def test_links_stand_out(example, weights):
    """The other queries give the same key far less: a large weight alone is no relation."""
    for claim in example["claims"]:
        if claim["weight"] > 0.5:
            key = weights[:, claim["key_at"] - 1]
            others = (key.sum().item() - at(weights, claim)) / (len(key) - 1)
            assert at(weights, claim) - others > 0.4


def test_look_for_names_the_head_and_the_words(example):
    look_for = example["look_for"]
    assert f"layer {example['layer']}, head {example['head']}" in look_for.lower()
    words = {"question mark" if word == "?" else word for link in example["claims"] for word in (link["query"], link["key"])}
    assert not [word for word in words if word not in look_for]
    quoted = set(re.findall("“(.*?)”", look_for))
    assert quoted <= words


def test_numbers_in_look_for_are_claimed(example, weights):
    percents = {round(100 * at(weights, claim)) for claim in example["claims"]}
    assert {int(number) for number in re.findall(r"(\d+) %", example["look_for"])} <= percents
    for distance in re.findall(r"(\d+) tokens back", example["look_for"]):
        assert int(distance) == example["query_at"] - example["key_at"]
