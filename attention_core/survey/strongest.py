"""The strongest links of a whole list, or of parts of it that are merged. Shapes: M links, L layers, H heads."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.survey.sentence_names import UNNAMED, following
from attention_core.survey.word_links import DEFINITIONS, Place, WordLinks

_OF_A_HEAD, _MOSTLY = 3, 0.5  # links of each head that are kept; the mean weight from which on a head goes by position
_BEFORE, _AFTER = 1, -1  # from a word to the one before or after


@dataclass(frozen=True)
class Link:
    """One link in one head."""

    place: Place  # its sentence is the number in the order of adding, or the name that was given
    layer: int
    head: int
    weight: float
    stands_out: float


class Strongest:
    """The strongest links of a whole list so far, over all sentences and heads; memory does not grow with their number."""

    def __init__(self, most: int = 200, by: str = "stands_out"):
        """`most` is how many to keep; `by` is 'stands_out' or 'weight'."""
        if by not in DEFINITIONS:
            raise ChoiceError(f"Links cannot be ordered by {by!r}: choose {' or '.join(DEFINITIONS)}.")
        self.sentences = 0  # read so far
        self.found = 0  # links so far, each counted once for all heads
        self._most, self._by = most, by
        self._is_named: bool | None = None
        self._best: list[Link] = []
        self._of_head: dict[tuple[int, int], list[Link]] = {}
        # Links to the word before and after: their number, and the sum of their weights, (L, H) in float64.
        self._beside: dict[int, tuple[int, Tensor]] = {step: (0, torch.zeros(())) for step in (_BEFORE, _AFTER)}

    def add(self, batch: WordLinks, names: Sequence[int] | None = None) -> None:
        """Count in the links of more sentences, under their names (see `sentence_name`).

        Without names they are numbered as they come, from 0. Raises ChoiceError where only some sentences have names.
        """
        count = len(batch.lengths.tokens)
        if not count:
            return
        self._is_named = following(self._is_named, names is not None)
        names = range(self.sentences, self.sentences + count) if names is None else names
        heads = batch.weight.size(-1)
        strength = getattr(batch, self._by).flatten(1)  # (M, L · H)

        def link(number: int, head: int) -> Link:
            place, at = batch.places[number], divmod(head, heads)
            place = replace(place, sentence=names[place.sentence])
            return Link(place, *at, batch.weight[number][at].item(), batch.stands_out[number][at].item())

        order = strength.flatten().sort(descending=True, stable=True).indices[: self._most]
        best = [link(*divmod(index, strength.size(1))) for index in order.tolist()]
        of_head = {}
        first = strength.sort(dim=0, descending=True, stable=True).indices[:_OF_A_HEAD] if len(strength) else strength.long()
        for head, numbers in enumerate(first.T.tolist()):
            of_head[divmod(head, heads)] = [link(number, head) for number in numbers]
        distances = torch.tensor([place.query - place.key for place in batch.places])
        beside = {
            step: (int((distances == step).sum()), batch.weight[distances == step].double().sum(dim=0)) for step in self._beside
        }
        self._take(count, len(batch.places), best, of_head, beside)

    def merge(self, other: Strongest) -> None:
        """Count in all links of another one, which stays as it is; in whatever order, the result is the same to 1e-9.

        Raises ChoiceError where the sentences of either have no names, and where the two are not ordered alike.
        """
        if not other.sentences:
            return
        if not other._is_named or self._is_named is False:
            raise ChoiceError(UNNAMED)
        if other._by != self._by:
            raise ChoiceError(f"Links ordered by {other._by!r} cannot be merged with links ordered by {self._by!r}.")
        self._is_named = True
        self._take(other.sentences, other.found, other._best, other._of_head, other._beside)

    def _take(
        self,
        sentences: int,
        found: int,
        best: Iterable[Link],
        of_head: dict[tuple[int, int], list[Link]],
        beside: dict[int, tuple[int, Tensor]],
    ) -> None:
        self._best = self._largest([*self._best, *best], self._most)
        for at, links in of_head.items():
            self._of_head[at] = self._largest([*self._of_head.get(at, []), *links], _OF_A_HEAD)
        for step, (count, total) in beside.items():
            known = self._beside[step]
            self._beside[step] = known[0] + count, known[1] + total
        self.sentences += sentences
        self.found += found

    def _largest(self, found: list[Link], most: int) -> list[Link]:
        """The strongest; of equal ones the first by sentence and from left to right, whatever the order of adding."""
        return heapq.nsmallest(most, found, key=self._order)

    def _order(self, link: Link) -> tuple:
        place = link.place
        return -getattr(link, self._by), place.sentence, place.query, place.key, link.layer, link.head

    @property
    def by_head(self) -> tuple[tuple[Link, ...], ...]:
        """The strongest links of each head, at most three, the head with the strongest one first."""
        found = sorted(
            (at for at, links in self._of_head.items() if links),
            key=lambda at: (-getattr(self._of_head[at][0], self._by), at),
        )
        return tuple(tuple(self._of_head[at]) for at in found)

    @property
    def positional(self) -> frozenset[tuple[int, int]]:
        """The (layer, head) that give the word right before, or right after, more than half of their weight, whatever it is.

        On average over the links that were found between neighbours; none where there was no such link.
        """
        found: set[tuple[int, int]] = set()
        for count, total in self._beside.values():
            if count:
                found |= {(layer, head) for layer, head in (total / count > _MOSTLY).nonzero().tolist()}
        return frozenset(found)

    @property
    def best(self) -> tuple[Link, ...]:
        """The strongest links, the strongest first; of equal ones the first by sentence and from left to right."""
        return tuple(self._best)

    def state(self) -> dict[str, object]:
        """All that is known, as JSON can hold it, from which `of_state` makes it again."""
        return {
            "sentences": self.sentences,
            "found": self.found,
            "most": self._most,
            "by": self._by,
            "best": [asdict(link) for link in self._best],
            "of_head": [[*at, [asdict(link) for link in links]] for at, links in self._of_head.items()],
            "beside": [[step, count, total.tolist()] for step, (count, total) in self._beside.items()],
        }

    @classmethod
    def of_state(cls, state: dict) -> Strongest:
        """The strongest links, of named sentences, whose `state` this is."""

        def link(known: dict) -> Link:
            return Link(**(known | {"place": Place(**known["place"])}))

        strongest = cls(state["most"], state["by"])
        strongest.sentences, strongest.found = state["sentences"], state["found"]
        strongest._is_named = True if strongest.sentences else None
        strongest._best = [link(known) for known in state["best"]]
        strongest._of_head = {(layer, head): [link(known) for known in links] for layer, head, links in state["of_head"]}
        strongest._beside = {step: (count, torch.tensor(total, dtype=torch.float64)) for step, count, total in state["beside"]}
        return strongest
