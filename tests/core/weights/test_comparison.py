"""Two sentences are compared where they correspond, and only there."""

import difflib
import itertools
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from attention_core import ChoiceError, load_model
from attention_core.weights.comparison import align, difference, head_changes, head_distances
from attention_core.weights.link_strength import ranked
from attention_core.weights.units import units
from tests.core.weights.handmade import pointing, text_of, tokens_of

HUNGRY = "A dog ate the food because it was hungry."
DELICIOUS = "A dog ate the food because it was delicious."
LETTERS = st.lists(st.sampled_from("abc"), max_size=30).map(" ".join)
# Inputs of 512 on which matching blocks are many, short, or reach across each other.
HARD = {
    "all equal": (["a"] * 512, ["a"] * 511),
    "one of two differs": (["a", "b"] * 256, ["a", "c"] * 256),
    "one of three differs": (["a", "a", "b"] * 171, ["a", "a", "c"] * 171),
    "every other differs": tuple([str(i) if i % 2 else piece for i in range(512)] for piece in "bc"),
    "halves exchanged": (["a"] * 256 + ["b"] * 256, ["b"] * 256 + ["a"] * 256),
}


def matching_blocks(a, b):
    """What Python's own matcher says of the tokens' ids."""
    ids = [[token.id for token in tokens] for tokens in (a, b)]
    blocks = difflib.SequenceMatcher(None, *ids, autojunk=False).get_matching_blocks()
    return tuple((block.a + step, block.b + step) for block in blocks for step in range(block.size))


@pytest.fixture(scope="module")
def hungry(model):
    return model.trace(HUNGRY)


@pytest.fixture(scope="module")
def delicious(model):
    return model.trace(DELICIOUS)


@pytest.fixture(scope="module")
def pairs(hungry, delicious):
    return align(hungry.tokens, delicious.tokens)


def test_sentences_that_differ_in_a_word_are_aligned_around_it(pairs):
    assert pairs == tuple((position, position) for position in range(12) if position != 9)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the dog ate", "the dog ate", ((0, 0), (1, 1), (2, 2))),
        ("dog", "cat", ()),
        ("", "cat", ()),
        ("the dog ate", "yesterday the old dog ate", ((0, 1), (1, 3), (2, 4))),
        ("a b c d", "c d a b", ((0, 2), (1, 3))),  # of two runs of equal length, the first in A
        ("x a y", "a z a", ((1, 0),)),  # of two places for it, the first in B
        ("a b x b c d", "b c d a b", ((3, 0), (4, 1), (5, 2))),  # the longest run wins, though it leaves less
    ],
)
def test_the_longest_common_parts_are_aligned(a, b, expected):
    assert align(tokens_of(a), tokens_of(b)) == expected


@given(a=LETTERS, b=LETTERS)
def test_parts_are_those_that_pythons_matcher_finds(a, b):
    a, b = tokens_of(a), tokens_of(b)
    assert align(a, b) == matching_blocks(a, b)


@given(a=LETTERS, b=LETTERS)
def test_aligned_tokens_are_equal_and_in_order(a, b):
    a, b = tokens_of(a), tokens_of(b)
    found = align(a, b)
    assert all(a[i].id == b[j].id for i, j in found)
    assert all(i < k and j < m for (i, j), (k, m) in itertools.pairwise(found))


@given(a=LETTERS)
def test_a_sentence_is_aligned_with_itself_throughout(a):
    tokens = tokens_of(a)
    assert align(tokens, tokens) == tuple((position, position) for position in range(len(tokens)))


@pytest.mark.parametrize("name", HARD)
def test_sentences_of_512_tokens_are_aligned_at_once_however_they_repeat(name):
    """The slowest takes 13 ms here; Python's own matcher takes 600."""
    a, b = (tokens_of(" ".join(pieces)) for pieces in HARD[name])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = align(a, b)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.3  # of a machine that does other things too
    assert found == matching_blocks(a, b)


def test_whole_words_are_equal_only_if_all_of_them_is():
    a, b = "Un ##do the un ##do", "un ##do the un ##done"
    words = [units(text_of(pieces), tokens_of(pieces), whole_words=True).tokens for pieces in (a, b)]
    assert [token.text for token in words[0]] == ["Undo", "the", "undo"]
    assert align(*words) == ((0, 0), (1, 1))
    assert len(align(tokens_of(a), tokens_of(b))) == 4  # as tokens, the second 'un' is shared too


def test_a_difference_is_b_minus_a_where_they_correspond():
    a = torch.tensor([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.5, 0.5, 0.0]])
    b = torch.tensor([[0.6, 0.4], [0.9, 0.1]])
    assert_close(difference(a, b, rows=((0, 0), (2, 1)), columns=((0, 0), (2, 1))), torch.tensor([[0.5, -0.3], [0.4, 0.1]]))
    assert_close(difference(a, b, rows=((1, 1),), columns=((2, 0),)), torch.tensor([[0.5]]))


def test_over_dimensions_every_column_counts():
    a, b = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[0.0, 0.0], [0.5, 0.0], [10.0, 20.0]])
    assert_close(difference(a, b, rows=((0, 1), (1, 2))), torch.tensor([[-0.5, -2.0], [7.0, 16.0]]))


def test_a_difference_of_many_heads_is_that_of_each(hungry, delicious, pairs):
    a, b = hungry.weights(3), delicious.weights(3)
    assert torch.equal(difference(a, b, pairs, pairs)[1], difference(a[1], b[1], pairs, pairs))


def test_a_difference_of_nothing_in_common_is_empty():
    assert difference(torch.ones(2, 2), torch.ones(3, 3), (), ()).shape == (0, 0)
    assert difference(torch.ones(2, 5), torch.ones(3, 5), ()).shape == (0, 5)


def test_different_numbers_of_dimensions_are_refused():
    with pytest.raises(ChoiceError, match="3 and 2 dimensions"):
        difference(torch.zeros(2, 3), torch.zeros(2, 2), ((0, 0),))


@pytest.mark.parametrize(
    ("rows", "columns", "named"),
    [
        (((2, 0),), ((0, 0),), "position 2: A has positions 0 to 1"),
        (((0, 3),), ((0, 0),), "position 3: B has positions 0 to 2"),
        (((0, 0),), ((0, -1),), "position -1: B has"),
        (((0, 0),), ((-1, 0),), "position -1: A has"),
        (((-1, 0),), None, "position -1: A has"),
    ],
)
def test_a_pair_outside_of_the_matrices_is_refused(rows, columns, named):
    a, b = (torch.zeros(2, 2), torch.zeros(3, 3)) if columns else (torch.zeros(2, 3), torch.zeros(3, 3))
    with pytest.raises(ChoiceError, match=named):
        difference(a, b, rows, columns)


def test_a_head_that_moves_all_weight_between_aligned_tokens_changes_by_1():
    a, b = pointing("a b c", [(0, 0, 0), (1, 1, 1)]), pointing("a b c", [(1, 1, 1), (1, 1, 1)])
    pairs = align(a.tokens, b.tokens)
    assert_close(head_changes(a, b, pairs), torch.tensor([[1.0, 0.0]]))


def test_changes_are_the_mean_over_aligned_queries():
    a, b = pointing("a b c d", [(0, 0, 0, 0)], [(0, 0, 0, 0)]), pointing("a b c d", [(0, 1, 0, 0)], [(0, 1, 2, 3)])
    assert_close(head_changes(a, b, align(a.tokens, b.tokens)), torch.tensor([[1 / 4], [3 / 4]]))


def test_weight_that_moves_to_a_token_without_counterpart_counts_half_and_its_query_not_at_all():
    a, b = pointing("a b x", [(0, 0, 0)]), pointing("a b y", [(2, 0, 1)])
    assert align(a.tokens, b.tokens) == ((0, 0), (1, 1))
    assert_close(head_changes(a, b, ((0, 0), (1, 1))), torch.tensor([[1 / 4]]))


def test_pairs_and_not_positions_are_compared():
    a, b = pointing("a b", [(1, 1)]), pointing("x a b", [(0, 2, 2)])
    assert_close(head_changes(a, b, align(a.tokens, b.tokens)), torch.tensor([[0.0]]))


def test_a_sentence_and_itself_differ_in_no_head(hungry):
    assert torch.equal(head_changes(hungry, hungry, align(hungry.tokens, hungry.tokens)), torch.zeros(6, 12))


def test_changes_of_real_heads_are_shares_and_the_same_in_both_directions(hungry, delicious, pairs):
    changes = head_changes(hungry, delicious, pairs)
    assert changes.shape == (6, 12)
    assert ((changes > 0) & (changes < 1)).all()
    swapped = tuple((j, i) for i, j in pairs)
    assert_close(head_changes(delicious, hungry, swapped), changes, atol=1e-6, rtol=1e-6)
    kept = [position for position in range(12) if position != 9]
    a, b = (trace.stages(3, 1).weights[kept][:, kept] for trace in (hungry, delicious))
    assert changes[3, 1].item() == pytest.approx((b - a).abs().sum().item() / 2 / 11, abs=1e-6)


def test_the_head_that_resolves_the_pronoun_is_among_the_two_that_change_most(hungry, delicious, pairs):
    assert (3, 1) in ranked(head_changes(hungry, delicious, pairs))[:2]


def test_it_turns_from_dog_to_food(hungry, delicious, pairs):
    it, dog, food = 7, 2, 5
    a, b = (trace.stages(3, 1).weights[it].tolist() for trace in (hungry, delicious))
    assert (a[dog], a[food]) == pytest.approx((0.564, 0.054), abs=0.0006)
    assert (b[food], b[dog]) == pytest.approx((0.274, 0.111), abs=0.0006)
    change = difference(hungry.stages(3, 1).weights, delicious.stages(3, 1).weights, pairs, pairs)
    assert divmod(int(change.abs().argmax()), 11) == (it, dog)  # both stand before the changed word
    assert change[it, dog].item() == pytest.approx(-0.453, abs=0.0006)


def test_sentences_with_nothing_in_common_are_refused(hungry, delicious):
    with pytest.raises(ChoiceError, match="no token in common"):
        head_changes(hungry, delicious, ())


def test_pairs_outside_of_the_sentences_are_refused(hungry, delicious):
    with pytest.raises(ChoiceError, match="position 12: B has positions 0 to 11"):
        head_changes(hungry, delicious, ((0, 0), (1, 12)))


def test_traces_of_different_models_are_refused(hungry, tiny: Path):
    other = load_model(tiny).trace("a dog")
    with pytest.raises(ChoiceError, match="6 layers of 12 heads and 3 layers of 4 heads"):
        head_changes(hungry, other, ((0, 0),))


def test_the_distance_of_heads_is_the_share_of_weight_that_would_have_to_move():
    same, half = [[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.0, 1.0]]
    weights = torch.tensor([[same, half], [same[::-1], same]])
    assert_close(head_distances(weights, 0, 0), torch.tensor([[0.0, 0.25], [1.0, 0.0]]))
    assert_close(head_distances(weights, 0, 1), torch.tensor([[0.25, 0.0], [0.75, 0.25]]))
