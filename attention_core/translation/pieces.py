"""From text to the tokens that the translator reads, and from the ids that it writes back to tokens and text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tokenizers import Encoding, Tokenizer

from attention_core.errors import TextError
from attention_core.model.tokens import Token
from attention_core.translation.vocabulary import BYTES, END, MARKS


@dataclass(frozen=True)
class Reading:
    """What the translator reads of a text."""

    tokens: tuple[Token, ...]  # S of them, the end mark last
    cut: str  # the rest of the text, for which there is no room; empty where all is read


def read(text: str, tokenizer: Tokenizer, limit: int) -> Reading:
    """Split a text into tokens, at most `limit` of them with the end mark; what does not fit is cut, at a word if possible.

    Raises TextError for what is no str, no valid Unicode, or holds nothing to translate.
    """
    if not isinstance(text, str):
        raise TextError(f"The text is of type {type(text).__name__}; give a str.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TextError(
            "The text holds half of a surrogate pair, which is no character. Remove it, or decode the text again as UTF-8."
        ) from error
    encoding = _beginning(text, tokenizer, 2 * limit)
    if not encoding.ids:
        raise TextError("The text holds nothing to translate. Give at least one word.")
    fits = _room(encoding.tokens, encoding.offsets, limit - 1)
    tokens = []
    for place in range(fits):
        span = _without_space(text, encoding.offsets[place])
        continues = place > 0 and encoding.word_ids[place] == encoding.word_ids[place - 1]
        tokens.append(_token(encoding.tokens[place], encoding.ids[place], encoding.word_ids[place], span, continues))
    # A character of which not all bytes are read is cut.
    cut = text[min(encoding.offsets[fits - 1][1], encoding.offsets[fits][0]) :] if fits < len(encoding.ids) else ""
    return Reading((*tokens, mark(END)), cut)


def write(ids: Sequence[int], tokenizer: Tokenizer) -> tuple[str, tuple[Token, ...]]:
    """The text that ids of pieces stand for, and one token each; no mark is among them."""
    texts, spans = [], []
    stop = 0
    pieces = [tokenizer.id_to_token(id) for id in ids]
    for are_bytes, group in groupby(pieces, BYTES.__contains__):
        for part, count in _characters(list(group)) if are_bytes else ((piece, 1) for piece in group):
            texts.append(part)
            spans += [(stop, stop + len(part))] * count
            stop += len(part)
    whole = "".join(texts)
    words = [span for _, span in tokenizer.pre_tokenizer.pre_tokenize_str(whole)]
    lead = int(whole.startswith(" "))  # the space before the first word is no part of the text
    tokens = []
    word = 0
    for id, piece, (start, end) in zip(ids, pieces, spans, strict=True):
        while words[word][1] <= start:
            word += 1
        continues = bool(tokens) and tokens[-1].word == word
        start, end = _without_space(whole, (start, end))
        # A first piece that is nothing but that space stands at the first character.
        span = max(0, start - lead), min(max(1, end - lead), len(whole) - lead)
        tokens.append(_token(piece, id, word, span, continues))
    return whole[lead:], tuple(tokens)


def mark(id: int) -> Token:
    """The token of a mark: padding, start or end."""
    return Token(MARKS[id], id, True, None, None)


def _token(piece: str, id: int, word: int, span: tuple[int, int], continues: bool) -> Token:
    text = piece.removeprefix(" ") or piece
    # As the pieces of the other model show it; a byte is no letter of the word, and says so itself.
    return Token("##" + text if continues and piece not in BYTES else text, id, False, word, span, continues)


def _beginning(text: str, tokenizer: Tokenizer, count: int) -> Encoding:
    """The pieces of a text, or at least `count` of them: a long text is not split to its end, which takes seconds."""
    length = 16 * count
    while True:
        encoding = tokenizer.encode(text[:length])
        if length >= len(text) or len(encoding.ids) >= count:
            return encoding
        length *= 4


def _room(pieces: list[str], spans: list[tuple[int, int]], limit: int) -> int:
    """How many pieces are read: all, or those before the word that goes beyond the limit."""
    if len(pieces) <= limit:
        return len(pieces)
    for fits in range(limit, 0, -1):
        if pieces[fits].startswith(" "):
            return fits
    fits = limit
    while fits > 1 and spans[fits][0] < spans[fits - 1][1]:  # one endless word: at least a character stays whole
        fits -= 1
    return fits


def _without_space(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span without the spaces at its start, unless it is nothing else."""
    start, stop = span
    return (stop - len(text[start:stop].lstrip()), stop) if text[start:stop].strip() else span


def _characters(run: list[str]) -> list[tuple[str, int]]:
    """The characters of a run of bytes, each with the number of its bytes; bytes that are no UTF-8 stand for �, each alone."""
    raw = bytes(int(piece[3:5], 16) for piece in run)
    try:
        return [(character, len(character.encode())) for character in raw.decode()]
    except UnicodeDecodeError:
        return [("\N{REPLACEMENT CHARACTER}", 1)] * len(raw)
