"""The stages of attention are what their names say, and together they are PyTorch's own attention."""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from attention_core import attend


def random_qkv(*shapes):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def fused_attention(layer):
    """The kernel that the encoder itself runs, (H, T, d_v)."""
    return F.scaled_dot_product_attention(layer.q[None], layer.k[None], layer.v[None])[0]


def test_a_small_case_gives_the_numbers_worked_out_by_hand():
    q = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
    k = torch.tensor([[2.0, 0.0, 0.0, 0.0], [0.0, math.log(3), 0.0, 0.0]])
    v = torch.tensor([[1.0, 0.0], [0.0, 4.0]])
    stages = attend(q, k, v)
    assert_close(stages.scores, torch.tensor([[2.0, 0.0], [0.0, 2 * math.log(3)]]))
    assert_close(stages.scaled, torch.tensor([[1.0, 0.0], [0.0, math.log(3)]]))  # divided by √4
    first = math.e / (math.e + 1)
    assert_close(stages.weights, torch.tensor([[first, 1 - first], [0.25, 0.75]]))
    assert_close(stages.z, torch.tensor([[first, 4 * (1 - first)], [0.25, 3.0]]))


@pytest.mark.parametrize(
    ("q_shape", "k_shape", "v_shape"),
    [
        ((5, 8), (5, 8), (5, 8)),
        ((3, 8), (7, 8), (7, 8)),
        ((7, 8), (1, 8), (1, 8)),
        ((4, 8), (6, 8), (6, 3)),
        ((2, 5, 8), (2, 5, 8), (2, 5, 8)),
        ((3, 2, 4, 1), (3, 2, 6, 1), (3, 2, 6, 5)),
    ],
)
def test_every_stage_follows_from_the_one_before(q_shape, k_shape, v_shape):
    q, k, v = random_qkv(q_shape, k_shape, v_shape)
    stages = attend(q, k, v)
    assert stages.q is q
    assert stages.k is k
    assert stages.v is v
    assert_close(stages.scores, torch.einsum("...td,...sd->...ts", q, k))
    assert_close(stages.scaled, stages.scores / q_shape[-1] ** 0.5)
    exponentials = stages.scaled.double().exp()
    assert_close(stages.weights.double(), exponentials / exponentials.sum(-1, keepdim=True), atol=1e-6, rtol=1e-6)
    assert_close(stages.z, torch.einsum("...ts,...sd->...td", stages.weights, v))
    assert stages.z.shape == (*q_shape[:-1], v_shape[-1])
    assert_close(stages.weights.sum(-1), torch.ones(q_shape[:-1]), atol=1e-6, rtol=0)
    assert_close(stages.z, F.scaled_dot_product_attention(q, k, v), atol=1e-6, rtol=1e-6)


def test_large_scores_do_not_overflow():
    q = torch.tensor([[1e10]])
    assert_close(attend(q, torch.tensor([[1e10], [0.0]]), torch.tensor([[3.0], [5.0]])).z, torch.tensor([[3.0]]))


@pytest.mark.parametrize("characters", [40, 250], ids=["12 tokens", "60 tokens"])
def test_the_real_heads_agree_with_pytorchs_fused_attention(model, prose, characters):
    trace = model.trace(prose[:characters])
    for number, layer in enumerate(trace.layers):
        for head, fused in enumerate(fused_attention(layer)):
            assert_close(trace.stages(number, head).z, fused, atol=1e-6, rtol=1e-6)


def test_on_a_long_text_both_attentions_are_equally_close_to_the_exact_one(model, prose):
    # Scaled scores reach 78 there. float32 rounds those by 5e-6, and so the weights: either way of computing z is as far from
    # the exact one, and the two differ by 2e-6.
    trace = model.trace(prose[:2200])
    for layer in trace.layers:
        q, k, v = (part.double() for part in (layer.q, layer.k, layer.v))
        exact = attend(q, k, v).z
        assert_close(attend(layer.q, layer.k, layer.v).z.double(), exact, atol=1e-5, rtol=0)
        assert_close(fused_attention(layer).double(), exact, atol=1e-5, rtol=0)
        assert_close(attend(layer.q, layer.k, layer.v).z, fused_attention(layer), atol=5e-6, rtol=0)


def test_the_real_heads_rows_sum_to_1(model, trace):
    for layer in range(model.config.layers):
        weights = trace.weights(layer)
        assert (weights >= 0).all()
        assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]), atol=1e-6, rtol=0)


def test_stages_cannot_be_reassigned(trace):
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.stages(0, 0).q = None
