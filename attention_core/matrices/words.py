"""What the matrices of one head say of a sentence, in words made from the numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from attention_core.matrices.names import matrix_of, values
from attention_core.model.attention import Stages
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.weights.link_strength import mean_of_others, strongest_link
from attention_core.writing.numbers import magnitude, number, percent
from attention_core.writing.phrases import Mark, Phrase, joined, named, strong
from attention_core.writing.text import label


@dataclass(frozen=True, eq=False)
class Cell:
    """One query and one key of one head of a trace, and what can be said of them. All indices count from 0."""

    trace: Trace
    layer: int
    head: int
    query: int
    key: int
    stages: Stages

    @property
    def asking(self) -> Mark:
        """The query's word."""
        return self.word(self.query, "query")

    @property
    def asked(self) -> Mark:
        """The key's word."""
        return self.word(self.key, "key")

    @property
    def weight(self) -> float:
        """How much of the query's weight the key gets."""
        return self.stages.weights[self.query, self.key].item()

    def say(self, name: str) -> Phrase:
        """What the matrix of that name says about this cell."""
        return getattr(self, f"_say_{name}")()

    def answer(self) -> Phrase:
        """Where the query looks most, and how much of that is special to it."""
        return answer(self.stages.weights, self.trace.rows, self.query, columns=self.trace.columns)

    def mix(self, most: int) -> tuple[list[tuple[int, float]], float, int]:
        """What z is made of: the largest `most` shares with their keys, the sum of all others, and how many those are."""
        shares, keys = self.stages.weights[self.query].sort(descending=True, stable=True)
        largest = list(zip(keys[:most].tolist(), shares[:most].tolist(), strict=True))
        return largest, shares[most:].sum().item(), len(keys[most:])

    def _say_x(self) -> Phrase:
        row = self.trace.layers[self.layer].x[self.query]
        source = "the word, its position and its type alone" if self.layer == 0 else f"what layer {self.layer} made of it"
        if self.trace.layers[self.layer].is_watched:
            source = "what the attention of this layer is given"
        return (self.asking, f" comes in as {len(row)} numbers from {number(row.min())} to {number(row.max())}: {source}.")

    def _say_q(self) -> Phrase:
        return ("The query of ", self.asking, *_largest(self.stages.q[self.query]))

    def _say_k(self) -> Phrase:
        return ("The key of ", self.asked, *_largest(self.stages.k[self.key]))

    def _say_v(self) -> Phrase:
        return ("The value of ", self.asked, *_largest(self.stages.v[self.key]))

    def _say_scores(self) -> Phrase:
        row = self.stages.scores[self.query]
        score = row[self.key]
        rank = int((row > score).sum()) + 1
        said = (self.asking, " · ", self.asked, " = ", strong(number(score.item())))
        if len(row) == 1:
            return (*said, ".")
        if rank == 1:
            return (*said, f", the largest of its row; the row goes down to {number(row.min())}.")
        best = int(row.argmax())
        return (
            *said,
            f", number {rank} of {len(row)} in its row; first is ",
            self.word(best, "key"),
            f" with {number(row[best])}.",
        )

    def _say_scaled(self) -> Phrase:
        scores, scaled = self.stages.scores, self.stages.scaled
        root = float(self.stages.divisor)
        said = (f"{number(scores[self.query, self.key])} ÷ {number(root)} = ", strong(number(scaled[self.query, self.key])))
        if scores.numel() == 1:
            return (*said, ".")
        if root == 1:
            return (*said, ": this model does not divide.")
        if self.stages.logits is not scaled:
            return (*said, ".")
        undivided = scores[self.query].softmax(dim=-1).max().item()
        divided = self.stages.weights[self.query].max().item()
        spread = f". The spread of all scores falls from {number(scores.std())} to {number(scaled.std())}"
        return (
            *said,
            spread,
            f"; undivided, softmax would give the row’s largest {percent(undivided)} instead of {percent(divided)}.",
        )

    def _say_capped(self) -> Phrase:
        cap, at = number(self.stages.softcap), (self.query, self.key)
        said = (f"{cap} · tanh({number(self.stages.scaled[at])} ÷ {cap}) = ", strong(number(self.stages.capped[at])))
        return (*said, f": no score of this head lies beyond ±{cap}.")

    def _say_biased(self) -> Phrase:
        at = self.query, self.key
        before = self.stages.scaled if self.stages.capped is None else self.stages.capped
        said = (f"{number(before[at])} + {number(self.stages.bias.expand_as(before)[at])} = ",)
        return (*said, strong(number(self.stages.biased[at])), ": the bias depends on where the two stand.")

    def _say_masked(self) -> Phrase:
        row = self.stages.masked[self.query]
        closed = int((row == -math.inf).sum())
        here = "closed" if row[self.key] == -math.inf else "open"
        return (self.asking, f" may look at {len(row) - closed} of {len(row)}; ", self.asked, f" is {here} to it.")

    def _say_weights(self) -> Phrase:
        logits, row = self.stages.logits[self.query], self.stages.weights[self.query]
        if logits[self.key] == -math.inf:
            return (self.asked, " is closed to ", self.asking, ", so its weight is exactly ", strong("0"), ".")
        total = logits.double().exp().sum().item()  # of a row that reaches 40, single precision would keep few digits
        sinks = ()
        if self.stages.sink is not None:
            total += math.exp(self.stages.sink.item())
            sinks = (f" The sink takes the other {percent(1 - row.sum().item())} and gives nothing: rows sum to less than 1.",)
        said = (f"e^{number(logits[self.key])} ÷ {magnitude(total)} = ", strong(percent(self.weight)))
        return (*said, ". The row of ", self.asking, f" sums to {number(row.sum(), 3)}.", *sinks, *self._resting_place())

    def _resting_place(self) -> Phrase:
        """Names the token on which most heads rest when they have nothing to add, where it takes much of the weight."""
        mean = self.stages.weights.mean(dim=0)
        most = int(mean.argmax())
        if mean[most] < 0.4 or not self.trace.columns[most].is_special:
            return ()
        named = self.word(most, "key")
        return (
            " ",
            named,
            f" takes {percent(mean[most].item())} of all weight: some read this as a resting place (Clark et al. 2019).",
        )

    def _say_z(self) -> Phrase:
        largest, rest, left = self.mix(3)
        shown = [largest[0], *((key, share) for key, share in largest[1:] if share >= 0.005)]
        rest += sum(share for _, share in largest[len(shown) :])
        left += len(largest) - len(shown)
        parts = [(f"{percent(share)} of ", self.word(key, "key"), "’s value") for key, share in shown]
        said = ("z of ", self.asking, " = ", *joined(parts, " + "))
        return (*said, f" + {percent(rest)} from the other {left if left > 1 else 'one'}." if left else ".")

    def word(self, position: int, role: str) -> Mark:
        """A word that is looked at, of the role 'key', or that asks; with its position from 1 where it stands there again."""
        return named(self.trace.columns if role == "key" else self.trace.rows, position, role)


def answer(
    weights: torch.Tensor,
    tokens: tuple[Token, ...],
    query: int,
    places: Sequence[int] | None = None,
    columns: tuple[Token, ...] | None = None,
    column_places: Sequence[int] | None = None,
) -> Phrase:
    """Where a query looks most by its row of the weights (U, V), and how much of that is special to it.

    `columns` are what is looked at, where that is not what asks.
    """
    if columns is None:
        columns, column_places = tokens, places
    row = weights[query]
    first, *others = row.topk(min(3, len(row))).indices.tolist()
    asking, most = named(tokens, query, "query", places), named(columns, first, "key", column_places)
    said = (asking, " looks most at ", most, ": ", strong(percent(row[first].item())))
    if others:
        shares = [(named(columns, key, "key", column_places), f" ({percent(row[key].item())})") for key in others]
        said += (", then at ", *joined(shares))
    if len(row) > 1 and len(weights) > 1:
        said += (". On average the others give ", most, " ", strong(percent(mean_of_others(weights, query, first))))
    return (*said, ".")


def matrix_message(name: str, trace: Trace, layer: int, stages: Stages) -> str:
    """What a whole matrix says, in one plain sentence: the alternative text of its picture."""
    words, asked = ([label(token) for token in tokens] for tokens in (trace.rows, trace.columns))
    if name == "weights":
        query, key = strongest_link(stages.weights, trace.rows, columns=trace.columns)
        share = percent(stages.weights[query, key].item())
        if query == key and trace.kind == "self":
            return f"{words[query]} gives itself {share}."
        return f"The largest share that one word gives another is {share}, from {words[query]} to {asked[key]}."
    matrix = values(name, trace.layers[layer], stages)
    row, column = divmod(int(matrix.argmax()), matrix.size(1))
    if name in ("k", "v"):
        words = asked
    place = f"{words[row]} with {asked[column]}" if matrix_of(name).over_tokens else f"{words[row]}, dimension {column + 1}"
    lowest = matrix[matrix.isfinite()].min() if name == "masked" else matrix.min()
    return f"Values from {number(lowest)} to {number(matrix.max())}; the largest is at {place}."


def _largest(row: torch.Tensor) -> Phrase:
    at = int(row.abs().argmax())
    return (f": length {number(row.norm())}, largest entry ", strong(number(row[at])), f" in dimension {at + 1}.")
