"""Text to tokens: what the model reads, and which word each piece belongs to."""

from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer

from attention_core.errors import TextError, TextTooLongError


@dataclass(frozen=True)
class Token:
    """One position of the sentence as the model sees it."""

    text: str  # the vocabulary's piece: 'dog', '##ing', '[CLS]'
    id: int
    is_special: bool  # added around the sentence, stands for no character of it
    word: int | None  # which word of the sentence; None for special tokens
    span: tuple[int, int] | None  # the characters [start, end) of the text; None for special tokens
    continues_word: bool = False  # a piece that is not the first of its word


def tokenize(text: str, tokenizer: Tokenizer, limit: int) -> tuple[Token, ...]:
    """Split a text into the tokens that the model reads, special tokens included.

    Raises TextError for text that is no valid Unicode, TextTooLongError for more than `limit` tokens.
    """
    encoding = encoded(text, tokenizer)
    tokens = []
    previous_word = None
    columns = (encoding.tokens, encoding.ids, encoding.special_tokens_mask, encoding.word_ids, encoding.offsets)
    for piece, id, special, word, span in zip(*columns, strict=True):
        if special:
            word = span = None
        tokens.append(Token(piece, id, bool(special), word, span, word is not None and word == previous_word))
        previous_word = word
    return within(text, tokens, limit)


def encoded(text: str, tokenizer: Any, special: bool = True) -> Any:
    """What a tokenizer's `encode` makes of a text, with or without special tokens round it.

    Raises TextError for what is no text, for text that is no valid Unicode, and where the tokenizer itself breaks down.
    """
    if not isinstance(text, str):
        raise TextError(f"The text is of type {type(text).__name__}; give a str.")
    try:
        return tokenizer.encode(text, add_special_tokens=special)
    except (UnicodeEncodeError, TypeError) as error:
        raise TextError(
            "The text holds half of a surrogate pair, which is no character. Remove it, or decode the text again as UTF-8."
        ) from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library panics beside Exception
        raise broken_down(error) from error


def within(text: str, tokens: list[Token], limit: int) -> tuple[Token, ...]:
    """The tokens of a text. Raises TextError for none, TextTooLongError for more than `limit`."""
    if not tokens:
        raise TextError("The text holds no token, and this model's tokenizer adds none. Give at least one word.")
    if len(tokens) > limit:
        raise _too_long(text, tokens, limit)
    return tuple(tokens)


def broken_down(error: BaseException) -> TextError:
    """The error for a text that a tokenizer itself fails on."""
    said = " ".join(str(error).split())[:200]
    return TextError(f"This model's tokenizer breaks down on the text ({said}). Give another text, or another model.")


def _too_long(text: str, tokens: list[Token], limit: int) -> TextTooLongError:
    """The error that tells how much was found, how much fits and where that part ends."""
    added = sum(token.is_special for token in tokens)
    content = [token for token in tokens if not token.is_special]
    fits = max(0, limit - added)
    while fits and content[fits].span[0] < content[fits - 1].span[1]:  # a character may be several tokens: keep it whole
        fits -= 1
    stop = content[fits - 1].span[1] if fits else 0
    before = " ".join(text[max(0, stop - 60) : stop].split())
    tail = before[-30:] if len(before) <= 30 else "…" + before[-30:]
    message = (
        f"This text has {len(tokens):,} tokens ({added} of them mark its start and end); the model reads {limit:,} at most. "
        f"It stops after character {stop:,} of {len(text):,}, at “{tail}”. "
        "Shorten the text, or give it in parts, to see the rest."
    )
    return TextTooLongError(message, readable=text[:stop])
