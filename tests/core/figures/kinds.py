"""The kinds of matrices, and made-up ones of each kind."""

import torch

from attention_core.matrices.names import MATRICES
from tests.core.made import random, shares

SQUARE = [name for name, matrix in MATRICES.items() if matrix.columns == "tokens"]
WIDE = [name for name in MATRICES if name not in SQUARE]


def made(name: str, count: int) -> torch.Tensor:
    """A matrix of the kind that goes under a name."""
    return shares(count) if name == "weights" else random(count, count if name in SQUARE else 32)
