"""What an einsum of an attention does, read from the letters of its axes."""

from dataclasses import dataclass

import torch
from torch import Tensor

from attention_core.models.scores import Scores


@dataclass(frozen=True)
class Letters:
    """The axes of two factors and of their product, four letters each."""

    left: str
    right: str
    out: str

    @classmethod
    def of(cls, equation: str) -> "Letters | None":
        """The letters of an equation such as 'bhtd,bhsd->bhts'; None where they are not three times four."""
        sides, _, out = equation.replace(" ", "").partition("->")
        names = sides.split(",")
        return cls(*names, out) if len(names) == 2 and all(len(each) == 4 for each in (*names, out)) else None

    def scores(self, left: Tensor, right: Tensor) -> Scores | None:
        """The product as q kᵀ, if its last two letters are one of either factor, and one letter is summed over."""
        summed = [letter for letter in self.left if letter in self.right and letter not in self.out]
        query = [letter for letter in self.left if letter not in self.right]
        key = [letter for letter in self.right if letter not in self.left]
        if not (len(summed) == len(query) == len(key) == 1 and self.out.endswith(query[0] + key[0])):
            return None
        lead, d = self.out[:2], summed[0]
        q = torch.einsum(f"{self.left}->{lead}{query[0]}{d}", left)
        return Scores(q, torch.einsum(f"{self.right}->{lead}{key[0]}{d}", right))

    @property
    def mixes_values(self) -> bool:
        """Whether the left factor's last letter, the key, is summed over, and the right one brings one letter of its own."""
        summed = [letter for letter in self.left if letter not in self.out]
        return summed == [self.left[3]] and self.right.count(self.left[3]) == 1 and len(self._width) == 1

    @property
    def _width(self) -> str:
        return "".join(letter for letter in self.right if letter not in self.left)

    def values(self, right: Tensor) -> Tensor:
        """The right factor as v, (..., S, d_v)."""
        return torch.einsum(f"{self.right}->{self.left[:2]}{self.left[3]}{self._width}", right)

    def output(self, product: Tensor) -> Tensor:
        """The product as z, (..., T, d_v)."""
        return torch.einsum(f"{self.out}->{self.left[:3]}{self._width}", product)

    def put_back(self, z: Tensor) -> Tensor:
        """A z in the order of the product's letters."""
        return torch.einsum(f"{self.left[:3]}{self._width}->{self.out}", z)
