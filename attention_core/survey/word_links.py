"""Who looks at whom in a list of sentences: the links from some words to others, in every head.

The work on one batch is `find_links`, a pure function of the model, some texts and what to look for. Shapes: M links, L layers,
H heads, U words and special tokens of a sentence. Positions, layers, heads and sentences count from 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.batches import of_equal_length
from attention_core.model.lengths import Lengths, fitted, readable
from attention_core.model.tokens import Token
from attention_core.model.traced import TracedModel
from attention_core.weights.link_strength import link_scores
from attention_core.weights.pattern_measures import is_punctuation
from attention_core.weights.units import Units, units

DEFINITIONS = {
    "weight": "The softmax weight that the query word gives the key word. Of words of several tokens: the sum over the key's "
    "tokens of the mean over the query's tokens (Clark et al. 2019, section 4.1).",
    "stands_out": "The weight minus the mean weight that all other words of the sentence, [CLS] and [SEP] included, give the "
    "same key; from −1 to 1. A key that everybody looks at does not stand out.",
}


@dataclass(frozen=True)
class LinkSearch:
    """Which links to look for: from any of some words to any of others, or to any word before."""

    queries: frozenset[str]  # as `link_search` makes them: in small letters, without the accents that the model drops
    keys: frozenset[str] | None = None  # None: any word, and not punctuation
    before: bool = True  # only keys that stand before the query


@dataclass(frozen=True)
class Place:
    """One link in one sentence."""

    sentence: int  # which of the texts
    query: int  # the position of the first token of the word that looks
    key: int  # and of the one that is looked at
    query_word: str  # as the sentence spells it
    key_word: str


@dataclass(frozen=True, eq=False)
class WordLinks:
    """All links that were found, sentence by sentence and from left to right, and their strength in every head."""

    lengths: Lengths
    places: tuple[Place, ...]  # M of them
    weight: Tensor  # (M, L, H)
    stands_out: Tensor  # (M, L, H)


def link_search(
    model: TracedModel, queries: Iterable[str], keys: Iterable[str] | None = None, before: bool | None = None
) -> LinkSearch:
    """What to look for, each word checked; `before` is taken as True where no keys are given, and False where they are.

    Raises ChoiceError for no word, and for what the model does not read as one word.
    """
    asked = [None if words is None else frozenset(_one_word(model, word) for word in words) for words in (queries, keys)]
    if not all(words is None or words for words in asked):
        raise ChoiceError("There is no word to look for. Give at least one.")
    return LinkSearch(asked[0], asked[1], asked[1] is None if before is None else before)


def _one_word(model: TracedModel, word: str) -> str:
    tokens = model.tokens(word.strip())
    found = units(word.strip(), tokens, whole_words=True)
    plain = [text for text in _plain(found, tokens) if text]
    if len(plain) != 1:
        said = f"is {len(plain)} words to this model: {', '.join(plain)}" if plain else "is no word"
        raise ChoiceError(f"“{word}” {said}. Links go from one word to one other; give single words.")
    return plain[0]


def _plain(words: Units, tokens: Sequence[Token]) -> list[str]:
    """Each word as it is compared, special tokens as '': in small letters, and without the accents that the model drops."""
    plain = []
    for word, members in zip(words.tokens, words.members, strict=True):
        pieces = [tokens[position].text for position in members]
        spans = [tokens[position].span for position in members]
        is_split = len(set(spans)) < len(spans)  # a letter of several pieces
        read = word.text if is_split or "[UNK]" in pieces else "".join(piece.removeprefix("##") for piece in pieces)
        plain.append("" if word.is_special else read.strip().casefold())
    return plain


@torch.inference_mode()
def find_links(model: TracedModel, texts: Sequence[str], search: LinkSearch) -> WordLinks:
    """All links that are looked for in the texts; sentences without one cost no more than their tokens.

    Raises TextError for text that is no valid Unicode.
    """
    ids, lengths = fitted(model, texts)
    pairs = [_pairs(model, readable(model, text), search) for text in texts]
    having = [place for place, found in enumerate(pairs) if found[1]]
    L, H = model.config.layers, model.config.heads
    strengths: dict[int, Tensor] = {}
    for group in of_equal_length([lengths.read[place] for place in having]):
        members = [having[place] for place in group]
        layers = list(model.layer_weights(torch.tensor([ids[place] for place in members])))
        for row, place in enumerate(members):
            words, links = pairs[place]
            weights = words.weights(torch.stack([layer[row] for layer in layers]))  # (L, H, U, U)
            strengths[place] = torch.stack([torch.stack(link_scores(weights, *link)) for link in links])  # (m, 2, L, H)
    joined = torch.cat([torch.empty(0, 2, L, H), *(strengths[place] for place in having)])
    places = [
        Place(place, *(words.members[unit][0] for unit in link), *(words.tokens[unit].text for unit in link))
        for place, (words, links) in enumerate(pairs)
        for link in links
    ]
    return WordLinks(lengths, tuple(places), joined[:, 0], joined[:, 1])


def _pairs(model: TracedModel, text: str, search: LinkSearch) -> tuple[Units, list[tuple[int, int]]]:
    """The words of a text, and which of them are a query and a key that are looked for, from left to right."""
    tokens = model.tokens(text)
    words = units(text, tokens, whole_words=True)
    plain = _plain(words, tokens)
    if search.keys is None:
        keys = [unit for unit, word in enumerate(plain) if word and not is_punctuation(word)]
    else:
        keys = [unit for unit, word in enumerate(plain) if word in search.keys]
    return words, [
        (query, key)
        for query, word in enumerate(plain)
        if word in search.queries
        for key in keys
        if key < query or (key > query and not search.before)
    ]
