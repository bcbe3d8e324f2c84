"""What a card says and shows of a translation: the French, the word that looks most clearly, and where it looks."""

from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from attention_core.figures.scales import SHARES
from attention_core.lesson.parts import Bars, Heat, Picture, sizes
from attention_core.translation.record import Translation
from attention_core.translation.words import token_label
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import labels

_NUMBERS_UP_TO = 12  # columns of a heatmap with a number in each cell


@dataclass(frozen=True, eq=False)
class Rendering:
    """A translation as a card looks at it: the mean of the heads of the last layer, and the step that looks most clearly."""

    translation: Translation

    @cached_property
    def weights(self) -> Tensor:
        """The cross-attention of the last layer, the mean of its heads, (T, S)."""
        cross = self.translation.cross
        return cross.weights(len(cross.layers) - 1).mean(dim=0)

    @cached_property
    def step(self) -> int:
        """The step, the end mark's excepted where there is another, that gives one English word most."""
        words = [place for place, token in enumerate(self.translation.written) if not token.is_special]
        return max(words or [0], key=lambda place: self.weights[place].max().item())

    @property
    def writes(self) -> Mark:
        """The French token of the step."""
        return Mark(token_label(self.translation.written[self.step]), "query")

    @property
    def looks_at(self) -> Mark:
        """The English token that the step looks at most."""
        return Mark(token_label(self.translation.source[int(self.weights[self.step].argmax())]), "key")

    @property
    def share(self) -> str:
        """How much of its weight that is."""
        return percent(self.weights[self.step].max().item())


RENDERED_FACTS = {
    "english": lambda on: Mark(on.translation.text, "strong"),
    "french": lambda on: Mark(on.translation.french, "strong"),
    "writes": lambda on: on.writes,
    "looks_at": lambda on: on.looks_at,
    "looks_share": lambda on: Mark(on.share, "strong"),
    "first_french": lambda on: Mark(token_label(on.translation.written[0]), "query"),
    "first_share": lambda on: Mark(percent(on.translation.steps[0].chosen.probability), "strong"),
}


def _alignment(on: Rendering) -> Picture:
    rows, columns = ([token_label(token) for token in side] for side in (on.translation.written, on.translation.source))
    title: Phrase = (Mark("A", "weight"), f"\u2002{sizes(*on.weights.shape)}, in %: French looks at English")
    column = int(on.weights[on.step].argmax())
    return (Heat(title, on.weights, SHARES, rows, columns, row=on.step, column=column, numbers=_percents(on.weights)),)


def _both_selves(on: Rendering) -> Picture:
    heats = []
    for title, attentions in (("encoder: all words", on.translation.encoder), ("decoder: only back", on.translation.decoder)):
        weights = attentions.weights(0).mean(dim=0)
        names = labels(attentions.rows)
        heats.append(Heat((Mark(title, "strong"),), weights, SHARES, names, names, numbers=_percents(weights)))
    return tuple(heats)


def _likeliest(on: Rendering) -> Picture:
    """The likeliest first words."""
    step = on.translation.steps[0]
    lines = [
        ((Mark(token_label(each.token), "query"),), each.probability, percent(each.probability)) for each in step.likeliest[:8]
    ]
    return (Bars(("the first French word may be",), "weight", lines),)


def _percents(shares: Tensor) -> list[list[str]]:
    """Whole per cent, nothing where that would be 0; no numbers where there are too many cells."""
    if shares.size(1) > _NUMBERS_UP_TO:
        return []
    return [[f"{100 * share:.0f}" if share >= 0.005 else "" for share in row] for row in shares.tolist()]


RENDERED_PICTURES = {"alignment": _alignment, "both_selves": _both_selves, "next_word": _likeliest}
