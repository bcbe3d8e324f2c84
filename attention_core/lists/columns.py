"""Which column of a table holds the sentences: the one that is asked for, or a guess with its reason."""

import re
from collections.abc import Sequence

from attention_core.errors import ListError
from attention_core.lists.rows import text_of
from attention_core.writing.text import cut

# The likeliest first: where a table has several, a person means the earlier one.
_NAMES = (
    "sentence", "sentences", "sentence1", "sentence_1", "sentence_good", "text", "texts", "text1", "premise",
    "question", "question1", "satz", "sätze", "phrase", "frase", "oración", "zin", "zdanie", "предложение", "句子", "文",
    "문장", "जुमला", "جملة", "משפט", "texte", "texto", "testo", "tekst", "текст", "文本", "テキスト", "本文", "텍스트", "نص",
    "content", "utterance", "tweet", "message", "sms", "body", "review", "comment", "comments", "answer", "response",
    "hypothesis", "sentence2", "question2", "context", "document", "prompt", "source", "passage", "antwort", "kommentar", "v2",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(_NAMES)}
_TREE = re.compile(r"\(\s*(\S+ )?\(.*\)\s*\)", re.S)  # (ROOT (S …)) or ( ( The cat ) ( slept . ) )
_NO_PROSE = re.compile(r"[\[{].*[\]}]|https?://\S+|[\w.+-]+@[\w.-]+", re.S)


def is_known(title: str) -> bool:
    """Whether a title is one that columns of sentences have."""
    return _rank(title) is not None


def _rank(title: str) -> int | None:
    """The place of a title among those that columns of sentences have; of a dotted path its last part counts."""
    plain = title.strip().casefold()
    return _RANK.get(plain, _RANK.get(plain.replace("[]", "").rpartition(".")[2]))


def chosen_column(name: str, columns: tuple[str, ...], sample: Sequence[tuple], column: str | int | None) -> tuple[int, str]:
    """Which column holds the sentences, from 0, and why; `sample` are the first rows, `column` what is asked for, if anything.

    Raises ListError if no column holds text, and for one that is not there.
    """
    if not columns:
        if column is not None:
            raise ListError(f"{name} has no columns, so there is no column {column!r}: each of its lines is a sentence.")
        return 0, ""
    if column is not None:
        return _place(name, columns, column), "It was chosen."
    if not sample:
        raise ListError(f"{name} has names of columns ({_shown(columns)}) and no row below them. Give at least one sentence.")
    words = [_mean_words([text_of(cells[place]) for cells in sample if place < len(cells)]) for place in range(len(columns))]
    if not any(words):
        raise ListError(
            f"{name} has no column of text: no words are in {_shown(columns)}. Give a table with a column of sentences."
        )
    if len(columns) == 1:
        return 0, "It is the only column."
    named = [place for place, title in enumerate(columns) if words[place] >= 1 and _rank(title) is not None]
    if named:
        best = min(named, key=lambda place: (_rank(columns[place]), -words[place]))
        return best, f"Its name says so, and its cells hold {words[best]:.1f} words on average."
    best = max(range(len(columns)), key=lambda place: words[place])
    return best, f"Its cells hold the most words: {words[best]:.1f} on average."


def _mean_words(texts: Sequence[str]) -> float:
    """The mean number of words of cells that are not empty; 0 where most hold no letter, and near 0 where they are no prose."""
    texts = [text for text in texts if text]
    if 2 * sum(any(character.isalpha() for character in text) for text in texts) <= len(texts):
        return 0.0
    odd = sum(bool(_TREE.fullmatch(text[:2_000]) or _NO_PROSE.fullmatch(text[:2_000])) for text in texts)
    mean = sum(len(text.split()) for text in texts) / len(texts)
    return mean / 1000 if 2 * odd > len(texts) else mean


def _place(name: str, columns: tuple[str, ...], column: str | int) -> int:
    """The index of a column that is given by its name or by its place from 1."""
    if column in columns:
        return columns.index(column)
    if str(column).isdecimal() and 1 <= int(column) <= len(columns):
        return int(column) - 1
    raise ListError(
        f"{name} has no column {column!r}: its columns are {_shown(columns)}. Give one of these, or a place from 1."
    )


def _shown(columns: tuple[str, ...]) -> str:
    return ", ".join(cut(title, 40) for title in columns[:12]) + ", …" * (len(columns) > 12)
