"""What corresponds between two sentences is found once, and says all that a comparison draws and words."""

import pytest
import torch
from torch.testing import assert_close

from attention_core import ChoiceError
from attention_core.weights.comparison import align_units, head_changes, weight_moved
from attention_core.weights.link_strength import LinkStrength
from attention_core.weights.units import units
from attention_core.weights.words import (
    cell_texts,
    give_or_take,
    left_out_text,
    say_largest_change,
    say_link,
    say_looks,
    stands_out_text,
    value_text,
)
from attention_core.writing.phrases import Mark, plain
from tests.core.weights.handmade import pointing, text_of, tokens_of

ASKING, ASKED = Mark("it", "query"), Mark("dog", "key")


def aligned(a: str, b: str, **shown):
    return align_units(*(units(text_of(pieces), tokens_of(pieces), **shown) for pieces in (a, b)))


@pytest.mark.parametrize(
    ("a", "b", "columns"),
    [
        ("a b", "a b", [(0, 0, True), (1, 1, True)]),
        ("a x b", "a b", [(0, 0, True), (1, None, False), (2, 1, True)]),
        ("a b", "a y b", [(0, 0, True), (None, 1, False), (1, 2, True)]),
        ("a x b", "a y b", [(0, 0, True), (1, 1, False), (2, 2, True)]),
        ("a x", "a y z", [(0, 0, True), (1, 1, False), (None, 2, False)]),
        ("x", "y", [(0, 0, False)]),
    ],
)
def test_columns_hold_every_word_once_and_share_only_what_corresponds(a, b, columns):
    assert aligned(a, b).columns == columns


def test_pairs_know_their_words_and_their_positions_in_both():
    found = aligned("[CLS] un ##do the old", "[CLS] the undo the new", whole_words=True)
    assert [token.text for token in found.tokens] == ["[CLS]", "the"]
    assert found.members == [(0,), (3,)]
    assert found.places == [0, 3]
    assert found.in_b == {0: 0, 2: 1}
    assert found.rows_of_b == [(0,), (3,), (), (), ()]


def test_what_one_side_has_alone_is_named_in_order():
    found = aligned("a x b y", "a b z")
    assert [[token.text for token in found.only_in(side)] for side in "ab"] == [["x", "y"], ["z"]]
    assert left_out_text(found) == "Not compared, only in A: x, y; only in B: z."
    assert left_out_text(aligned("a b", "a b")) == ""
    assert left_out_text(aligned("x y z", "a"), most=2) == "Not compared, only in A: x, y …; only in B: a."


def test_special_tokens_alone_are_no_word_in_common():
    assert not aligned("[CLS] a [SEP]", "[CLS] b [SEP]").shares_a_word
    assert not aligned("a", "b").shares_a_word
    assert aligned("[CLS] a [SEP]", "[CLS] a b [SEP]").shares_a_word


def test_weight_moved_is_half_the_change_on_average_over_queries():
    assert_close(weight_moved(torch.tensor([[0.5, -0.5], [0.0, 0.0]])), torch.tensor(0.25))


def test_two_readings_of_one_sentence_are_compared_position_by_position():
    a, b = pointing("a b", [(0, 0)], [(0, 1)]), pointing("a b", [(0, 1)], [(0, 1)])
    assert_close(head_changes(a, b), torch.tensor([[0.5], [0.0]]))
    assert torch.equal(head_changes(a, b), head_changes(a, b, [(0, 0), (1, 1)]))


def test_readings_of_different_lengths_are_refused_without_pairs():
    with pytest.raises(ChoiceError, match="2 and 3 tokens"):
        head_changes(pointing("a b", [(0, 0)]), pointing("a b c", [(0, 0, 0)]))


# Words


def test_where_a_word_looks_is_said_of_both_sides_or_of_a_alone():
    found = aligned("a b x", "a b")
    a, b = torch.tensor([[0.1, 0.7, 0.2]] * 3), torch.tensor([[0.6, 0.4]] * 2)
    assert plain(say_looks(found, a, b, 0)) == (
        "In A a looks most, of the other words, at b: 70.0 %. In B a looks most, of the other words, at b: 40.0 %."
    )
    assert plain(say_looks(found, a, b, 2)).endswith("at b: 70.0 %. In B this word has no counterpart.")


def test_the_largest_change_is_named_with_its_sign_and_place():
    change = torch.tensor([[0.1, -0.25], [0.0, 0.2]])
    said = "The difference B − A: the largest is −0.250, from a to "
    assert say_largest_change(change, tokens_of("a b"), square=True) == said + "b."
    assert say_largest_change(change, tokens_of("a b"), square=False) == said + "dimension 2."


def test_a_cell_is_said_with_its_difference_where_it_has_a_counterpart():
    assert cell_texts(0.5, 0.25) == (("A", "0.5000"), ("B", "0.2500"), ("B − A =", "−0.2500"))
    assert cell_texts(0.5, None) == (("A", "0.5000"),)


@pytest.mark.parametrize(
    ("weight", "stands_out", "end"),
    [
        ([[0.5, 0.1]], [[0.4, 0.0]], " It is the largest weight of this link, too."),
        ([[0.5, 0.6]], [[0.4, 0.1]], " 50.0 % on average: nearly every word looks at dog, so this weight is no relation"),
        ([[0.1, 0.2]], [[0.09, 0.05]], " 15.0 % on average, hardly less, so this weight is no relation between the two."),
        ([[0.5, 0.6]], [[0.4, 0.35]], " 25.0 % on average, so it stands out less."),
    ],
)
def test_a_large_weight_is_told_from_a_link_that_stands_out(weight, stands_out, end):
    heaviest = (0, 0) if weight[0][0] > weight[0][1] else (0, 1)
    said = plain(say_link(LinkStrength(torch.tensor(weight), torch.tensor(stands_out)), (0, 0), heaviest, ASKING, ASKED))
    assert said.startswith("it → dog stands out most in layer 1, head 1: ")
    assert end in said


def test_measured_values_are_said_in_their_unit():
    assert (value_text(0.5, "share"), value_text(1.5, "tokens")) == ("50.0 %", "1.50 tokens")
    assert give_or_take(0.05, "share") == ", give or take 5.0 points (standard deviation)"
    assert give_or_take(1.5, "tokens") == ", give or take 1.50 tokens (standard deviation)"
    assert give_or_take(float("nan"), "share") == ""
    assert [stands_out_text(value) for value in (0.25, 0.0, -0.25)] == ["+0.25", "0.00", "−0.25"]
