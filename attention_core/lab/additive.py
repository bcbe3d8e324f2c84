"""Dot-product attention beside additive attention, v·tanh(W q + U k + b), on the same vectors (Bahdanau et al. 2015)."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.lab.division import KEYS, SIZES, gradient_norm, random_rows

UNITS = 256  # hidden units of the additive attention whose scores are compared
LARGEST_T, LARGEST_D = 512, 512  # whose cost is measured: T · T · d numbers pass through tanh
CHANCE = 1 / KEYS  # of two attentions choosing the same key of a row by accident
COST_T, COST_D = (16, 32, 64, 128, 256), (16, 32, 64, 128, 256)
FIXED_T, FIXED_D = 64, 64
_SLOPE, _OFFSET = 0.3, 1.0  # of the hidden units: where two opposite ones together bend like a square
_EXAMPLES = 2048  # random pairs from which the imitation learns v


@dataclass(frozen=True, eq=False)
class Additive:
    """The parameters of one additive attention with n hidden units.

    The bias b is not in the formula of the paper's body, whose appendix leaves out all biases to make it easier to read;
    without one every score would change its sign with q and k, which no dot product does.
    """

    w: Tensor  # (d, n)
    u: Tensor  # (d, n)
    b: Tensor  # (n,)
    v: Tensor  # (n,)

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        """v·tanh(W q + U k + b) of every query with every key: (..., T, d) and (..., S, d) → (..., T, S)."""
        return self.hidden(q, k) @ self.v

    def hidden(self, q: Tensor, k: Tensor) -> Tensor:
        """What the hidden units say, each between −1 and 1: (..., T, S, n)."""
        return torch.tanh((q @ self.w).unsqueeze(-2) + (k @ self.u).unsqueeze(-3) + self.b)


def untrained(d: int, n: int, seed: int = 1) -> Additive:
    """Random parameters as before training, W and U of variance 1/d, v of 1/n (LeCun et al. 1998), b of 0."""
    generator = torch.Generator().manual_seed(seed)
    w, u = torch.randn(2, d, n, generator=generator) / math.sqrt(d)
    return Additive(w, u, torch.zeros(n), torch.randn(n, generator=generator) / math.sqrt(n))


def imitation(d: int, n: int = UNITS, seed: int = 1) -> Additive:
    """An additive attention that comes as near to the dot product as n hidden units let it.

    q_c k_c is a quarter of (q_c + k_c)² − (q_c − k_c)², and two hidden units of opposite offset bend like such a square near
    0; so four units serve one dimension c, as far as they reach. v is fitted to random pairs by least squares.
    """
    units = torch.arange(n)
    dimension = units // 4 % d
    w, u = torch.zeros(2, d, n)
    w[dimension, units] = _SLOPE
    u[dimension, units] = torch.where(units % 2 == 0, _SLOPE, -_SLOPE)
    made = Additive(w, u, torch.where(units % 4 < 2, _OFFSET, -_OFFSET), torch.zeros(n))
    q, k = torch.randn(2, _EXAMPLES, 1, d, generator=torch.Generator().manual_seed(seed + 1))
    hidden = made.hidden(q, k).flatten(0, 2).double()  # (examples, n)
    target = (q * k).sum(dim=(-2, -1)).double()
    # A small ridge: where d is small, several units are the same.
    normal = hidden.T @ hidden + 1e-3 * _EXAMPLES * torch.eye(n, dtype=torch.float64)
    return Additive(made.w, made.u, made.b, torch.linalg.solve(normal, hidden.T @ target).float())


@dataclass(frozen=True)
class Agreement:
    """What dot-product and additive attention make of the same random vectors of d numbers."""

    d: int
    same: float  # the share of rows in which the imitation's largest weight is on the dot product's key
    correlation: float  # of the imitation's scores with the dot products
    spreads: tuple[float, float, float]  # standard deviation of the scores: dot product, scaled, additive before training
    gradients: tuple[float, float, float]  # the mean norm of softmax's Jacobian of each


def measure_agreement(d: int, seed: int = 1) -> Agreement:
    """Compare the two on random queries with KEYS keys each; the same seed gives the same numbers.

    Raises ChoiceError for d outside of what `random_rows` takes.
    """
    stages = random_rows(d, seed)
    imitated = imitation(d, seed=seed).scores(stages.q, stages.k)
    additive = untrained(d, UNITS, seed).scores(stages.q, stages.k)
    all_scores = stages.scores, stages.scaled, additive
    pairs = torch.stack([imitated.flatten(), stages.scores.flatten()]).double()
    return Agreement(
        d,
        (imitated.argmax(dim=-1) == stages.scores.argmax(dim=-1)).double().mean().item(),
        torch.corrcoef(pairs)[0, 1].item(),
        tuple(scores.double().std().item() for scores in all_scores),
        tuple(gradient_norm(scores.softmax(dim=-1)).mean().item() for scores in all_scores),
    )


def agreements(seed: int = 1) -> list[Agreement]:
    """The comparison for every d of SIZES."""
    return [measure_agreement(d, seed) for d in SIZES]


@dataclass(frozen=True)
class Cost:
    """How long all T × T scores take, in seconds: the best of a few runs on this machine."""

    T: int
    d: int
    dot: float
    additive: float  # with as many hidden units as dimensions


def measure_cost(T: int, d: int, runs: int = 3) -> Cost:
    """Time both on the same random vectors, W and U applied to each vector once.

    Raises ChoiceError for sizes outside of 1 to LARGEST_T and LARGEST_D, which would take long or much memory.
    """
    if not (1 <= T <= LARGEST_T and 1 <= d <= LARGEST_D):
        raise ChoiceError(f"T = {T} and d = {d} are not measured: give T from 1 to {LARGEST_T} and d from 1 to {LARGEST_D}.")
    q, k = torch.randn(2, T, d, generator=torch.Generator().manual_seed(0))
    additive = untrained(d, d)
    best = [math.inf, math.inf]
    for _ in range(runs):
        for which, scores in enumerate((lambda: q @ k.mT, lambda: additive.scores(q, k))):
            start = time.perf_counter()
            scores()
            best[which] = min(best[which], time.perf_counter() - start)
    return Cost(T, d, *best)


def costs() -> tuple[list[Cost], list[Cost]]:
    """The cost against T at d = FIXED_D, and against d at T = FIXED_T: some 0.1 s in all."""
    return [measure_cost(T, FIXED_D) for T in COST_T], [measure_cost(FIXED_T, d) for d in COST_D]
