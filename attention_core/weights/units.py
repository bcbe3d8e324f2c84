"""What stands for a row and a column of a picture: a token or a whole word, with special tokens or without."""

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.tokens import Token
from attention_core.writing.text import cut, visible


@dataclass(frozen=True, eq=False)
class Units:
    """The rows and columns that are shown, in the order of the sentence: U units for T tokens."""

    tokens: tuple[Token, ...]  # one a unit; a whole word is a Token with the word's own spelling and span
    members: tuple[tuple[int, ...], ...]  # which positions of the sentence each unit stands for, at least one
    count: int  # T

    @property
    def places(self) -> list[int]:
        """The position in the sentence at which each unit begins, from 0."""
        return [positions[0] for positions in self.members]

    @property
    def is_plain(self) -> bool:
        """Whether every token is a unit of its own and none is left out."""
        return len(self.members) == self.count

    def at(self, position: int) -> int | None:
        """The unit that holds a token, or None if that token is left out; both count from 0.

        Raises ChoiceError for a position that the sentence does not have.
        """
        if not 0 <= position < self.count:
            raise no_such("token", position, self.count, "this sentence")
        return self._holders.get(position)

    def weights(self, weights: Tensor, columns: "Units | None" = None) -> Tensor:
        """The weights between units, (..., T, S) → (..., U, V); `columns` are what is looked at, where that is not what asks.

        Weights to a word's tokens are summed and weights from them averaged, so a row of words still sums to 1 (Clark et al.
        2019, section 4.1). What is left out is left out: nothing is renormalised, see `kept` and `of_the_rest`. Plain units
        give the same tensor back. Raises ChoiceError for weights of another sentence.
        """
        columns = columns or self
        columns._check(weights, -1)
        self._check(weights, -2)
        if self.is_plain and columns.is_plain:
            return weights
        summed = columns._sums(self._sums(weights, -2), -1)
        if not self._joined:
            return summed
        return summed / torch.tensor([len(positions) for positions in self.members], dtype=summed.dtype)[:, None]

    def rows(self, matrix: Tensor) -> Tensor:
        """The rows of the tokens that are shown, (..., T, d) → (..., U, d), for X, Q, K, V and Z.

        Plain units give the same tensor back. Raises ChoiceError where a unit is several tokens, which share no row, and for
        a matrix of another sentence.
        """
        self._check(matrix, -2)
        if self._joined:
            count, text = next((len(self.members[unit]), self.tokens[unit].text) for unit, _ in self._joined)
            word = visible(cut(text, 30))
            raise ChoiceError(
                f"“{word}” is {count} tokens; the model computes a row for each of them, and none for the whole word. "
                "Show tokens instead of whole words to see their rows."
            )
        return matrix if self.is_plain else self._sums(matrix, -2)

    def kept(self, weights: Tensor, columns: "Units | None" = None) -> Tensor:
        """The share of each query's weight that goes to units that are shown, (..., T, S) → (..., U).

        Exactly 1 where nothing is left out. Raises ChoiceError for weights of another sentence.
        """
        columns = columns or self
        shown = self.weights(weights, columns)
        if len(columns._holders) == columns.count:
            return shown.new_ones(shown.shape[:-1])
        return shown.sum(dim=-1)

    @cached_property
    def _holders(self) -> dict[int, int]:
        """The unit of every token that is shown."""
        return {position: unit for unit, positions in enumerate(self.members) for position in positions}

    @cached_property
    def _joined(self) -> list[tuple[int, int]]:
        """Unit and position of every token that is not the first of its unit."""
        return [(unit, position) for unit, positions in enumerate(self.members) for position in positions[1:]]

    def _sums(self, matrix: Tensor, axis: int) -> Tensor:
        """The sum over each unit's tokens along one axis, T → U."""
        first = [positions[0] for positions in self.members]
        if not self._joined and first[-1] - first[0] == len(first) - 1:
            return matrix.narrow(axis, first[0], len(first))  # special tokens stand at the ends: no need to copy
        summed = matrix.index_select(axis, torch.tensor(first))
        if self._joined:
            unit, position = torch.tensor(self._joined).T
            summed.index_add_(axis, unit, matrix.index_select(axis, position))
        return summed

    def _check(self, matrix: Tensor, axis: int) -> None:
        if matrix.size(axis) != self.count:
            shape = " × ".join(str(size) for size in matrix.shape)
            raise ChoiceError(f"A matrix of shape {shape} does not belong to this sentence of {self.count} tokens.")


def units(text: str, tokens: tuple[Token, ...], special: bool = True, whole_words: bool = False) -> Units:
    """Choose what stands for a row and a column: `special` keeps special tokens, `whole_words` joins the pieces of a word.

    `text` is the one that the tokens come from; a word, also of one token, is spelled as there. Raises ChoiceError if nothing
    is left to show.
    """
    members: list[list[int]] = []
    for position, token in enumerate(tokens):
        if token.is_special and not special:
            continue
        if whole_words and token.continues_word:
            members[-1].append(position)
        else:
            members.append([position])
    if not members:
        raise ChoiceError(
            "Without its special tokens nothing of this text is left. Show the special tokens, or give at least one word."
        )
    shown = [[tokens[position] for position in positions] for positions in members]
    return Units(
        tokens=tuple(_word(text, pieces) if whole_words else pieces[0] for pieces in shown),
        members=tuple(map(tuple, members)),
        count=len(tokens),
    )


def _word(text: str, pieces: list[Token]) -> Token:
    """One token that stands for all pieces of a word."""
    first = pieces[0]
    if first.span is None:
        return first
    start, end = first.span[0], max(piece.span[1] for piece in pieces)
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1  # an accent or a vowel sign that the tokenizer drops belongs to the word all the same
    return replace(first, text=text[start:end], span=(start, end))


def identity(token: Token) -> tuple[int, str]:
    """What two equal units have in common: the token's id, which of a word is its first piece's, and the spelling.

    Capitals count only as far as the model tells them apart by id.
    """
    return token.id, token.text.casefold()


def of_the_rest(weights: Tensor) -> Tensor:
    """Each row divided by its own sum, (..., U): shares of what is shown. A row that sums to 0 stays 0."""
    total = weights.sum(dim=-1, keepdim=True)
    return weights / total.where(total != 0, 1)
