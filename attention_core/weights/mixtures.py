"""The weights of many heads as one: all of them, their mean, and attention rollout."""

from collections.abc import Iterable

import torch
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.trace import Trace


def all_weights(trace: Trace) -> Tensor:
    """The softmax weights of every head of every layer, (L, H, T, S): 75 MB for 72 heads and 512 tokens."""
    weights = torch.empty(len(trace.layers), trace.layers[0].heads, len(trace.rows), len(trace.columns))
    for layer in range(len(trace.layers)):
        weights[layer] = trace.weights(layer)
    return weights


def mean_weights(trace: Trace, heads: Iterable[tuple[int, int]]) -> Tensor:
    """The mean softmax weights of some heads, (T, S); `heads` are (layer, head) from 0, each counted once.

    Raises ChoiceError for no heads and for one that the model does not have.
    """
    chosen = sorted(set(heads))
    if not chosen:
        raise ChoiceError("No head is chosen, so there is nothing to average. Choose at least one.")
    L, H = len(trace.layers), trace.layers[0].heads
    for layer, head in chosen:
        if not (0 <= layer < L and 0 <= head < H):
            raise no_such("layer", layer, L, "this model") if not 0 <= layer < L else no_such("head", head, H, "this model")
    total = torch.zeros(len(trace.rows), len(trace.columns))
    for layer in sorted({layer for layer, _ in chosen}):
        total += trace.weights(layer)[[head for other, head in chosen if other == layer]].sum(dim=0)
    return total / len(chosen)


def rollout(trace: Trace, layers: int | None = None) -> Tensor:
    """Attention rollout through the first `layers` layers, by default all: (T, T), row = token there, column = input token.

    The product A_l … A_1 of A_l = (mean of the heads' weights + I) / 2, where I stands for the residual connection (Abnar &
    Zuidema 2020). Each row sums to 1. It is an estimate of how information flows: the model computes no such matrix, and
    values, projections, LayerNorms and feed-forward networks play no part in it. Raises ChoiceError for fewer than 1 or more
    layers than the model has, and for cross-attention, which leads from one text to another.
    """
    if trace.kind == "cross":
        raise ChoiceError("Rollout follows one text through the layers; cross-attention has two. Show heads or their mean.")
    L, T = len(trace.layers), len(trace.rows)
    if layers is None:
        layers = L
    if not 1 <= layers <= L:
        raise ChoiceError(f"A rollout through {layers} layers is not possible: give 1 to {L}.")
    flow = torch.eye(T)
    for layer in range(layers):
        flow = (trace.weights(layer).mean(dim=0) + torch.eye(T)) / 2 @ flow
    return flow
