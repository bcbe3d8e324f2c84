"""How much heads show each of the PATTERNS, measured for one sentence or for many of equal length."""

import unicodedata
from functools import lru_cache

import torch
from torch import Tensor

from attention_core.errors import ChoiceError
from attention_core.model.tokens import Token
from attention_core.weights.units import identity


def pattern_scores(weights: Tensor, tokens: tuple[Token, ...]) -> dict[str, Tensor]:
    """How much each head shows each of the PATTERNS, weights (..., T, T) → a number a head, (...), by name.

    Every row is taken to sum to 1; of rows that do not, because units are left out, what is there counts. A lone token has no
    token before or after it: 0. Raises ChoiceError if the weights are not those of T tokens.
    """
    T = len(tokens)
    if weights.shape[-2:] != (T, T):
        raise ChoiceError(f"Weights of {weights.size(-2)} × {weights.size(-1)} do not belong to {T} tokens.")
    number = {found: index for index, found in enumerate(dict.fromkeys(map(identity, tokens)))}
    kind = torch.tensor([number[identity(token)] for token in tokens])
    return measure(weights, kind[:, None] == kind, torch.tensor([is_separator(token.text) for token in tokens]))


def measure(weights: Tensor, same: Tensor, separates: Tensor) -> dict[str, Tensor]:
    """How much each head shows each of the PATTERNS, weights (..., T, T) → a number a head, (...), by name.

    `same` (T, T) says of two tokens whether they are equal, `separates` (T,) whether a token is [SEP] or punctuation. For B
    sentences of T tokens the shapes are (B, H, T, T), (B, T, T) and (B, T). A lone token has no token before or after it: 0.
    """
    T = weights.size(-1)
    received = weights.mean(dim=-2)  # (..., T) the mean weight that each key gets
    position = torch.arange(T)

    def summed(values: Tensor, factor: Tensor) -> Tensor:  # (..., n) and (n,) or (B, n) → (...)
        return (values @ factor.to(values.dtype)[..., None]).squeeze(-1)

    return {
        "previous": weights.diagonal(-1, -2, -1).sum(dim=-1) / max(T - 1, 1),
        "next": weights.diagonal(1, -2, -1).sum(dim=-1) / max(T - 1, 1),
        "same": summed(weights.flatten(-2), same.flatten(-2)) / T,
        "first": received[..., 0],
        "last": received[..., -1],
        "separators": summed(received, separates),
        "broad": torch.special.entr(weights).sum(dim=-1).mean(dim=-1),
        "distance": summed(weights.flatten(-2), (position[:, None] - position).abs().flatten()) / T,
    }


def is_separator(text: str) -> bool:
    """Whether a token is [SEP] or nothing but punctuation."""
    return text == "[SEP]" or is_punctuation(text)


@lru_cache(maxsize=65536)
def is_punctuation(text: str) -> bool:
    """Whether a text holds nothing but punctuation."""
    return all(unicodedata.category(character)[0] == "P" for character in text)
