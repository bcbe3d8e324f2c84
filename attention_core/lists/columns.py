"""Which column of a table holds the sentences: the one that is asked for, or a guess with its reason."""

from collections.abc import Sequence

from attention_core.errors import ListError
from attention_core.lists.rows import text_of
from attention_core.writing.text import cut

_NAMES = ("sentence", "sentences", "text", "texts", "satz", "sätze", "content", "utterance", "body", "review", "comment")


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
    named = [place for place, title in enumerate(columns) if title.casefold() in _NAMES and words[place]]
    best = max(named or range(len(columns)), key=lambda place: words[place])
    if len(columns) == 1:
        return best, "It is the only column."
    if named:
        return best, f"Its name says so, and its cells hold {words[best]:.1f} words on average."
    return best, f"Its cells hold the most words: {words[best]:.1f} on average."


def _mean_words(texts: Sequence[str]) -> float:
    """The mean number of words of cells that are not empty; 0 where most hold no letter."""
    texts = [text for text in texts if text]
    if 2 * sum(any(character.isalpha() for character in text) for text in texts) <= len(texts):
        return 0.0
    return sum(len(text.split()) for text in texts) / len(texts)


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
