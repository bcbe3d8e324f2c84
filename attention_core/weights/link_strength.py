"""How strongly heads link one word to another, and the order of heads by a number."""

from typing import NamedTuple

import torch
from torch import Tensor

from attention_core.errors import no_such
from attention_core.model.tokens import Token


class LinkStrength(NamedTuple):
    """How strongly each head links one query to one key."""

    weight: Tensor  # (L, H)
    stands_out: Tensor  # (L, H)  from −1 to 1


def link_scores(weights: Tensor, query: int, key: int) -> LinkStrength:
    """The weight of one link in every head, and how far it stands out, from weights (L, H, T, S); positions count from 0.

    A link stands out by its weight minus the mean weight that the other queries give the same key: a key that everybody
    looks at says nothing of this query. Where there is no other query, nothing stands out: 0. Raises ChoiceError for a
    position that the sentence does not have.
    """
    T, S = weights.shape[-2:]
    for position, count in ((query, T), (key, S)):
        if not 0 <= position < count:
            raise no_such("token", position, count, "this sentence")
    column = weights[..., key]
    weight = column[..., query]
    if T == 1:
        return LinkStrength(weight, torch.zeros_like(weight))
    return LinkStrength(weight, weight - (column.sum(dim=-1) - weight) / (T - 1))


def ranked(scores: Tensor, largest: bool = True) -> list[tuple[int, int]]:
    """All (layer, head) of scores (L, H), from 0, the largest or smallest first; equal ones by layer, then head."""
    order = scores.flatten().sort(descending=largest, stable=True).indices
    return [divmod(index, scores.size(1)) for index in order.tolist()]


def strongest_link(
    weights: torch.Tensor, tokens: tuple[Token, ...], query: int | None = None, columns: tuple[Token, ...] | None = None
) -> tuple[int, int]:
    """The query and key (of all queries, or of one) of the largest weight (T, S) between two different words.

    Special tokens and a word's look at itself are passed over while anything else is left. `columns` are the S tokens that
    are looked at, where they are not those that ask.
    """
    worth = weights.clone()
    worth[:, torch.tensor([token.is_special for token in columns or tokens])] -= 2  # behind all others
    worth[torch.tensor([token.is_special for token in tokens]), :] -= 2
    if columns is None or columns is tokens:
        worth.diagonal().sub_(1)
    if query is not None:
        return query, int(worth[query].argmax())
    return divmod(int(worth.argmax()), weights.size(1))


_PRONOUNS = {"it", "he", "she", "they", "him", "her", "them", "its", "his", "their"}


def telling_query(tokens: tuple[Token, ...]) -> int | None:
    """The word whose look is most worth seeing first: the first pronoun that has words before it to refer to, else None."""
    before = 0
    for position, token in enumerate(tokens):
        if token.is_special:
            continue
        if before and token.text.casefold() in _PRONOUNS:
            return position
        before += 1
    return None


def mean_of_others(weights: torch.Tensor, query: int, key: int) -> float:
    """The mean weight that all other queries give to a key."""
    column = weights[:, key]
    return ((column.sum() - column[query]) / (len(column) - 1)).item()
