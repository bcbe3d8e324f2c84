"""Why attention divides by √d_k: how scores spread, softmax saturates, and its gradient vanishes, in measured numbers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.attention import Stages, attend

SIZES = tuple(2**power for power in range(11))  # d_k from 1 to 1024
KEYS = 8  # that each random query meets
LARGEST_SIZE = 4096
_MOST_PAIRS, _LEAST_PAIRS = 2**18, 2**14  # of random q and k: short ones vary more, and cost less
ROWS = 512  # of random scores
_BLOCK = 1024  # pairs drawn at once, so that memory stays small


def entropy(weights: Tensor) -> Tensor:
    """How spread out each row is, in bits: (..., T, S) → (..., T); 0 for all on one key, log₂ S for equal shares.

    −Σ a log₂ a (Shannon 1948), in float64.
    """
    weights = weights.double()
    return torch.special.entr(weights).sum(dim=-1) / math.log(2)


def gradient_norm(weights: Tensor) -> Tensor:
    """The Frobenius norm of each row's softmax Jacobian diag(a) − a aᵀ, in float64: (..., T, S) → (..., T).

    It says how far the weights still move when the scores do: at most ½ for two keys, 0 for a row with all on one key. Sums
    over the other keys stand for 1 − a, of which nothing would be left in a saturated row.
    """
    a = weights.double()
    squares = a * a
    diagonal = (a * _others(a)).square().sum(dim=-1)  # (a − a²)² of each key
    beside = (squares * _others(squares)).sum(dim=-1)  # (a_i a_j)² of each pair
    return (diagonal + beside).sqrt()


def _others(values: Tensor) -> Tensor:
    """The sum of all other entries of each row, without subtracting."""
    before = values.cumsum(dim=-1).roll(1, dims=-1)
    after = values.flip(-1).cumsum(dim=-1).flip(-1).roll(-1, dims=-1)
    before[..., 0] = 0
    after[..., -1] = 0
    return before + after


@dataclass(frozen=True, eq=False)
class Undivided:
    """One head's softmax with the division by √d_k and without it."""

    weights: Tensor  # (T, S)  of the scaled scores: the model's own
    undivided: Tensor  # (T, S)  of the raw scores
    entropies: tuple[Tensor, Tensor]  # (T,) each, in bits, of weights and of undivided
    gradients: tuple[Tensor, Tensor]  # (T,) each, of weights and of undivided


def without_division(stages: Stages) -> Undivided:
    """What one head's softmax would be without the division."""
    undivided = stages.scores.softmax(dim=-1)
    both = stages.weights, undivided
    return Undivided(*both, tuple(map(entropy, both)), tuple(map(gradient_norm, both)))


@dataclass(frozen=True)
class Spread:
    """What was measured on random vectors of d numbers."""

    d: int
    pairs: int  # of q and k that were drawn
    deviation: float  # standard deviation of q·k; theory: √d
    largest: tuple[float, float]  # the mean of the rows' largest weight: with the division, without it
    gradient: tuple[float, float]  # the mean norm of softmax's Jacobian: with the division, without it

    @property
    def variance(self) -> float:
        """The variance of q·k; theory: d (Vaswani et al. 2017, section 3.2.1, footnote 4)."""
        return self.deviation**2


def measure_spread(d: int, seed: int = 1) -> Spread:
    """Draw q and k with independent entries of mean 0 and variance 1, and measure q·k and its softmax over KEYS keys.

    The same seed gives the same numbers. Raises ChoiceError for d outside of 1 to LARGEST_SIZE.
    """
    generator = _generator(d, seed)
    pairs = min(max(2 * _MOST_PAIRS // d, _LEAST_PAIRS), _MOST_PAIRS)
    total = 0.0
    for start in range(0, pairs, _BLOCK):
        q, k = torch.randn(2, min(_BLOCK, pairs - start), d, generator=generator)
        total += (q * k).sum(dim=-1).double().square().sum().item()
    stages = random_rows(d, seed)
    both = stages.weights, stages.scores.softmax(dim=-1)
    return Spread(
        d,
        pairs,
        math.sqrt(total / pairs),  # the mean of q·k is 0
        tuple(weights.amax(dim=-1).double().mean().item() for weights in both),
        tuple(gradient_norm(weights).mean().item() for weights in both),
    )


def random_rows(d: int, seed: int = 1, rows: int = ROWS) -> Stages:
    """Attention of random queries (rows, 1, d), each with KEYS random keys and values of its own.

    Raises ChoiceError for d outside of 1 to LARGEST_SIZE.
    """
    generator = _generator(d, seed)
    q = torch.randn(rows, 1, d, generator=generator)
    k = torch.randn(rows, KEYS, d, generator=generator)
    return attend(q, k, k)


def _generator(d: int, seed: int) -> torch.Generator:
    if not 1 <= d <= LARGEST_SIZE:
        raise ChoiceError(f"Vectors of {d} numbers are not possible here: give 1 to {LARGEST_SIZE:,}.")
    return torch.Generator().manual_seed(seed * (LARGEST_SIZE + 1) + d)
