"""What every head does on a whole list of sentences: the PATTERNS on each, their mean and spread, and where most and least.

The work on one batch is `read_patterns`, a pure function of the model and some texts; a `Survey` adds batches up.
Shapes: N sentences, P patterns, L layers, H heads, B sentences of T tokens each. Layers, heads and sentences count from 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.attention import attend
from attention_core.errors import ChoiceError, TextTooLongError
from attention_core.measures import is_separator, measure
from attention_core.model import TracedModel, of_equal_length
from attention_core.patterns import PATTERNS

NAMES = tuple(PATTERNS)
PORTION = 6_000  # characters: a third of a second's work or so


@dataclass(frozen=True)
class Lengths:
    """How many tokens some sentences have, special tokens included, and how many of them were read."""

    tokens: tuple[int, ...]
    read: tuple[int, ...]  # the same, or what of a longer sentence the model has positions for
    words: tuple[bool, ...]  # whether there is more than special tokens


@dataclass(frozen=True, eq=False)
class PatternScores:
    """What the heads do on some sentences, in their order."""

    lengths: Lengths
    scores: Tensor  # (N, P, L, H), P in the order of PATTERNS


def portion(texts: Sequence[str], start: int = 0, characters: int = PORTION) -> Sequence[str]:
    """The next few texts from `start` on that are about so many characters together; none where no text is left."""
    stop = start
    while stop < len(texts) and characters > 0:
        characters -= len(texts[stop])
        stop += 1
    return texts[start:stop]


def fitted(model: TracedModel, texts: Sequence[str]) -> tuple[list[list[int]], Lengths]:
    """The token ids that the model reads of each text, and their numbers: a text that is too long is read to the limit.

    Raises TextError for text that is no valid Unicode.
    """
    ids = model.ids(texts)
    tokens = tuple(map(len, ids))
    for place, count in enumerate(tokens):
        if count > model.config.positions:
            ids[place] = model.ids([readable(model, texts[place])])[0]
    special = len(model.ids([""])[0])
    return ids, Lengths(tokens, tuple(map(len, ids)), tuple(count > special for count in tokens))


def readable(model: TracedModel, text: str) -> str:
    """The part of a text that the model has positions for. Raises TextError for text that is no valid Unicode."""
    try:
        model.tokens(text)
    except TextTooLongError as error:
        return error.readable
    return text


@torch.inference_mode()
def read_patterns(model: TracedModel, texts: Sequence[str]) -> PatternScores:
    """How much every head shows each of the PATTERNS on every text; the same texts give the same numbers.

    Raises TextError for text that is no valid Unicode.
    """
    ids, lengths = fitted(model, texts)
    scores = torch.empty(len(texts), len(NAMES), model.config.layers, model.config.heads)
    separators = {id: is_separator(model.piece(id)) for id in set().union(*ids)}
    for group in of_equal_length(lengths.read):
        together = torch.tensor([ids[place] for place in group])  # (B, T)
        same = together[:, :, None] == together[:, None, :]
        separates = torch.tensor([[separators[id] for id in ids[place]] for place in group])
        for layer, weights in enumerate(weights_of_layers(model, together)):
            measured = measure(weights, same, separates)
            scores[group, :, layer] = torch.stack([measured[name] for name in NAMES], dim=1)
    return PatternScores(lengths, scores)


def weights_of_layers(model: TracedModel, ids: Tensor) -> Iterator[Tensor]:
    """The softmax weights (B, H, T, T) of one layer after the other, of token ids (B, T).

    Of the last layer only the weights are computed: nobody asks what comes of them.
    """
    x = model.encoder.embed(ids)
    *earlier, last = model.encoder.blocks
    for block in earlier:
        x, received = block(x)
        yield attend(received.q, received.k, received.v).weights
    received = last.received(x)
    yield attend(received.q, received.k, received.v).weights


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
