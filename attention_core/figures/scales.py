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
        return f"{self.beyond:,} beyond, to {significant(self.extreme)}" if self.beyond else ""


SHARES = Scale(0.0, 1.0)


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
