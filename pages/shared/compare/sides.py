"""The two sides that are compared, as the pickers say, and what corresponds between them: found once a run."""

from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st
from torch import Tensor

from attention_core.matrices.names import MATRICES, values
from attention_core.model.trace import Trace
from attention_core.weights.choice import Choice, Shown, show
from attention_core.weights.comparison import Alignment, align_units, difference
from attention_core.weights.units import Units
from attention_core.writing.losses import losses
from pages.shared.compare.fields import SIDES, matrices
from pages.shared.frame.sentence import read_sentence
from pages.shared.frame.view import View
from pages.shared.parts.switches import switches


@dataclass(frozen=True)
class Side:
    """One of the two: a sentence, read, and how it is shown."""

    letter: str
    trace: Trace
    choice: Choice
    shown: Shown

    def units(self, name: str) -> Units:
        """What the rows of one of the MATRICES stand for."""
        return self.shown.units if name == "weights" else self.shown.pieces

    def matrix(self, name: str) -> Tensor:
        """One of the MATRICES as it is shown."""
        if name == "weights":
            return self.shown.weights
        layer = self.trace.layers[self.choice.layer]
        return self.shown.matrix(name, values(name, layer, self.trace.stages(self.choice.layer, self.choice.head)))


@dataclass(frozen=True, eq=False)
class Both:
    """Two sides, one of the MATRICES of each, and what corresponds."""

    a: Side
    b: Side
    name: str  # of the matrix
    words: Alignment  # of what the rows of the weights stand for
    rows: Alignment  # of what the rows of the matrix stand for
    before: Tensor  # the matrix of A
    after: Tensor  # the matrix of B

    @property
    def is_square(self) -> bool:
        """Whether the matrix's columns are words, not dimensions."""
        return MATRICES[self.name].columns == "tokens"

    @cached_property
    def change(self) -> Tensor:
        """The difference B − A where both correspond."""
        pairs = self.rows.pairs
        return difference(self.before, self.after, pairs, pairs if self.is_square else None)

    @property
    def is_one(self) -> bool:
        """Whether both sides are the same to the model: the same tokens, read by the same heads."""
        same_tokens = [token.id for token in self.a.trace.tokens] == [token.id for token in self.b.trace.tokens]
        return same_tokens and self.a.choice == self.b.choice

    def sides(self) -> tuple[tuple[Side, Tensor], ...]:
        """Each side with its matrix."""
        return (self.a, self.before), (self.b, self.after)


def both_sides(view: View) -> Both:
    """Side A as the head of the page says, side B as its own pickers; stops the run with a message where there is no B."""
    a, b = Side("A", view.trace, view.choice, view.shown), _other(view)
    name = view.own["matrix"] if view.is_head else "weights"
    words = align_units(a.shown.units, b.shown.units)
    same = a.units(name) is a.shown.units and b.units(name) is b.shown.units
    rows = words if same else align_units(a.units(name), b.units(name))
    return Both(a, b, name, words, rows, a.matrix(name), b.matrix(name))


def _other(view: View) -> Side:
    """The pickers of side B, and that side."""
    with st.container(key="sides-bar", horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("Compare", list(SIDES), key="sides", format_func=SIDES.get, required=True)
        if view.own["sides"] == "sentences":
            st.text_input("Sentence B", key="other", placeholder="Type a sentence to compare with")
        else:
            for field, count in (("layer", view.model.config.layers), ("head", view.model.config.heads)):
                options = list(range(1, count + 1))
                st.segmented_control(f"{field.capitalize()} of B", options, key=f"other_{field}", required=True, wrap=True)
        titles = {name: MATRICES[name].title if name not in "xqkvz" else MATRICES[name].symbol for name in MATRICES}
        if view.is_head:
            options = matrices(view.own["sides"])
            st.selectbox("Matrix", options, key="matrix", format_func=titles.get, width=170)
    switches(mixes=view.own["sides"] == "sentences")
    if view.own["sides"] == "heads":
        choice = replace(view.choice, mix="head", layer=view.own["other_layer"] - 1, head=view.own["other_head"] - 1)
        return Side("B", view.trace, choice, show(view.trace, choice))
    messages = st.container()
    trace = read_sentence(view.own["other"], messages, said=losses(view.model, view.trace))
    if not trace:
        st.stop()
    return Side("B", trace, view.choice, show(trace, view.choice))
