"""A table of sentences or links that answers clicks: one page of rows at a time, and all text as plain text."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from attention_core.writing.text import cut
from pages.shared.base.assets import script, style
from pages.shared.base.messages import fields, sent, whole

_LONGEST = 300  # characters of a cell
_TALL = 24  # rows; more scroll in a frame of their own
_JOINERS = "\u200c\u200d"  # belong to the letters of some scripts
_component = st.components.v2.component("rows", html='<div class="rows"></div>', css=style("rows.css"), js=script("rows.js"))


class ColumnHead(NamedTuple):
    """What stands above some cells."""

    title: str
    number: bool = False
    wide: bool = False  # this cell opens its row
    sort: str | None = None  # '', 'ascending' or 'descending' where rows can be ordered by it


def clickable(
    key: str,
    name: str,
    columns: Sequence[ColumnHead],
    rows: Sequence[tuple[int, Sequence[str]]],
    act: Callable[[str, int], None],
    chosen: int | None = None,
    sides: tuple[int | None, int | None] | None = None,
) -> None:
    """Show rows of (number, cells); `act` is called with 'open', 'a', 'b' or 'sort', and the row's or column's number.

    `sides` are the rows that are marked A and B, where rows can be marked.
    """
    known = {number for number, _ in rows}
    possible = [
        "open",
        *(["a", "b"] if sides else []),
        *(["sort"] if any(column.sort is not None for column in columns) else []),
    ]
    data = {
        "name": name,
        "columns": [_column(column) for column in columns],
        "rows": [{"id": number, "cells": [cell_text(cell) for cell in cells]} for number, cells in rows],
        "chosen": chosen,
        "sides": sides is not None,
        "tall": len(rows) > _TALL,
    }
    if sides:
        data["a"], data["b"] = sides

    def acted() -> None:
        asked = fields(sent(key, "act"))
        for what in possible:
            number = whole(asked.get(what), len(columns) if what == "sort" else 1 + max(known, default=-1))
            if number is not None and (what == "sort" or number in known):
                act(what, number)

    _component(data=data, key=key, on_act_change=acted)


def cell_text(text: str) -> str:
    """As much of a text as a table shows, controls by their code points."""
    text = " ".join(text[: 4 * _LONGEST].split())
    text = "".join(_shown(character) for character in text[: _LONGEST + 1])
    return cut(text, _LONGEST)


def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in _JOINERS
    return f"U+{ord(character):04X}" if hidden else character


def _column(column: ColumnHead) -> dict:
    found = {"title": column.title, "number": column.number, "wide": column.wide}
    return found if column.sort is None else found | {"sort": column.sort}
