"""Facts of a sentence that a lesson may name: each is computed from the numbers on the screen."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from attention_core.errors import ChoiceError, no_such
from attention_core.lesson.parts import sizes
from attention_core.lesson.translated import RENDERED_FACTS, Rendering
from attention_core.matrices.words import Cell
from attention_core.model.attention import Stages
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.stations.vectors import Journey, journey
from attention_core.translation.record import Translation
from attention_core.weights.link_strength import strongest_link
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import visible


@dataclass(frozen=True, eq=False)
class Scene:
    """What a card speaks of: one query and one key of one head; all indices count from 0."""

    model: TracedModel
    cell: Cell
    against: Cell | None  # the same query and key in another head
    others: tuple[Trace, ...]  # sentences to compare with
    rendering: Rendering | None = None  # the card's translation

    @cached_property
    def most(self) -> int:
        """The key that the query looks at most, special tokens and itself included."""
        return int(self.cell.stages.weights[self.cell.query].argmax())

    @cached_property
    def votes(self) -> Counter[int]:
        """For how many heads of the model each key is the one that the query looks at most."""
        trace, query = self.cell.trace, self.cell.query
        tops = (trace.weights(layer)[:, query].argmax(dim=-1).tolist() for layer in range(len(trace.layers)))
        return Counter(key for layer in tops for key in layer)

    @cached_property
    def way(self) -> Journey:
        """The query's way through the layers."""
        return journey(self.cell.trace, self.cell.query)


def scene(
    model: TracedModel,
    trace: Trace,
    others: tuple[Trace, ...],
    head: tuple[int, int],
    query: int | None = None,
    key: int | None = None,
    against: tuple[int, int] | None = None,
    translation: Translation | None = None,
) -> Scene:
    """A scene of one head, (layer, head); without a query or key, they are those of its strongest link. All from 0.

    Raises ChoiceError for a layer, head or position that there is not.
    """
    stages = trace.stages(*head)
    for position in (query, key):
        if position is not None and not 0 <= position < len(trace.tokens):
            raise no_such("token", position, len(trace.tokens), "this sentence")
    query, strongest = strongest_link(stages.weights, trace.tokens, query)
    key = strongest if key is None else key
    cell = Cell(trace, *head, query, key, stages)
    beside = against and Cell(trace, *against, query, key, trace.stages(*against))
    return Scene(model, cell, beside, others, translation and Rendering(translation))


def find(trace: Trace, word: str) -> int:
    """The position of the first token that a word begins with. Raises ChoiceError where there is none."""
    for position, token in enumerate(trace.tokens):
        if token.text.casefold() == word.casefold() or (token.span and trace.text[slice(*token.span)] == word):
            return position
    raise ChoiceError(
        f"There is no word “{spelled_out(word[:30])}” in “{spelled_out(trace.text[:60])}”, as the model reads it."
    )


def spelled_out(text: str) -> str:
    """The text with everything invisible but spaces made visible."""
    return visible(text).replace("␣", " ")


def others_give(stages: Stages, query: int, key: int) -> float:
    """The mean weight that all other queries give a key."""
    column = stages.weights[:, key]
    return ((column.sum() - column[query]) / max(len(column) - 1, 1)).item()


def _mix(scene: Scene) -> Phrase:
    """What z of the query is made of, as far as it matters."""
    largest, rest, left = scene.cell.mix(3)
    said: Phrase = ()
    for key, share in largest:
        said += (" + " if said else "", _whole(percent(share)), " of ", scene.cell.word(key, "value"))
    return (*said, f" + {_whole(percent(max(rest, 0)))} of the others") if left else said


def _row(scene: Scene, name: str):
    return getattr(scene.cell.stages, name)[scene.cell.query]


Fact = str | Mark | Phrase
FACTS: dict[str, Callable[[Scene], Fact]] = {
    "query": lambda on: on.cell.asking,
    "key": lambda on: on.cell.asked,
    "most": lambda on: on.cell.word(on.most, "key"),
    "layer": lambda on: str(on.cell.layer + 1),
    "head": lambda on: str(on.cell.head + 1),
    "share": lambda on: _strong(percent(on.cell.weight)),
    "share_of": lambda on: "",  # with a word: see `facts`
    "most_share": lambda on: _strong(percent(_row(on, "weights")[on.most].item())),
    "others_give": lambda on: _strong(percent(others_give(on.cell.stages, on.cell.query, on.cell.key))),
    "score": lambda on: _strong(number(on.cell.stages.scores[on.cell.query, on.cell.key])),
    "scaled": lambda on: _strong(number(on.cell.stages.scaled[on.cell.query, on.cell.key])),
    "row_min": lambda on: number(_row(on, "scores").min(), 1),
    "row_max": lambda on: number(_row(on, "scores").max(), 1),
    "row_sum": lambda on: number(_row(on, "weights").sum(), 3),
    "undivided": lambda on: _strong(percent(_row(on, "scores").softmax(dim=-1).max().item())),
    "divided": lambda on: _strong(percent(_row(on, "weights").max().item())),
    "mix": _mix,
    "distance": lambda on: str(abs(on.cell.query - on.cell.key)),
    "votes": lambda on: str(on.votes[on.cell.key]),
    "voted": lambda on: str(len(on.votes)),
    "start_first": lambda on: _strong(number(on.way.to_start[1])),
    "start": lambda on: _strong(number(on.way.to_start[-1])),
    "against_layer": lambda on: str(on.against.layer + 1),
    "against_head": lambda on: str(on.against.head + 1),
    "against_share": lambda on: _strong(percent(on.against.weight)),
    "against_others": lambda on: _strong(percent(others_give(on.against.stages, on.cell.query, on.cell.key))),
    "tokens": lambda on: str(len(on.cell.trace.tokens)),
    "layers": lambda on: str(on.model.config.layers),
    "heads": lambda on: str(on.model.config.heads),
    "all_heads": lambda on: str(on.model.config.layers * on.model.config.heads),
    "vocabulary": lambda on: f"{on.model.config.vocabulary:,}",
    "d_model": lambda on: str(on.model.config.d_model),
    "d_k": lambda on: str(on.model.config.d_k),
    "d_ff": lambda on: f"{on.model.config.d_ff:,}",
    "root": lambda on: number(float(on.cell.stages.divisor)),
    "shape_x": lambda on: sizes(len(on.cell.trace.tokens), on.model.config.d_model),
    "shape_q": lambda on: sizes(len(on.cell.trace.tokens), on.model.config.d_k),
    "shape_w": lambda on: sizes(on.model.config.d_model, on.model.config.d_k),
    "shape_a": lambda on: sizes(len(on.cell.trace.tokens), len(on.cell.trace.tokens)),
    **{name: lambda on, make=make: make(on.rendering) for name, make in RENDERED_FACTS.items()},
}


def facts(scene: Scene, names: Collection[str]) -> dict[str, Fact]:
    """The facts of those names, in the scene; 'share_of:word' is the weight that the query gives the word.

    Raises ChoiceError for a word that the sentence does not have.
    """
    found: dict[str, Fact] = {}
    for name in names:
        plain, _, word = name.partition(":")
        if word:
            found[name] = _strong(percent(_row(scene, "weights")[find(scene.cell.trace, word)].item()))
        else:
            found[name] = FACTS[plain](scene)
    return found


def _strong(text: str) -> Mark:
    return Mark(_whole(text), "strong")


def _whole(text: str) -> str:
    """A number that stays on one line with its unit."""
    return text.replace(" ", "\u00a0")
