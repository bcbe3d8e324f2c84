"""Sentences and traces small enough to check on paper."""

import zlib

import torch

from attention_core import Attention, Token, Trace


def tokens_of(pieces: str) -> tuple[Token, ...]:
    """Tokens from their pieces: 'A una ##ffa ##ble [SEP]' is three words, the last of them special; ids follow the piece."""
    tokens: list[Token] = []
    word, end = -1, -1
    for piece in pieces.split():
        id = zlib.crc32(piece.lower().encode())
        if piece in ("[CLS]", "[SEP]"):
            tokens.append(Token(piece, id, True, None, None))
            continue
        goes_on = piece.startswith("##")
        start = end if goes_on else end + 1
        end = start + len(piece.removeprefix("##"))
        word += not goes_on
        tokens.append(Token(piece.lower(), id, False, word, (start, end), goes_on))
    return tuple(tokens)


def text_of(pieces: str) -> str:
    """The text that these pieces come from."""
    return " ".join(piece for piece in pieces.split() if piece not in ("[CLS]", "[SEP]")).replace(" ##", "")


def pointing(pieces: str, *layers: list[tuple[int, ...]]) -> Trace:
    """A trace whose weights are exactly 0 and 1: each layer's heads say to which key each query gives all."""
    tokens = tokens_of(pieces)
    T = len(tokens)
    made = []
    for heads in layers:
        q = 1000 * torch.eye(T)[torch.tensor(heads)]  # (H, T, T); softmax of 1000 / √T against 0 is 1 to the last bit
        k = torch.eye(T).expand_as(q)
        made.append(Attention(torch.zeros(T, T), q, k, k))
    return Trace(text_of(pieces), tokens, tuple(made), torch.zeros(T, T))
