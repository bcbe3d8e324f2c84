"""What one translation did: three attentions in every layer, feed-forward networks, and the choice of every next token."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.attention import Stages, attend
from attention_core.model.tokens import Token
from attention_core.translation.transformer import Fed

LIKELIEST = 10  # next tokens that a step tells of


@dataclass(frozen=True, eq=False)
class MaskedStages(Stages):
    """Every matrix of one attention that hides later positions; `masked` is computed between `scaled` and `weights`."""

    masked: Tensor  # (..., T, T)  scaled, with −∞ above the diagonal


def attend_masked(q: Tensor, k: Tensor, v: Tensor) -> MaskedStages:
    """softmax(QKᵀ / √d_k + M) V, where M is −∞ for a key later than its query and else 0; q, k (..., T, d_k), v (..., T, d_v).

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    open_ = attend(q, k, v)
    later = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool).triu(1)
    masked = open_.scaled.masked_fill(later, -math.inf)
    weights = masked.softmax(dim=-1)
    return MaskedStages(q, k, v, open_.scores, open_.scaled, weights, weights @ v, open_.divisor, masked=masked)


@dataclass(frozen=True, eq=False)
class AttentionLayer:
    """What one layer's attention received, before any query met a key."""

    x: Tensor  # (T, d_model)  the queries come from it
    source: Tensor  # (S, d_model)  keys and values come from it; x itself in self-attention
    q: Tensor  # (H, T, d_k)
    k: Tensor  # (H, S, d_k)
    v: Tensor  # (H, S, d_k)


@dataclass(frozen=True, eq=False)
class Attentions:
    """One kind of attention in every layer; scores, scaled, masked, weights and z are computed when asked for."""

    rows: tuple[Token, ...]  # T tokens that ask
    columns: tuple[Token, ...]  # S tokens that are asked
    layers: tuple[AttentionLayer, ...]  # L of them
    is_masked: bool  # whether later positions are hidden

    def stages(self, layer: int, head: int) -> Stages:
        """Every matrix of one head, all 2-D; MaskedStages where later positions are hidden.

        Layer and head count from 0. Raises ChoiceError out of range.
        """
        chosen = self._layer(layer)
        _check("head", head, chosen.q.size(0))
        return self._attend(chosen.q[head], chosen.k[head], chosen.v[head])

    def weights(self, layer: int) -> Tensor:
        """The softmax weights of all heads of one layer, (H, T, S). Raises ChoiceError out of range."""
        chosen = self._layer(layer)
        return self._attend(chosen.q, chosen.k, chosen.v).weights

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Stages:
        return attend_masked(q, k, v) if self.is_masked else attend(q, k, v)

    def _layer(self, layer: int) -> AttentionLayer:
        _check("layer", layer, len(self.layers))
        return self.layers[layer]


@dataclass(frozen=True)
class NextToken:
    """A token that may come next."""

    token: Token
    probability: float


@dataclass(frozen=True)
class WrittenToken:
    """One decoding step: what may come next, and what came."""

    likeliest: tuple[NextToken, ...]  # the ten likeliest, likeliest first
    chosen: NextToken  # need not be among them
    is_forced: bool  # given beforehand, not chosen by the model


@dataclass(frozen=True)
class Alternative:
    """A translation that the search found."""

    text: str
    ids: tuple[int, ...]  # without marks
    probability: float  # the product of the probabilities of all its tokens that were not forced
    score: float  # mean log-probability a token; the higher, the better
    ended: bool  # False where the decoder had no more room


@dataclass(frozen=True, eq=False)
class Translation:
    """What the translator did with one sentence. Memory grows with S and T, not with their product."""

    text: str  # as it was given
    cut: str  # the part of it that was not read, because the model has no room for it; mostly empty
    french: str
    source: tuple[Token, ...]  # S tokens that the encoder reads; the last is the end mark
    target: tuple[Token, ...]  # T tokens that the decoder reads; the first is the start mark
    written: tuple[Token, ...]  # T tokens, one a step; the end mark is last where the model came to an end
    forced: int  # so many of the first steps were given beforehand
    encoder: Attentions  # self-attention, S × S
    decoder: Attentions  # masked self-attention, T × T
    cross: Attentions  # T × S
    encoder_feed_forward: tuple[Fed, ...]  # L of them; x and output (S, d_model), hidden (S, d_ff)
    decoder_feed_forward: tuple[Fed, ...]  # L of them; x and output (T, d_model), hidden (T, d_ff)
    memory: Tensor  # (S, d_model)  the encoder's answer
    output: Tensor  # (T, d_model)  the decoder's answer
    embedding: Tensor  # (V, d_model)  the model's own table, not a copy
    steps: tuple[WrittenToken, ...]  # T of them
    alternatives: tuple[Alternative, ...]  # best first; the first is the one that is shown

    def logits(self) -> Tensor:
        """The decoder's answer times every piece's embedding, (T, V); their softmax is each step's probabilities."""
        return self.output @ self.embedding.T


def _check(what: str, value: int, count: int) -> None:
    if not 0 <= value < count:
        raise ChoiceError(f"There is no {what} {value}: this model has {what}s 0 to {count - 1}, counted from 0.")
