"""What heads do is measured as defined, and the real heads that are known for something come out first."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from attention_core import ChoiceError
from attention_core.weights.link_strength import link_scores, ranked
from attention_core.weights.mixtures import all_weights, mean_weights, rollout
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from attention_core.weights.units import units
from tests.core.weights.handmade import pointing, text_of, tokens_of

NAMES = ["previous", "next", "same", "first", "last", "separators", "broad", "distance"]
DOGS = "dog , dog [SEP]"
WEIGHTS = torch.tensor([[0.2, 0.1, 0.3, 0.4], [0.5, 0.0, 0.5, 0.0], [0.0, 1.0, 0.0, 0.0], [0.4, 0.3, 0.2, 0.1]])
ALL_HEADS = [(layer, head) for layer in range(6) for head in range(12)]


def score(name, weights, pieces):
    return pattern_scores(weights, tokens_of(pieces))[name]


def random_weights(T, *shape):
    return torch.randn(*shape, T, T, generator=torch.Generator().manual_seed(T)).softmax(dim=-1)


@pytest.fixture(scope="module")
def weights(trace):
    """All weights of the sentence about the dog, (6, 12, 11, 11)."""
    return all_weights(trace)


@pytest.fixture
def it_to_dog(trace, weights):
    pieces = [token.text for token in trace.tokens]
    return link_scores(weights, pieces.index("it"), pieces.index("dog"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("previous", (0.5 + 1.0 + 0.2) / 3),
        ("next", (0.1 + 0.5 + 0.0) / 3),
        ("same", (0.5 + 0.0 + 0.0 + 0.1) / 4),
        ("first", (0.2 + 0.5 + 0.0 + 0.4) / 4),
        ("last", (0.4 + 0.0 + 0.0 + 0.1) / 4),
        ("separators", (0.5 + 0.0 + 1.0 + 0.4) / 4),
        ("broad", (2 * -sum(share * math.log(share) for share in (0.1, 0.2, 0.3, 0.4)) + math.log(2) + 0) / 4),
        ("distance", ((0.1 + 2 * 0.3 + 3 * 0.4) + (0.5 + 0.5) + 1.0 + (3 * 0.4 + 2 * 0.3 + 0.2)) / 4),
    ],
)
def test_a_pattern_is_the_mean_that_its_definition_says(name, expected):
    assert_close(score(name, WEIGHTS, DOGS), torch.tensor(expected), atol=1e-6, rtol=1e-6)


def test_every_pattern_is_computed_and_explained():
    assert list(PATTERNS) == list(pattern_scores(WEIGHTS, tokens_of(DOGS))) == NAMES
    for name, pattern in PATTERNS.items():
        assert pattern.name == name
        assert "over all" in pattern.definition
        assert "a[i, " in pattern.definition
        assert "2019" in pattern.source
        assert pattern.high != pattern.low
    assert {name: pattern.unit for name, pattern in PATTERNS.items() if pattern.unit != "share"} == {
        "broad": "nats",
        "distance": "tokens",
    }


def test_a_head_of_one_pattern_alone_scores_1_in_it():
    back, ahead = (torch.eye(4)[[0, 0, 1, 2]], torch.eye(4)[[1, 2, 3, 3]])
    assert score("previous", back, DOGS) == score("next", ahead, DOGS) == 1
    assert score("previous", ahead, DOGS) == score("next", back, DOGS) == 0
    assert score("same", torch.eye(4)[[2, 1, 0, 3]], DOGS) == 1
    assert score("distance", torch.eye(4), DOGS) == score("broad", torch.eye(4), DOGS) == 0
    for name, key in {"first": 0, "last": 3}.items():
        assert score(name, torch.eye(4)[[key] * 4], DOGS) == 1
    assert score("separators", torch.eye(4)[[1, 3, 3, 1]], DOGS) == 1
    assert score("separators", torch.eye(4)[[0, 2, 2, 0]], DOGS) == 0


@pytest.mark.parametrize("T", [1, 2, 7, 512])
def test_equal_weights_are_as_broad_as_the_logarithm_of_their_number(T):
    assert_close(
        score("broad", torch.full((T, T), 1 / T), " ".join(["dog"] * T)), torch.tensor(math.log(T)), atol=1e-5, rtol=1e-5
    )


def test_a_lone_token_has_no_neighbours():
    scores = pattern_scores(torch.ones(2, 1, 1), tokens_of("dog"))
    assert all(value.shape == (2,) for value in scores.values())
    assert {name for name, value in scores.items() if (value == 1).all()} == {"same", "first", "last"}
    assert {name for name, value in scores.items() if (value == 0).all()} == set(NAMES) - {"same", "first", "last"}


def test_scores_of_many_heads_are_those_of_each():
    weights = random_weights(4, 2, 3)
    scores = pattern_scores(weights, tokens_of(DOGS))
    for layer in range(2):
        for head in range(3):
            for name, value in pattern_scores(weights[layer, head], tokens_of(DOGS)).items():
                assert value.shape == ()
                assert_close(scores[name][layer, head], value, atol=1e-6, rtol=1e-6)


@given(words=st.lists(st.sampled_from(["dog", "cat", ".", "[SEP]"]), min_size=1, max_size=9))
def test_scores_stay_within_their_bounds(words):
    T = len(words)
    scores = pattern_scores(random_weights(T, 5), tokens_of(" ".join(words)))
    bounds = {"nats": math.log(T), "tokens": T - 1, "share": 1}
    for name, value in scores.items():
        assert (value >= 0).all()
        assert (value <= bounds[PATTERNS[name].unit] + 1e-6).all()
    assert (scores["same"] >= random_weights(T, 5).diagonal(dim1=-2, dim2=-1).mean(dim=-1) - 1e-6).all()


@pytest.mark.parametrize("piece", ["[SEP]", ".", ",", "…", "“", "—", "(", "..."])
def test_separators_are_sep_and_punctuation(piece):
    assert score("separators", torch.full((2, 2), 0.5), f"dog {piece}") == 0.5


@pytest.mark.parametrize("piece", ["[CLS]", "cat", "##s", "7", "$", "[UNK]", "u.s."])
def test_words_numbers_and_signs_are_no_separators(piece):
    assert score("separators", torch.full((2, 2), 0.5), f"dog {piece}") == 0


def test_words_that_differ_only_in_their_last_piece_are_not_the_same():
    pieces = "un ##do un ##done"
    words = units(text_of(pieces), tokens_of(pieces), whole_words=True)
    swapped = torch.eye(2)[[1, 0]]
    assert pattern_scores(swapped, words.tokens)["same"] == 0


@pytest.mark.parametrize("shape", [(4, 3), (3, 3), (2, 5, 5)])
def test_weights_of_another_sentence_are_refused(shape):
    with pytest.raises(ChoiceError, match=rf"{shape[-2]} × {shape[-1]} .* 4 tokens"):
        pattern_scores(torch.zeros(shape), tokens_of(DOGS))


@pytest.mark.parametrize(
    ("words", "at_least", "at_most"),
    [(1, 0.99, 1), (9, 0.99, 1), (40, 0.99, 1), (90, 0.99, 1), (200, 0.7, 0.9), (380, 0.7, 0.9)],
)
def test_layer_1_head_3_is_the_head_of_the_token_before(model, prose, words, at_least, at_most):
    """Of all heads and in every text, but only up to some 125 tokens with nearly all of its weight."""
    read = model.trace(" ".join(prose.split()[:words]))
    assert (len(read.tokens) <= 125) == (at_most == 1)
    scores = pattern_scores(all_weights(read), read.tokens)["previous"]
    assert ranked(scores)[0] == (0, 2)
    assert at_least < scores[0, 2] <= at_most


def test_on_the_dog_every_token_gives_the_one_before_nearly_all(weights):
    assert (weights[0, 2].diagonal(-1) > 0.999).all()


def test_the_real_heads_of_a_pattern_show_it(trace, weights):
    scores = pattern_scores(weights, trace.tokens)
    first = {name: ranked(value)[0] for name, value in scores.items()}
    ahead = weights[first["next"]][:-1].argmax(dim=-1) == torch.arange(1, 11)
    assert ahead.sum() >= 7  # of 10
    assert (weights[first["first"]][:, 0] > 0.75).all()
    assert ranked(scores["broad"], largest=False)[0] == ranked(scores["distance"], largest=False)[0] == (0, 2)


def test_a_link_stands_out_by_what_the_other_queries_do_not_give():
    weights = torch.tensor([[[[0.2, 0.8], [0.3, 0.7]], [[0.9, 0.1], [1.0, 0.0]]]])
    weight, stands_out = link_scores(weights, query=0, key=1)
    assert_close(weight, torch.tensor([[0.8, 0.1]]))
    assert_close(stands_out, torch.tensor([[0.1, 0.1]]))
    of_four = link_scores(WEIGHTS[None, None], query=2, key=1)
    assert_close(of_four.stands_out, torch.tensor([[1 - (0.1 + 0.0 + 0.3) / 3]]))


def test_with_one_token_nothing_stands_out():
    weight, stands_out = link_scores(torch.ones(2, 3, 1, 1), 0, 0)
    assert torch.equal(weight, torch.ones(2, 3))
    assert torch.equal(stands_out, torch.zeros(2, 3))


@pytest.mark.parametrize(("query", "key", "named"), [(4, 0, 4), (0, 4, 4), (-1, 0, -1), (0, -2, -2)])
def test_a_link_to_a_token_that_is_not_there_is_refused(query, key, named):
    with pytest.raises(ChoiceError, match=rf"no token {named}\b.*0 to 3"):
        link_scores(WEIGHTS[None, None], query, key)


def test_the_heads_that_resolve_the_pronoun_stand_out(it_to_dog):
    (first, second, *_) = ranked(it_to_dog.stands_out)
    assert (first, second) == ((3, 1), (4, 8))
    assert it_to_dog.stands_out[first].item() == pytest.approx(0.431, abs=0.0006)
    assert it_to_dog.stands_out[second].item() == pytest.approx(0.296, abs=0.0006)


def test_the_largest_weight_is_that_of_a_head_in_which_it_does_not_stand_out(it_to_dog):
    first = ranked(it_to_dog.weight)[0]
    assert first == (5, 11)
    assert it_to_dog.weight[first].item() == pytest.approx(0.599, abs=0.0006)
    assert it_to_dog.stands_out[first] < 0.1


def test_ranks_go_by_score_and_then_by_layer_and_head():
    scores = torch.tensor([[0.5, 0.1, 0.5], [0.1, 0.9, 0.5]])
    assert ranked(scores) == [(1, 1), (0, 0), (0, 2), (1, 2), (0, 1), (1, 0)]
    assert ranked(scores, largest=False) == [(0, 1), (1, 0), (0, 0), (0, 2), (1, 2), (1, 1)]
    assert ranked(torch.zeros(6, 12)) == ranked(torch.zeros(6, 12), largest=False) == ALL_HEADS


def test_all_weights_are_those_of_each_layer(trace, weights):
    assert weights.shape == (6, 12, 11, 11)
    for layer in range(6):
        assert torch.equal(weights[layer], trace.weights(layer))


@pytest.mark.parametrize(
    "heads", [[(3, 1)], [(3, 1), (5, 11)], [(5, 11), (0, 0), (5, 0), (2, 7)], ALL_HEADS], ids=lambda heads: str(len(heads))
)
def test_the_mean_of_heads_is_over_those_chosen(trace, weights, heads):
    expected = torch.stack([weights[pair] for pair in heads]).mean(dim=0)
    assert_close(mean_weights(trace, heads), expected, atol=1e-6, rtol=1e-6)


def test_a_head_chosen_twice_counts_once(trace):
    assert torch.equal(mean_weights(trace, iter([(3, 1), (0, 2), (3, 1)])), mean_weights(trace, [(3, 1), (0, 2)]))


def test_the_mean_of_no_heads_is_refused(trace):
    with pytest.raises(ChoiceError, match="at least one"):
        mean_weights(trace, [])


@pytest.mark.parametrize(("layer", "head"), [(6, 0), (0, 12), (-1, 0), (0, -1)])
def test_the_mean_with_a_head_that_is_not_there_is_refused(trace, layer, head):
    with pytest.raises(ChoiceError, match=r"There is no (layer|head) -?\d+: this model has (layers 0 to 5|heads 0 to 11)"):
        mean_weights(trace, [(0, 0), (layer, head)])


def test_a_rollout_multiplies_later_layers_from_the_left():
    """Layer 1 lets a look at b, layer 2 lets c look at a: so a quarter of c comes from b, by way of a."""
    trace = pointing("a b c", [(1, 1, 2)], [(0, 1, 0)])
    first = torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    both = torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])
    assert_close(rollout(trace, 1), first)
    assert_close(rollout(trace), both)
    assert_close(rollout(trace, 2), both)


def test_a_rollout_takes_the_mean_of_the_heads():
    trace = pointing("a b", [(0, 0), (1, 0), (1, 1), (1, 1)])
    assert_close(rollout(trace), torch.tensor([[0.5 + 1 / 8, 3 / 8], [1 / 4, 3 / 4]]))


def test_a_rollout_of_the_real_model_shares_out_1(trace, weights):
    for layers in range(1, 7):
        flow = rollout(trace, layers)
        assert_close(flow.sum(dim=-1), torch.ones(11), atol=1e-5, rtol=1e-5)
        assert (flow >= 0).all()
        assert (flow.diagonal() >= 0.5**layers).all()
    assert_close(rollout(trace, 1), (weights[0].mean(dim=0) + torch.eye(11)) / 2, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("layers", [0, -1, 7])
def test_a_rollout_through_layers_that_are_not_there_is_refused(trace, layers):
    with pytest.raises(ChoiceError, match=f"through {layers} layers.*1 to 6"):
        rollout(trace, layers)
