"""A sheet of small matrices: typed into, kept in the session and in the address, and read."""

from dataclasses import dataclass

import streamlit as st

from attention_core.by_hand.address import from_address, to_address
from attention_core.by_hand.presets import ABOUT_PRESETS, OPENING, PRESETS
from attention_core.by_hand.sheet import (
    LONGEST_CELL,
    LONGEST_WORD,
    SCORES,
    SYMBOLS,
    Problem,
    Sheet,
    Worked,
    mended,
    problems,
    size_limits,
    work,
)
from attention_core.by_hand.words import plain_number
from attention_core.errors import AttentionError
from attention_core.matrices.names import MATRICES
from attention_core.palette import Palette
from pages.shared.base.assets import script, style
from pages.shared.base.choices import choices
from pages.shared.base.look import palette
from pages.shared.base.markup import note
from pages.shared.base.messages import fields, sent, texts
from pages.shared.frame import history
from pages.shared.frame.fields import choice, refusals, refuse
from pages.shared.frame.registry import SENTENCE, SHOWING
from pages.shared.frame.session import session

_TITLES = {"words": "Words", "d_model": "d_model", "d_k": "d_k", "d_v": "d_v"}
_MOST_NAMED = 4  # cells in one message
_TYPED = {  # title and role of what is typed
    "x": ("one row a word", "input"),
    "w_q": ("makes queries", "query"),
    "w_k": ("makes keys", "key"),
    "w_v": ("makes values", "value"),
    "scores": ("given scores: row asks, column is asked", "weight"),
    "v": ("values, one row a word", "value"),
}
_component = st.components.v2.component(
    "sheet", html='<div class="sheet"></div>', css=style("sheet.css"), js=script("sheet.js")
)


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
    sheet = _present()
    used = mended(sheet, from_address(session().sheet_address))
    worked = work(used)
    place = {name: choice(name, count, min(default, count)) for name, count, default in places(used)}
    _publish()
    _pickers(pickers, sheet)
    told = st.container(key="sheet-told")
    if refused := refusals():
        note(messages, refused)
    paper = Paper(sheet, used, worked, place["row"] - 1, place["column"] - 1, place["entry"] - 1, colours)
    _type(paper)
    _tell(told, paper)
    return paper


def places(sheet: Sheet) -> list[tuple[str, int, int]]:
    """What can be looked at: its name in the address, how many there are, and the first choice."""
    sizes = sheet.sizes
    dimensions = sizes["d_v"] if sheet.start == SCORES else max(sizes["d_k"], sizes["d_v"])
    return [("row", sizes["words"], 1), ("column", sizes["words"], 2), ("entry", dimensions, 1)]


def _present() -> Sheet:
    """The sheet as typed; that of the address on arrival and after Back."""
    state = st.session_state
    asked = state["sheet"] or to_address(OPENING)
    if session().sheet_address != asked:
        try:
            sheet = from_address(asked)
        except AttentionError as error:
            refuse(f"a sheet, but {str(error).rstrip('.')}: the first one is shown")
            sheet = OPENING
        session().sheet_address = to_address(sheet if not problems(sheet) else mended(sheet, OPENING))
        _keep(sheet, anew=True)
    return session().sheet


def _keep(sheet: Sheet, anew: bool) -> None:
    """Hold a sheet, and what an address says of it if it can be computed; `anew` where the person did not type it."""
    state = st.session_state
    session().sheet = sheet
    if anew:
        session().sheet_version += 1
    if not problems(sheet):
        session().sheet_address = to_address(sheet)
    state["sheet"] = session().sheet_address
    for name, count, _ in places(sheet):
        if isinstance(state.get(name), int):
            state[name] = min(state[name], count)


def _publish() -> None:
    """Write the sheet into the address, with the sentence that the other pages are about."""
    state = st.session_state
    sentence = {name: state[name] for name in SENTENCE if name != "text" and state[name] is not None}
    written = state["sheet"] if state["sheet"] != to_address(OPENING) else ""
    own = {name: state[name] for name in ("row", "column", "entry")}
    history.publish(state["text"], **sentence, **{name: state[name] for name in SHOWING}, sheet=written, **own)


def _pickers(place, sheet: Sheet) -> None:
    """Sheets to begin with, and the sizes."""
    state = st.session_state
    present = next((name for name, preset in PRESETS.items() if preset == sheet), None)
    with place:
        choices("Begin with", PRESETS, present, lambda name: _keep(PRESETS[name], anew=True), key="sheet-preset")
    limits = size_limits(sheet.start, len(sheet.words))

    def resize(name: str) -> None:
        """Change both the sheet as typed and the one that is computed: else cells that cannot be used would become others."""
        mine, sizes = session(), _held(session().sheet, {name: int(state[f"size-{name}"])})
        mine.sheet_address = to_address(mended(mine.sheet, from_address(mine.sheet_address)).with_sizes(**sizes))
        _keep(mine.sheet.with_sizes(**sizes), anew=True)

    for name, size in sheet.sizes.items():
        state[f"size-{name}"] = size
        place.number_input(_TITLES[name], *limits[name], key=f"size-{name}", on_change=resize, args=(name,), width=118)


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
        "version": session().sheet_version,
        "words": list(paper.sheet.words),
        "badWords": [problem.row for problem in found if problem.matrix == "words"],
        "limits": {"cell": LONGEST_CELL, "word": LONGEST_WORD},
        "products": _products(paper),
        "matrices": [
            {
                "name": name,
                "symbol": SYMBOLS[name],
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
    _component(data=data, key="sheet-typing", on_typed_change=_typed)


def _products(paper: Paper) -> list[dict]:
    """Q, K and V, as they stand where X on the left and its matrix above cross; none where the scores are given."""
    if paper.from_scores:
        return []
    rows = {"q": paper.query, "k": paper.key, "v": paper.key}
    return [
        {
            "name": f"w_{part}",
            "symbol": part.upper(),
            "role": MATRICES[part].role,
            "cells": [[plain_number(value) for value in line] for line in getattr(paper.worked.stages, part).tolist()],
            "row": row,
            "column": paper.entry,
        }
        for part, row in rows.items()
    ]


def _typed() -> None:
    """Take over what stands in the cells, if it is still about the sheet that is shown."""
    typed, sheet = fields(sent("sheet-typing", "typed")), session().sheet
    if type(typed.get("version")) is not int or typed["version"] != session().sheet_version:
        return
    words, cells, read = texts(typed.get("words"), sheet.words, LONGEST_WORD), fields(typed.get("cells")), {}
    for name, there in sheet.cells.items():
        lines = cells.get(name)
        if not isinstance(lines, list) or len(lines) != len(there):
            return
        read[name] = tuple(texts(line, like, LONGEST_CELL) for line, like in zip(lines, there, strict=True))
    if words is not None and all(line is not None for lines in read.values() for line in lines):
        _keep(Sheet(words, read, sheet.given_d_k), anew=False)


def _tell(place, paper: Paper) -> None:
    """Which cells cannot be used, and what the pictures count with instead; else what the present sheet is for."""
    found = problems(paper.sheet)
    if not found:
        about = next((ABOUT_PRESETS[name] for name, preset in PRESETS.items() if preset == paper.sheet), "\u00a0")
        place.caption(about)
        return
    said = [f"{problem} {_instead(paper, problem)}" for problem in found[:_MOST_NAMED]]
    more = f" And {len(found) - _MOST_NAMED} more." if len(found) > _MOST_NAMED else ""
    note(place, " ".join(said) + more)


def _instead(paper: Paper, problem: Problem) -> str:
    used = paper.used
    text = used.words[problem.row] if problem.matrix == "words" else used.cells[problem.matrix][problem.row][problem.column]
    return f"Until then the pictures keep {text}."
