"""Two sentences, or two heads, side by side: what corresponds, and what changed from A to B."""

from dataclasses import dataclass, replace
from functools import partial
from html import escape

import streamlit as st
from torch import Tensor

from attention_core.export import matrices as export
from attention_core.figures.matrix import difference_spec, matrix_spec
from attention_core.matrices.names import MATRICES, values
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.weights.choice import Choice, Shown, show
from attention_core.weights.comparison import align, difference, head_changes, head_distances
from attention_core.weights.link_strength import ranked, strongest_link
from attention_core.weights.mixtures import all_weights
from attention_core.weights.units import Units
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase, named
from attention_core.writing.text import label
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, note, phrase_html, ranked_heads, section
from pages.shared.base.tables import Table, numbers
from pages.shared.compare.fields import SIDES, matrices
from pages.shared.frame.reading import read
from pages.shared.frame.view import View
from pages.shared.parts.cells import Picture, listen, pair_pickers, pictures
from pages.shared.parts.switches import remark, switches

_CHANGED = 8  # heads that are named


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

    def places(self, name: str) -> list[int]:
        """The position in the sentence at which each row begins, from 0."""
        return self.units(name).places

    def matrix(self, name: str) -> Tensor:
        """One of the MATRICES as it is shown."""
        if name == "weights":
            return self.shown.weights
        layer = self.trace.layers[self.choice.layer]
        return self.shown.matrix(name, values(name, layer, self.trace.stages(self.choice.layer, self.choice.head)))


def compare(view: View) -> None:
    """Both sides, what corresponds, and the difference of one matrix over that."""
    b = _other(view)
    a = Side("A", view.trace, view.choice, view.shown)
    name = view.own["matrix"] if view.is_head else "weights"
    pairs = align(a.units(name).tokens, b.units(name).tokens)
    if all(a.units(name).tokens[row].is_special for row, _ in pairs):
        message = "These two sentences have no word in common, so nothing of one corresponds to anything of the other."
        note(st, f"{message} Give two sentences that share some words.")
        return
    _strip(view, a, b)
    st.html(f'<p class="answer">{phrase_html(_said(view, a, b))}</p>{remark(view)}')
    matrix_of = {side.letter: side.matrix(name) for side in (a, b)}
    square = MATRICES[name].columns == "tokens"
    change = difference(matrix_of["A"], matrix_of["B"], pairs, pairs if square else None)
    shared_tokens = tuple(a.units(name).tokens[row] for row, _ in pairs)
    places = [a.places(name)[row] for row, _ in pairs]
    for side, place in zip((a, b, None), st.columns(3, gap="medium"), strict=True):
        with place:
            if side:
                heading(side.letter, "weight", f"{MATRICES[name].title} of {side.letter}", side.choice.whose())
                units = side.units(name)
                matrix, places_of_side = matrix_of[side.letter], side.places(name)
                spec = matrix_spec(name, matrix, units.tokens, view.palette, places_of_side, numbers=False)
                key = f"chart-{name}" if side is a else "chart-other"
                alt = f"{MATRICES[name].title} of {side.letter}, {side.choice.whose()}."
                chart(spec, key=key, file=f"attention-{name}-{side.letter}", alt=alt)
            else:
                heading("B − A", "weight", "The difference", "green: more in B; pink: more in A")
                spec = difference_spec(name, change, shared_tokens, view.palette, places)
                chart(
                    spec,
                    key="chart-difference",
                    file=f"attention-{name}-difference",
                    alt=_largest(change, shared_tokens, square),
                )
    _tables(view, a, b, name, matrix_of, change, shared_tokens, places)
    _ranking(view, a, b)
    rows_of_b = [[] for _ in b.units(name).tokens]
    for row, other in pairs:
        rows_of_b[other] = a.units(name).members[row]
    members = [a.units(name).members[row] for row, _ in pairs]
    with st.container(key="cell-bar", horizontal=True, vertical_alignment="bottom"):
        pair_pickers(view)
        st.html(f'<p class="arithmetic">{_cell(view, a, b, name)}</p>')
    listen(
        view,
        [*pictures(view, name), Picture("chart-other", name, rows_of_b), Picture("chart-difference", name, members)],
    )


def _other(view: View) -> Side:
    """The pickers of side B, and that side; stops the run with a message where there is none."""
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
    trace = read(view.own["other"], messages)
    if not trace:
        st.stop()
    return Side("B", trace, view.choice, show(trace, view.choice))


def _strip(view: View, a: Side, b: Side) -> None:
    """The words of A above those of B, in columns where they correspond; those of one side only are marked."""
    pairs = align(a.shown.units.tokens, b.shown.units.tokens)
    cells, row, column = [], 0, 0
    for next_row, next_column in (*pairs, (len(a.shown.units.tokens), len(b.shown.units.tokens))):
        alone = max(next_row - row, next_column - column)
        for step in range(alone):
            above = row + step if row + step < next_row else None
            below = column + step if column + step < next_column else None
            cells.append((above, below, False))
        if next_row < len(a.shown.units.tokens):
            cells.append((next_row, next_column, True))
        row, column = next_row + 1, next_column + 1
    chosen = a.shown.units.at(view.query)

    def word(side: Side, unit: int | None, same: bool, query: bool) -> str:
        if unit is None:
            return '<span class="none" aria-hidden="true"></span>'
        kind = "same" if same else "alone"
        hint = "" if same else f' title="only in {side.letter}"'
        return f'<span class="{kind}{" asks" if query else ""}"{hint}>{escape(label(side.shown.units.tokens[unit]))}</span>'

    columns = "".join(
        f"<div>{word(a, above, same, above == chosen)}{word(b, below, same, same and above == chosen)}</div>"
        for above, below, same in cells
    )
    legend = "<div class='letters'><b>A</b><b>B</b></div>"
    alone = []
    for side, index in ((a, 0), (b, 1)):
        units = [cell[index] for cell in cells if not cell[2] and cell[index] is not None]
        if units:
            words = ", ".join(escape(label(side.shown.units.tokens[unit])) for unit in units[:12])
            alone.append(f"only in {side.letter}: {words}{' …' if len(units) > 12 else ''}")
    left_out = f'<p class="look-for">Not compared, {"; ".join(alone)}.</p>' if alone else ""
    st.html(
        f'<div class="aligned" role="group" tabindex="0" aria-label="The words of A and B">{legend}{columns}</div>{left_out}'
    )


def _said(view: View, a: Side, b: Side) -> Phrase:
    """Where the chosen word looks in A and in B."""
    row = a.shown.units.at(view.query)
    pairs = dict(align(a.shown.units.tokens, b.shown.units.tokens))
    said: Phrase = ()
    for side, unit in ((a, row), (b, pairs.get(row))):
        if unit is None:
            return (*said, " In B this word has no counterpart.")
        weights, tokens = side.shown.weights, side.shown.units.tokens
        query = named(tokens, unit, "query", side.places("weights"))
        _, most = strongest_link(weights, tokens, unit)
        key, share = named(tokens, most, "key", side.places("weights")), percent(weights[unit, most].item())
        said += (f"{' ' if said else ''}In {side.letter} ", query, " looks most, of the other words, at ", key, f": {share}.")
    return said


def _largest(change: Tensor, tokens: tuple[Token, ...], square: bool) -> str:
    """The alternative text of the difference."""
    row, column = divmod(int(change.abs().argmax()), change.size(1))
    to = label(tokens[column]) if square else f"dimension {column + 1}"
    return f"The difference B − A: the largest is {number(change[row, column], 3)}, from {label(tokens[row])} to {to}."


def _cell(view: View, a: Side, b: Side, name: str) -> str:
    """The chosen cell in A and in B."""
    square = MATRICES[name].columns == "tokens"
    if not square:
        return "Choose a word to mark its row in all pictures."
    pairs = dict(align(a.units(name).tokens, b.units(name).tokens))
    row, column = (a.units(name).at(position) for position in (view.query, view.key))
    before = a.matrix(name)[row, column].item()
    asking, asked = phrase_html((view.cell.asking,)), phrase_html((view.cell.asked,))
    said = f"<span>{asking} → {asked}</span><span><span class='op'>A</span> <b>{number(before, 4)}</b></span>"
    if row not in pairs or column not in pairs:
        return f"{said}<span>has no counterpart in B</span>"
    after = b.matrix(name)[pairs[row], pairs[column]].item()
    return (
        f"{said}<span><span class='op'>B</span> <b>{number(after, 4)}</b></span>"
        f"<span><span class='op'>B − A =</span> <b>{number(after - before, 4)}</b></span>"
    )


def _tables(view: View, a: Side, b: Side, name: str, matrix_of: dict, change: Tensor, tokens, places: list[int]) -> None:
    ready = {
        side.letter: Table(
            f"attention-{name}-{side.letter}",
            partial(export.table, name, matrix_of[side.letter], side.units(name).tokens, side.places(name)),
        )
        for side in (a, b)
    }
    ready["B − A"] = Table(f"attention-{name}-difference", partial(export.table, name, change, tokens, places))
    origin = export.about(view.model, a.trace) | a.choice.changes() | {"A": f"{a.trace.text} ({a.choice.whose()})"}
    numbers("compare", ready, about=origin | {"B": f"{b.trace.text} ({b.choice.whose()})"})


def _ranking(view: View, a: Side, b: Side) -> None:
    """The heads that changed most between two sentences; of two heads, which others are least and most like A's."""
    if view.own["sides"] == "sentences":
        pairs = align(a.trace.tokens, b.trace.tokens)
        if not pairs:
            return
        section("Which heads changed most?", "the share of weight that moved, on average over the words in common")
        changes = head_changes(a.trace, b.trace, pairs)
        _best(changes, ranked(changes)[:_CHANGED], "changed", ("layer", "head"))
        return
    changes = head_distances(all_weights(a.trace), a.choice.layer, a.choice.head)
    section("Which heads are like A’s?", "the share of weight that would have to move, on average over all words")
    alike, unlike = st.columns(2, gap="large")
    with alike:
        _best(changes, ranked(changes, largest=False)[1 : _CHANGED + 1], "alike", ("other_layer", "other_head"))
    with unlike:
        _best(changes, ranked(changes)[:_CHANGED], "unlike", ("other_layer", "other_head"))


def _best(changes: Tensor, order: list[tuple[int, int]], name: str, fields: tuple[str, str]) -> None:
    """Some heads as bars, and buttons that choose one of them for this page."""

    def choose(layer: int, head: int) -> None:
        st.session_state.update(zip(fields, (layer + 1, head + 1), strict=True))

    shares = [(layer, head, changes[layer, head].item()) for layer, head in order]
    lines = [(layer, head, share, percent(share)) for layer, head, share in shares]
    ranked_heads(f"best-{name}", name.capitalize(), "", lines, "Compare this head", choose)
