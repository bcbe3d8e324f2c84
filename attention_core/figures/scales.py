"""What the ends of a colour scale stand for."""

from dataclasses import dataclass

import numpy as np

from attention_core.writing.numbers import significant


@dataclass(frozen=True)
class Scale:
    """What the two ends of a colour scale stand for, and what lies beyond them."""

    low: float
    high: float
    beyond: int = 0  # how many values are drawn in an end colour although they lie further out
    extreme: float = 0.0  # the largest |value|

    @property
    def remark(self) -> str:
        """What the scale leaves out, in words; empty if nothing."""
        if not self.beyond:
            return ""
        return f"{self.beyond:,} {'cell' if self.beyond == 1 else 'cells'} beyond, up to {significant(self.extreme)}"

    @property
    def of_shares(self) -> bool:
        """Whether it goes from 0 upwards, not to both sides of 0."""
        return self.low == 0


SHARES = Scale(0.0, 1.0)
_WHOLE_UP_TO, _TOP = 30, 0.25  # words; of more, each gets so little that nothing would be seen on the whole scale


def top_of_shares(count: int) -> float:
    """From which weight on a picture of so many words has its last colour."""
    return 1.0 if count <= _WHOLE_UP_TO else _TOP


def share_scale(values: np.ndarray, top: float | None = None) -> Scale:
    """A scale of weights, (T, T), to `top`, by default as high as so many words need it."""
    top = top_of_shares(max(values.shape)) if top is None else top
    return SHARES if top == 1 else Scale(0.0, top, int((values > top).sum()), float(values.max()))


def signed_scale(values: np.ndarray, whole: bool = False) -> Scale:
    """A scale centred on 0 that reaches the largest |value|, or their 99th percentile where a few outliers tower.

    A `whole` scale leaves nothing out: where a few values are all that there is to see.
    """
    size = np.abs(values).ravel()
    at = int(0.99 * (size.size - 1))
    ordered = np.partition(size, (at, -1))
    limit, extreme = float(ordered[at]), float(ordered[-1])
    if whole or extreme <= 1.5 * limit or limit == 0:
        limit = extreme or 1.0
    return Scale(-limit, limit, int((size > limit).sum()), extreme)
