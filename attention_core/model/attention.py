"""Scaled dot-product attention, one step after the other."""

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Stages:
    """Every matrix of one scaled dot-product attention, in the order it is computed."""

    q: Tensor  # (..., T, d_k)
    k: Tensor  # (..., S, d_k)
    v: Tensor  # (..., S, d_v)
    scores: Tensor  # (..., T, S)  row = query token, column = key token
    scaled: Tensor  # (..., T, S)
    weights: Tensor  # (..., T, S)  each row sums to 1
    z: Tensor  # (..., T, d_v)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Stages:
    """Attention(Q, K, V) = softmax(QKᵀ / √d_k) V (Vaswani et al. 2017, eq. 1), keeping every step.

    q (..., T, d_k), k (..., S, d_k) and v (..., S, d_v); T queries may differ from S keys.
    """
    scores = q @ k.mT
    scaled = scores / math.sqrt(q.size(-1))
    weights = scaled.softmax(dim=-1)
    return Stages(q, k, v, scores, scaled, weights, z=weights @ v)
