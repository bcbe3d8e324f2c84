"""A sheet of small matrices: typed into, kept in the session and in the address, read, and shown step by step."""

import re
from dataclasses import dataclass
from functools import partial

import streamlit as st
from pandas import DataFrame, Index

from attention_core import AttentionError
from attention_core.by_hand import (
    LONGEST_CELL,
    LONGEST_WORD,
    NAMES,
    SCORES,
    Problem,
    Sheet,
    Worked,
    mended,
    problems,
    size_limits,
    work,
)
from attention_core.by_hand_figures import sheet_spec
from attention_core.by_hand_formulas import plain_number, say, say_mix
from attention_core.by_hand_sheets import ABOUT_PRESETS, OPENING, PRESETS, from_link, to_link
from attention_core.export import table
from attention_core.figures import number
from attention_core.matrices import MATRICES
from attention_core.narration import named, percent, plain
from attention_core.palette import Palette
from attention_core.tokens import labels
from pages.shared import link
from pages.shared.assets import asset
from pages.shared.cell import Picture, listen
from pages.shared.charts import chart
from pages.shared.choosing import choices
from pages.shared.markup import colour, heading, note, palette, phrase_html
from pages.shared.numbers import Table, numbers

_TITLES = {"words": "Words", "d_model": "d_model", "d_k": "d_k", "d_v": "d_v"}
_MOST_NAMED = 4  # cells in one message
_NUMBERS = 4  # of a vector that are written out
_TYPED = {  # title and role of what is typed
    "x": ("one row a word", "input"),
    "w_q": ("makes queries", "query"),
    "w_k": ("makes keys", "key"),
    "w_v": ("makes values", "value"),
    "scores": ("given scores: row asks, column is asked", "weight"),
    "v": ("values, one row a word", "value"),
}
_component = st.components.v2.component("sheet", html='<div class="sheet"></div>', css=asset("sheet.css"), js=asset("sheet.js"))


@dataclass(frozen=True, eq=False)
class Paper:
    """A sheet, computed, and what is looked at; query, key and entry count from 0."""

    sheet: Sheet  # as typed
    used: Sheet  # what is computed: the same, where every cell holds a number
    worked: Worked
    query: int
    key: int
    entry: int  # which dimension of q, k, v and z
    palette: Palette

    @property
    def from_scores(self) -> bool:
        """Whether the scores are given, and no vectors."""
        return self.sheet.start == SCORES


def read_sheet(pickers, messages) -> Paper:
    """Draw the pickers and the sheet; returns it computed, with what cannot be used named."""
    colours = palette()
    colour(colours)
    sheet = _present()
    used = mended(sheet, from_link(st.session_state["_sheet_link"]))
    worked = work(used)
    place = {name: link.choice(name, count, min(default, count)) for name, count, default in _places(used)}
    _publish()
    _pickers(pickers, sheet)
    if refused := link.refusals():
        note(messages, "The link does not fit: it asks for " + "; for ".join(refused) + ".")
    paper = Paper(sheet, used, worked, place["row"] - 1, place["column"] - 1, place["entry"] - 1, colours)
    _type(paper)
    _tell(paper)
    return paper


def _places(sheet: Sheet) -> list[tuple[str, int, int]]:
    """What can be looked at: its name in the address, how many there are, and the first choice."""
    sizes = sheet.sizes
    dimensions = sizes["d_v"] if sheet.start == SCORES else max(sizes["d_k"], sizes["d_v"])
    return [("row", sizes["words"], 1), ("column", sizes["words"], 2), ("entry", dimensions, 1)]


def _present() -> Sheet:
    """The sheet as typed; that of the address on arrival and after Back."""
    state = st.session_state
    asked = state["sheet"] or to_link(OPENING)
    if state.get("_sheet_link") != asked:
        try:
            sheet = from_link(asked)
        except AttentionError as error:
            link.refuse(f"a sheet, but {str(error).rstrip('.')}: the first one is shown")
            sheet = OPENING
        state["_sheet_link"] = to_link(sheet if not problems(sheet) else mended(sheet, OPENING))
        _keep(sheet, anew=True)
    return state["_sheet"]


def _keep(sheet: Sheet, anew: bool) -> None:
    """Hold a sheet, and what an address says of it if it can be computed; `anew` where the person did not type it."""
    state = st.session_state
    state["_sheet"] = sheet
    if anew:
        state["_sheet_version"] = state.get("_sheet_version", 0) + 1
    if not problems(sheet):
        state["_sheet_link"] = to_link(sheet)
    state["sheet"] = state["_sheet_link"]
    for name, count, _ in _places(sheet):
        if isinstance(state.get(name), int):
            state[name] = min(state[name], count)


def _publish() -> None:
    """Write the sheet into the address, with the sentence that the other pages are about."""
    state = st.session_state
    sentence = {name: state[name] for name in link.SENTENCE if name != "text" and state[name] is not None}
    written = state["sheet"] if state["sheet"] != to_link(OPENING) else ""
    link.publish(state["text"], **sentence, sheet=written, **{name: state[name] for name in ("row", "column", "entry")})


def _pickers(place, sheet: Sheet) -> None:
    """Sheets to begin with, and the sizes."""
    state = st.session_state
    present = next((name for name, preset in PRESETS.items() if preset == sheet), None)
    with place:
        choices("Begin with", PRESETS, present, lambda name: _keep(PRESETS[name], anew=True), key="preset")
    limits = size_limits(sheet.start, len(sheet.words))

    def resize(name: str) -> None:
        _keep(state["_sheet"].with_sizes(**_held(state["_sheet"], {name: int(state[f"size-{name}"])})), anew=True)

    for name, size in sheet.sizes.items():
        state[f"size-{name}"] = size
        place.number_input(_TITLES[name], *limits[name], key=f"size-{name}", on_change=resize, args=(name,), width=118)
    if present:
        st.caption(ABOUT_PRESETS[present])


def _held(sheet: Sheet, sizes: dict[str, int]) -> dict[str, int]:
    """The new sizes, with d_k of given scores large enough for more words."""
    if sheet.start == SCORES and sizes.get("words", 0) > sheet.given_d_k:
        return sizes | {"d_k": sizes["words"]}
    return sizes


def _type(paper: Paper) -> None:
    """The matrices to type into."""
    found = problems(paper.sheet)
    query, key, entry = paper.query, paper.key, paper.entry
    both = "both" if query == key else "query"
    rows = {"x": {key: "key", query: both}, "scores": {query: "query"}, "v": {key: "value"}}
    columns = {"w_q": {entry: "query"}, "w_k": {entry: "key"}, "w_v": {entry: "value"}, "scores": {key: "key"}}
    data = {
        "version": st.session_state["_sheet_version"],
        "words": list(paper.sheet.words),
        "badWords": [problem.row for problem in found if problem.matrix == "words"],
        "limits": {"cell": LONGEST_CELL, "word": LONGEST_WORD},
        "matrices": [
            {
                "name": name,
                "symbol": NAMES[name],
                "title": _TYPED[name][0],
                "role": _TYPED[name][1],
                "columns": len(texts[0]),
                "rowWords": name in ("x", "scores", "v"),
                "columnWords": name == "scores",
                "cells": [list(line) for line in texts],
                "bad": [[problem.row, problem.column] for problem in found if problem.matrix == name],
                "rowMarks": {str(row): role for row, role in rows.get(name, {}).items()},
                "columnMarks": {str(column): role for column, role in columns.get(name, {}).items()},
            }
            for name, texts in paper.sheet.cells.items()
        ],
    }
    _component(data=data, key="typing", on_typed_change=_typed)


def _typed() -> None:
    """Take over what stands in the cells, if it is still about the sheet that is shown."""
    state, typed = st.session_state, st.session_state["typing"].typed
    sheet = state["_sheet"]
    if not isinstance(typed, dict) or typed.get("version") != state["_sheet_version"]:
        return
    words, cells = typed.get("words"), typed.get("cells")
    if not _like(words, sheet.words, LONGEST_WORD) or not isinstance(cells, dict):
        return
    for name, texts in sheet.cells.items():
        lines = cells.get(name)
        if not isinstance(lines, list) or len(lines) != len(texts):
            return
        if not all(_like(line, like, LONGEST_CELL) for line, like in zip(lines, texts, strict=True)):
            return
    read = {name: tuple(map(tuple, cells[name])) for name in sheet.cells}
    _keep(Sheet(tuple(words), read, sheet.given_d_k), anew=False)


def _like(line, like: tuple[str, ...], longest: int) -> bool:
    """Whether a browser sent as many texts as there are, none of them too long."""
    return isinstance(line, list) and len(line) == len(like) and all(isinstance(t, str) and len(t) <= longest for t in line)


def _tell(paper: Paper) -> None:
    """Which cells cannot be used, and what the pictures count with instead."""
    found = problems(paper.sheet)
    if not found:
        return
    said = [f"{problem} {_instead(paper, problem)}" for problem in found[:_MOST_NAMED]]
    more = f" And {len(found) - _MOST_NAMED} more." if len(found) > _MOST_NAMED else ""
    note(st, " ".join(said) + more)


def _instead(paper: Paper, problem: Problem) -> str:
    used = paper.used
    text = used.words[problem.row] if problem.matrix == "words" else used.cells[problem.matrix][problem.row][problem.column]
    return f"Until then the pictures keep {text}."


def sheet_step(paper: Paper, name: str) -> None:
    """Draw one matrix of the sheet: what it is, its formula in shapes, its picture, and the chosen number written out."""
    matrix, values = MATRICES[name], getattr(paper.worked.stages, name)
    given = paper.from_scores and name == "scores"
    heading(matrix.badge, matrix.role, matrix.title, "As given." if given else matrix.sentence, _formula(paper, name))
    entry = min(paper.entry, values.size(1) - 1)
    said = say(paper.worked, name, paper.query, paper.key, entry)
    alt = f"{matrix.title} of the sheet, {values.size(0)} by {values.size(1)}. {plain(said)}"
    chart(sheet_spec(name, values, paper.worked.tokens, paper.palette), f"chart-{name}", f"by-hand-{name}", alt)
    st.html(f'<p class="says {matrix.role}-edge by-hand">{_raised(phrase_html(said))}</p>')


def _raised(said: str) -> str:
    """Powers of e as people write them."""
    return re.sub(r"e\^(?:\(([^()]*)\)|([\d.]+))", lambda found: f"e<sup>{found[1] or found[2]}</sup>", said)


def sheet_mix(paper: Paper) -> None:
    """How one row of weights and all values make one row of Z."""
    weight, value = paper.palette.weight.ink, paper.palette.value.ink
    tex = rf"z_i = \textstyle\sum_j \textcolor{{{weight}}}{{a_{{ij}}}}\,\textcolor{{{value}}}{{v_j}}"
    heading("A·V", "weight", "The mix", "The chosen word’s new vector: of each value as much as its weight says.", tex)
    stages, words = paper.worked.stages, paper.worked.tokens
    lines = ""
    for key, share in enumerate(stages.weights[paper.query].tolist()):
        chosen = ' class="chosen"' if key == paper.key else ""
        bar = f'<span style="width:{100 * share:.2f}%"></span>'
        vector = phrase_html(("v(", named(words, key, "value"), f") = {_vector(stages.v[key].tolist())}"))
        lines += f'<tr{chosen}><td>{number(share, 4)}</td><td class="bar">{bar}</td><td>× {vector}</td></tr>'
    total = phrase_html(("= z(", named(words, paper.query, "query"), f") = {_vector(stages.z[paper.query].tolist())}"))
    st.html(f'<table class="mix by-hand">{lines}<tr class="sum"><td>1</td><td class="bar"></td><td>{total}</td></tr></table>')
    st.html(f'<p class="whole-mix">{phrase_html(say_mix(paper.worked, paper.query))}</p>')


def _vector(values: list[float]) -> str:
    shown = [plain_number(value) for value in values[:_NUMBERS]]
    return "[" + ", ".join(shown) + (", …" if len(values) > _NUMBERS else "") + "]"


def _formula(paper: Paper, name: str) -> str:
    """The formula in symbols and, below it, in this sheet's shapes."""
    stages, colours = paper.worked.stages, paper.palette
    T, d_k, d_v = len(paper.worked.tokens), stages.q.size(1), stages.v.size(1)
    d_model = paper.sheet.sizes.get("d_model", 0)

    def ink(role: str, symbol: str) -> str:
        return rf"\textcolor{{{getattr(colours, role).ink}}}{{{symbol}}}"

    def shape(rows: int, columns: int) -> str:
        return rf"[{rows}{{\times}}{columns}]"

    square, Q, K, V, A = shape(T, T), ink("query", "Q"), ink("key", "K"), ink("value", "V"), ink("weight", "A")
    root = plain_number(d_k**0.5)
    tex, shapes = {
        "q": (rf"{Q} = X\,{ink('query', 'W_Q')}", rf"{shape(T, d_model)}{{\cdot}}{shape(d_model, d_k)} \to {shape(T, d_k)}"),
        "k": (rf"{K} = X\,{ink('key', 'W_K')}", rf"{shape(T, d_model)}{{\cdot}}{shape(d_model, d_k)} \to {shape(T, d_k)}"),
        "v": (rf"{V} = X\,{ink('value', 'W_V')}", rf"{shape(T, d_model)}{{\cdot}}{shape(d_model, d_v)} \to {shape(T, d_v)}"),
        "scores": (rf"{Q}\,{K}^{{\top}}", rf"{shape(T, d_k)}\cdot{shape(d_k, T)} \to {square}"),
        "scaled": (rf"{Q}\,{K}^{{\top}} \big/ \sqrt{{d_k}}", rf"{square} \to {square},\; \sqrt{{{d_k}}} = {root}"),
        "weights": (
            rf"{A} = \mathrm{{softmax}}\big({Q}{K}^{{\top}} \big/ \sqrt{{d_k}}\big)",
            rf"{square}, \text{{ row by row}}",
        ),
        "z": (rf"Z = {A}\,{V}", rf"{square}\cdot{shape(T, d_v)} \to {shape(T, d_v)}"),
    }[name]
    return rf"\begin{{gathered}}{tex}\\[2pt]{{\footnotesize {shapes}}}\end{{gathered}}"


def sheet_place(paper: Paper, *names: str) -> None:
    """Which query, key and dimension are written out: by pickers, or by a click on the charts of the named matrices."""
    shown = labels(paper.worked.tokens)
    with st.container(key="sheet-place", horizontal=True, vertical_alignment="bottom"):
        for name, title in (("row", "Query word (row)"), ("column", "Key word (column)")):
            options = range(1, len(shown) + 1)
            st.selectbox(title, options, key=name, format_func=lambda at: f"{at} · {shown[at - 1]}", width=190)
        count = next(count for name, count, _ in _places(paper.used) if name == "entry")
        st.number_input("Dimension", 1, count, key="entry", width=118)
        st.html(f'<p class="answer">{_answer(paper)}</p>')
    members = [[position] for position in range(len(shown))]
    listen(paper, [Picture(f"chart-{name}", name, members) for name in names], _choose)


def _answer(paper: Paper) -> str:
    """Where the chosen word looks most."""
    row = paper.worked.stages.weights[paper.query]
    most = int(row.argmax())
    asking, asked = named(paper.worked.tokens, paper.query, "query"), named(paper.worked.tokens, most, "key")
    equal = int((row == row[most]).sum())
    if equal > 1:
        return phrase_html((asking, f" gives {equal} words the same share, {percent(row[most].item())}."))
    return phrase_html((asking, " looks most at ", asked, f": {percent(row[most].item())}."))


def _choose() -> None:
    chosen = st.session_state["cells"].cell
    for name, kept in (("query", "row"), ("key", "column")):
        position = chosen.get(name) if isinstance(chosen, dict) else None
        if isinstance(position, int) and 0 <= position < len(st.session_state["_sheet"].words):
            st.session_state[kept] = position + 1


def sheet_tables(paper: Paper, *names: str) -> None:
    """The numbers of some matrices, as tables and as CSV, in full precision."""
    ready = {
        MATRICES[name].symbol: Table(
            f"by-hand-{name}", partial(table, name, getattr(paper.worked.stages, name), paper.worked.tokens)
        )
        for name in names
    }
    typed = {NAMES[name]: Table(f"by-hand-{name}", partial(_as_table, lines)) for name, lines in paper.worked.matrices.items()}
    numbers("sheet", typed | ready, about={"words": " ".join(paper.used.words)})


def _as_table(lines: list[list[float]]) -> DataFrame:
    columns = [f"{column}" for column in range(1, len(lines[0]) + 1)]
    return DataFrame(lines, index=Index([f"row {row}" for row in range(1, len(lines) + 1)], name="row"), columns=columns)
