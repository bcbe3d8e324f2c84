"""Tokens of any tokenizer as people read them: WordPiece, byte BPE, SentencePiece, unigram, or bytes alone."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from attention_core.model.tokens import Token, encoded, within

_BLANKS = str.maketrans({"▁": " ", "Ġ": " ", "Ċ": "\n", "ĉ": "\t"})


@dataclass(frozen=True)
class Piece:
    """A token as its tokenizer gives it."""

    text: str  # the vocabulary's
    id: int
    is_special: bool
    span: tuple[int, int] | None  # characters of the text


class TokenPieces:
    """A tokenizer of Transformers, in one way for all kinds of it."""

    def __init__(self, tokenizer: Any):
        self._tokenizer = tokenizer
        self._backend: Tokenizer | None = None
        if getattr(tokenizer, "backend_tokenizer", None) is not None:
            self._backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
            self._backend.no_truncation()
            self._backend.no_padding()
            self._backend.encode_special_tokens = True  # a typed '</s>' is four characters, not the mark
        kind = type(self._backend.model).__name__ if self._backend else ""
        self._keeps_pieces = kind in ("WordPiece", "WordLevel")
        self._unknown = tokenizer.unk_token_id

    @property
    def largest_id(self) -> int:
        """The largest id that any of its tokens has."""
        return max(self._tokenizer.get_vocab().values(), default=-1)

    def piece(self, id: int) -> str:
        """The vocabulary's text of a token id."""
        return str(self._tokenizer.convert_ids_to_tokens(id))

    def next_text(self, id: int) -> str:
        """A token as it stands in a text: with a blank before it where a word begins."""
        piece = self.piece(id)
        return self._decoded([id]) or piece.translate(_BLANKS)

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids, without special tokens."""
        return self._tokenizer.decode(ids, skip_special_tokens=True).strip()

    def readable(self, id: int) -> str:
        """The vocabulary's text of a token id, without the signs that stand for blanks."""
        piece = self.piece(id)
        return piece.translate(_BLANKS).strip() or piece

    def normalized(self, text: str) -> str:
        """A text as the tokenizer sees it before it cuts it into pieces."""
        normalizer = self._backend.normalizer if self._backend else None
        return normalizer.normalize_str(text) if normalizer else text

    def ids(self, text: str) -> list[int]:
        """The ids of a text, however many."""
        return [piece.id for piece in self._pieces(text, True)]

    def tokens(self, text: str, limit: int, special: bool = True) -> tuple[Token, ...]:
        """What the model reads of a text, with or without the tokens that mark its start and end.

        Raises TextError for text that is no valid Unicode, TextTooLongError for more than `limit` tokens.
        """
        return within(text, self._named(text, self._pieces(text, special)), limit)

    def _pieces(self, text: str, special: bool) -> list[Piece]:
        if self._backend:
            found = encoded(text, self._backend, special)
            columns = found.tokens, found.ids, found.special_tokens_mask, found.offsets
            return [
                Piece(piece, id, bool(mark), None if mark else span) for piece, id, mark, span in zip(*columns, strict=True)
            ]
        ids = encoded(text, _Plain(self._tokenizer), special)
        marks = self._tokenizer.get_special_tokens_mask(ids, already_has_special_tokens=True) if special else [0] * len(ids)
        content = [id for id, mark in zip(ids, marks, strict=True) if not mark]
        spans = iter(self._grown(text, content))
        return [
            Piece(self.piece(id), id, bool(mark), None if mark else next(spans)) for id, mark in zip(ids, marks, strict=True)
        ]

    def _grown(self, text: str, ids: list[int]) -> list[tuple[int, int]]:
        """The characters of each token, found by decoding ever more of them; a character of several tokens is each one's."""
        lengths = [len(self._decoded(ids[: count + 1]).rstrip("\ufffd")) for count in range(len(ids))]
        whole = self._decoded(ids) == text
        spans, start, waiting = [], 0, 0
        for length in lengths:
            waiting += 1
            if length > start:
                spans += [(start, length)] * waiting
                start, waiting = length, 0
        spans += [(start, len(text))] * waiting
        return spans if whole else [(0, 0)] * len(ids)

    def _decoded(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def _named(self, text: str, pieces: list[Piece]) -> list[Token]:
        """The pieces as Tokens that say which word they belong to, and read as the text does."""
        starts = [start for _, (start, _) in BertPreTokenizer().pre_tokenize_str(text)]
        tokens: list[Token] = []
        last = None
        for span, alike in groupby(map(_without_blank, pieces), key=lambda piece: piece.span):
            members, written = list(alike), text[slice(*span)] if span else ""
            for place, piece in enumerate(members):
                word, kept = None, span
                is_blank = span is not None and not written.strip() and not piece.text.translate(_BLANKS).strip()
                if span is not None and written.strip():
                    first = span[0] + len(written) - len(written.lstrip())
                    kept = first, first + len(written.strip())  # a blank before a word is none of its letters
                    word = bisect_right(starts, first) - 1
                    word = None if word < 0 else word
                shown = self._shown(piece, written, place, len(members), is_blank)
                continues = word is not None and word == last
                tokens.append(Token(shown, piece.id, piece.is_special, word, kept, continues))
                last = last if is_blank else word
        return tokens

    def _shown(self, piece: Piece, written: str, place: int, count: int, is_blank: bool) -> str:
        if is_blank:
            return written or " "
        if piece.is_special or self._keeps_pieces or piece.id == self._unknown:
            return piece.text
        own = written.strip()
        if not own:
            return piece.text.translate(_BLANKS).strip() or piece.text
        return own if count == 1 else f"{own} {place + 1}/{count}"


def _without_blank(piece: Piece) -> Piece:
    """A piece, without the span of a letter where it is a blank that was put before the text."""
    is_mark = piece.span is not None and piece.text in ("▁", "Ġ")
    return replace(piece, span=(piece.span[0], piece.span[0])) if is_mark else piece


class _Plain:
    """A tokenizer that is written in Python, with the one method that `encoded` asks for."""

    def __init__(self, tokenizer: Any):
        self._tokenizer = tokenizer

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        text.encode("utf-8")  # half of a surrogate pair is no character
        return self._tokenizer.encode(text, add_special_tokens=add_special_tokens, split_special_tokens=True)
