"""What became of q kᵀ on its way to softmax, kept as numbers and masks while a model of another library computes it."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

LOW = -9000.0  # what is added to a score to close it is this or less; no bias of a model comes near


@dataclass(frozen=True, eq=False)
class Scores:
    """A tensor that is made of q kᵀ: softcap · tanh(scale · q kᵀ / softcap) + added, closed where it is not visible."""

    q: Tensor  # (..., T, d_k)
    k: Tensor  # (..., S, d_k)
    scale: float | Tensor = 1.0  # a tensor where heads differ
    softcap: float | None = None
    is_bent: bool = False  # whether tanh was taken; the softcap is what it is multiplied by then
    added: tuple[Tensor, ...] = ()
    visible: Tensor | None = None
    sink: Tensor | None = None  # (..., T, 1)
    is_softmax: bool = False

    def times(self, factor: float | Tensor) -> "Scores | None":
        """The scores times a number, or times one number a head; None for what no record can hold."""
        if isinstance(factor, Tensor):
            if factor.numel() == 1:
                factor = factor.item()
            elif ((factor == 0) | (factor == 1)).all():  # a mask; what takes its zeros' place is added next
                return self.closed(factor == 0, LOW)
            elif factor.dim() < 3 or factor.shape[-2:] != (1, 1):
                return None
            else:
                factor = factor.double().reshape(-1, 1, 1)
        if self.is_softmax:
            return self if isinstance(factor, float | int) and factor == 1 else None
        if self.is_bent and isinstance(factor, Tensor):
            return None
        added = tuple(each * factor for each in self.added)
        softcap = (self.softcap or 1.0) * factor if self.is_bent else None
        return replace(self, scale=self.scale * factor, softcap=softcap, added=added)

    def plus(self, other: float | Tensor, factor: float = 1.0) -> "Scores | None":
        """The scores with a bias or an additive mask; what is equal for all keys of a query changes no weight."""
        if self.is_softmax:
            return None
        if not isinstance(other, Tensor) or other.dim() == 0 or (other.size(-1) == 1 and self.k.size(-2) > 1):
            return self
        return replace(self, added=(*self.added, other * factor if factor != 1 else other))

    def closed(self, hidden: Tensor, value: float | Tensor) -> "Scores | None":
        """The scores with what is `hidden` put to a value, which closes it only if it is very low, or 0 after softmax."""
        worst = value.max().item() if isinstance(value, Tensor) else float(value)
        if worst > LOW and not (self.is_softmax and worst == 0):
            return None
        visible = ~hidden.bool()
        return replace(self, visible=visible if self.visible is None else self.visible & visible)

    def bent(self) -> "Scores | None":
        """The scores after tanh; a second one is not known."""
        return (
            None if self.is_softmax or self.is_bent or self.added or self.visible is not None else replace(self, is_bent=True)
        )

    def beside(self, sink: Tensor) -> "Scores | None":
        """The scores with one more column, which takes weight and gives nothing."""
        return None if self.sink is not None or sink.size(-1) != 1 else replace(self, sink=sink)


def apart(added: Tensor) -> tuple[Tensor | None, Tensor | None]:
    """What is added to scores (h, T, S) as a bias and as what stays visible; None for what there is not."""
    hidden = added <= LOW
    visible = ~hidden if hidden.any() else None
    bias = added.masked_fill(hidden, 0.0) if visible is not None else added
    return (bias.contiguous() if bias.any() else None), visible


def spans(visible: Tensor) -> Tensor | None:
    """A mask (h, T, S) in the shortest form that says it: None for all open, (T, 2) of spans, (T, S), or itself."""
    if visible.all():
        return None
    first = visible[:1]
    if not (visible == first).all():
        return visible.contiguous()
    mask = first[0]
    count, start = mask.sum(dim=-1), mask.int().argmax(dim=-1)
    last = mask.size(-1) - 1 - mask.flip(-1).int().argmax(dim=-1)
    if (last - start + 1 == count).all():
        return torch.stack([start, start + count], dim=-1).int()
    return mask.contiguous()


def bias_and_mask(scores: Scores, T: int, S: int, lead: torch.Size) -> tuple[Tensor | None, Tensor | None]:
    """What is added to scores, (H or 1, T, S), and what stays visible, as `spans` has it; `lead` are the axes before T."""

    def wide(part: Tensor) -> Tensor:
        if part.dim() < 3 or (part.dim() > 3 and part.shape[-3] == 1):
            return part.reshape(-1, *part.shape[-2:])[:1].expand(1, T, S) if part.dim() > 1 else part.expand(1, T, S)
        return part.expand(*lead, T, S).reshape(-1, T, S)

    bias = visible = None
    if scores.added:
        bias, visible = apart(sum(wide(each[..., :S]) for each in scores.added).float())
    if scores.visible is not None:
        more = wide(scores.visible[..., :S])
        visible = more if visible is None else visible & more
        bias = None if bias is None or not bias.masked_fill(~visible, 0.0).any() else bias
    return bias, None if visible is None else spans(visible)


def groups(k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Keys and values (H, S, d) with one of each group of heads that share them, (G, S, d)."""
    heads = len(k)
    for each in range(heads, 1, -1):
        if heads % each:
            continue
        parts = [part.view(heads // each, each, *part.shape[1:]) for part in (k, v)]
        if all(torch.equal(part[:, 1:], part[:, :1].expand_as(part[:, 1:])) for part in parts):
            return tuple(part[:, 0].contiguous() for part in parts)
    return k, v
