"""What the laboratory says follows from the numbers, and its tables hold them all."""

import pytest
import torch

from attention_core.lab.additive import Agreement, Cost
from attention_core.lab.change_words import change_meaning, cosine_text, say_cell, say_change, say_moved, short_words
from attention_core.lab.division import Spread, Undivided, entropy, gradient_norm
from attention_core.lab.interventions import Change
from attention_core.lab.tables import agreement_table, cosines_table, cost_table, moved_table, rows_table, spread_table
from attention_core.lab.words import (
    duration,
    say_agreement,
    say_cost,
    say_costs,
    say_deviations,
    say_division,
    say_gradients,
    say_rows,
    say_saturation,
    say_softmax,
    say_spread,
)
from attention_core.writing.phrases import plain
from tests.core.weights.handmade import tokens_of

TOKENS = tokens_of("dog ate dog")
SPREADS = [Spread(1, 100, 1.0, (0.3, 0.3), (0.25, 0.25)), Spread(4, 50, 2.2, (0.35, 0.8), (0.24, 0.05))]
AGREEMENTS = [
    Agreement(d, same, 0.9, (1.0, 1.0, 1.0), gradients)
    for d, same, gradients in (
        (1, 1.0, (0.3, 0.31, 0.32)),
        (2, 0.95, (0.3,) * 3),
        (64, 0.8, (0.3,) * 3),
        (1024, 0.2, (0.01, 0.2, 0.3)),
    )
]
COSTS = [Cost(16, 64, 1e-6, 2e-6), Cost(256, 64, 1e-4, 5e-3)]


@pytest.fixture
def undivided() -> Undivided:
    both = torch.tensor([[0.5, 0.25, 0.25]] * 3), torch.tensor([[0.0, 1.0, 0.0]] * 3)
    return Undivided(*both, tuple(map(entropy, both)), tuple(map(gradient_norm, both)))


def test_the_division_is_told_for_the_word_and_for_all_rows(undivided):
    said = plain(say_division(undivided, TOKENS, 1))
    assert said == "With the division ate gives 1 · dog 50.0 %. Without it ate gives ate 100.0 %."
    assert "from 1.50 to 0.00 bits (equal shares of 3 words have 1.58)" in say_rows(undivided)
    assert "rows with over 95% on one word: 0 of 3 become 3." in say_rows(undivided)


def test_the_spread_of_random_vectors_is_told():
    assert plain(say_spread(SPREADS[1])).startswith("At d = 4 the variance of q·k is 4.8, measured on 50 pairs.")
    assert plain(say_spread(SPREADS[1])).endswith("gives the best 80.0 % on average; divided by √d, 35.0 %.")
    assert "within 21.0 % of d" in say_deviations(SPREADS)
    assert say_gradients(SPREADS) == "Undivided it falls from 0.250 at d = 1 to 0.050 at d = 4; divided it stays near 0.24."
    assert say_softmax([0.4, 0.6], [0.1, 0.9]) == ("The largest of 2 weights is 60.0 % with the division, 90.0 % without it.")


def test_additive_attention_is_told_by_agreement_saturation_and_cost():
    assert "95.0 % of rows at d = 2 and 80.0 % at d = 64." in say_agreement(AGREEMENTS)
    assert say_agreement(AGREEMENTS).endswith("it cannot follow: 20.0 % at d = 1,024.")
    assert say_saturation(AGREEMENTS).startswith("At d = 1 all three react alike (0.30, 0.31, 0.32). At d = 1,024 the plain")
    assert plain(say_cost(COSTS)) == (
        "For 256 words and d = 64, additive attention just took 50 times as long as the dot product: 5.0 ms against 100.0 µs."
    )
    assert say_costs("T", COSTS).startswith("At T = 256 the dot products take 100.0 µs, additive attention 5.0 ms.")
    assert say_costs("d", COSTS).startswith("At d = 64 ")
    assert (duration(9.9e-4), duration(1e-3)) == ("990.0 µs", "1.0 ms")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(temperature=0.3, layer=2, head=1), "In layer 3, head 2: softmax of scaled ÷ 0.3. "),
        (Change(causal=True, layer=2), "In all heads of layer 3: no word sees those after it. "),
        (Change(removed=(0, 1)), "In all heads of all layers: nobody sees 1 · dog ate. "),
        (Change(temperature=10, silenced=True), "In all heads of all layers: softmax of scaled ÷ 10, z = 0. "),
    ],
    ids=str,
)
def test_a_change_says_what_and_where_and_how_far_the_sentence_turned(change, said):
    assert plain(say_change(change, TOKENS, 0.5)) == (
        f"{said}The sentence’s final vector then has a cosine of 0.5000 to the unchanged one."
    )
    assert short_words(change, TOKENS) == said.split(": ")[1].removesuffix(". ")


def test_no_change_says_that_the_numbers_are_the_models_own():
    assert plain(say_change(Change(), TOKENS, 1.0)).startswith("Nothing is changed: these are the model’s own numbers")
    assert short_words(Change(), TOKENS) == "none"
    assert change_meaning(Change()).startswith("Choose a change")


def test_every_change_is_explained_with_its_source():
    said = change_meaning(Change(temperature=0.3, causal=True, removed=(1,), silenced=True))
    for part in ("τ = 0.3", "sharper", "Hinton", "Vaswani", "Its key is masked", "Michel"):
        assert part in said
    assert "flatter" in change_meaning(Change(temperature=3.0))


def test_a_cell_is_told_before_and_after_with_the_largest_change():
    before, after = torch.eye(3), torch.eye(3)
    assert plain(say_cell(before, after, TOKENS, 0, 1)) == (
        "1 · dog → ate: 0.0 % before, 0.0 % after. No weight of this head moved."
    )
    after = torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    said = plain(say_cell(before, after, TOKENS, 0, 1))
    assert "On average 33.3 % of each row moved. The largest change is 3 · dog → 3 · dog: −100.0 points." in said
    assert plain(say_cell(before, after, TOKENS, 2, 0)).endswith("3 · dog has no key left to look at, so its z is 0.")


def test_the_head_that_moved_most_is_named():
    moved = torch.tensor([[0.0, 0.25], [0.1, 0.0]])
    assert say_moved(moved) == "The most moved in layer 1, head 2: 25.0 %."
    assert say_moved(torch.zeros(2, 2)) == "No weight of any head moved."


@pytest.mark.parametrize(("value", "text"), [(1.0, "1.0000"), (0.99999, "over 0.9999"), (0.9999, "0.9999"), (-0.5, "−0.5000")])
def test_a_cosine_is_never_1_for_what_is_less(value, text):
    assert cosine_text(value) == text


def test_tables_hold_every_number_that_was_measured(undivided):
    names = ["dog", "ate", "dog"]
    rows = rows_table(undivided, names)
    assert (rows.index.tolist(), rows.index.name) == (["1 dog", "2 ate", "3 dog"], "token")
    assert rows["entropy, divided"].tolist() == undivided.entropies[0].tolist()
    spreads = spread_table(SPREADS)
    assert spreads.loc["d = 4", "standard deviation"] == 2.2
    assert spreads.loc["d = 4", "gradient, undivided"] == 0.05
    agreements = agreement_table(AGREEMENTS)
    assert agreements.loc["d = 1024", "gradient, dot product ÷ √d"] == 0.2
    assert agreements["same first key"].tolist() == [1.0, 0.95, 0.8, 0.2]
    assert cost_table(COSTS).loc["T = 256, d = 64"].tolist() == [1e-4, 5e-3]
    moved = torch.tensor([[0.0, 0.25], [0.1, 0.0]])
    assert moved_table(moved).loc["layer 1", "head 2"] == 0.25
    assert cosines_table(torch.tensor([1.0, 0.5, 0.0]), names)["cosine"].tolist() == [1.0, 0.5, 0.0]
