"""The chosen cell: picked on any chart, marked on all, its arithmetic always in sight."""

import streamlit as st

from attention_core.figures import number
from attention_core.narration import percent
from attention_core.tokens import labels
from pages.shared.assets import asset
from pages.shared.markup import phrase_html
from pages.shared.opening import View

_component = st.components.v2.component("cells", html="<span></span>", js=asset("cells.js"))
# Whose row is framed in each chart.
_ROWS = {
    "x": ["query", "key"],
    "q": ["query"],
    "k": ["key"],
    "v": ["key"],
    "scores": ["query"],
    "scaled": ["query"],
    "weights": ["query"],
    "z": ["query"],
}
_SQUARE = ("scores", "scaled", "weights")


def cell_bar(view: View) -> None:
    """The bar at the lower edge: pickers for query and key, and the cell's number at every stage."""
    stages, query, key = view.stages, view.query, view.key
    root = stages.q.size(-1) ** 0.5
    asking, asked = (phrase_html((word,)) for word in (view.cell.asking, view.cell.asked))
    steps = (
        f'{asking} · {asked} <span class="op">= q·k =</span> <b>{number(stages.scores[query, key], 3)}</b>',
        f'<span class="op">÷ {number(root)} =</span> <b>{number(stages.scaled[query, key], 3)}</b>',
        f'<span class="op">softmax →</span> <b>{number(stages.weights[query, key], 4)}</b>',
        f'<span class="op">so</span> <b>{percent(view.cell.weight)}</b> of v({asked}) goes into z({asking})',
    )
    names = labels(view.trace.tokens)
    positions = range(1, len(names) + 1)
    with st.container(key="cell", horizontal=True, vertical_alignment="bottom"):
        for name, title in (("query", "Query word (row)"), ("key", "Key word (column)")):
            st.selectbox(
                title, positions, key=name, format_func=lambda position: f"{position} · {names[position - 1]}", width=190
            )
        st.html(f'<p class="arithmetic">{"".join(f"<span>{step}</span>" for step in steps)}</p>')
    charts = [{"key": f"chart-{name}", "rows": rows, "square": name in _SQUARE, "name": name} for name, rows in _ROWS.items()]
    charts += [{"key": f"chart-w-{part}", "rows": [], "square": False, "name": f"W_{part}"} for part in "qkv"]
    colours = {"query": view.palette.query.ink, "key": view.palette.key.ink, "page": view.palette.page}
    data = {"charts": charts, "tokens": len(names), "query": query, "key": key, "colours": colours}
    _component(data=data, key="cells", on_cell_change=_choose)


def _choose() -> None:
    chosen = st.session_state["cells"].cell
    for name in ("query", "key"):
        position = chosen.get(name) if isinstance(chosen, dict) else None
        if isinstance(position, int):
            st.session_state[name] = position + 1
