"""What heads do on a sentence: known patterns as scores, the head that makes a link, and weights of many heads as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.measures import is_separator, measure
from attention_core.tokens import Token
from attention_core.trace import Trace
from attention_core.units import identity


@dataclass(frozen=True)
class Pattern:
    """One number that says how much a head does something, on one sentence."""

    name: str
    title: str
    definition: str  # what is computed, with its formula; a[i, j] is the weight that query i gives key j
    source: str  # where the notion comes from, and how that differs
    unit: str  # 'share' (0 to 1), 'nats' or 'tokens'
    high: str  # what a head with a high number does
    low: str


_BESIDE = (
    "The positional heads of Voita et al. 2019, section 5.1, which count how often the largest weight falls there; "
    "the diagonal heads of Kovaleva et al. 2019; Clark et al. 2019, section 3.1."
)
_CORNER = "The vertical heads of Kovaleva et al. 2019; Clark et al. 2019, section 3.2, who average by kind of token."
PATTERNS = {
    pattern.name: pattern
    for pattern in (
        Pattern(
            "previous",
            "Previous token",
            "The weight a token gives the one before it: the mean of a[i, i−1] over all queries i but the first.",
            _BESIDE,
            "share",
            "looks one token back",
            "looks elsewhere",
        ),
        Pattern(
            "next",
            "Next token",
            "The weight a token gives the one after it: the mean of a[i, i+1] over all queries i but the last.",
            _BESIDE,
            "share",
            "looks one token ahead",
            "looks elsewhere",
        ),
        Pattern(
            "same",
            "Same token",
            "The weight a token gives itself and its repetitions: the mean over all queries i of the sum of a[i, j] over "
            "all j whose token equals that of i.",
            "Clark et al. 2019, section 3.1, on the current token alone; repetitions after the duplicate token heads of "
            "Wang et al. 2022.",
            "share",
            "looks at the word itself, wherever it stands",
            "looks at other words",
        ),
        Pattern(
            "first",
            "First token",
            "The weight given to the first token, mostly [CLS]: the mean of a[i, 1] over all queries i.",
            _CORNER,
            "share",
            "rests on the first token",
            "looks elsewhere",
        ),
        Pattern(
            "last",
            "Last token",
            "The weight given to the last of T tokens, mostly [SEP]: the mean of a[i, T] over all queries i.",
            _CORNER,
            "share",
            "rests on the last token",
            "looks elsewhere",
        ),
        Pattern(
            "separators",
            "Separators",
            "The weight given to [SEP] and punctuation: the mean over all queries i of the sum of a[i, j] over all j that "
            "are [SEP] or punctuation.",
            "Clark et al. 2019, section 3.2, who keep [SEP] apart from periods and commas; Kovaleva et al. 2019.",
            "share",
            "rests on [SEP], full stops and commas",
            "looks at words",
        ),
        Pattern(
            "broad",
            "Broad attention",
            "How widely a token spreads its weight: the mean over all queries i of the entropy −Σ a[i, j] ln a[i, j] over "
            "all j; 0 for all weight on one token, ln T for equal weight on all T.",
            "Clark et al. 2019, section 3.3, there averaged over a corpus.",
            "nats",
            "spreads its weight over many tokens",
            "puts its weight on one token",
        ),
        Pattern(
            "distance",
            "Distance",
            "How far away a token looks: the mean over all queries i of Σ a[i, j] · |i − j| over all j.",
            "Vig & Belinkov 2019, there over a corpus and for a model that looks back only.",
            "tokens",
            "looks far away",
            "looks near, or at the word itself",
        ),
    )
}


def pattern_scores(weights: Tensor, tokens: tuple[Token, ...]) -> dict[str, Tensor]:
    """How much each head shows each of the PATTERNS, weights (..., T, T) → a number a head, (...), by name.

    Every row is taken to sum to 1; of rows that do not, because units are left out, what is there counts. A lone token has no
    token before or after it: 0. Raises ChoiceError if the weights are not those of T tokens.
    """
    T = len(tokens)
    if weights.shape[-2:] != (T, T):
        raise ChoiceError(f"Weights of {weights.size(-2)} × {weights.size(-1)} do not belong to {T} tokens.")
    number = {found: index for index, found in enumerate(dict.fromkeys(map(identity, tokens)))}
    kind = torch.tensor([number[identity(token)] for token in tokens])
    return measure(weights, kind[:, None] == kind, torch.tensor([is_separator(token.text) for token in tokens]))


class Found(NamedTuple):
    """How strongly each head links one query to one key."""

    weight: Tensor  # (L, H)
    stands_out: Tensor  # (L, H)  from −1 to 1


def link_scores(weights: Tensor, query: int, key: int) -> Found:
    """The weight of one link in every head, and how far it stands out, from weights (L, H, T, T); positions count from 0.

    A link stands out by its weight minus the mean weight that the other queries give the same key: a key that everybody
    looks at says nothing of this query. Where there is no other query, nothing stands out: 0. Raises ChoiceError for a
    position that the sentence does not have.
    """
    T = weights.size(-1)
    for position in (query, key):
        if not 0 <= position < T:
            raise ChoiceError(f"There is no token {position}: this sentence has tokens 0 to {T - 1}, counted from 0.")
    column = weights[..., key]
    weight = column[..., query]
    if T == 1:
        return Found(weight, torch.zeros_like(weight))
    return Found(weight, weight - (column.sum(dim=-1) - weight) / (T - 1))


def ranked(scores: Tensor, largest: bool = True) -> list[tuple[int, int]]:
    """All (layer, head) of scores (L, H), from 0, the largest or smallest first; equal ones by layer, then head."""
    order = scores.flatten().sort(descending=largest, stable=True).indices
    return [divmod(index, scores.size(1)) for index in order.tolist()]


def all_weights(trace: Trace) -> Tensor:
    """The softmax weights of every head of every layer, (L, H, T, T): 75 MB for 72 heads and 512 tokens."""
    T, heads = len(trace.tokens), trace.layers[0].q.size(0)
    weights = torch.empty(len(trace.layers), heads, T, T)
    for layer in range(len(trace.layers)):
        weights[layer] = trace.weights(layer)
    return weights


def mean_weights(trace: Trace, heads: Iterable[tuple[int, int]]) -> Tensor:
    """The mean softmax weights of some heads, (T, T); `heads` are (layer, head) from 0, each counted once.

    Raises ChoiceError for no heads and for one that the model does not have.
    """
    chosen = sorted(set(heads))
    if not chosen:
        raise ChoiceError("No head is chosen, so there is nothing to average. Choose at least one.")
    L, H = len(trace.layers), trace.layers[0].q.size(0)
    for layer, head in chosen:
        if not (0 <= layer < L and 0 <= head < H):
            raise ChoiceError(
                f"There is no layer {layer}, head {head}: layers are 0 to {L - 1}, heads 0 to {H - 1}, counted from 0."
            )
    total = torch.zeros(len(trace.tokens), len(trace.tokens))
    for layer in sorted({layer for layer, _ in chosen}):
        total += trace.weights(layer)[[head for other, head in chosen if other == layer]].sum(dim=0)
    return total / len(chosen)


def rollout(trace: Trace, layers: int | None = None) -> Tensor:
    """Attention rollout through the first `layers` layers, by default all: (T, T), row = token there, column = input token.

    The product A_l … A_1 of A_l = (mean of the heads' weights + I) / 2, where I stands for the residual connection (Abnar &
    Zuidema 2020). Each row sums to 1. It is an estimate of how information flows: the model computes no such matrix, and
    values, projections, LayerNorms and feed-forward networks play no part in it. Raises ChoiceError for fewer than 1 or more
    layers than the model has.
    """
    L, T = len(trace.layers), len(trace.tokens)
    if layers is None:
        layers = L
    if not 1 <= layers <= L:
        raise ChoiceError(f"A rollout through {layers} layers is not possible: give 1 to {L}.")
    flow = torch.eye(T)
    for layer in range(layers):
        flow = (trace.weights(layer).mean(dim=0) + torch.eye(T)) / 2 @ flow
    return flow
