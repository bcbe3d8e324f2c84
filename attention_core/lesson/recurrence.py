"""A small recurrent network with fixed random weights, and what it keeps of a word over many steps."""

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

MEMORY = 32  # numbers in the network's memory
_STRENGTH = 0.95  # by how much one step alone would shrink the memory, before tanh
_SEED = 1994


@dataclass(frozen=True, eq=False)
class Carried:
    """What is left of a first word after each step, as shares of what there was before the first: (n + 1,) each."""

    memory: Tensor  # how far the memory differs from one that never read the word
    gradient: Tensor  # the size of the gradient that reaches the word


def carry(inputs: Tensor) -> Carried:
    """Let the network read vectors (n + 1, d), the first of which is the word to be carried.

    h₀ = tanh(U x₀) and hₜ = tanh(W hₜ₋₁ + U xₜ) with random U and orthogonal W, untrained: the network of Bengio et al. 1994.
    The gradient after t steps is the product of the Jacobians diag(1 − hₜ²) W, in the Frobenius norm.
    """
    w, u = _fixed(inputs.size(-1))
    read = inputs.double() @ u  # (n + 1, MEMORY)
    h, without = read[0].tanh(), torch.zeros(MEMORY, dtype=torch.float64)
    whole, size = h.norm().clamp_min(1e-12), math.sqrt(MEMORY)
    jacobian = torch.eye(MEMORY, dtype=torch.float64)
    memory, gradient = [1.0], [1.0]
    for step in read[1:]:
        h, without = (w @ h + step).tanh(), (w @ without + step).tanh()
        jacobian = (1 - h * h).unsqueeze(1) * w @ jacobian
        memory.append(((h - without).norm() / whole).item())
        gradient.append((jacobian.norm() / size).item())
    return Carried(torch.tensor(memory), torch.tensor(gradient))


@cache
def _fixed(d: int) -> tuple[Tensor, Tensor]:
    """W (MEMORY, MEMORY) and U (d, MEMORY), the same at every call."""
    generator = torch.Generator().manual_seed(_SEED)
    square = torch.randn(MEMORY, MEMORY, generator=generator, dtype=torch.float64)
    u = torch.randn(d, MEMORY, generator=generator, dtype=torch.float64) / math.sqrt(d)
    return _STRENGTH * torch.linalg.qr(square)[0], u
