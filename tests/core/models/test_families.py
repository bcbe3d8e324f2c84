"""Every family of architectures against itself: nothing changed, z its own, weights as Transformers tells them."""

from pathlib import Path

import pytest
import torch

from attention_core import CheckpointError
from attention_core.models.proof import WITHIN
from attention_core.models.watch import Watch
from tests.core.models.families import CAUSAL, MASKED, REFUSED, TWO_STACKS, described, refusal, watched

TABLE = (Path(__file__).parents[3] / "assets" / "models.md").read_text("utf-8").splitlines()
TEXT, TARGET = "The dog was hungry, so it ate.", "The dog ate, because it was."
# Where what `output_attentions` gives is not the weights that z is made of.
NOT_TOLD = {
    "granite_swa": "leaves the sinks out",
    "granitemoe_swa": "leaves the sinks out",
    "squeezebert": "gives scores",
}


def flat(output) -> list[torch.Tensor]:
    """All tensors of an answer of Transformers."""
    return [part for part in output.to_tuple() if isinstance(part, torch.Tensor)]


@torch.inference_mode()
@pytest.mark.parametrize("family", [*MASKED, *CAUSAL, *TWO_STACKS])
def test_a_family_is_shown_in_its_own_numbers(family):
    model = watched(family)  # holds every head against the model's own z, on a short and a long text
    assert model.error < WITHIN
    two = model.config.kind == "both"
    trace = model.trace(TEXT, TARGET if two else None)
    target = trace.target_tokens
    plain = model._run(trace.tokens, target)
    with Watch(model.config.stacks) as watch:
        seen = model._run(trace.tokens, target)
    assert len(watch.seen) == len(trace.attentions)
    assert all(torch.equal(one, other) for one, other in zip(flat(plain), flat(seen), strict=True))  # watching changes nothing
    for attention in trace.attentions:
        weights = attention.weights()
        sums = weights.sum(dim=-1)
        if attention.sinks is not None:
            assert (sums < 1 + 1e-6).all()
            assert (sums < 0.999).any()
        else:
            torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-5, rtol=0)
        if model.config.kind == "decoder" or (attention.stack, attention.kind) == ("decoder", "self"):
            assert (weights.triu(1) == 0).all()  # no token looks ahead, not even by a rounding
    assert len(trace.likeliest) == (0 if model.config.kind == "encoder" else 10)
    if family not in NOT_TOLD:
        assert_told(model, trace, target)
    assert described(model, family) in TABLE


def assert_told(model, trace, target) -> None:
    """The weights are those that Transformers itself tells, where it does."""
    try:
        model.network.set_attn_implementation("eager")
        told = model._run(trace.tokens, target, output_attentions=True)
    except (ValueError, CheckpointError):
        return
    for part, name in {
        (trace.parts[0][0], "self"): ("attentions", "encoder_attentions"),
        ("decoder", "self"): ("decoder_attentions",),
        ("decoder", "cross"): ("cross_attentions",),
    }.items():
        found = next((value for each in name if (value := getattr(told, each, None))), None)
        if part not in trace.parts or found is None:
            continue
        whole = [each for each in found if isinstance(each, torch.Tensor)]
        layers = trace.at(*part).layers
        if len(whole) != len(layers):
            continue
        for layer, own in zip(layers, whole, strict=True):
            weights = layer.weights()
            if own.squeeze(0).shape == weights.shape:
                torch.testing.assert_close(weights, own.squeeze(0), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("family", REFUSED)
def test_what_cannot_be_shown_is_refused_with_its_reason(family):
    with pytest.raises(CheckpointError, match=REFUSED[family]) as refused:
        watched(family)
    assert refusal(family, refused.value) in TABLE


def test_the_table_names_all_that_were_tried():
    assert len({*MASKED, *CAUSAL, *TWO_STACKS}) >= 120
    rows = [line.split(" | ")[0].removeprefix("| ") for line in TABLE if line.startswith("| ")]
    assert sorted(set(rows) - {"architecture"}) == sorted({*MASKED, *CAUSAL, *TWO_STACKS, *REFUSED})
