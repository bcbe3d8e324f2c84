"""What one sentence did in every layer of the model."""

from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from attention_core.errors import ChoiceError, no_such
from attention_core.model.attention import Attention, Stages
from attention_core.model.tokens import Token


@dataclass(frozen=True, eq=False)
class Trace:
    """What one sentence did in every layer; scores, scaled, weights and z are computed when asked for.

    Keeping only x, q, k and v makes memory grow with T, not with T². A model of two stacks reads a text and a target, and has
    three kinds of attention: `layers`, `rows`, `columns`, `stages` and `weights` are those of one `stack` and `kind`, and `at`
    gives the trace with another.
    """

    text: str
    tokens: tuple[Token, ...]
    attentions: tuple[Attention, ...]  # all of the model, in the order they were computed
    output: Tensor  # (T, d_model)  the answer of the last stack
    target: str | None = None
    target_tokens: tuple[Token, ...] = ()
    stack: str = "encoder"  # or 'decoder'
    kind: str = "self"  # or 'cross': rows are of the target, columns of the text
    likeliest: tuple[tuple[str, float], ...] = ()  # what a decoder would write next, with probabilities

    @cached_property
    def layers(self) -> tuple[Attention, ...]:
        """The L attentions of this stack and kind, one a layer."""
        return tuple(each for each in self.attentions if (each.stack, each.kind) == (self.stack, self.kind))

    @property
    def rows(self) -> tuple[Token, ...]:
        """The T tokens that ask: one a row."""
        return self.tokens if self.target is None or self.stack == "encoder" else self.target_tokens

    @property
    def columns(self) -> tuple[Token, ...]:
        """The S tokens that are looked at: one a column."""
        return self.tokens if self.kind == "cross" else self.rows

    @property
    def row_text(self) -> str:
        """The text that the rows come from."""
        return self.text if self.target is None or self.stack == "encoder" else self.target

    @property
    def column_text(self) -> str:
        """The text that the columns come from."""
        return self.text if self.kind == "cross" else self.row_text

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Stack and kind of all attentions that there are, in the order they are computed."""
        return tuple(dict.fromkeys((each.stack, each.kind) for each in self.attentions))

    def at(self, stack: str, kind: str = "self") -> "Trace":
        """The trace with another stack and kind. Raises ChoiceError for one that the model does not have."""
        if (stack, kind) not in self.parts:
            has = ", ".join(" ".join(part) for part in self.parts)
            raise ChoiceError(f"There is no {kind} attention in a stack {stack!r}: this model has {has}.")
        return replace(self, stack=stack, kind=kind)

    def stages(self, layer: int, head: int) -> Stages:
        """Every matrix of one head, all 2-D; layer and head count from 0. Raises ChoiceError out of range."""
        return self._layer(layer).stages(head)

    def weights(self, layer: int) -> Tensor:
        """The softmax weights of all heads of one layer, (H, T, S). Raises ChoiceError out of range."""
        return self._layer(layer).weights()

    def _layer(self, layer: int) -> Attention:
        if not 0 <= layer < len(self.layers):
            raise no_such("layer", layer, len(self.layers), "this model")
        return self.layers[layer]
