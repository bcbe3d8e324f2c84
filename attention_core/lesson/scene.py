"""What a card speaks of: one query and one key of one head, and what the experiments on them find."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.lab.interventions import Change, intervene, sentence_cosine
from attention_core.lesson.recurrence import Carried, carry
from attention_core.lesson.translated import Rendering
from attention_core.matrices.words import Cell
from attention_core.model.attention import Stages
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.stations.vectors import after, similarities
from attention_core.weights.contributions import added_lengths
from attention_core.weights.link_strength import strongest_link
from attention_core.writing.text import visible


@dataclass(frozen=True, eq=False)
class Scene:
    """What a card speaks of: one query and one key of one head; all indices count from 0."""

    model: TracedModel
    cell: Cell
    against: Cell | None  # the same query and key in another head
    others: tuple[Trace, ...]  # sentences to compare with
    rival: int | None = None  # another key, beside which the key stands
    word: str = ""  # the query as the card names it, for the sentences to compare with
    words: tuple[str, str] = ("", "")  # key and rival as the card names them
    rendering: Rendering | None = None  # what the card translates

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
    def added(self) -> Tensor:
        """The length |a·v| of what each key adds to z of the query, (T,)."""
        return added_lengths(self.cell.stages, self.cell.query)

    @cached_property
    def loudest(self) -> int:
        """The key whose value adds most to z of the query."""
        return int(self.added.argmax())

    @cached_property
    def special(self) -> Tensor:
        """Which tokens the model has added, (T,) of bool."""
        return torch.tensor([token.is_special for token in self.cell.trace.tokens])

    @cached_property
    def masked(self) -> Tensor:
        """The head's weights under a causal mask, (T, T)."""
        attention = self.cell.trace.layers[self.cell.layer]
        return Change(causal=True).applied(attention).stages(self.cell.head).weights

    @cached_property
    def carried(self) -> Carried:
        """What a small recurrent network keeps of the key's word when it has read on to the query's, or back to it."""
        x, key, query = self.cell.trace.layers[0].x, self.cell.key, self.cell.query
        return carry(x[key : query + 1] if key <= query else x[query : key + 1].flip(0))

    @cached_property
    def twins(self) -> list[float]:
        """The cosine between the query's vector here and the same word's in the first other sentence, after each layer."""
        one, other = self.cell.trace, self.others[0]
        place = find(other, self.word)
        count = len(one.layers) + 1
        pairs = ((after(one, layer)[self.cell.query], after(other, layer)[place]) for layer in range(count))
        return [F.cosine_similarity(a, b, dim=0).item() for a, b in pairs]

    @cached_property
    def likeness(self) -> list[float]:
        """The cosine of the sentence's vector with that of each other sentence."""
        return similarities([self.cell.trace, *self.others])[0, 1:].tolist()

    @cached_property
    def silent(self) -> tuple[float, float]:
        """The cosine of the sentence's vector to what it is without this head, and without the one to compare with."""
        trace, heads = self.cell.trace, [self.cell, self.against or self.cell]
        changes = (Change(silenced=True, layer=cell.layer, head=cell.head) for cell in heads)
        one, other = (sentence_cosine(trace, intervene(self.model, trace, change)) for change in changes)
        return one, other

    def in_other(self, words: tuple[str, ...]) -> list[float]:
        """What the query's word gives some words in the first other sentence, in the same head."""
        other = self.others[0]
        row = other.stages(self.cell.layer, self.cell.head).weights[find(other, self.word)]
        return [row[find(other, word)].item() for word in words]


def scene(
    model: TracedModel,
    trace: Trace,
    others: tuple[Trace, ...],
    head: tuple[int, int],
    query: int | None = None,
    key: int | None = None,
    against: tuple[int, int] | None = None,
    words: tuple[str, str, str] = ("", "", ""),
    rendering: Rendering | None = None,
) -> Scene:
    """A scene of one head, (layer, head); without a query or key, they are those of its strongest link. All from 0.

    `words` are query, key and rival as a card names them, so that they can be found in other sentences too.
    Raises ChoiceError for a layer, head or position that there is not.
    """
    stages = trace.stages(*head)
    for position in (query, key):
        if position is not None and not 0 <= position < len(trace.tokens):
            raise no_such("token", position, len(trace.tokens), "this sentence")
    query, strongest = strongest_link(stages.weights, trace.tokens, query)
    key = strongest if key is None else key
    cell = Cell(trace, *head, query, key, stages)
    other_head = against and Cell(trace, *against, query, key, trace.stages(*against))
    rival = find(trace, words[2]) if words[2] else None
    return Scene(model, cell, other_head, others, rival, words[0], words[1:], rendering)


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
