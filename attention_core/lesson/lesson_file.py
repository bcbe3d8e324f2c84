"""Reads a lesson from a TOML file and checks it field by field, so that a teacher can write another."""

import tomllib
from dataclasses import MISSING, fields
from typing import Any

from attention_core.errors import AttentionError
from attention_core.lesson.cards import MARKUP, Card, Lesson, LessonError, asked
from attention_core.lesson.experiment_pictures import OF_QUERY_ELSEWHERE
from attention_core.lesson.facts import FACTS, OF_OTHER_HEAD, OF_OTHERS, OF_RIVAL
from attention_core.lesson.pictures import PICTURES
from attention_core.lesson.predictions import PREDICTED
from attention_core.lesson.quiz import QUESTIONS, QuizEntry
from attention_core.lesson.scene import find
from attention_core.lesson.translated import RENDERED_FACTS, RENDERED_PICTURES
from attention_core.model.traced import TracedModel
from attention_core.palette import ROLES
from attention_core.translation.transformer import TransformerConfig

WORDS_A_CARD = 70  # of question and text together; more is not read from the last row
CARDS, QUIZ = 60, 40


def read_lesson(text: str, name: str, layers: int, heads: int) -> Lesson:
    """The lesson in a TOML text, for a model of so many layers and heads; `name` is the file's, for messages.

    Raises LessonError, with the card and the field, for whatever cannot be shown.
    """
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LessonError(f"Lesson {name} is not readable as TOML: {error}.") from error
    unknown = set(found) - {"title", "cards", "quiz"}
    if unknown:
        raise LessonError(f"Lesson {name} has a field {sorted(unknown)[0]!r}; a lesson has a title, cards and a quiz.")
    if not isinstance(found.get("title"), str) or not found["title"].strip():
        raise LessonError(f"Lesson {name}: title is {found.get('title')!r}, expected a text that is not empty.")
    entries = found.get("cards")
    if not isinstance(entries, list) or not 1 <= len(entries) <= CARDS:
        raise LessonError(f"Lesson {name}: cards should be 1 to {CARDS} tables, each begun by [[cards]].")
    cards = tuple(_card(entry, f"Lesson {name}, card {number}", layers, heads) for number, entry in enumerate(entries, 1))
    asked_last = found.get("quiz", [])
    if not isinstance(asked_last, list) or len(asked_last) > QUIZ:
        raise LessonError(f"Lesson {name}: quiz should be at most {QUIZ} tables, each begun by [[quiz]].")
    quiz = tuple(_entry(entry, f"Lesson {name}, question {number}", cards) for number, entry in enumerate(asked_last, 1))
    return Lesson(found["title"], cards, quiz)


def check_sentences(lesson: Lesson, name: str, model: TracedModel) -> None:
    """Read all sentences of a lesson. Raises LessonError for one that cannot be read, or lacks a word that its card names."""
    for number, card in enumerate(lesson.cards, 1):
        named = [("query", card.query), ("key", card.key), ("rival", card.rival)]
        words = [*named, *(("text", fact.partition(":")[2]) for fact in sorted(asked(card)))]
        field = "others"
        try:
            for other in card.others:
                for word in _sought(card):
                    find(model.trace(other), word)
                model.trace(other)
            field = "sentence"
            trace = model.trace(card.sentence) if card.sentence else None
            for field, word in words if trace else ():  # noqa: B007  the message names it
                if word:
                    find(trace, word)
        except AttentionError as error:
            raise LessonError(f"Lesson {name}, card {number}: {field} does not fit. {error}") from error


def _sought(card: Card) -> list[str]:
    """The words that a card looks for in its other sentences."""
    facts = asked(card)
    sought = [card.query] if card.picture in OF_QUERY_ELSEWHERE or facts & set(OF_OTHERS[:4]) else []
    sought += [card.key] if card.picture == "trials" or "other_share" in facts else []
    return sought + ([card.rival] if card.picture == "trials" or "other_rival" in facts else [])


def _entry(entry: Any, where: str, cards: tuple[Card, ...]) -> QuizEntry:
    """One question of a quiz, checked field by field."""
    known = ("name", "question", "right", "wrong", "why", "card")
    if not isinstance(entry, dict):
        raise LessonError(f"{where} is no table. Begin each question by [[quiz]].")
    for field, value in entry.items():
        if field not in known:
            raise LessonError(f"{where} has a field {field!r}; the fields of a question are {', '.join(known)}.")
        texts = value if field == "wrong" and isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise LessonError(f"{where}: {field} is {str(value)[:60]!r}, expected a text that is not empty.")
    titles = [card.title for card in cards]
    if entry.get("card") not in titles:
        raise LessonError(f"{where}: card is {entry.get('card')!r}, expected the title of a card of this lesson.")
    number = titles.index(entry["card"]) + 1
    if "name" in entry:
        if entry["name"] not in QUESTIONS or set(entry) != {"name", "card"}:
            raise LessonError(f"{where}: a question that is computed has a card, and a name of {', '.join(QUESTIONS)}.")
        return QuizEntry(number, entry["name"])
    missing = [field for field in ("question", "right", "wrong", "why") if field not in entry]
    if missing:
        raise LessonError(f"{where} has no {missing[0]}. Give a name, or question, right, wrong and why.")
    if not isinstance(entry["wrong"], list) or len(set(entry["wrong"]) - {entry["right"]}) < len(entry["wrong"]):
        raise LessonError(f"{where}: wrong is {str(entry['wrong'])[:60]!r}, expected different answers in brackets.")
    return QuizEntry(number, "", entry["question"], entry["right"], tuple(entry["wrong"]), entry["why"])


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
    if "translate" in given:
        layers, heads = TransformerConfig.layers, TransformerConfig.heads
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
        elif name == "options":
            if not isinstance(given[name], list) or not 2 <= len(given[name]) <= 5:
                raise refuse(name, "two to five answers in brackets, the right one first")
            if not all(isinstance(one, str) and one.strip() for one in given[name]):
                raise refuse(name, "answers that are not empty")
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
    for field in ("query", "key", "rival"):
        if getattr(card, field) and not card.sentence:
            raise refuse(field, "none, or a word of the card's own sentence")
    for field in ("key", "rival"):
        if getattr(card, field) and not card.query:
            raise refuse(field, "none without a query")
    if card.predict and card.predict not in PREDICTED:
        raise refuse("predict", f"one of {', '.join(PREDICTED)}")
    if card.predict and card.options:
        raise refuse("options", "none beside predict")
    for field in ("predict", "options"):
        if getattr(card, field) and not card.question:
            raise LessonError(f"{where} has no question, which its {field} answers.")
    for field, where_used in _needed(card).items():
        if field not in _set(card):
            raise LessonError(f"{where} has no {field}, which {where_used} needs.")
    written = [("question", card.question), ("text", card.text), *(("options", option) for option in card.options)]
    for field, text in written:
        for found in MARKUP.finditer(text):
            _, role, name, word = found.groups()
            if role and role not in (*ROLES, "strong"):
                raise LessonError(f"{where}: {field} has the role {role!r}; roles are {', '.join((*ROLES, 'strong'))}.")
            if name and (name not in FACTS or bool(word) != (name == "share_of")):
                raise LessonError(f"{where}: {field} has {found[0]!r}; facts are {', '.join(FACTS)}.")
            if name == "share_of" and not card.sentence:
                raise LessonError(f"{where}: {field} has {found[0]!r}, but the card has no sentence of its own.")


def _needed(card: Card) -> dict[str, str]:
    """The fields that a card's picture, prediction and facts need, each with what needs it."""
    picture = f"its picture {card.picture!r}"
    found = {}
    for field, pictures in (
        ("translate", RENDERED_PICTURES),
        ("against", ("columns", "silence")),
        ("others", ("pair", "twin", "trials", "similarity")),
        ("query", ("pair", "twin", "trials")),
        ("key", ("trials",)),
        ("rival", ("trials",)),
    ):
        if card.picture in pictures:
            found[field] = picture
    if card.predict in ("twin_last", "closest"):
        found["others"] = f"its prediction {card.predict!r}"
    if card.predict in RENDERED_FACTS:
        found["translate"] = f"its prediction {card.predict!r}"
    for fact in sorted(name for name in asked(card) if name in FACTS):
        for field, names in (
            ("against", OF_OTHER_HEAD),
            ("rival", OF_RIVAL),
            ("others", OF_OTHERS),
            ("translate", RENDERED_FACTS),
        ):
            if fact in names:
                found[field] = f"{{{fact}}} in its text"
        if fact in ("other_share", "other_rival"):
            found |= dict.fromkeys(("query", "key"), f"{{{fact}}} in its text")
    return found


def _set(card: Card) -> set[str]:
    """The fields that the card has, of those that something may need."""
    names = ("against", "others", "query", "key", "rival", "translate")
    return {name for name in names if getattr(card, name) not in ((0, 0), (), "")}
