"""Which column of a table holds the sentences: the one that is asked for, or a guess with its reason."""

import re
from collections import Counter
from collections.abc import Sequence

from attention_core.errors import ListError
from attention_core.lists.rows import text_of
from attention_core.writing.text import cut

# The likeliest first: where a table has several, a person means the earlier one.
_NAMES = (
    "sentence", "sentences", "sentence1", "sentencea", "sentencegood", "text", "texts", "text1", "texta", "fulltext", "premise",
    "question", "question1", "satz", "sätze", "phrase", "frase", "oración", "zin", "zdanie", "предложение", "句子", "文",
    "문장", "जुमला", "جملة", "משפט", "texte", "texto", "testo", "tekst", "текст", "文本", "テキスト", "本文", "텍스트", "نص",
    "content", "utterance", "tweet", "message", "sms", "body", "review", "comment", "comments", "answer", "response",
    "hypothesis", "sentence2", "question2", "context", "document", "prompt", "source", "passage", "antwort", "kommentar",
    "abstract", "headline", "selftext", "caption", "v2",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(_NAMES)}
_ENDS = ("sentence", "text", "tweet", "message", "review", "comment", "question", "utterance", "body", "content")  # review_text
_TREE = re.compile(r"\(\s*(\S+ )?\(.*\)\s*\)", re.S)  # (ROOT (S …)) or ( ( The cat ) ( slept . ) )
_WORD = re.compile(r"\S*\w\S*")
_HAS_WORDS = re.compile(r"[^\W\d_]{2}.*\s|\s.*[^\W\d_]{2}").search  # of a text
_ODD = 0.001  # how far cells are prose that look like none
_LOOKED_AT = 2_000  # characters of a cell
_NO_PROSE = re.compile(r"[\[{].*[\]}]|https?://\S+|[\w.+-]+@[\w.-]+", re.S)


def is_known(title: str) -> bool:
    """Whether a title is one that columns of sentences have."""
    return _rank(title) is not None


def _rank(title: str) -> int | None:
    """The place of a title among those that columns of sentences have; of a dotted path its last part counts."""
    plain = title.strip().replace("[]", "")
    for asked in (plain, plain.rpartition(".")[2]):
        if (rank := _RANK.get(re.sub(r"[_-]", "", asked.casefold()))) is not None:
            return rank
        if re.fullmatch(r"[\w-]{3,40}", asked):
            *words, last = re.split(r"[_-]|(?<=[a-z])(?=[A-Z])", asked)
            if words and last.casefold() in _ENDS:
                return len(_NAMES) + _ENDS.index(last.casefold())
    return None


def chosen_column(
    name: str,
    columns: tuple[str, ...],
    sample: Sequence[tuple],
    column: str | int | None,
    hidden: frozenset[int] = frozenset(),
) -> tuple[int, str]:
    """Which column holds the sentences, from 0, and why; `sample` are the first rows, `column` what is asked for, if anything.

    One of the `hidden` columns is taken only where no other holds text.
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
    words, shares = zip(
        *(_prose([text_of(cells[place]) for cells in sample if place < len(cells)]) for place in range(len(columns))),
        strict=True,
    )
    if not any(words):  # few of the cells hold letters, as where answers are mostly numbers
        words, shares = zip(
            *(_prose([text for cells in sample if place < len(cells) and _HAS_WORDS(text := text_of(cells[place]))])
              for place in range(len(columns))),
            strict=True,
        )  # fmt: skip
    if not any(words):
        listed = f"no words are in {_shown(columns)}" if any(columns) else "its columns have no names"
        raise ListError(f"{name} has no column of text: {listed}. Give a table with a column of sentences.")
    if any(words[place] for place in range(len(columns)) if place not in hidden):
        words = tuple(0.0 if place in hidden else mean for place, mean in enumerate(words))
    if len(columns) == 1:
        return 0, "It is the only column."
    prose = [place for place, share in enumerate(shares) if words[place] >= 1 and share > _ODD]
    named = [place for place in prose if _rank(columns[place]) is not None]
    if named:
        best = min(named, key=lambda place: (_rank(columns[place]), -words[place]))
        return best, f"Its name says so, and its cells hold {words[best]:.1f} words on average."
    best = max(range(len(columns)), key=lambda place: words[place] * shares[place])
    if not columns[best].startswith("column "):
        kind = _without_number(columns[best])
        first = next((place for place in prose if _without_number(columns[place]) == kind), best)
    else:  # sentences that stand in pairs are about as long
        least = 0.6 * words[best] * shares[best]
        first = next((place for place in prose if words[place] * shares[place] >= least), best)
    if first != best:
        return first, f"It is the first of several that are alike; its cells hold {words[first]:.1f} words on average."
    return best, f"Its cells hold the most words: {words[best]:.1f} on average."


def _without_number(title: str) -> str:
    """A title in which its number, or A or B, is left out: '#1 String' and '#2 String' are of one kind."""
    return re.sub(r"(?<![^\W_])[ab](?![^\W_])|\d+", "#", title.casefold())


def _prose(texts: Sequence[str]) -> tuple[float, float]:
    """The mean number of words of cells that are not empty, and how far they are prose, from 0 to 1.

    The mean is 0 where most hold no letter. Cells that are alike are less prose; trees, lists, addresses, dates, and cells
    that begin with the same words are nearly none.
    """
    texts = [text[:_LOOKED_AT] for text in texts if text]
    if 2 * sum(any(character.isalpha() for character in text) for text in texts) <= len(texts):
        return 0.0, 0.0
    distinct = {*texts}
    begun = Counter(" ".join(text.split()[:3]) for text in distinct if len(text.split()) > 3)
    odd = sum(bool(_TREE.fullmatch(text) or _NO_PROSE.fullmatch(text) or _is_code(text)) for text in texts)
    is_odd = 2 * odd > len(texts) or max(begun.values(), default=0) > max(0.8 * len(distinct), 2)
    mean = sum(len(_WORD.findall(text)) for text in texts) / len(texts)
    return mean, _ODD if is_odd else len(distinct) / len(texts)


def _is_code(text: str) -> bool:
    """Whether a text is a date, a time or a mark, in which digits stand as often as letters."""
    return sum(map(str.isdigit, text)) > 0.8 * sum(map(str.isalpha, text))


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
