"""The chosen cell: picked on any chart, marked on all, its arithmetic always in sight."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.names import MATRICES, matrix_of
from attention_core.palette import Palette
from attention_core.writing.numbers import number, percent
from attention_core.writing.text import label
from pages.shared.base.assets import packed, script
from pages.shared.base.markup import phrase_html
from pages.shared.base.messages import fields, offered_name, sent, whole
from pages.shared.frame import history
from pages.shared.frame.navigation import anchor, leave_for
from pages.shared.frame.session import session
from pages.shared.frame.view import View

_component = st.components.v2.component("cells", html="<span></span>", js=script("cells.js"))


def cell_bar(view: View) -> None:
    """The bar at the lower edge: pickers for query and key, the cell's number at every stage, and the way to its arithmetic."""
    with st.container(key="cell-bar", horizontal=True, vertical_alignment="bottom"):
        foldable_pickers(view)
        steps = Markup("").join(Markup("<span>%s</span>") % step for step in _steps(view))
        arithmetic(steps)
        if view.is_head:
            query = history.shown() | {name: str(value) for name, value in chosen_entry().items()}
            anchor(st, "one_number", "All its arithmetic", query, icon=":material/calculate:")
        fold_button()
    listen(view, pictures(view, *(MATRICES if view.is_head else ["weights"])))


def foldable_pickers(view: View) -> None:
    """The pickers for the query and the key, unless the bar is folded."""
    if not session().is_bar_folded:
        pair_pickers(view)


def arithmetic(html: Markup) -> None:
    """The numbers of the chosen cell; in one line where the bar is folded."""
    folded = " folded" if session().is_bar_folded else ""
    st.html(Markup('<p class="arithmetic%s" tabindex="0">%s</p>') % (folded, html))


def fold_button() -> None:
    """A button that folds the bar at the lower edge to one line, and back."""
    mine = session()

    def fold() -> None:
        mine.is_bar_folded = not mine.is_bar_folded

    icon, what = ("keyboard_arrow_up", "Unfold") if mine.is_bar_folded else ("keyboard_arrow_down", "Fold")
    st.button(what, icon=f":material/{icon}:", key="fold-bar", type="tertiary", on_click=fold)


def pair_pickers(view: View) -> None:
    """Two pickers for the query and the key, among the words that are shown."""
    sides = (view.trace.rows, view.shown.pieces), (view.trace.columns, view.shown.column_pieces)
    for name, title, (tokens, units) in zip(("query", "key"), ("Query word (row)", "Key word (column)"), sides, strict=True):
        written = {place + 1: f"{place + 1} · {label(tokens[place])}" for place in units.places}
        st.selectbox(title, list(written), key=name, format_func=written.__getitem__, width=190)


class MarkedChart(NamedTuple):
    """A chart that marks the chosen query and key, and takes another choice."""

    key: str
    name: str  # of its matrix
    members: Sequence[Sequence[int]]  # the positions in the sentence that each row stands for; none: it takes no choice


def pictures(view: View, *names: str) -> list[MarkedChart]:
    """The charts of some of the MATRICES of the view."""
    return [MarkedChart(f"chart-{name}", name, view.shown.rows_of(name).members) for name in names]


def listen(view: View, charts: Sequence[MarkedChart], choose: Callable[[], None] | None = None) -> None:
    """Let the charts mark the chosen query and key, and take another choice, by `choose` where it is kept elsewhere."""
    shown = [
        {
            "key": key,
            "rows": matrix_of(name).framed,
            "square": matrix_of(name).over_tokens,
            "name": name,
            "title": matrix_of(name).title,
            "members": members,
        }
        for key, name, members in charts
    ]
    choose = choose or partial(_choose, (len(view.trace.rows), len(view.trace.columns)), view.model.config.d_model)
    mark_charts(shown, view.query, view.key, view.palette, choose)


def mark_charts(charts: Sequence[dict], query: int, key: int, palette: Palette, choose: Callable[[], None]) -> None:
    """Let charts, as assets/components/cells.js takes them, mark query and key, and call `choose` when another is chosen."""
    data = {
        "charts": list(charts),
        "query": query,
        "key": key,
        "colours": {"query": palette.query.ink, "key": palette.key.ink, "page": palette.page},
    }
    _component(data=packed(data), key="cell-marks", on_cell_change=choose)


def _steps(view: View) -> tuple[Markup | str, ...]:
    asking, asked = (phrase_html((word,)) for word in (view.cell.asking, view.cell.asked))
    if not view.is_head:
        row, column = view.shown.units.at(view.query), view.shown.columns.at(view.key)
        weight = number(view.shown.weights[row, column], 4)
        html = Markup('%s → %s <span class="op">=</span> <b>%s</b>')
        return html % (asking, asked, weight), view.choice.whose()
    stages, query, key = view.stages, view.query, view.key
    score, scaled = number(stages.scores[query, key], 3), number(stages.scaled[query, key], 3)
    root, weight = number(float(stages.divisor)), number(stages.weights[query, key], 4)
    goes = Markup('<span class="op">so</span> <b>%s</b> of v(%s) goes into z(%s)')
    return (
        Markup('%s · %s <span class="op">= q·k =</span> <b>%s</b>') % (asking, asked, score),
        Markup('<span class="op">÷ %s =</span> <b>%s</b>') % (root, scaled),
        Markup('<span class="op">softmax →</span> <b>%s</b>') % weight,
        goes % (percent(view.cell.weight), asked, asking),
    )


def _choose(positions: tuple[int, int], dimensions: int) -> None:
    chosen = fields(sent("cell-marks", "cell"))
    for name, count in zip(("query", "key"), positions, strict=True):
        position = whole(chosen.get(name), count)
        if position is not None:
            st.session_state[name] = position + 1
    if name := offered_name(chosen.get("name"), MATRICES):
        session().stage = name
    dimension = whole(chosen.get("dimension"), dimensions)
    if dimension is not None:
        session().dimension = dimension + 1
    if chosen.get("open") is True:
        leave_for("one_number", **chosen_entry())


def chosen_entry() -> dict[str, int | str]:
    """The number that was chosen last, as the page of one number takes it."""
    state = st.session_state
    entry = {"stage": session().stage, "query": state["query"], "key": state["key"]}
    return entry | ({"dimension": session().dimension} if entry["stage"] in ("q", "k", "v", "z") else {})
