"""Pairs of sentences to learn from: read, split by English sentence, and laid out in batches."""

import gzip
import random
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from attention_core.errors import ListError
from attention_core.translation.vocabulary import clean

SentencePair = tuple[str, str]  # English, French


@dataclass(frozen=True)
class Split:
    """Pairs to learn from, and English sentences that none of them holds, each with all its French references."""

    training: list[SentencePair]
    held_out: list[tuple[str, tuple[str, ...]]]


def read_pairs(path: Path, words: int | None = None) -> list[SentencePair]:
    """The cleaned pairs of a file (.tsv or .tsv.gz: English, tab, French), each once, with at most `words` words a side.

    Raises ListError for a file that cannot be read, a line without two texts, or no pair at all.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ListError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    pairs = {}  # keeps the order, drops doubles
    for number, line in enumerate(lines, 1):
        texts = tuple(clean(text) for text in line.split("\t")[:2])
        if len(texts) < 2 or not all(texts):
            raise ListError(f"Line {number:,} of {path} is {line[:60]!r}; give an English text, a tab and a French text.")
        if words is None or max(len(text.split()) for text in texts) <= words:
            pairs[texts] = None
    if not pairs:
        raise ListError(f"{path} holds no pair of texts of at most {words} words.")
    return list(pairs)


def same_sentence(text: str) -> str:
    """A key that is equal for two spellings of a sentence: case, spaces, punctuation and quotation marks do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "PZCS") or folded


def split(pairs: list[SentencePair], count: int, seed: int) -> Split:
    """Keep `count` English sentences, with every pair that holds them in any spelling, out of training.

    Raises ListError if that leaves none for the one or the other.
    """
    by_sentence = defaultdict(list)
    for english, french in pairs:
        by_sentence[same_sentence(english)].append((english, french))
    if not 0 < count < len(by_sentence):
        raise ListError(f"Of {len(by_sentence):,} English sentences {count:,} cannot be held out; give 1 to all but one.")
    keys = sorted(by_sentence)
    random.Random(seed).shuffle(keys)
    out = set(keys[:count])
    held_out = [
        (by_sentence[key][0][0], tuple(dict.fromkeys(french for _, french in by_sentence[key]))) for key in keys[:count]
    ]
    return Split([pair for pair in pairs if same_sentence(pair[0]) not in out], held_out)


def as_typed(texts: list[str], seed: str) -> list[str]:
    """The texts as people also type them: some without a capital, some without the final mark, few in capitals."""
    chance = random.Random(seed)
    found = []
    for text in texts:
        case = chance.random()
        if case < 0.07:
            text = text.lower() if case < 0.06 else text.upper()
        if chance.random() < 0.1:
            text = text.rstrip(".?!") or text
        found.append(text)
    return found


def batches(lengths: list[tuple[int, int]], size: int, seed: str) -> list[list[int]]:
    """The places of all pairs, at most `size` a batch and in random order; lengths are those of source and target.

    The sources of a batch are equally long, its targets of like length.
    """
    chance = random.Random(seed)
    by_length = defaultdict(list)
    for place, (source, target) in enumerate(lengths):
        by_length[source].append((target + 2 * chance.random(), place))  # so that other neighbours meet in every epoch
    found = []
    for alike in by_length.values():
        ordered = [place for _, place in sorted(alike)]
        found += [ordered[start : start + size] for start in range(0, len(ordered), size)]
    chance.shuffle(found)
    return found
