"""One row of pickers that show how a file was read; a change reads it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.shared.base.clickable_table import cell_text
from pages.shared.frame.listing import Candidate

_TEXTS = (".txt", ".csv", ".tsv", ".jsonl", ".json")
_TABLES = (".txt", ".csv", ".tsv")
_QUOTINGS = {
    "doubled": '"" inside of cells',
    "backslash": '\\" inside of cells',
    "single": "'…' around cells",
    "none": "are letters",
}
ReadOtherwise = Callable[[str, object], None]  # of an option, to a value


def has_choices(candidate: Candidate) -> bool:
    """Whether there is a choice also where nothing could be read: of a file of text, and of one that could be opened."""
    facts = candidate.facts
    return Path(candidate.name or "").suffix.lower() in _TEXTS or bool(
        facts and (len(facts.columns) > 1 or len(facts.sheets) > 1 or facts.taken.begin_at is not None)
    )


def pickers(candidate: Candidate, change: ReadOtherwise) -> None:
    """What can be chosen for a file of its kind, each showing what was taken, or what was asked for in vain."""
    from attention_core.lists.encodings import OFFERED
    from attention_core.lists.options import SEPARATORS, name_of_separator, separator_named

    found, asked = candidate.found or candidate.facts, candidate.asked
    taken = found.taken if found else asked
    ending = Path(candidate.name or "").suffix.lower()
    with st.container(horizontal=True, key="list-reading", vertical_alignment="bottom"):
        if ending in _TEXTS:
            codec = asked.encoding or taken.encoding
            codecs = list(dict.fromkeys([*OFFERED.values(), *([codec] if codec else [])]))
            labels = {known: label for label, known in OFFERED.items()}
            _select(
                "encoding", "Encoding", codecs, codec, lambda one: labels.get(one, found.encoding if found else one), change
            )
        if ending in _TABLES:
            sign = asked.separator if asked.separator is not None else taken.separator
            sign = sign if sign is None else separator_named(sign)
            signs = list(dict.fromkeys([*SEPARATORS.values(), *([] if sign is None else [sign])]))
            _select("separator", "Separator", signs, sign, name_of_separator, change)
            _select("quoting", "Quotation marks", list(_QUOTINGS), asked.quoting or taken.quoting, _QUOTINGS.get, change)
        if found and len(found.sheets) > 1:
            _select("sheet", "Sheet", list(found.sheets), asked.sheet or taken.sheet, cell_text, change)
        if found and taken.begin_at is not None:
            _begin_at(asked.begin_at or taken.begin_at, change)
            _check("names", "First row is names", taken.names if asked.names is None else asked.names, change)
        if found and taken.skip is not None:
            _check("skip", "Skip questions and ids", taken.skip if asked.skip is None else asked.skip, change)
        if found and len(found.columns) > 1:
            place = asked.column or (found.columns.index(found.column) + 1 if found.column in found.columns else None)
            _column(found.columns, place, change)


def _select(
    option: str, label: str, values: Sequence[str], value: str | None, shown: Callable[[str], str], change: ReadOtherwise
) -> None:
    key = f"read-{option}"
    st.session_state[key] = value
    st.selectbox(
        label,
        values,
        index=None,
        key=key,
        format_func=lambda one: shown(one) or "",
        width=190,
        on_change=lambda: change(option, st.session_state[key]),
    )


def _begin_at(value: int, change: ReadOtherwise) -> None:
    st.session_state["read-begin"] = value
    st.number_input(
        "Begin at row",
        min_value=1,
        max_value=1_000_000_000,
        step=1,
        key="read-begin",
        width=130,
        on_change=lambda: change("begin_at", st.session_state["read-begin"]),
    )


def _check(option: str, label: str, value: bool, change: ReadOtherwise) -> None:
    key = f"read-{option}"
    st.session_state[key] = bool(value)
    st.checkbox(label, key=key, on_change=lambda: change(option, st.session_state[key]))


def _column(columns: Sequence[str], place: int | None, change: ReadOtherwise) -> None:
    """The column of sentences, by its place from 1: names may be alike once they are cut."""
    st.session_state["list-column"] = None if place is None else place - 1
    st.selectbox(
        "Column of sentences",
        range(len(columns)),
        index=None,
        format_func=lambda one: cell_text(columns[one]),
        key="list-column",
        width=260,
        on_change=lambda: (
            change("column", st.session_state["list-column"] + 1) if st.session_state["list-column"] is not None else None
        ),
    )
