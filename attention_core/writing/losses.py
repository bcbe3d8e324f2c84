"""What a model does not read of a text as it stands, in words: dropped accents, unknown words, a length beyond the usual."""

import unicodedata
from collections import Counter

from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.writing.text import cut, isolated, visible

_NAMED = 3  # words of each kind
_LONGEST = 20  # characters of one


def losses(model: TracedModel, trace: Trace) -> list[str]:
    """One sentence for each kind of loss; none for a text that is read as it stands."""
    return [said for said in (_dropped(model, trace.text), _unknown(trace), _longer(model, trace)) if said]


def dropped_marks(model: TracedModel, text: str) -> dict[str, str]:
    """The words whose accents or vowel signs the model drops, and what it reads instead, in order."""
    found = {}
    for word in dict.fromkeys(text.split()):
        if word.isascii():
            continue
        read = model.normalized(word)
        if _marks(word) - _marks(read):
            found[word] = read.strip()
    return found


def _marks(text: str) -> Counter[str]:
    """The combining marks of a text, also those that are written as one character with their letter."""
    return Counter(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) == "Mn")


def _dropped(model: TracedModel, text: str) -> str:
    words = dropped_marks(model, text)
    if not words:
        return ""
    pairs = [f"{_named(word)} as {_named(read)}" for word, read in list(words.items())[:_NAMED]]
    return f"This model drops accents and vowel signs. It reads {_listed(pairs, len(words))}."


def _unknown(trace: Trace) -> str:
    pieces = (trace.text[slice(*token.span)] for token in trace.tokens if token.text == "[UNK]")
    unknown = list(dict.fromkeys(piece for piece in pieces if piece != "[UNK]"))
    if not unknown:
        return ""
    named = _listed([_named(piece) for piece in unknown[:_NAMED]], len(unknown))
    return f"Not in the model’s vocabulary, so it reads [UNK] instead: {named}."


def _longer(model: TracedModel, trace: Trace) -> str:
    count, usual = len(trace.tokens), model.sentence_length
    if not usual or count <= usual:
        return ""
    return (
        f"{count:,} tokens are read here, of the {model.config.positions:,} that the model has positions for; "
        f"sentence-transformers itself reads only the first {usual:,} of this model."
    )


def _named(text: str) -> str:
    return f"“{isolated(visible(cut(text, _LONGEST)))}”"


def _listed(some: list[str], count: int) -> str:
    return ", ".join(some) + (f" and {count - len(some):,} more" if count > len(some) else "")
