"""A wrong record is found: eight ways to be wrong, each far beyond what rounding does."""

from dataclasses import replace

import pytest
import torch

from attention_core.models.proof import WITHIN, error, worst_error
from tests.core.models.families import watched

TEXT = "The dog was hungry, so it ate the food because it was so hungry."
TARGET = "The food, because it was."


def rolled(part: torch.Tensor, axis: int) -> torch.Tensor:
    return part.roll(1, dims=axis)


WRONG = {  # a family that has the part, and a record that is wrong about it
    "positions shifted": ("llama", lambda one: replace(one, q=rolled(one.q, 1))),
    "heads swapped": ("bart", lambda one: replace(one, q=rolled(one.q, 0))),
    "groups mixed up": ("mistral", lambda one: replace(one, k=rolled(one.k, 0), v=rolled(one.v, 0))),
    "another scale": ("t5", lambda one: replace(one, scale=None)),
    "the softcap left out": ("gemma2", lambda one: replace(one, softcap=None)),
    "the bias left out": ("mpt", lambda one: replace(one, bias=None)),
    "the mask left out": ("gpt2", lambda one: replace(one, visible=None)),
    "the sinks left out": ("gpt_oss", lambda one: replace(one, sinks=None)),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_record_is_found(fault):
    family, spoil = WRONG[fault]
    model = watched(family)
    trace = model.trace(TEXT, TARGET if model.config.kind == "both" else None)
    assert worst_error(trace.attentions) < 1e-6
    for attention in trace.layers[:1]:
        wrong = spoil(attention)
        assert max(error(wrong, head) for head in range(wrong.heads)) > 100 * WITHIN


def test_what_is_no_number_is_no_proof():
    attention = watched("gpt2").trace(TEXT).layers[0]
    assert worst_error([replace(attention, v=attention.v * float("nan"))]) == float("inf")
    assert worst_error([replace(attention, z=attention.z[:, :-1])]) == float("inf")
    assert error(replace(attention, z=None), 0) == 0


def test_a_model_whose_record_is_wrong_is_refused(monkeypatch):
    from attention_core import CheckpointError
    from attention_core.models import watched as module
    from tests.core.models.families import pieces, tiny_network

    monkeypatch.setattr(module, "worst_error", lambda attentions: 3e-4)
    with pytest.raises(CheckpointError, match="off from what was seen by 3"):
        module.WatchedModel(tiny_network("gpt2"), pieces(), "gpt2", "")
