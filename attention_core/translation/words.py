"""What a translation and the matrices of its heads say, in words made from the numbers."""

from dataclasses import dataclass, replace

import torch

from attention_core.matrices.words import Cell
from attention_core.model.attention import Stages
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.translation.kinds import ATTENTION_KINDS, attention_matrices, matrix_values, row_tokens
from attention_core.translation.record import Translation, WrittenToken
from attention_core.weights.link_strength import mean_of_others
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase, joined, named, strong
from attention_core.writing.text import label


@dataclass(frozen=True, eq=False)
class TranslationCell(Cell):
    """One query and one key of one head of a translation; `trace` is the record of its kind of attention."""

    kind: str  # one of ATTENTION_KINDS

    @property
    def is_hidden(self) -> bool:
        """Whether the mask hides the key from the query."""
        return ATTENTION_KINDS[self.kind].is_masked and self.key > self.query

    def seen(self) -> "TranslationCell":
        """This cell with only those keys that its query may look at: there the arithmetic is that of every attention.

        A key that is hidden gives way to the query itself.
        """
        if not ATTENTION_KINDS[self.kind].is_masked:
            return self
        return replace(self, key=min(self.key, self.query), stages=seen_keys(self.stages, self.query))

    def answer(self) -> Phrase:
        """Where the query looks most, and how much of that is special to it."""
        row = self.seen().stages.weights[self.query]
        first, *others = row.topk(min(3, len(row))).indices.tolist()
        most = self.word(first, "key")
        said = (self.asking, " looks most at ", most, ": ", strong(percent(row[first].item())))
        if others:
            said += (", then at ", *joined([(self.word(key, "key"), f" ({percent(row[key].item())})") for key in others]))
        if len(self.trace.rows) > 1 and not ATTENTION_KINDS[self.kind].is_masked:
            others_give = percent(mean_of_others(self.stages.weights, self.query, first))
            said += (". On average the others give ", most, " ", strong(others_give))
        return (*said, ".")

    def _say_x(self) -> Phrase:
        row = self.trace.layers[self.layer].x[self.query]
        if self.kind == "cross":
            source = "what masked self-attention made of it, added to what it was and normalised"
        else:
            source = "the word and its position alone" if self.layer == 0 else f"what layer {self.layer} made of it"
        return (self.asking, f" comes in as {len(row)} numbers from {number(row.min())} to {number(row.max())}: {source}.")

    def _say_source(self) -> Phrase:
        row = self.trace.layers[self.layer].source[self.key]
        ends = f"{number(row.min())} to {number(row.max())}"
        return (self.asked, f" left the encoder as {len(row)} numbers from {ends}. Both layers of the decoder read the same.")

    def _say_masked(self) -> Phrase:
        later = len(self.trace.columns) - self.query - 1
        if self.is_hidden:
            ends = ": its score becomes ", strong("−∞"), ", and nothing of it is read."
            return (self.asked, " comes later than ", self.asking, *ends)
        kept = number(self.stages.masked[self.query, self.key])
        said = (self.asked, " is not later than ", self.asking, ": its score stays ", strong(kept))
        if not later:
            return (*said, ". This is the last word, so it may look at all of them.")
        return (*said, f". {'One later word is' if later == 1 else f'{later} later words are'} hidden from ", self.asking, ".")

    def _say_z(self) -> Phrase:
        cell = self.seen()
        return super()._say_z() if cell is self else Cell._say_z(cell)


def seen_keys(stages: Stages, query: int) -> Stages:
    """The stages of a masked head with the keys alone that a query may look at: those up to itself."""
    seen = slice(query + 1)
    return Stages(
        stages.q,
        stages.k[seen],
        stages.v[seen],
        stages.scores[:, seen],
        stages.scaled[:, seen],
        stages.weights[:, seen],
        stages.z,
        stages.divisor,
    )


def strongest_key(weights: torch.Tensor, query: int, attentions: Trace) -> int:
    """The key that a query looks at most; marks, the query itself and hidden keys are passed over while others are left."""
    worth = weights[query].clone()
    worth[torch.tensor([token.is_special for token in attentions.columns])] -= 2
    if attentions.rows is attentions.columns:
        worth[query] -= 1
    if attentions.layers[0].visible is not None:
        worth[query + 1 :] = -9
    return int(worth.argmax())


def attention_message(name: str, kind: str, attentions: Trace, layer: int, stages: Stages) -> str:
    """What a whole matrix says, in one plain sentence: the alternative text of its picture."""
    matrix = matrix_values(name, attentions.layers[layer], stages)
    rows = [label(token) for token in row_tokens(name, attentions)]
    of_tokens = attention_matrices(kind)[name].columns == "tokens"
    hidden = ""
    if name == "masked":
        hidden = f" {int(matrix.isinf().sum())} of {matrix.numel()} cells are hidden."
        matrix = matrix.masked_fill(matrix.isinf(), matrix[matrix.isfinite()].min().item())
    row, column = divmod(int(matrix.argmax()), matrix.size(1))
    place = f"{rows[row]} with {label(attentions.columns[column])}" if of_tokens else f"{rows[row]}, dimension {column + 1}"
    if name == "weights":
        return f"The largest weight is {percent(matrix[row, column].item())}, of {place}."
    return f"Values from {number(matrix.min())} to {number(matrix.max())}; the largest is at {place}.{hidden}"


def say_alignment(translation: Translation, weights: torch.Tensor, step: int) -> Phrase:
    """Which English words the decoder looks at while it writes a French one, from weights (T, S)."""
    row = weights[step]
    first, *others = row.topk(min(3, len(row))).indices.tolist()
    writing = _said(translation.written, step, "query")
    said = ("To write ", writing, ", the decoder looks most at ", _said(translation.source, first, "key"), ": ")
    said += (strong(percent(row[first].item())),)
    if others:
        parts = [(_said(translation.source, key, "key"), f" ({percent(row[key].item())})") for key in others]
        said += (", then at ", *joined(parts))
    return (*said, ".")


def _said(tokens: tuple[Token, ...], place: int, role: str) -> Mark:
    """A token in the colour of a role, with its position where there are several alike, the end mark by its meaning."""
    return Mark(token_label(tokens[place]), role) if tokens[place].is_special else named(tokens, place, role)


def say_step(translation: Translation, step: int) -> Phrase:
    """What the decoder chose at a step, and what it thought of it."""
    did: WrittenToken = translation.steps[step]
    chosen = Mark(token_label(did.chosen.token), "query")
    share = strong(percent(did.chosen.probability))
    best = did.likeliest[0]
    if did.is_forced:
        said = (chosen, " was given; the model gave it ", share)
        if best.token.id == did.chosen.token.id:
            return (*said, " and would have written it, too.")
        return (*said, " and would have written ", strong(token_label(best.token)), f" ({percent(best.probability)}).")
    if best.token.id == did.chosen.token.id:
        second = did.likeliest[1]
        rest = f", before {token_label(second.token)} ({percent(second.probability)})."
        return (chosen, " is the likeliest next token: ", share, rest)
    said = (chosen, " was not the likeliest here (", share, " against ", strong(percent(best.probability)))
    return (*said, f" for {token_label(best.token)}), but the whole sentence scored best: this is what a beam is for.")


def token_label(token: Token) -> str:
    """A token as people read it: the end mark by its meaning."""
    return "end of sentence" if token.is_special and token.text == "</s>" else label(token)
