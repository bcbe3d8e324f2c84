"""The sums behind single numbers: every product that makes an entry of q, k or v, a score, a weight or an entry of z.

Factors are the model's own float32 numbers; products and sums are made in float64, so that they are exact to every digit
that is shown. Everything counts from 0 but the labels, which people read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attention_core.errors import no_such
from attention_core.model.attention import Stages


@dataclass(frozen=True)
class Term:
    """One product of a sum."""

    label: str  # of its dimension, input or word; plain text
    place: int  # which dimension, input or key
    factors: tuple[float, float]
    value: float


@dataclass(frozen=True)
class Rest:
    """Products that are not listed one by one."""

    count: int
    value: float  # what they add up to


@dataclass(frozen=True)
class Sum:
    """One number of the model as the sum that it is."""

    what: str  # a term stands for: 'dimension', 'input' or 'word'
    terms: tuple[Term, ...]
    result: float  # the model's own number, computed in float32
    bias: float | None = None  # added to the products, in an entry of q, k or v
    rest: Rest | None = None

    @property
    def values(self) -> tuple[float, ...]:
        """All that is added: the terms, the rest and the bias."""
        others = (self.rest and self.rest.value, self.bias)
        return (*(term.value for term in self.terms), *(value for value in others if value is not None))

    @property
    def total(self) -> float:
        """What all values add up to."""
        return math.fsum(self.values)

    @property
    def above(self) -> list[float]:
        """The terms above 0."""
        return [term.value for term in self.terms if term.value > 0]

    @property
    def below(self) -> list[float]:
        """The terms below 0."""
        return [term.value for term in self.terms if term.value < 0]

    def making(self, share: float) -> tuple[Term, ...]:
        """The fewest terms that make this share of Σ |term|, the largest first.

        Of the sum itself a share would mean little: where terms cancel, a single one can be many times the sum.
        """
        largest = _by_size(self.terms)
        needed, reached = share * math.fsum(abs(term.value) for term in largest), 0.0
        for count, term in enumerate(largest):
            if reached >= needed:
                return tuple(largest[:count])
            reached += abs(term.value)
        return tuple(largest)

    def by_size(self) -> "Sum":
        """This sum with its terms sorted by |value|, the largest first."""
        return replace(self, terms=tuple(_by_size(self.terms)))

    def shortened(self, most: int, keep: int | None = None) -> "Sum":
        """This sum with its `most` largest terms, and the one at place `keep`, in their order; all others are its rest."""
        if len(self.terms) <= most + 1:  # a rest of one term would say less than the term
            return self
        kept = {term.place for term in _by_size(self.terms)[:most]} | {keep}
        left = [term.value for term in self.terms if term.place not in kept]
        terms = tuple(term for term in self.terms if term.place in kept)
        return replace(self, terms=terms, rest=Rest(len(left), math.fsum(left)))


def score(stages: Stages, query: int, key: int) -> Sum:
    """q_i · k_j: d_k products, one a dimension. Raises ChoiceError out of range."""
    q, k = _row("query", stages.q, query), _row("key", stages.k, key)
    labels = [str(dimension) for dimension in range(1, len(q) + 1)]
    return Sum("dimension", _products(labels, q, k), stages.scores[query, key].item())


def mixed(stages: Stages, query: int, dimension: int, names: Sequence[str]) -> Sum:
    """z_i[d] = Σ_j a_ij v_j[d]: a product a word; `names` are the words' labels. Raises ChoiceError out of range."""
    a, v = _row("query", stages.weights, query), _row("dimension", stages.v.mT, dimension)
    return Sum("word", _products(names, a, v), stages.z[query, dimension].item())


def entry(row: Tensor, weight: Tensor, bias: Tensor, dimension: int, result: float) -> Sum:
    """x_i · W[:, d] + b[d], an entry of q, k or v: d_model products and the bias.

    row (d_model,), weight (d_model, d_k), bias (d_k,). Raises ChoiceError for a dimension out of range.
    """
    column = _row("dimension", weight.mT, dimension)
    labels = [str(index) for index in range(1, len(row) + 1)]
    return Sum("input", _products(labels, row, column), result, bias[dimension].item())


@dataclass(frozen=True, eq=False)
class Softmax:
    """One row of weights, step by step, for S keys."""

    scaled: list[float]  # s_j, the model's own: what softmax receives, −∞ for a key that is closed to the query
    largest: float  # m, the largest of them
    shifted: list[float]  # s_j − m
    powers: list[float]  # e^(s_j − m)
    total: float  # Σ_j e^(s_j − m)
    weights: list[float]  # the model's own: power ÷ total, computed in float32
    sink: float | None = None  # e^(sink − m), part of the total, where a model has sinks

    @property
    def open(self) -> list[int]:
        """The keys that the query sees."""
        return [place for place, value in enumerate(self.scaled) if value > -math.inf]


def softmax(stages: Stages, query: int) -> Softmax:
    """How a row of scaled scores becomes weights, e^(s−m) / Σ e^(s−m). Raises ChoiceError out of range.

    To subtract the largest, m, divides top and bottom by e^m, so it changes nothing but that no power overflows.
    """
    scaled = _row("query", stages.logits, query).tolist()
    largest = max(scaled)
    shifted = [value - largest for value in scaled]
    powers = [math.exp(value) for value in shifted]
    sink = None if stages.sink is None else math.exp(stages.sink.item() - largest)
    return Softmax(scaled, largest, shifted, powers, math.fsum([*powers, sink or 0]), stages.weights[query].tolist(), sink)


@dataclass(frozen=True, eq=False)
class Contributions:
    """How much of one row of z comes from each of S words."""

    vectors: Tensor  # (S, d_v) float64  a_ij v_j; they add up to z_i
    weights: Tensor  # (S,) a_ij
    lengths: Tensor  # (S,) ‖a_ij v_j‖
    shares: Tensor  # (S,) of the sum of all lengths
    values: Tensor  # (S,) ‖v_j‖
    z: Tensor  # (d_v,) the model's own


def contributions(stages: Stages, query: int) -> Contributions:
    """The vectors a_ij v_j that add up to z_i, and their lengths. Raises ChoiceError out of range.

    A weight alone is not what a word brings: that is ‖a_ij v_j‖, and a value can be short. After Kobayashi et al. 2020,
    "Attention is Not Only a Weight", who measure it behind the output matrix W_O, which mixes the heads.
    """
    weights = _row("query", stages.weights, query).double()
    vectors = weights[:, None] * stages.v.double()
    lengths = vectors.norm(dim=1)
    total = lengths.sum()
    shares = lengths / total if total > 0 else torch.zeros_like(lengths)
    return Contributions(vectors, weights, lengths, shares, stages.v.double().norm(dim=1), stages.z[query])


def undivided(stages: Stages, query: int) -> list[float]:
    """What softmax would make of a row of raw scores, had they not been divided by √d_k; (S,)."""
    return _row("query", stages.scores, query).double().softmax(dim=-1).tolist()


def _products(labels: Sequence[str], one: Tensor, other: Tensor) -> tuple[Term, ...]:
    # The product of two float32 numbers has no more than 48 binary digits, so it is exact in float64.
    pairs = zip(labels, one.tolist(), other.tolist(), strict=True)
    return tuple(Term(label, place, (a, b), a * b) for place, (label, a, b) in enumerate(pairs))


def _by_size(terms: Sequence[Term]) -> list[Term]:
    return sorted(terms, key=lambda term: -abs(term.value))


def _row(what: str, matrix: Tensor, index: int) -> Tensor:
    if not 0 <= index < len(matrix):
        raise no_such(what, index, len(matrix))
    return matrix[index]
