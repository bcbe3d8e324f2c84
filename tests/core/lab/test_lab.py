"""The laboratory's numbers: what is measured agrees with theory, and a changed model is the model where nothing is changed."""

import math
import time

import pytest
import torch
from torch.testing import assert_close

from attention_core import ChoiceError, attend, load_model
from attention_core.lab.additive import (
    CHANCE,
    COST_D,
    COST_T,
    LARGEST_D,
    LARGEST_T,
    UNITS,
    agreements,
    costs,
    imitation,
    measure_agreement,
    measure_cost,
    untrained,
)
from attention_core.lab.division import (
    KEYS,
    LARGEST_SIZE,
    SIZES,
    entropy,
    gradient_norm,
    measure_spread,
    random_rows,
    without_division,
)
from attention_core.lab.interventions import Change, intervene, sentence_cosine, word_cosines
from attention_core.weights.comparison import head_changes

LAYERS, HEADS, IT, DOG = 6, 12, 7, 2  # of the model, and positions in the sentence
ACTING = {
    "sharper": Change(temperature=0.3),
    "flatter, one layer": Change(temperature=3.0, layer=2),
    "causal": Change(causal=True),
    "removed": Change(removed=(DOG,)),
    "silenced": Change(silenced=True, layer=3, head=1),
    "all together, one head": Change(0.5, True, (DOG, 4), True, layer=1, head=5),
}


@pytest.fixture(scope="module")
def spreads():
    return [measure_spread(d) for d in SIZES]


# Entropy and gradient


def test_equal_shares_have_the_most_entropy_and_one_key_none():
    weights = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.0, 1.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]])
    assert_close(entropy(weights), torch.tensor([2.0, 0.0, 1.0], dtype=torch.float64))


def test_the_gradients_norm_is_that_of_the_jacobian_torch_finds():
    scores = torch.randn(5, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = [torch.autograd.functional.jacobian(lambda row: row.softmax(dim=-1), row).norm() for row in scores]
    assert_close(gradient_norm(scores.softmax(dim=-1)), torch.stack(expected))


def test_the_gradient_of_a_saturated_row_is_small_but_exact():
    tail = 1e-9
    (norm,) = gradient_norm(torch.tensor([[1 - tail, tail]], dtype=torch.float64))
    assert math.isclose(norm, 2 * tail, rel_tol=1e-6)
    assert gradient_norm(torch.tensor([[0.0, 1.0, 0.0]])).item() == 0


def test_without_division_gives_softmax_of_the_raw_scores(trace):
    stages = trace.stages(3, 1)
    found = without_division(stages)
    assert torch.equal(found.weights, stages.weights)
    assert_close(found.undivided, (stages.q @ stages.k.mT).softmax(dim=-1))
    assert (found.entropies[1] <= found.entropies[0] + 1e-6).all()
    assert found.undivided[IT, DOG] > 0.99


# Why √d_k


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_variance_of_qk_is_d_within_5_percent(seed):
    for d in SIZES:
        assert measure_spread(d, seed).variance == pytest.approx(d, rel=0.05)


def test_undivided_the_gradient_vanishes_and_divided_it_stays(spreads):
    divided, undivided = zip(*(spread.gradient for spread in spreads), strict=True)
    assert divided[0] == undivided[0]  # √1 divides nothing
    assert undivided[-1] < undivided[0] / 5
    assert max(divided) / min(divided) < 1.1
    assert list(undivided[2:]) == sorted(undivided[2:], reverse=True)


def test_undivided_the_softmax_saturates(spreads):
    assert spreads[-1].largest[1] > 0.9
    assert spreads[-1].largest[0] < 0.5


def test_the_same_seed_draws_the_same_and_another_draws_others():
    assert measure_spread(16, 5) == measure_spread(16, 5)
    assert measure_spread(16, 5).deviation != measure_spread(16, 6).deviation


@pytest.mark.parametrize("d", [0, -1, LARGEST_SIZE + 1])
def test_a_size_that_is_not_measured_is_refused(d):
    with pytest.raises(ChoiceError, match="give 1 to"):
        measure_spread(d)


# Dot product or additive


def test_additive_scores_are_v_tanh_of_wq_plus_uk():
    additive = untrained(6, 5, seed=3)
    q, k = torch.randn(2, 4, 6, generator=torch.Generator().manual_seed(1))
    scores = additive.scores(q, k)
    for row in range(4):
        for column in range(4):
            hidden = torch.tanh(additive.w.T @ q[row] + additive.u.T @ k[column] + additive.b)
            assert_close(scores[row, column], additive.v @ hidden)


def test_the_imitation_agrees_for_small_d_and_cannot_follow_for_large_d():
    by_size = {one.d: one for one in agreements()}
    for d in SIZES:
        if 4 * d <= UNITS:
            assert by_size[d].same > 0.85
            assert by_size[d].correlation > 0.98
    assert by_size[1].same > 0.98
    assert by_size[1024].same < 2.5 * CHANCE
    assert by_size[1024].correlation < 0.3


def test_without_scaling_only_the_dot_product_saturates():
    small, large = measure_agreement(1), measure_agreement(1024)
    assert max(small.gradients) / min(small.gradients) < 1.2
    dot, scaled, additive = large.gradients
    assert dot < 0.1
    assert min(scaled, additive) > 0.3
    assert large.spreads[0] == pytest.approx(32, rel=0.05)
    assert large.spreads[2] < 1.5


def test_both_read_the_same_vectors():
    rows = random_rows(8, 1)
    assert rows.scores.shape == (len(rows.q), 1, KEYS)
    assert imitation(8, seed=1).scores(rows.q, rows.k).shape == rows.scores.shape


def test_the_cost_is_measured_within_bounds():
    start = time.perf_counter()
    by_length, by_size = costs()
    assert time.perf_counter() - start < 10  # some 0.2 s on a machine that has nothing else to do
    assert [cost.T for cost in by_length] == list(COST_T)
    assert [cost.d for cost in by_size] == list(COST_D)
    assert all(cost.dot > 0 and cost.additive > 0 for cost in by_length + by_size)
    assert by_length[-1].additive > 5 * by_length[-1].dot


@pytest.mark.parametrize(("T", "d"), [(0, 8), (8, 0), (LARGEST_T + 1, 8), (8, LARGEST_D + 1)])
def test_a_cost_that_would_take_long_is_refused(T, d):
    with pytest.raises(ChoiceError, match="not measured"):
        measure_cost(T, d)


# Change the model


@pytest.mark.parametrize("place", [{}, {"layer": 3}, {"layer": 3, "head": 1}], ids=str)
def test_no_change_gives_the_models_own_numbers_to_the_last_bit(model, trace, place):
    same = intervene(model, trace, Change(**place))
    assert torch.equal(same.output, trace.output)
    for layer in range(LAYERS):
        assert torch.equal(same.weights(layer), trace.weights(layer))
        for head in range(HEADS):
            for name in ("q", "k", "v", "scores", "scaled", "weights", "z"):
                assert torch.equal(getattr(same.stages(layer, head), name), getattr(trace.stages(layer, head), name))
    assert sentence_cosine(trace, same) == pytest.approx(1, abs=1e-12)


def test_a_temperature_of_all_but_1_gives_all_but_the_models_numbers(model, trace):
    """So the changed way through the layers is the model's own, spelled out."""
    almost = intervene(model, trace, Change(temperature=1 + 1e-7))
    assert not almost.change.is_none
    assert_close(almost.output, trace.output, atol=1e-5, rtol=0)


@pytest.mark.parametrize("change", ACTING.values(), ids=ACTING)
def test_layers_before_the_change_and_heads_beside_it_stay(model, trace, change):
    changed = intervene(model, trace, change)
    first = change.layer or 0
    for layer in range(first + 1):
        assert torch.equal(changed.layers[layer].x, trace.layers[layer].x)
        for head in range(HEADS):
            if not change.acts_on(layer, head):
                assert torch.equal(changed.stages(layer, head).weights, trace.stages(layer, head).weights)
    assert not torch.equal(changed.output, trace.output)
    assert not torch.equal(changed.layers[first + 1].x, trace.layers[first + 1].x)


@pytest.mark.parametrize("change", ACTING.values(), ids=ACTING)
def test_what_is_shown_is_what_the_changed_model_did(model, trace, change):
    """The z of every head, as shown, makes the next layer's x."""
    changed = intervene(model, trace, change)
    for number, block in enumerate(model.encoder.blocks):
        layer = changed.layers[number]
        z = torch.cat([changed.stages(number, head).z for head in range(HEADS)], dim=-1)
        attended = block.attention_norm(layer.x + block.attention_output(z))
        output = block.output_norm(attended + block.narrow(block.activation(block.widen(attended))))
        following = changed.output if number + 1 == LAYERS else changed.layers[number + 1].x
        assert_close(output, following, atol=5e-6, rtol=0)


@pytest.mark.parametrize("change", ACTING.values(), ids=ACTING)
def test_the_weights_of_a_layer_are_those_of_its_heads(model, trace, change):
    changed = intervene(model, trace, change)
    for layer in range(LAYERS):
        for head in range(HEADS):
            assert_close(changed.weights(layer)[head], changed.stages(layer, head).weights)


def test_a_causal_mask_gives_later_words_no_weight(model, trace):
    changed = intervene(model, trace, Change(causal=True))
    for layer in range(LAYERS):
        weights = changed.weights(layer)
        assert (weights.triu(1) == 0).all()
        assert_close(weights.sum(dim=-1), torch.ones(weights.shape[:2]))


def test_a_removed_word_gets_no_weight_and_the_others_keep_their_proportions(model, trace):
    change = Change(removed=(DOG,), layer=3)
    before, after = trace.stages(3, 1).weights, intervene(model, trace, change).stages(3, 1).weights
    assert (after[:, DOG] == 0).all()
    left = before.clone()
    left[:, DOG] = 0
    assert_close(after, left / left.sum(dim=-1, keepdim=True))


def test_a_silenced_head_adds_nothing_and_keeps_its_weights(model, trace):
    changed = intervene(model, trace, Change(silenced=True, layer=3, head=1))
    assert (changed.stages(3, 1).z == 0).all()
    assert torch.equal(changed.stages(3, 1).weights, trace.stages(3, 1).weights)
    moved = head_changes(trace, changed, [(position, position) for position in range(len(trace.tokens))])
    assert (moved[:4] == 0).all()
    assert (moved[4:] > 0).all()


def test_temperature_divides_the_scaled_scores(model, trace):
    plain = trace.stages(0, 0)
    for temperature in (0.1, 2.0, 10.0):
        changed = intervene(model, trace, Change(temperature=temperature)).stages(0, 0)
        assert_close(changed.weights, (plain.scaled / temperature).softmax(dim=-1))


def test_a_query_with_no_key_left_has_weights_and_z_of_0(model, trace):
    changed = intervene(model, trace, Change(causal=True, removed=(0,)))
    assert torch.isfinite(changed.output).all()
    stages = changed.stages(2, 2)
    assert (stages.weights[0] == 0).all()
    assert (stages.z[0] == 0).all()
    assert_close(stages.weights[1:].sum(dim=-1), torch.ones(len(trace.tokens) - 1))


def test_the_cosines_are_those_of_the_final_vectors(model, trace):
    changed = intervene(model, trace, Change(causal=True))
    means = [one.output.double().mean(dim=0) for one in (trace, changed)]
    assert sentence_cosine(trace, changed) == pytest.approx(torch.cosine_similarity(*means, dim=0).item(), abs=1e-6)
    words = word_cosines(trace, changed)
    assert words.shape == (len(trace.tokens),)
    assert words[IT] == pytest.approx(torch.cosine_similarity(trace.output[IT], changed.output[IT], dim=0).item(), abs=1e-5)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (Change(temperature=0.0), "0.0"),
        (Change(temperature=-1.0), "-1.0"),
        (Change(temperature=math.nan), "nan"),
        (Change(temperature=math.inf), "inf"),
        (Change(causal=True, layer=6), "layer 6"),
        (Change(causal=True, layer=0, head=12), "head 12"),
        (Change(causal=True, head=3), "of no layer"),
        (Change(removed=(11,)), "token 11"),
        (Change(removed=(-1,)), "token -1"),
    ],
    ids=str,
)
def test_an_impossible_change_is_named(model, trace, change, named):
    with pytest.raises(ChoiceError, match=named):
        intervene(model, trace, change)


def test_a_model_of_any_size_can_be_changed(tiny):
    model = load_model(tiny)
    trace = model.trace("dog food a b")
    assert torch.equal(intervene(model, trace, Change()).output, trace.output)
    changed = intervene(model, trace, Change(causal=True, layer=1, head=2))
    plain = trace.layers[1]
    expected = attend(plain.q[2], plain.k[2], plain.v[2]).scaled.masked_fill(torch.ones(6, 6).triu(1).bool(), -math.inf)
    assert_close(changed.stages(1, 2).weights, expected.softmax(dim=-1))
