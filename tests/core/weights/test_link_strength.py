"""The strongest link of a head is between two different words, wherever there are two."""

import pytest
import torch

from attention_core.weights.link_strength import strongest_link
from tests.core.made import tokens


def link_of(*rows, special=("[CLS]", "[SEP]"), query=None):
    """The strongest link among [CLS], three words and [SEP]."""
    return strongest_link(torch.tensor(rows), tokens(special[0], "one", "two", "three", special[1]), query)


ROWS = (
    (0.90, 0.05, 0.03, 0.01, 0.01),
    (0.70, 0.15, 0.05, 0.08, 0.02),
    (0.10, 0.30, 0.55, 0.01, 0.04),
    (0.01, 0.11, 0.12, 0.16, 0.60),
    (0.02, 0.94, 0.02, 0.01, 0.01),
)


def test_the_strongest_link_is_between_two_different_words():
    assert link_of(*ROWS) == (2, 1)


@pytest.mark.parametrize(("query", "key"), [(1, 3), (2, 1), (3, 2)])
def test_the_strongest_link_of_a_query_is_to_another_word(query, key):
    assert link_of(*ROWS, query=query) == (query, key)


@pytest.mark.parametrize(("query", "key"), [(0, 1), (4, 1)])
def test_the_strongest_link_of_a_special_token_is_to_a_word(query, key):
    assert link_of(*ROWS, query=query) == (query, key)


def test_the_strongest_link_leaves_the_weights_as_they_were():
    weights = torch.tensor(ROWS)
    strongest_link(weights, tokens("[CLS]", "one", "two", "three", "[SEP]"))
    assert torch.equal(weights, torch.tensor(ROWS))


@pytest.mark.parametrize("layer", range(6))
def test_a_sentence_of_one_word_opens_on_that_word(model, layer):
    trace = model.trace("dog")
    assert {strongest_link(weights, trace.tokens)[0] for weights in trace.weights(layer)} == {1}


def test_the_strongest_link_of_special_tokens_alone_is_some_link():
    query, key = strongest_link(torch.tensor([[0.4, 0.6], [0.3, 0.7]]), tokens("[CLS]", "[SEP]"))
    assert {query, key} <= {0, 1}


def test_the_strongest_link_of_512_tokens_is_the_largest_weight_left(model):
    trace = model.trace("the " * 510)
    weights = trace.stages(3, 1).weights
    words = weights[1:-1, 1:-1].clone().fill_diagonal_(0)
    query, key = strongest_link(weights, trace.tokens)
    assert weights[query, key] == words.max()
    assert query != key
