"""The way from a file or pasted text to a list of one's own sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import escape

from pages.shared.base.clickable_table import cell_text
from pages.shared.base.markup import note
from pages.shared.frame.session import session
from pages.shared.sentences.offer import keep, look, offer, rejected_lines
from pages.shared.sentences.opening import Desk
from pages.shared.sentences.privacy import KEPT, KEPT_SHORT

if TYPE_CHECKING:
    from pages.shared.frame.listing import Listing


def gather(desk: Desk) -> None:
    """Where a list comes from: a file or pasted text, what was found in it, and the step to use it."""
    listing = desk.listing
    if listing:
        _tell(desk, listing)
        with st.expander("Another list", icon=":material/upload_file:", on_change="rerun", key="another-list") as body:
            if body.open:
                _take()
                offer(desk)
    else:
        _take()
        offer(desk)
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
        keep(None)
        return
    look(file.getvalue(), file.name)


def _look_at_paste() -> None:
    look(st.session_state["list-paste"], None)


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
            st.html(rejected_lines(rejected))
