"""The chosen cell of a translation: marked on the charts, its arithmetic in sight, taken over from a click."""

import streamlit as st
from markupsafe import Markup

from attention_core.errors import AttentionError
from attention_core.translation.kinds import attention_matrices
from attention_core.writing.numbers import number, percent
from attention_core.writing.text import labels
from pages.shared.base.markup import phrase_html
from pages.shared.base.messages import fields, offered_name, sent, whole
from pages.shared.parts.cells import mark_charts
from pages.shared.translate.comparison import other_of
from pages.shared.translate.view import TranslationView, numbers_explained

_OF_KEY = ("source", "k", "v")


def mark_translation(view: TranslationView) -> None:
    """Mark the chosen pair on all charts that the panel shows, and on the alignment where its rows are the steps."""
    charts = []
    if view.kind.asks == "French":
        columns = len(view.translation.source)
        is_cross = view.kind.name == "cross"
        name = "weights" if is_cross else ""
        found = _marked("chart-alignment", name, "Who looks where", ["query"], len(view.translation.written), columns)
        charts.append(found | {"square": is_cross})
    if view.panel == "stages":
        charts += [_of_matrix(view, f"chart-{name}", name) for name in attention_matrices(view.kind.name)]
    elif view.panel == "compare":
        charts += _compared(view)
    mark_charts(charts, view.cell.query, view.cell.key, view.palette, lambda: choose_cell(view))


def _of_matrix(view: TranslationView, key: str, name: str) -> dict:
    """The chart of one matrix."""
    kind, of_key = view.kind, name in _OF_KEY
    roles = ["key"] if of_key else ["query", "key"] if name == "x" and not kind.has_source else ["query"]
    rows, columns = len(view.attentions.columns if of_key else view.attentions.rows), len(view.attentions.columns)
    matrix = attention_matrices(kind.name)[name]
    of_tokens = matrix.columns == "tokens"
    return _marked(key, name, matrix.title, roles, rows, columns) | {"square": of_tokens}


def _compared(view: TranslationView) -> list[dict]:
    """The charts of a comparison; B and the difference have marks where A has a counterpart."""
    mine = _of_matrix(view, "chart-weights", "weights")
    try:
        other = other_of(view)
    except AttentionError:
        return []
    of_b = [
        [[a for a, b in pairs if b == at] for at in range(len(side))]
        for pairs, side in ((other.rows, other.trace.rows), (other.columns, other.trace.columns))
    ]
    found = [mine, mine | {"key": "chart-second", "members": of_b[0], "columns": of_b[1]}]
    if other.rows and other.columns:
        shared = [[[a] for a, _ in pairs] for pairs in (other.rows, other.columns)]
        found.append(mine | {"key": "chart-difference", "members": shared[0], "columns": shared[1]})
    return found


def _marked(key: str, name: str, title: str, roles: list[str], rows: int, columns: int) -> dict:
    """A chart as assets/components/cells.js takes it."""
    members, across = ([[place] for place in range(count)] for count in (rows, columns))
    return {"key": key, "name": name, "title": title, "rows": roles, "members": members, "columns": across}


def choose_cell(view: TranslationView) -> None:
    """Take over what a chart sends, as far as this view has it."""
    chosen, state = fields(sent("cell-marks", "cell")), st.session_state
    query = whole(chosen.get("query"), len(view.attentions.rows))
    key = whole(chosen.get("key"), len(view.attentions.columns))
    if query is not None:
        state["asking" if view.kind.name == "encoder" else "step"] = query + 1
    if key is not None:
        state["asked"] = key + 1
    name = offered_name(chosen.get("name"), numbers_explained(view.kind))
    if name:
        state["number"] = name
    dimension = whole(chosen.get("dimension"), view.translator.config.d_k)
    if dimension is not None and name:
        state["number_dimension"] = dimension + 1
    if chosen.get("open") is True:
        state["panel"] = "number"


def translation_bar(view: TranslationView) -> None:
    """The bar at the lower edge: which token asks and which is asked, and the cell's number at every stage."""
    with st.container(key="cell-bar", horizontal=True, vertical_alignment="bottom"):
        pickers = {"asking" if view.kind.name == "encoder" else "": view.attentions.rows, "asked": view.attentions.columns}
        titles = {"asking": "Query token (row)", "asked": "Key token (column)"}
        for field, tokens in pickers.items():
            if field:
                _picker(field, titles[field], labels(tokens))
        steps = Markup("").join(Markup("<span>%s</span>") % step for step in _arithmetic(view))
        st.html(Markup('<p class="arithmetic" tabindex="0">%s</p>') % steps)


def _picker(field: str, title: str, names: list[str]) -> None:
    positions = range(1, len(names) + 1)
    st.selectbox(title, positions, key=field, format_func=lambda position: f"{position} · {names[position - 1]}", width=190)


def _arithmetic(view: TranslationView) -> tuple[Markup, ...]:
    cell, stages = view.cell, view.stages
    at = cell.query, cell.key
    asking, asked = (phrase_html((word,)) for word in (cell.asking, cell.asked))
    root = number(stages.q.size(-1) ** 0.5)
    said = [
        Markup('%s · %s <span class="op">= q·k =</span> <b>%s</b>') % (asking, asked, number(stages.scores[at], 3)),
        Markup('<span class="op">÷ %s =</span> <b>%s</b>') % (root, number(stages.scaled[at], 3)),
    ]
    if view.kind.is_masked:
        added, after = ("−∞", "−∞") if cell.is_hidden else ("0", number(stages.scaled[at], 3))
        said.append(Markup('<span class="op">+ %s =</span> <b>%s</b>') % (added, after))
    goes = Markup('<span class="op">so</span> <b>%s</b> of v(%s) goes into z(%s)')
    said.append(Markup('<span class="op">softmax →</span> <b>%s</b>') % number(stages.weights[at], 4))
    return (*said, goes % (percent(cell.weight), asked, asking))
