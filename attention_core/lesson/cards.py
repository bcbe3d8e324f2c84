"""A lesson as data: short cards, read from a TOML file and checked, so that a teacher can write another."""

import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from typing import Any

from attention_core.errors import AttentionError
from attention_core.lesson.facts import FACTS, find
from attention_core.lesson.pictures import PICTURES
from attention_core.lesson.translated import RENDERED_FACTS, RENDERED_PICTURES
from attention_core.model.traced import TracedModel
from attention_core.palette import ROLES
from attention_core.writing.phrases import Mark, Phrase

WORDS_A_CARD = 80  # of question and text together; more is not read from the last row
CARDS = 60
_MARKUP = re.compile(r"\[([^\[\]|]+)\|([a-z]+)\]|\{([a-z_0-9]+)(?::([^{}]+))?\}")


class LessonError(AttentionError):
    """A lesson file that cannot be shown: the message names its card and field."""


@dataclass(frozen=True)
class Card:
    """One screen of a lesson; layers and heads count from 1, as in the file.

    In `text` and `question`, [words|role] wears the colour of a role, or is bold with the role 'strong', and {fact} stands for
    one of the FACTS of the sentence on the screen; {share_of:word} is the weight that the query gives that word.
    """

    title: str
    text: str
    picture: str  # one of PICTURES
    question: str = ""  # shown first; text and picture wait until they are asked for
    sentence: str = ""  # the card's own; without it, the card speaks of the person's sentence
    layer: int = 0  # 0: as the person chose
    head: int = 0
    query: str = ""  # a word of the card's sentence; without it, as the person chose
    key: str = ""  # without it, the word that the query looks at most
    against: tuple[int, int] = (0, 0)  # layer and head to compare with
    others: tuple[str, ...] = ()  # sentences to compare with
    translate: str = ""  # an English sentence, for facts and pictures of a translation
    source: str = ""


@dataclass(frozen=True)
class Lesson:
    """What a teacher goes through, card by card."""

    title: str
    cards: tuple[Card, ...]


def read_lesson(text: str, name: str, layers: int, heads: int) -> Lesson:
    """The lesson in a TOML text, for a model of so many layers and heads; `name` is the file's, for messages.

    Raises LessonError, with the card and the field, for whatever cannot be shown.
    """
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LessonError(f"Lesson {name} is not readable as TOML: {error}.") from error
    unknown = set(found) - {"title", "cards"}
    if unknown:
        raise LessonError(f"Lesson {name} has a field {sorted(unknown)[0]!r}; a lesson has a title and cards.")
    if not isinstance(found.get("title"), str) or not found["title"].strip():
        raise LessonError(f"Lesson {name}: title is {found.get('title')!r}, expected a text that is not empty.")
    entries = found.get("cards")
    if not isinstance(entries, list) or not 1 <= len(entries) <= CARDS:
        raise LessonError(f"Lesson {name}: cards should be 1 to {CARDS} tables, each begun by [[cards]].")
    cards = tuple(_card(entry, f"Lesson {name}, card {number}", layers, heads) for number, entry in enumerate(entries, 1))
    return Lesson(found["title"], cards)


def check_sentences(lesson: Lesson, name: str, model: TracedModel) -> None:
    """Read all sentences of a lesson. Raises LessonError for one that cannot be read, or lacks a word that its card names."""
    for number, card in enumerate(lesson.cards, 1):
        words = [("query", card.query), ("key", card.key), *(("text", fact.partition(":")[2]) for fact in sorted(asked(card)))]
        field = "others"
        try:
            for other in card.others:
                model.trace(other)
            field = "sentence"
            trace = model.trace(card.sentence) if card.sentence else None
            for field, word in words if trace else ():  # noqa: B007  the message names it
                if word:
                    find(trace, word)
        except AttentionError as error:
            raise LessonError(f"Lesson {name}, card {number}: {field} does not fit. {error}") from error


def phrase(text: str, facts: dict[str, str | Mark | Phrase]) -> Phrase:
    """A card's text with the facts in their places, by name or 'name:word' as the text has them."""
    parts: list[str | Mark] = []
    end = 0
    for found in _MARKUP.finditer(text):
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
    found = _MARKUP.finditer(f"{card.question} {card.text}")
    return {name if word is None else f"{name}:{word}" for _, _, name, word in (one.groups() for one in found) if name}


def _card(entry: Any, where: str, layers: int, heads: int) -> Card:
    """One card, checked field by field."""

    def refuse(field: str, expected: str) -> LessonError:
        value = repr(entry.get(field))
        return LessonError(f"{where}: {field} is {value if len(value) < 60 else value[:60] + '…'}, expected {expected}.")

    if not isinstance(entry, dict):
        raise LessonError(f"{where} is no table. Begin each card by [[cards]].")
    known = {field.name: field for field in fields(Card)}
    for name in entry:
        if name not in known:
            raise LessonError(f"{where} has a field {name!r}; the fields of a card are {', '.join(known)}.")
    given = dict(entry)
    for name, field in known.items():
        if name not in given:
            if field.default is MISSING:
                raise LessonError(f"{where} has no {name}. Every card needs a title, a text and a picture.")
            continue
        if name in ("layer", "head"):
            if type(given[name]) is not int or not 1 <= given[name] <= (layers if name == "layer" else heads):
                raise refuse(name, f"a whole number from 1 to {layers if name == 'layer' else heads}")
        elif name == "against":
            numbers = given[name]
            if not (isinstance(numbers, list) and len(numbers) == 2 and all(type(number) is int for number in numbers)) or not (
                1 <= numbers[0] <= layers and 1 <= numbers[1] <= heads
            ):
                raise refuse(name, f"a layer from 1 to {layers} and a head from 1 to {heads}, as [4, 2]")
            given[name] = tuple(numbers)
        elif name == "others":
            if not isinstance(given[name], list) or not 1 <= len(given[name]) <= 4:
                raise refuse(name, "one to four sentences in brackets")
            if not all(isinstance(one, str) and one.strip() for one in given[name]):
                raise refuse(name, "sentences that are not empty")
            given[name] = tuple(given[name])
        elif not isinstance(given[name], str) or not given[name].strip():
            raise refuse(name, "a text that is not empty")
    card = Card(**given)
    _check(card, where, refuse)
    return card


def _check(card: Card, where: str, refuse) -> None:
    """What fields of a card must be to each other. Raises LessonError."""
    if card.picture not in PICTURES:
        raise refuse("picture", f"one of {', '.join(PICTURES)}")
    count = len(f"{card.question} {card.text}".split())
    if count > WORDS_A_CARD:
        raise LessonError(f"{where}: question and text have {count} words; a card holds {WORDS_A_CARD}. Make two of it.")
    for field in ("query", "key"):
        if getattr(card, field) and not card.sentence:
            raise refuse(field, "none, or a word of the card's own sentence")
    if card.key and not card.query:
        raise refuse("key", "none without a query")
    for field, picture in (("against", "columns"), ("others", "similarity")):
        if card.picture == picture and field not in _set(card):
            raise LessonError(f"{where} has no {field}, which its picture {picture!r} needs.")
    if card.picture in RENDERED_PICTURES and not card.translate:
        raise LessonError(f"{where} has no translate, which its picture {card.picture!r} needs.")
    for field in ("question", "text"):
        for found in _MARKUP.finditer(getattr(card, field)):
            _, role, name, word = found.groups()
            if role and role not in (*ROLES, "strong"):
                raise LessonError(f"{where}: {field} has the role {role!r}; roles are {', '.join((*ROLES, 'strong'))}.")
            if name and (name not in FACTS or bool(word) != (name == "share_of")):
                raise LessonError(f"{where}: {field} has {found[0]!r}; facts are {', '.join(FACTS)}.")
            if name == "share_of" and not card.sentence:
                raise LessonError(f"{where}: {field} has {found[0]!r}, but the card has no sentence of its own.")
            if name and name.startswith("against") and "against" not in _set(card):
                raise LessonError(f"{where} has no against, which {found[0]!r} in its {field} needs.")
            if name in RENDERED_FACTS and not card.translate:
                raise LessonError(f"{where} has no translate, which {found[0]!r} in its {field} needs.")


def _set(card: Card) -> set[str]:
    return {name for name in ("against", "others") if getattr(card, name) not in ((0, 0), ())}
