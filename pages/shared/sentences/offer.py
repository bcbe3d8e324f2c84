"""What was found in a file or pasted text, how it was read, and the ways to read it otherwise before it is used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import escape

from pages.shared.base.clickable_table import cell_text
from pages.shared.frame.listing import Candidate, Listing
from pages.shared.frame.session import session
from pages.shared.sentences.opening import Desk
from pages.shared.sentences.options_pickers import has_choices, pickers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attention_core.lists.options import ReadingOptions
    from attention_core.lists.rows import Line
    from attention_core.lists.sentences import ListFacts, SentenceList
    from attention_core.model.traced import TracedModel

_COLUMNS = 4  # of a preview
_REJECTED = 20  # lines that are named


def look(source: bytes | str, name: str | None, asked: ReadingOptions | None = None) -> None:
    """Read a file, or pasted text without a name, or say what is wrong; the list that is open stays.

    Where another way to read it fails, what was found before stays too, and so does the choice.
    """
    from attention_core.errors import AttentionError
    from attention_core.lists.options import ReadingOptions
    from attention_core.lists.sentences import read_list, read_paste

    before: Candidate | None = session().candidate if asked else None
    asked = asked or ReadingOptions()
    try:
        found = read_paste(source) if name is None else read_list(source, name, asked)
    except AttentionError as error:
        found = before and before.found
        keep(Candidate(source, name, asked, found, getattr(error, "facts", None) or (before and before.facts)))
        session().list_trouble = str(error)
    else:
        keep(Candidate(source, name, asked, found))


def keep(candidate: Candidate | None) -> None:
    """Make this the candidate, or none."""
    session().candidate = candidate
    session().list_trouble = ""


def offer(desk: Desk) -> None:
    """What was found in a file or pasted text, how it was read, and the button that makes it the list."""
    candidate: Candidate | None = session().candidate
    if not candidate or not (candidate.found or has_choices(candidate)):
        return
    found = candidate.found
    with st.container(border=True, key="list-candidate"):
        if found:
            st.html(f'<p class="found"><b dir="auto">{escape(cell_text(found.name))}</b>{_about(found)}</p>')
        if candidate.name is not None:
            pickers(candidate, _read_otherwise)
        if not found:
            if candidate.facts and candidate.facts.preview:
                st.html(_preview(candidate.facts))
            return
        st.html(_preview(found))
        if found.rejected:
            title = f"{len(found.rejected):,} of {found.rows:,} rows are rejected"
            with st.expander(title, icon=":material/report:", key="candidate-rejected"):
                st.html(rejected_lines(found.rejected))
        if session().list_trouble:
            st.html('<p class="look-for">What you chose last cannot be read; shown is what was read before.</p>')
        st.button(
            "Use these sentences", key="list-use", type="primary", icon=":material/check:", on_click=_use, args=(desk.model,)
        )


def _read_otherwise(option: str, value: object) -> None:
    """Read the kept bytes again, with one option changed."""
    candidate = session().candidate
    if candidate:
        # Another way to part cells gives other columns, so the choice among those falls away.
        asked = candidate.asked if option == "column" else replace(candidate.asked, column=None)
        look(candidate.source, candidate.name, replace(asked, **{option: value}))


def _about(found: SentenceList) -> str:
    count = len(found.sentences)
    said = [f"{count:,} sentence{'' if count == 1 else 's'}."]
    said += [f"{len(found.rejected):,} of {found.rows:,} rows rejected."] if found.rejected else []
    said += [f"{found.blank:,} without a text."] if found.blank else []
    said += [f"Encoding: {escape(found.encoding)}."] if found.encoding else []
    if found.column is not None:
        said.append(f"Sentences from the column <b dir='auto'>{escape(cell_text(found.column))}</b>. {escape(found.reason)}")
    if found.note:
        said.append(escape(found.note))
    return "".join(f" <span>{sentence}</span>" for sentence in said)


def _preview(found: ListFacts) -> str:
    """The first lines as they were read; of many columns the chosen one and some others."""
    columns = list(range(len(found.columns))) or [0]
    chosen = found.columns.index(found.column) if found.column is not None else 0
    shown = [chosen, *[place for place in columns if place != chosen][: _COLUMNS - 1]]
    names = (
        "".join(f'<th dir="auto">{escape(cell_text(found.columns[place]))}</th>' for place in shown) if found.columns else ""
    )
    rows = "".join(
        "<tr>"
        + "".join(f'<td dir="auto">{escape(cell_text(row[place])) if place < len(row) else ""}</td>' for place in shown)
        + "</tr>"
        for row in found.preview
    )
    more = len(columns) - len(shown)
    left = f'<p class="look-for">{more:,} more column{"s" if more > 1 else ""}.</p>' if more > 0 else ""
    head = f"<thead><tr>{names}</tr></thead>" if names else ""
    return f'<p class="look-for">The first lines:</p><table class="preview">{head}<tbody>{rows}</tbody></table>{left}'


def rejected_lines(rejected: Sequence[Line]) -> str:
    """The first lines that cannot be read, with their numbers and reasons, as HTML."""
    lines = "".join(f"<li>Line {line.number:,} {escape(line.reason)}</li>" for line in rejected[:_REJECTED])
    more = f"<li>… and {len(rejected) - _REJECTED:,} more</li>" if len(rejected) > _REJECTED else ""
    return f'<ul class="rejected">{lines}{more}</ul>'


def _use(model: TracedModel) -> None:
    """Make the candidate the list of this session."""
    from pages.shared.sentences.token_counts import count_tokens

    state, candidate = st.session_state, session().candidate
    if not candidate or not candidate.found:
        return

    listing = Listing(candidate.found)
    if before := session().listing:
        before.end()
    work = count_tokens(model, listing)
    session().listing = listing
    state["text"], state["query"], state["key"] = listing.sentences[0], None, None
    state["another-list"], state["set"] = False, ""
    keep(None)
    work.go_on()
