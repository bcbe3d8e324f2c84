"""Mean, spread and extremes of the PATTERNS over a whole list of sentences."""

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.survey.pattern_scores import NAMES, PatternScores
from attention_core.weights.patterns import PATTERNS


class Survey:
    """The PATTERNS of all heads over all sentences so far: count, mean, spread, and the sentences at both ends.

    Memory does not grow with the number of sentences. Sums are in float64 (Chan et al. 1983, eq. 1.5, for two batches).
    """

    def __init__(self, ends: int = 10):
        """`ends` is how many sentences to keep at each end, for every pattern and head."""
        self.count = 0
        self._ends = ends
        self._mean = self._squares = torch.zeros(())
        self._top: dict[bool, tuple[Tensor, Tensor]] = {}

    def add(self, batch: PatternScores) -> None:
        """Count in the next sentences, which follow those that were added before."""
        added = len(batch.scores)
        if not added:
            return
        scores = batch.scores.double()
        mean = scores.mean(dim=0)
        difference = mean - self._mean
        total = self.count + added
        self._squares = self._squares + (scores - mean).square().sum(dim=0) + difference.square() * (self.count * added / total)
        self._mean = self._mean + difference * (added / total)
        places = torch.arange(self.count, total)[:, None, None, None].expand_as(scores)
        for largest in (True, False):
            values, where = batch.scores, places
            if largest in self._top:
                before = self._top[largest]
                values, where = torch.cat([before[0], values]), torch.cat([before[1], where])
            order = values.sort(dim=0, descending=largest, stable=True).indices[: self._ends]  # of equal ones the first
            self._top[largest] = values.gather(0, order), where.gather(0, order)
        self.count = total

    @property
    def mean(self) -> Tensor:
        """The mean over all sentences, (P, L, H) in float64. Raises ChoiceError before the first."""
        self._check()
        return self._mean

    @property
    def spread(self) -> Tensor:
        """The standard deviation over all sentences, (P, L, H) in float64, divided by n − 1; nan for a single sentence.

        Raises ChoiceError before the first.
        """
        self._check()
        return (self._squares / (self.count - 1)).sqrt() if self.count > 1 else torch.full_like(self._squares, torch.nan)

    def ends(self, pattern: str, layer: int, head: int, largest: bool = True) -> list[tuple[int, float]]:
        """The sentences in which a head does something most, or least, and how much: (number, score), the furthest first.

        Numbers are places in the order of adding, from 0. Raises ChoiceError for a pattern, layer or head that is not there,
        and before the first sentence.
        """
        self._check()
        _, L, H = self._mean.shape
        if pattern not in PATTERNS or not (0 <= layer < L and 0 <= head < H):
            raise ChoiceError(
                f"There is no pattern {pattern!r} of layer {layer}, head {head}: patterns are {', '.join(NAMES)}, "
                f"layers 0 to {L - 1}, heads 0 to {H - 1}."
            )
        values, places = (part[:, NAMES.index(pattern), layer, head].tolist() for part in self._top[largest])
        return list(zip(places, values, strict=True))

    def _check(self) -> None:
        if not self.count:
            raise ChoiceError("No sentence has been read yet, so there is nothing to sum up. Add at least one.")
