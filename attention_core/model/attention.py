"""Scaled dot-product attention, one step after the other, with all that models add to it.

Shapes: T queries, S keys, H heads, G groups of heads that share their keys and values (G = H where none do).
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from attention_core.errors import no_such


@dataclass(frozen=True, eq=False)
class Stages:
    """Every matrix of one scaled dot-product attention, in the order it is computed.

    `capped`, `biased` and `masked` lie between scaled and weights, and are None where the model does no such thing.
    """

    q: Tensor  # (..., T, d_k)
    k: Tensor  # (..., S, d_k)
    v: Tensor  # (..., S, d_v)
    scores: Tensor  # (..., T, S)  row = query token, column = key token
    scaled: Tensor  # (..., T, S)
    weights: Tensor  # (..., T, S)  each row sums to 1; with sinks to less, and to 0 where a query sees no key
    z: Tensor  # (..., T, d_v)
    divisor: float | Tensor  # of the scores: √d_k in most models
    capped: Tensor | None = None  # (..., T, S)  softcap · tanh(scaled / softcap)
    biased: Tensor | None = None  # (..., T, S)  with the bias of each pair added
    masked: Tensor | None = None  # (..., T, S)  −∞ where a query must not look
    softcap: float | None = None
    bias: Tensor | None = None  # (..., T, S)
    sink: Tensor | None = None  # (...)  a score that stands beside every row's keys and takes its share of the weight

    @property
    def logits(self) -> Tensor:
        """What softmax receives, (..., T, S): the last of scaled, capped, biased and masked that there is."""
        return next(each for each in (self.masked, self.biased, self.capped, self.scaled) if each is not None)

    @property
    def scale(self) -> float:
        """What scores are multiplied by: 1 / √d_k in most models."""
        return 1 / float(self.divisor)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    scale: float | Tensor | None = None,
    softcap: float | None = None,
    bias: Tensor | None = None,
    visible: Tensor | None = None,
    sink: Tensor | None = None,
) -> Stages:
    """Attention(Q, K, V) = softmax(QKᵀ / √d_k) V (Vaswani et al. 2017, eq. 1), keeping every step.

    q (..., T, d_k), k (..., S, d_k) and v (..., S, d_v); T queries may differ from S keys. What else there is comes in this
    order: `scale` stands in for 1 / √d_k; `softcap` keeps scores within ± itself (Gemma 2, 2024); `bias` is added; what is
    not `visible`, as `seen` reads it, gets no weight; a `sink` (...) takes a share of each row's weight and gives nothing.
    """
    divisor = math.sqrt(q.size(-1)) if scale is None else 1 / scale  # of a tensor in float64, so that no digit is lost
    scores = q @ k.mT  # (..., T, d_k) · (..., d_k, S) → (..., T, S)
    logits = scaled = scores / (divisor.to(scores.dtype) if isinstance(divisor, Tensor) else divisor)
    capped = biased = masked = None
    if softcap is not None:
        logits = capped = softcap * (logits / softcap).tanh()
    if bias is not None:
        logits = biased = logits + bias
    if visible is None:
        weights = _softmax(logits, sink)
    else:
        hidden = ~seen(visible, k.size(-2))
        logits = masked = logits.masked_fill(hidden, -math.inf)
        weights = _softmax(logits, sink).masked_fill(hidden, 0.0)  # also where nothing is left, and softmax gives nan
    return Stages(q, k, v, scores, scaled, weights, weights @ v, divisor, capped, biased, masked, softcap, bias, sink)


def _softmax(logits: Tensor, sink: Tensor | None) -> Tensor:
    if sink is None:
        return logits.softmax(dim=-1)
    beside = sink[..., None, None].expand(*logits.shape[:-1], 1)
    return torch.cat([logits, beside], dim=-1).softmax(dim=-1)[..., :-1]


def seen(visible: Tensor, S: int) -> Tensor:
    """Which of S keys each query may look at, (..., T, S) of bool.

    `visible` is that itself, or (..., T, 2) of whole numbers: the first key that a query sees, and the end of what it sees.
    """
    if visible.dtype == torch.bool:
        return visible
    keys = torch.arange(S)
    return (keys >= visible[..., :1]) & (keys < visible[..., 1:])


@dataclass(frozen=True, eq=False)
class Attention:
    """One attention of the model: what it received, and all that decides what it makes of it."""

    x: Tensor  # (T, d_model)  what the queries are made from
    q: Tensor  # (H, T, d_k)
    k: Tensor  # (G, S, d_k)
    v: Tensor  # (G, S, d_v)
    layer: int = 0  # which layer of its stack it belongs to
    stack: str = "encoder"  # or 'decoder'
    kind: str = "self"  # or 'cross': keys and values come from `source`
    source: Tensor | None = None  # (S, d_model)
    scale: float | Tensor | None = None  # None for 1 / √d_k; (H, 1, 1) in float64 where heads differ
    softcap: float | None = None
    bias: Tensor | None = None  # (H or 1, T, S)
    visible: Tensor | None = None  # (T, 2) or (T, S), as in `seen`; (H, T, S) where heads differ
    sinks: Tensor | None = None  # (H,)
    silenced: tuple[int, ...] = ()  # heads whose z was set to 0 on purpose
    z: Tensor | None = None  # (H, T, d_v)  the model's own, where it was kept to compare with

    @property
    def is_watched(self) -> bool:
        """Whether another library's model computed it: then x is what its attention was given, and no more is known of it."""
        return self.z is not None

    @property
    def heads(self) -> int:
        """H, the number of heads."""
        return self.q.size(-3)

    def stages(self, head: int) -> Stages:
        """Every matrix of one head, all 2-D; it counts from 0. Raises ChoiceError out of range."""
        if not 0 <= head < self.heads:
            raise no_such("head", head, self.heads, "this model")
        group = head * self.k.size(-3) // self.heads

        def own(part: Tensor | float | None, axes: int) -> Tensor | float | None:
            """The head's part of what may differ between heads."""
            return part[min(head, len(part) - 1)] if isinstance(part, Tensor) and part.dim() > axes else part

        stages = attend(
            self.q[head],
            self.k[group],
            self.v[group],
            own(self.scale, 0),
            self.softcap,
            own(self.bias, 2),
            own(self.visible, 2),
            own(self.sinks, 0),
        )
        return silent(stages) if head in self.silenced else stages

    def weights(self) -> Tensor:
        """The softmax weights of all heads, (H, T, S)."""
        each = self.heads // self.k.size(-3)
        k, v = (part if each == 1 else part.repeat_interleave(each, dim=-3) for part in (self.k, self.v))
        return attend(self.q, k, v, self.scale, self.softcap, self.bias, self.visible, self.sinks).weights


def silent(stages: Stages) -> Stages:
    """The stages of a head that adds nothing: its z is 0."""
    return replace(stages, z=torch.zeros_like(stages.z))
