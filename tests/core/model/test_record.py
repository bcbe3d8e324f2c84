"""The record of an attention: what models add to softmax(QKᵀ / √d_k) V, each part held against PyTorch's own attention."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from attention_core import Attention, ChoiceError, Token, Trace, attend
from attention_core.matrices.names import names_of
from attention_core.model.attention import seen

H, G, T, S, D = 4, 2, 5, 7, 6


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def attention(S: int = T, groups: int = H, **more) -> Attention:
    return Attention(random(T, 8), random(H, T, D, seed=1), random(groups, S, D, seed=2), random(groups, S, 3, seed=3), **more)


def fused(own: Attention, mask: torch.Tensor | None = None, scale: float | None = None) -> torch.Tensor:
    """What PyTorch makes of it, (H, T, d_v)."""
    parts = own.q[None], own.k[None], own.v[None]
    return F.scaled_dot_product_attention(*parts, attn_mask=mask, scale=scale, enable_gqa=True)[0]


def z_of(own: Attention) -> torch.Tensor:
    return torch.stack([own.stages(head).z for head in range(own.heads)])


@pytest.mark.parametrize("d_k", range(1, 1025))
def test_a_score_is_divided_by_the_root_to_the_last_bit(d_k):
    scores = random(3, 5, seed=d_k)
    q = F.pad(torch.eye(3), (0, max(0, d_k - 3)))[:, :d_k]
    scaled = attend(q, q, q).scaled
    assert torch.equal(scaled, (q @ q.mT) / math.sqrt(d_k))
    named = attend(q, q, q, scale=1 / math.sqrt(d_k)).scaled
    assert torch.equal(named, scaled)
    assert torch.equal(scores / (1 / (1 / math.sqrt(d_k))), scores / math.sqrt(d_k))


def test_heads_of_a_group_share_keys_and_values():
    own = attention(groups=G)
    assert_close(z_of(own), fused(own))
    assert torch.equal(own.stages(1).k, own.stages(0).k)
    assert not torch.equal(own.stages(2).k, own.stages(1).k)
    assert_close(own.weights()[3], own.stages(3).weights)


def test_a_scale_of_the_models_own_stands_in_for_the_root():
    own = attention(scale=0.3)
    assert_close(z_of(own), fused(own, scale=0.3))
    assert own.stages(0).scale == pytest.approx(0.3)


def test_keys_and_queries_may_be_of_two_texts():
    own = attention(S=S, groups=G, kind="cross")
    assert_close(z_of(own), fused(own))
    assert own.weights().shape == (H, T, S)


@pytest.mark.parametrize("spans", [True, False], ids=["spans", "mask"])
def test_closed_cells_have_a_weight_of_exactly_0(spans):
    visible = torch.stack([torch.zeros(T), torch.arange(1, T + 1)], dim=1).int() if spans else torch.ones(T, T).tril().bool()
    own = attention(visible=visible)
    stages = own.stages(2)
    assert_close(z_of(own), fused(own, torch.ones(T, T).tril().bool()))
    assert (stages.weights.triu(1) == 0).all()
    assert (stages.masked.triu(1)[0, 1:] == -math.inf).all()
    assert torch.isfinite(stages.scaled).all()


def test_heads_may_see_different_keys():
    visible = torch.ones(H, T, T, dtype=torch.bool)
    visible[1] = torch.eye(T).bool()
    own = attention(visible=visible)
    assert torch.equal(own.stages(1).weights, torch.eye(T))
    assert (own.stages(0).weights > 0).all()


def test_a_query_that_sees_nothing_has_weights_and_z_of_0():
    own = attention(visible=torch.zeros(T, T, dtype=torch.bool))
    assert (own.stages(0).weights == 0).all()
    assert (own.stages(0).z == 0).all()


@pytest.mark.parametrize("heads", [1, H])
def test_a_bias_is_added_to_scaled_scores(heads):
    bias = random(heads, T, T, seed=5)
    own = attention(bias=bias)
    assert_close(z_of(own), fused(own, bias[None]))
    assert_close(own.stages(3).biased - own.stages(3).scaled, bias[-1])


def test_a_softcap_comes_before_bias_and_mask():
    bias, visible = random(1, T, T, seed=5), torch.ones(T, T).tril().bool()
    stages = attention(softcap=2.0, bias=bias, visible=visible).stages(0)
    assert names_of(stages) == ["x", "q", "k", "v", "scores", "scaled", "capped", "biased", "masked", "weights", "z"]
    assert_close(stages.capped, 2 * (stages.scaled / 2).tanh())
    expected = (stages.capped + bias[0]).masked_fill(~visible, -math.inf)
    assert torch.equal(stages.logits, expected)
    assert_close(stages.weights, expected.softmax(dim=-1))


def test_rows_with_a_sink_sum_to_less_than_1():
    sinks = random(H, seed=6)
    own = attention(sinks=sinks)
    for head in range(H):
        stages = own.stages(head)
        powers = stages.scaled.exp()
        assert_close(stages.weights, powers / (powers.sum(dim=-1, keepdim=True) + sinks[head].exp()))
        assert (stages.weights.sum(dim=-1) < 1).all()
    assert_close(own.weights()[2], own.stages(2).weights)


def test_a_silenced_head_keeps_its_weights():
    own = attention(silenced=(1,))
    assert (own.stages(1).z == 0).all()
    assert torch.equal(own.stages(1).weights, attention().stages(1).weights)
    assert own.stages(0).z.any()


def test_what_a_model_does_not_do_is_no_stage():
    stages = attention().stages(0)
    assert (stages.capped, stages.biased, stages.masked, stages.sink) == (None, None, None, None)
    assert stages.logits is stages.scaled
    assert len(names_of(stages)) == 8


def test_spans_say_what_a_mask_says():
    spans = torch.tensor([[0, 3], [2, 7], [6, 7]])
    expected = [[key in range(first, end) for key in range(S)] for first, end in spans.tolist()]
    assert seen(spans, S).tolist() == expected


def two_stacks() -> Trace:
    def tokens(text: str) -> tuple[Token, ...]:
        return tuple(Token(letter, number, False, number, (number, number + 1)) for number, letter in enumerate(text))

    own = attention(stack="decoder", visible=torch.ones(T, T).tril().bool())
    source = Attention(random(S, 8), random(H, S, D), random(H, S, D, seed=4), random(H, S, D, seed=5))
    cross = attention(S=S, stack="decoder", kind="cross")
    return Trace("abcdefg", tokens("abcdefg"), (source, own, cross), random(T, 8), "vwxyz", tokens("vwxyz"))


def test_a_trace_of_two_stacks_has_three_kinds_of_attention():
    trace = two_stacks()
    assert trace.parts == (("encoder", "self"), ("decoder", "self"), ("decoder", "cross"))
    sizes = {part: tuple(trace.at(*part).weights(0).shape) for part in trace.parts}
    assert list(sizes.values()) == [(H, S, S), (H, T, T), (H, T, S)]
    for part in trace.parts:
        other = trace.at(*part)
        assert (len(other.rows), len(other.columns)) == sizes[part][1:]
        assert (len(other.row_text), len(other.column_text)) == sizes[part][1:]
    assert (trace.stack, trace.kind) == ("encoder", "self")


def test_a_kind_that_a_model_lacks_is_named():
    with pytest.raises(ChoiceError, match="encoder self, decoder self, decoder cross"):
        two_stacks().at("encoder", "cross")
