"""Mean, spread and extremes of the PATTERNS over a whole list of sentences, or over parts of it that are merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.survey.pattern_scores import NAMES, PatternScores
from attention_core.survey.sentence_names import UNNAMED, following
from attention_core.weights.patterns import PATTERNS


@dataclass(frozen=True, eq=False)
class Means:
    """The means of a survey at one moment, which stay as they are while it goes on."""

    count: int  # sentences
    mean: Tensor  # (P, L, H) in float64
    uncertainty: Tensor  # (P, L, H) the standard error of the mean: spread / √count; nan for a single sentence


class Survey:
    """The PATTERNS of all heads over all sentences so far: count, mean, spread, and the sentences at both ends.

    Memory does not grow with the number of sentences. Sums are in float64 (Chan et al. 1983, eq. 1.5, for two batches).
    """

    def __init__(self, ends: int = 10):
        """`ends` is how many sentences to keep at each end, for every pattern and head."""
        self.count = 0
        self._ends = ends
        self._is_named: bool | None = None  # whether names were given; None before the first sentence
        self._last = -1  # the largest name
        self._mean = self._squares = torch.zeros(())
        self._top: dict[bool, tuple[Tensor, Tensor]] = {}  # scores and names, each (n, P, L, H), the furthest first

    def add(self, batch: PatternScores, names: Sequence[int] | None = None) -> None:
        """Count in more sentences, under their names (see `sentence_name`).

        Without names they are numbered as they come, from 0. Raises ChoiceError where only some sentences have names.
        """
        if not len(batch.scores):
            return
        self._is_named = following(self._is_named, names is not None)
        scores = batch.scores.double()
        mean = scores.mean(dim=0)
        known = torch.arange(self.count, self.count + len(scores)) if names is None else torch.tensor(names)
        is_later = bool(known[0] >= self._last and (known[1:] >= known[:-1]).all())
        self._last = max(self._last, int(known.max()))
        top = batch.scores, known[:, None, None, None].expand_as(scores)
        squares = (scores - mean).square().sum(dim=0)
        self._take(len(scores), mean, squares, {True: top, False: top}, is_later)

    def merge(self, other: Survey) -> None:
        """Count in all sentences of another survey, which stays as it is; in whatever order, the result is the same to 1e-9.

        Raises ChoiceError where the sentences of either have no names: their numbers would be taken for each other's.
        """
        if not other.count:
            return
        if not other._is_named or self._is_named is False:
            raise ChoiceError(UNNAMED)
        self._is_named = True
        self._last = max(self._last, other._last)
        self._take(other.count, other._mean, other._squares, other._top, False)

    def _take(
        self, added: int, mean: Tensor, squares: Tensor, top: Mapping[bool, tuple[Tensor, Tensor]], is_later: bool
    ) -> None:
        """Count in so many sentences with this mean, sum of squares around it, and these scores and names.

        `is_later` says that names rise, and none is smaller than those before.
        """
        total = self.count + added
        difference = mean - self._mean
        self._squares = self._squares + squares + difference.square() * (self.count * added / total)
        self._mean = self._mean + difference * (added / total)
        for largest, (values, names) in top.items():
            if largest in self._top:
                before = self._top[largest]
                values, names = torch.cat([before[0], values]), torch.cat([before[1], names])
            if not is_later:  # of equal ones the first by name, whatever the order of adding or merging
                by_name = names.argsort(dim=0, stable=True)
                values, names = values.gather(0, by_name), names.gather(0, by_name)
            order = values.sort(dim=0, descending=largest, stable=True).indices[: self._ends]
            self._top[largest] = values.gather(0, order), names.gather(0, order)
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

    def means(self) -> Means:
        """The means at this moment, with their uncertainty. Raises ChoiceError before the first sentence."""
        return Means(self.count, self.mean, self.spread / self.count**0.5)

    def ends(self, pattern: str, layer: int, head: int, largest: bool = True) -> list[tuple[int, float]]:
        """The sentences in which a head does something most, or least, and how much: (name, score), the furthest first.

        Of equal ones the first by name comes first. Raises ChoiceError for a pattern, layer or head that is not there, and
        before the first sentence.
        """
        self._check()
        _, L, H = self._mean.shape
        if pattern not in PATTERNS or not (0 <= layer < L and 0 <= head < H):
            raise ChoiceError(
                f"There is no pattern {pattern!r} of layer {layer}, head {head}: patterns are {', '.join(NAMES)}, "
                f"layers 0 to {L - 1}, heads 0 to {H - 1}."
            )
        values, names = (part[:, NAMES.index(pattern), layer, head].tolist() for part in self._top[largest])
        return list(zip(names, values, strict=True))

    def state(self) -> dict[str, Tensor]:
        """All that is known, as named tensors, from which `of_state` makes the survey again; none before the first sentence."""
        if not self.count:
            return {}
        found = {"count": torch.tensor(self.count), "last": torch.tensor(self._last)}
        found |= {"mean": self._mean, "squares": self._squares}
        for largest, (values, names) in self._top.items():
            word = "largest" if largest else "smallest"
            found |= {f"{word}_scores": values, f"{word}_names": names}
        return found

    @classmethod
    def of_state(cls, state: Mapping[str, Tensor], ends: int = 10) -> Survey:
        """The survey, of named sentences, whose `state` this is."""
        survey = cls(ends)
        if state:
            survey.count, survey._last, survey._is_named = int(state["count"]), int(state["last"]), True
            survey._mean, survey._squares = state["mean"], state["squares"]
            for largest, word in ((True, "largest"), (False, "smallest")):
                survey._top[largest] = state[f"{word}_scores"], state[f"{word}_names"]
        return survey

    def _check(self) -> None:
        if not self.count:
            raise ChoiceError("No sentence has been read yet, so there is nothing to sum up. Add at least one.")
