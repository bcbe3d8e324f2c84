"""Rows and columns may stand for whole words, and without special tokens, and every share of weight is still accounted for."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from attention_core import ChoiceError, Token
from attention_core.weights.units import identity, of_the_rest, units
from tests.core.weights.handmade import text_of, tokens_of

UNDO = "[CLS] un ##do [SEP]"
WEIGHTS = torch.tensor([[0.4, 0.1, 0.2, 0.3], [0.1, 0.5, 0.3, 0.1], [0.3, 0.1, 0.1, 0.5], [0.25, 0.25, 0.25, 0.25]])
CHOICES = st.fixed_dictionaries({"special": st.booleans(), "whole_words": st.booleans()})
SENTENCES = st.lists(st.sampled_from(["dog", "un ##do", "a ##b ##c ##d"]), min_size=1, max_size=6).map(
    lambda words: f"[CLS] {' '.join(words)} [SEP]"
)


def units_of(pieces, **choice):
    return units(text_of(pieces), tokens_of(pieces), **choice)


def random_weights(T, *shape):
    return torch.randn(*shape, T, T, generator=torch.Generator().manual_seed(T)).softmax(dim=-1)


def test_by_default_every_token_is_a_unit(trace):
    shown = units(trace.text, trace.tokens)
    assert shown.tokens == trace.tokens
    assert shown.members == tuple((position,) for position in range(11))
    assert shown.count == 11
    assert shown.is_plain


def test_plain_units_give_the_same_tensor_back(trace):
    shown = units(trace.text, trace.tokens)
    weights = trace.weights(0)
    assert shown.weights(weights) is weights
    assert shown.rows(trace.layers[0].x) is trace.layers[0].x


def test_special_tokens_can_be_left_out(trace):
    shown = units(trace.text, trace.tokens, special=False)
    assert shown.tokens == trace.tokens[1:-1]
    assert shown.members == tuple((position,) for position in range(1, 10))
    assert not shown.is_plain
    weights = trace.weights(3)
    assert torch.equal(shown.weights(weights), weights[:, 1:-1, 1:-1])
    assert torch.equal(shown.rows(trace.layers[3].x), trace.layers[3].x[1:-1])
    assert torch.equal(shown.rows(trace.layers[3].q), trace.layers[3].q[:, 1:-1])


def test_special_tokens_within_a_sentence_are_left_out_too():
    shown = units_of("[CLS] dog [SEP] cat [SEP]", special=False)
    assert shown.members == ((1,), (3,))
    weights = random_weights(5)
    assert torch.equal(shown.weights(weights), weights[[1, 3]][:, [1, 3]])
    assert torch.equal(shown.rows(weights), weights[[1, 3]])


def test_a_special_token_typed_by_a_person_stays(model):
    trace = model.trace("a [SEP] b")
    assert [token.text for token in units(trace.text, trace.tokens, special=False).tokens] == ["a", "[SEP]", "b"]


def test_a_joined_word_is_one_token_as_the_text_has_it(model):
    trace = model.trace("An Unaffable dog")
    shown = units(trace.text, trace.tokens, whole_words=True)
    assert [token.text for token in shown.tokens] == ["[CLS]", "An", "Unaffable", "dog", "[SEP]"]
    assert shown.members == ((0,), (1,), (2, 3, 4), (5,), (6,))
    assert shown.count == 7
    assert not shown.is_plain
    assert shown.tokens[2] == Token("Unaffable", trace.tokens[2].id, is_special=False, word=1, span=(3, 12))
    assert shown.tokens[0] is trace.tokens[0]


def test_whole_words_of_one_token_each_are_plain_but_spelled_as_written(trace):
    shown = units(trace.text, trace.tokens, whole_words=True)
    assert shown.is_plain
    assert [token.text for token in shown.tokens] == ["[CLS]", *trace.text.split(), "[SEP]"]
    assert shown.rows(trace.layers[0].x) is trace.layers[0].x


def test_words_of_unknown_characters_keep_their_spelling(model):
    trace = model.trace("a 🦤 dodo")
    assert trace.tokens[2].text == "[UNK]"
    assert [token.text for token in units(trace.text, trace.tokens, False, True).tokens] == ["a", "🦤", "dodo"]


def test_special_tokens_side_by_side_are_not_joined():
    assert units_of("[CLS] dog [SEP] [SEP]", whole_words=True).members == ((0,), (1,), (2,), (3,))


def test_each_token_finds_its_unit():
    shown = units_of("[CLS] dog un ##do [SEP]", special=False, whole_words=True)
    assert [shown.at(position) for position in range(5)] == [None, 0, 1, 1, None]
    for position in (-1, 5):
        with pytest.raises(ChoiceError, match=rf"no token {position}\b.*0 to 4"):
            shown.at(position)


def test_weights_to_a_word_are_summed_and_weights_from_it_averaged():
    expected = torch.tensor([[0.4, 0.3, 0.3], [0.2, 0.5, 0.3], [0.25, 0.5, 0.25]])
    assert_close(units_of(UNDO, whole_words=True).weights(WEIGHTS), expected)


def test_what_is_left_out_is_not_made_up_for():
    shown = units_of(UNDO, special=False)
    assert_close(shown.weights(WEIGHTS), torch.tensor([[0.5, 0.3], [0.1, 0.1]]))
    assert_close(shown.kept(WEIGHTS), torch.tensor([0.8, 0.2]))
    words = units_of(UNDO, special=False, whole_words=True)
    assert_close(words.weights(WEIGHTS), torch.tensor([[0.5]]))
    assert_close(words.kept(WEIGHTS), torch.tensor([0.5]))


def test_everything_is_kept_where_nothing_is_left_out(trace):
    for whole_words in (False, True):
        kept = units(trace.text, trace.tokens, whole_words=whole_words).kept(trace.weights(2))
        assert torch.equal(kept, torch.ones(12, 11))
    assert torch.equal(units_of(UNDO, whole_words=True).kept(WEIGHTS), torch.ones(3))


@given(pieces=SENTENCES, choice=CHOICES)
def test_weights_are_those_of_two_matrix_products(pieces, choice):
    """One product averages the rows of a unit, the other sums its columns."""
    shown = units_of(pieces, **choice)
    weights = random_weights(shown.count, 2, 3)
    sums = torch.zeros(len(shown.members), shown.count)
    for unit, positions in enumerate(shown.members):
        sums[unit, list(positions)] = 1
    before = weights.clone()
    assert_close(shown.weights(weights), sums / sums.sum(dim=-1, keepdim=True) @ weights @ sums.T, atol=1e-6, rtol=1e-6)
    assert torch.equal(weights, before)


@given(pieces=SENTENCES, choice=CHOICES)
def test_no_weight_is_lost_or_made(pieces, choice):
    shown = units_of(pieces, **choice)
    weights = random_weights(shown.count, 4)
    sums = shown.weights(weights).sum(dim=-1)
    assert (sums <= 1 + 1e-6).all()
    assert_close(sums, shown.kept(weights), atol=1e-6, rtol=1e-6)
    if choice["special"]:
        assert_close(sums, torch.ones_like(sums), atol=1e-6, rtol=1e-6)
    else:
        assert (sums < 0.999).all()  # of random weights, [CLS] and [SEP] always get some


@given(pieces=SENTENCES, choice=CHOICES)
def test_every_token_is_shown_at_most_once_and_in_order(pieces, choice):
    shown = units_of(pieces, **choice)
    positions = [position for members in shown.members for position in members]
    expected = [position for position, token in enumerate(tokens_of(pieces)) if choice["special"] or not token.is_special]
    assert positions == expected
    assert len(shown.tokens) == len(shown.members)
    if choice["whole_words"]:
        assert [token.text for token in shown.tokens if not token.is_special] == text_of(pieces).split()


def test_a_joined_word_has_no_row_of_its_own(model):
    trace = model.trace("an unaffable dog")
    with pytest.raises(ChoiceError, match=r"“unaffable” is 3 tokens.*none for the whole word"):
        units(trace.text, trace.tokens, whole_words=True).rows(trace.layers[0].x)


def test_the_error_about_a_very_long_word_stays_short():
    pieces = "a" * 60 + " ##" + "b" * 60
    with pytest.raises(ChoiceError, match=r"“a{29}…”"):
        units_of(pieces, whole_words=True).rows(torch.zeros(2, 3))


@pytest.mark.parametrize("choice", [{}, {"special": False}, {"whole_words": True}], ids=["plain", "no special", "words"])
def test_matrices_of_another_sentence_are_refused(choice):
    shown = units_of(UNDO, **choice)
    for call in (shown.weights, shown.kept):
        for shape in [(5, 4), (4, 5), (3, 3)]:
            with pytest.raises(ChoiceError, match=rf"{shape[0]} × {shape[1]} .*4 tokens"):
                call(torch.zeros(shape))
    with pytest.raises(ChoiceError, match=r"5 × 2 .*4 tokens"):
        shown.rows(torch.zeros(5, 2))


@pytest.mark.parametrize("whole_words", [False, True])
def test_leaving_out_all_there_is_is_an_error(model, whole_words):
    trace = model.trace("")
    with pytest.raises(ChoiceError, match="nothing of this text is left"):
        units(trace.text, trace.tokens, special=False, whole_words=whole_words)
    assert len(units(trace.text, trace.tokens, whole_words=whole_words).tokens) == 2


def test_shares_of_the_rest_divide_a_row_by_its_sum():
    shown = units_of(UNDO, special=False).weights(WEIGHTS)
    assert_close(of_the_rest(shown), torch.tensor([[0.625, 0.375], [0.5, 0.5]]))


def test_a_row_of_nothing_stays_nothing():
    rest = of_the_rest(torch.tensor([[[0.0, 0.0], [0.0, 0.2]]]))
    assert torch.equal(rest, torch.tensor([[[0.0, 0.0], [0.0, 1.0]]]))


def test_a_row_that_sums_to_1_keeps_its_shares(trace):
    weights = trace.weights(4)
    assert_close(of_the_rest(weights), weights, atol=1e-6, rtol=1e-6)


def test_equal_words_are_the_same_whatever_their_capitals(model):
    trace = model.trace("Unaffable dogs, unaffable Dogs, unaffableness")
    shown = units(trace.text, trace.tokens, False, True).tokens
    first, dogs, _, again, more_dogs, _, longer = map(identity, shown)
    assert first == again
    assert dogs == more_dogs
    assert first != longer
    assert shown[0].id == shown[6].id  # their first pieces are equal
