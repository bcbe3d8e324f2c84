"""The way from a file or pasted text to a list of one's own sentences."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.base.clickable_table import cell_text
from pages.shared.base.markup import note
from pages.shared.frame.listing import Candidate, Listing
from pages.shared.frame.session import session
from pages.shared.sentences.opening import Desk
from pages.shared.sentences.privacy import KEPT, KEPT_SHORT

if TYPE_CHECKING:
    from attention_core.lists.sentences import SentenceList
    from attention_core.model.traced import TracedModel

_COLUMNS = 4  # of a preview
_REJECTED = 20  # lines that are named


def gather(desk: Desk) -> None:
    """Where a list comes from: a file or pasted text, what was found in it, and the step to use it."""
    listing = desk.listing
    if listing:
        _tell(desk, listing)
        with st.expander("Another list", icon=":material/upload_file:", on_change="rerun", key="another-list") as body:
            if body.open:
                _take()
                _offer(desk)
    else:
        _take()
        _offer(desk)
    if trouble := session().list_trouble:
        note(st, trouble)


def _take() -> None:
    """The two ways to give sentences, with what is taken."""
    from attention_core.lists.sentences import BROWSER, ENDINGS

    upload, paste = st.columns(2, gap="large")
    most = f"at most {BROWSER.bytes / 1e6:,.0f} MB and {BROWSER.sentences:,} sentences"
    with upload:
        st.file_uploader(
            f"A file: {', '.join(ENDINGS)}",
            type=[ending[1:] for ending in ENDINGS],
            key="list-upload",
            on_change=_look_at_file,
            max_upload_size=BROWSER.bytes // 1_000_000,
        )
        st.html(
            f'<p class="look-for">A .txt has a sentence a line, the others a column of sentences; {most}. A sentence longer '
            "than the model reads, 512 tokens, is read to there.</p>"
        )
    with paste:
        st.text_area("Or paste them, one sentence a line", key="list-paste", height=105, placeholder="The cat sat on the mat.")
        st.button("Look at them", key="paste-look", on_click=_look_at_paste)
    st.html(f'<p class="look-for">{KEPT}</p>')


def _look_at_file() -> None:
    file = st.session_state["list-upload"]
    if file is None:
        _keep(None)
        return
    _look(file.getvalue(), file.name)


def _look(source: bytes, name: str, column: int | None = None) -> None:
    from attention_core.lists.sentences import read_list

    _try(lambda: _keep(Candidate(source, read_list(source, name, column))))


def _look_at_paste() -> None:
    from attention_core.lists.sentences import read_paste

    text = st.session_state["list-paste"]
    _try(lambda: _keep(Candidate(text, read_paste(text))))


def _keep(candidate: Candidate | None) -> None:
    session().candidate = candidate
    session().list_trouble = ""


def _try(read) -> None:
    """Read, or say what is wrong; the list that is open stays."""
    from attention_core.errors import AttentionError

    try:
        read()
    except AttentionError as error:
        session().candidate = None
        session().list_trouble = str(error)


def _offer(desk: Desk) -> None:
    """What was found in a file or pasted text, and the button that makes it the list."""
    candidate: Candidate | None = session().candidate
    if not candidate:
        return
    found = candidate.found
    with st.container(border=True, key="list-candidate"):
        st.html(f'<p class="found"><b dir="auto">{escape(cell_text(found.name))}</b>{_about(found)}</p>')
        if len(found.columns) > 1:
            places = range(len(found.columns))
            st.selectbox(
                "Column of sentences",
                places,
                index=found.columns.index(found.column),
                format_func=lambda place: cell_text(found.columns[place]),
                key="list-column",
                on_change=_choose_column,
                width=320,
            )
        st.html(_preview(found))
        st.button(
            "Use these sentences", key="list-use", type="primary", icon=":material/check:", on_click=_use, args=(desk.model,)
        )


def _choose_column() -> None:
    candidate = session().candidate
    if candidate:
        _look(candidate.source, candidate.found.name, st.session_state["list-column"] + 1)


def _about(found: SentenceList) -> str:
    count = len(found.sentences)
    said = [f"{count:,} sentence{'' if count == 1 else 's'}."]
    said += [f"Encoding: {escape(found.encoding)}."] if found.encoding else []
    if found.column is not None:
        said.append(f"Sentences from the column <b dir='auto'>{escape(cell_text(found.column))}</b>. {escape(found.reason)}")
    if found.note:
        said.append(escape(found.note))
    return "".join(f" <span>{sentence}</span>" for sentence in said)


def _preview(found: SentenceList) -> str:
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


def _use(model: TracedModel) -> None:
    """Make the candidate the list of this session."""
    from pages.shared.sentences.token_counts import count_tokens

    state, candidate = st.session_state, session().candidate
    if not candidate:
        return

    listing = Listing(candidate.found)

    if before := session().listing:
        before.end()
    work = count_tokens(model, listing)
    session().listing = listing
    state["text"], state["query"], state["key"] = listing.sentences[0], None, None
    state["another-list"] = False
    _keep(None)
    work.go_on()


def _tell(desk: Desk, listing: Listing) -> None:
    """What the list is, and what was left out of it."""
    found = listing.read
    count = len(listing.sentences)
    said = [f"{count:,} sentence{'' if count == 1 else 's'} from <b dir='auto'>{escape(cell_text(found.name))}</b>"]
    if found.encoding:
        said.append(escape(found.encoding))
    if found.column is not None:
        said.append(f"column <b dir='auto'>{escape(cell_text(found.column))}</b>")
    if found.duplicates:
        said.append(f"{found.duplicates:,} repeated and kept")
    if found.blank:
        said.append(f"{found.blank:,} blank line{'' if found.blank == 1 else 's'} left out")
    longer = sum(map(int.__gt__, listing.lengths.tokens, listing.lengths.read))
    if longer:
        said.append(f"{longer:,} longer than {desk.model.config.positions} tokens and read to there")
    st.html(f'<p class="found">{" · ".join(said)}. {KEPT_SHORT}</p>')
    if rejected := found.rejected:
        title = f"{len(rejected):,} line{'' if len(rejected) == 1 else 's'} could not be read"
        with st.expander(title, icon=":material/report:", key="list-rejected"):
            lines = "".join(f"<li>Line {line.number:,} {escape(line.reason)}</li>" for line in rejected[:_REJECTED])
            more = f"<li>… and {len(rejected) - _REJECTED:,} more</li>" if len(rejected) > _REJECTED else ""
            st.html(f'<ul class="rejected">{lines}{more}</ul>')
