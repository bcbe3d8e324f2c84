"""What a card says and shows of a translation: the French, the words that look most clearly, and what the mask hides."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from attention_core.figures.scales import SHARES, signed_scale
from attention_core.lesson.parts import CARD_NUMBERS_UP_TO, Bars, Heat, Picture, percents, sizes
from attention_core.model.attention import Stages
from attention_core.translation.record import Translation
from attention_core.translation.words import token_label
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import visible

_LIKELIEST = 8  # next tokens in a picture


@dataclass(frozen=True, eq=False)
class Rendering:
    """A translation as a card looks at it: one layer, and one of its heads or their mean; all count from 0."""

    translation: Translation
    layer: int
    head: int | None  # None for the mean of the layer's heads

    @cached_property
    def crossing(self) -> Tensor:
        """The cross-attention of the layer, (T, S)."""
        weights = self.translation.cross.weights(self.layer)
        return weights.mean(dim=0) if self.head is None else weights[self.head]

    @cached_property
    def step(self) -> int:
        """The step, the end mark's excepted where there is another, that gives one English word most."""
        words = [place for place, token in enumerate(self.translation.written) if not token.is_special]
        return max(words or [0], key=lambda place: self.crossing[place].max().item())

    @cached_property
    def looked(self) -> int:
        """The English token that the step looks at most."""
        return int(self.crossing[self.step].argmax())

    @cached_property
    def masked(self) -> Stages:
        """The stages of the decoder's own attention, of the head or else of the first."""
        return self.translation.decoder.stages(self.layer, self.head or 0)

    @property
    def row(self) -> int:
        """The token in the middle of what the decoder reads: some stand before it, and some after it."""
        return len(self.translation.target) // 2

    @property
    def later(self) -> float:
        """What this row would give later tokens if no mask hid them."""
        return self.masked.scaled[self.row].softmax(dim=-1)[self.row + 1 :].sum().item()

    @property
    def whose(self) -> str:
        """Whose numbers these are, as people count."""
        head = "mean of its heads" if self.head is None else f"head {self.head + 1}"
        return f"The app’s translator, layer {self.layer + 1}, {head}"


def _strong(text: str) -> Mark:
    return Mark(text.replace(" ", "\u00a0"), "strong")


def _french(rendering: Rendering, place: int) -> Mark:
    return Mark(token_label(rendering.translation.target[place]), "query")


def _sides(rendering: Rendering) -> tuple[int, int, int]:
    """How many French and English tokens there are, and how long their queries and keys."""
    _, T, d_k = rendering.translation.cross.layers[rendering.layer].q.shape
    return T, len(rendering.translation.source), d_k


RENDERED_FACTS: dict[str, Callable[[Rendering], str | Mark | Phrase]] = {
    "english": lambda on: visible(on.translation.text).replace("␣", " "),
    "french": lambda on: visible(on.translation.french).replace("␣", " "),
    "writes": lambda on: Mark(token_label(on.translation.written[on.step]), "query"),
    "looks_at": lambda on: Mark(token_label(on.translation.source[on.looked]), "key"),
    "looks_share": lambda on: _strong(percent(on.crossing[on.step, on.looked].item())),
    "reads": lambda on: _french(on, on.row),
    "reads_seen": lambda on: _strong(str(on.row + 1)),
    "later_share": lambda on: _strong(percent(on.later)),
    "first_french": lambda on: Mark(token_label(on.translation.steps[0].likeliest[0].token), "query"),
    "first_share": lambda on: _strong(percent(on.translation.steps[0].likeliest[0].probability)),
    "shape_french": lambda on: sizes(_sides(on)[0], _sides(on)[2]),
    "shape_english": lambda on: sizes(_sides(on)[1], _sides(on)[2]),
    "shape_cross": lambda on: sizes(*_sides(on)[:2]),
}


def _names(tokens) -> list[str]:
    """Names that have room beside a picture: the marks as short words."""
    marks = {"<s>": "start", "</s>": "end"}
    return [marks.get(token.text, "") if token.is_special else token_label(token) for token in tokens]


def _alignment(on: Rendering) -> Picture:
    title: Phrase = (Mark("A", "weight"), f"\u2002{sizes(*on.crossing.shape)}, in %")
    rows, columns = _names(on.translation.written), _names(on.translation.source)
    numbers = percents(on.crossing) if len(columns) <= CARD_NUMBERS_UP_TO else ()
    return (Heat(title, on.crossing, SHARES, rows, columns, row=on.step, column=on.looked, numbers=numbers),)


def _three_attentions(on: Rendering) -> Picture:
    """The weights of encoder, decoder and cross-attention; what the mask hides is hatched."""
    found = on.translation

    def weights(kind: str) -> Tensor:
        of_all = getattr(found, kind).weights(on.layer)
        return of_all.mean(dim=0) if on.head is None else of_all[on.head]

    english, french, written = map(_names, (found.source, found.target, found.written))
    hidden = torch.ones(len(french), len(french), dtype=torch.bool).triu(1)
    own = weights("decoder").masked_fill(hidden, -torch.inf)
    return (
        Heat((Mark("encoder", "strong"),), weights("encoder"), SHARES, english, english),
        Heat((Mark("decoder", "strong"),), own, SHARES, french, french),
        Heat((Mark("decoder → encoder", "strong"),), weights("cross"), SHARES, written, english),
    )


def _hidden(on: Rendering) -> Picture:
    """The decoder's scores with the mask, and the weights that softmax makes of them."""
    masked, weights, names = on.masked.masked, on.masked.weights, _names(on.translation.target)
    scale = signed_scale(masked[masked.isfinite()].numpy(), whole=True)
    scores = [[number(score, 0) if score > -torch.inf else "" for score in row] for row in masked.tolist()]
    shares = percents(weights)
    if len(names) > CARD_NUMBERS_UP_TO:
        scores = shares = ()
    return (
        Heat(("scaled scores, masked",), masked, scale, names, names, row=on.row, numbers=scores),
        Heat((Mark("A", "weight"), ", in %"), weights, SHARES, names, names, row=on.row, numbers=shares),
    )


def _next_word(on: Rendering) -> Picture:
    """The likeliest first words."""
    step = on.translation.steps[0]
    lines = [
        ((Mark(token_label(each.token), "query"),), each.probability, percent(each.probability))
        for each in step.likeliest[:_LIKELIEST]
    ]
    return (Bars(("what the first French token may be",), "weight", lines),)


RENDERED_PICTURES: dict[str, Callable[[Rendering], Picture]] = {
    "alignment": _alignment,
    "three_attentions": _three_attentions,
    "hidden": _hidden,
    "next_word": _next_word,
}
OF_NO_HEAD = ("next_word",)  # pictures of the whole translator
ATTENTION_SHOWN = {"hidden": "decoder"}  # which attention of the page Translate shows a picture; the others are of 'cross'
