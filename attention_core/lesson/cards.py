"""A lesson as data: short cards, and what a card says and shows of a sentence."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from attention_core.errors import AttentionError
from attention_core.lesson.predictions import PREDICTED, Prediction, choice_asked
from attention_core.lesson.quiz import QuizEntry
from attention_core.lesson.scene import Scene, find, scene
from attention_core.lesson.translated import Rendering
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.translation.record import Translation
from attention_core.writing.phrases import Mark, Phrase, plain

MARKUP = re.compile(r"\[([^\[\]|]+)\|([a-z]+)\]|\{([a-z_0-9]+)(?::([^{}]+))?\}")


class LessonError(AttentionError):
    """A lesson file that cannot be shown: the message names its card and field."""


@dataclass(frozen=True)
class Card:
    """One screen of a lesson; layers and heads count from 1, as in the file.

    In `text`, `question` and `options`, [words|role] wears the colour of a role, or is bold with the role 'strong', and {fact}
    stands for one of the FACTS of the sentence on the screen; {share_of:word} is the weight that the query gives that word.
    """

    title: str
    text: str
    picture: str  # one of PICTURES
    chapter: str = ""  # begins a chapter with this card; without it, the card goes on with the one before
    question: str = ""  # shown first; text and picture wait until they are asked for
    predict: str = ""  # what the reader predicts, one of PREDICTED
    options: tuple[str, ...] = ()  # instead: what there is to choose, the right one first; the page mixes them
    sentence: str = ""  # the card's own; without it, the card speaks of the person's sentence
    layer: int = 0  # 0: as the person chose
    head: int = 0
    query: str = ""  # a word of the card's sentence; without it, as the person chose
    key: str = ""  # without it, the word that the query looks at most
    rival: str = ""  # another word, beside which the key stands
    against: tuple[int, int] = (0, 0)  # layer and head to compare with
    others: tuple[str, ...] = ()  # sentences to compare with
    translate: str = ""  # an English sentence for the app's translator, of which layer and head then are
    source: str = ""


@dataclass(frozen=True)
class Lesson:
    """What a teacher goes through, card by card, and the questions at its end."""

    title: str
    cards: tuple[Card, ...]
    quiz: tuple[QuizEntry, ...] = ()

    @cached_property
    def chapters(self) -> tuple[tuple[str, int, int], ...]:
        """Title, first card from 1 and number of cards of each chapter; one without a title where the file has none."""
        starts = [1, *(number for number, card in enumerate(self.cards, 1) if card.chapter and number > 1)]
        ends = [*starts[1:], len(self.cards) + 1]
        return tuple((self.cards[start - 1].chapter, start, end - start) for start, end in zip(starts, ends, strict=True))


def phrase(text: str, facts: dict[str, str | Mark | Phrase]) -> Phrase:
    """A card's text with the facts in their places, by name or 'name:word' as the text has them."""
    parts: list[str | Mark] = []
    end = 0
    for found in MARKUP.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        words, role, name, word = found.groups()
        if words:
            parts.append(Mark(words, role))
            continue
        fact = facts[name if word is None else f"{name}:{word}"]
        parts.extend(fact if isinstance(fact, tuple) else [fact])
    return tuple(part for part in (*parts, text[end:]) if part != "")


def asked(card: Card) -> set[str]:
    """The facts that the card's question and text need, by name or 'name:word'."""
    found = MARKUP.finditer(" ".join((card.question, card.text, *card.options)))
    return {name if word is None else f"{name}:{word}" for _, _, name, word in (one.groups() for one in found) if name}


def scene_of(
    card: Card,
    model: TracedModel,
    trace_of: Callable[[str], Trace],
    text: str,
    head: tuple[int, int],
    query: int | None,
    translation_of: Callable[[str], Translation],
) -> Scene:
    """The scene of a card for a person who typed a text and chose (layer, head) and a query, all from 0."""
    trace, rendering, own = trace_of(card.sentence or text), None, (card.layer, card.head)
    if card.translate:
        found, own = translation_of(card.translate), (0, 0)
        rendering = Rendering(found, (card.layer or len(found.cross.layers)) - 1, card.head - 1 if card.head else None)
    return scene(
        model,
        trace,
        tuple(trace_of(other) for other in card.others),
        ((own[0] or head[0] + 1) - 1, (own[1] or head[1] + 1) - 1),
        find(trace, card.query) if card.query else None if card.sentence else query,
        find(trace, card.key) if card.key else None,
        (card.against[0] - 1, card.against[1] - 1) if card.against != (0, 0) else None,
        (card.query, card.key, card.rival),
        rendering,
    )


def prediction_of(card: Card, on: Scene, found: dict[str, str | Mark | Phrase]) -> Prediction | None:
    """What the reader can predict on a card, with the facts of its scene; None where there is nothing."""
    if card.predict:
        return PREDICTED[card.predict](on)
    if card.options:
        return choice_asked([plain(phrase(option, found)) for option in card.options], 0, card.title)
    return None
