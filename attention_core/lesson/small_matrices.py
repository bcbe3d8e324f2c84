"""Attention on matrices small enough to be written by hand, while it learns."""

import torch
from torch import Tensor

from attention_core.model.attention import attend

LOOKS_AFTER = (0, 1, 2, 4, 8, 16, 32, 64)  # after how many steps of the training one looks
_RATE = 0.5  # how far one step follows the gradient
_KEYS = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.5]])
RIGHT = 1  # the key that the tiny attention shall learn to look at


def learned_shares() -> Tensor:
    """What one query gives the RIGHT of four keys after each of the LOOKS_AFTER, while it is trained: (len(LOOKS_AFTER),).

    The error is −log of that share. Its gradient to the query is the sum of (a_j − t_j) k_j ÷ √d_k, where t is 1 for the right
    key and 0 for the others; each step moves the query a little against it.
    """
    query, aim, shares = torch.tensor([[0.5, -0.5, -0.5]]), torch.zeros(len(_KEYS)), []
    aim[RIGHT] = 1
    for step in range(LOOKS_AFTER[-1] + 1):
        weights = attend(query, _KEYS, _KEYS).weights
        if step in LOOKS_AFTER:
            shares.append(weights[0, RIGHT].item())
        query = query - _RATE * (weights - aim) @ _KEYS / query.size(-1) ** 0.5
    return torch.tensor(shares)
