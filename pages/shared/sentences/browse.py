"""The list as a table: a page of it at a time, searched and ordered on the server; a row opens in any page."""

import streamlit as st
from markupsafe import Markup

from attention_core.writing.text import cut
from pages.shared.base.clickable_table import ColumnHead, cell_text, clickable
from pages.shared.base.markup import section
from pages.shared.base.progress import progress
from pages.shared.frame.list_steps import visit
from pages.shared.frame.listing import Listing
from pages.shared.frame.registry import BY_NAME, PAGES
from pages.shared.sentences.opening import Desk
from pages.shared.sentences.token_counts import count_tokens

_ROWS = 50  # that travel to the browser at once
_OPENING = [page.name for page in PAGES if page.takes_sentences]
_COLUMNS = ("line", "sentence", "tokens")


def browse(desk: Desk) -> None:
    """The table, with what orders and searches it, and the two sentences that are to be compared."""
    listing = desk.listing
    section("Open one", "a click on a sentence opens it; A and B go side by side into Compare")
    with st.container(key="browse-bar", horizontal=True, vertical_alignment="bottom"):
        st.text_input("Search", key="list-search", placeholder="Part of a sentence", persist_state="session", width=260)
        st.selectbox(
            "A click opens",
            _OPENING,
            key="list-target",
            format_func=lambda name: BY_NAME[name].title,
            persist_state="session",
            width=190,
        )
        order = _ordered(listing, st.session_state["list-search"])
        pages = -(-len(order) // _ROWS)
        page = 1
        if pages > 1:
            _keep_page(listing, order, pages)
            page = st.number_input(f"Page, of {pages:,}", 1, pages, key="list-page", persist_state="session", width=130)
        _compare(listing)
    shown = order[(page - 1) * _ROWS : page * _ROWS]
    if not shown:
        st.html('<p class="look-for" role="status">No sentence holds these words.</p>')
        return
    by, falling = listing.table.order
    columns = [
        ColumnHead(
            title,
            number=name != "sentence",
            wide=name == "sentence",
            sort=("descending" if falling else "ascending") if by == name else "",
        )
        for name, title in zip(_COLUMNS, ("Line", "Sentence", "Tokens"), strict=True)
    ]

    def act(what: str, number: int) -> None:
        if what == "open":
            visit(st.session_state["list-target"], number)
        elif what == "sort":
            listing.table.order = (_COLUMNS[number], listing.table.order == (_COLUMNS[number], False))
            st.session_state["list-page"] = 1
        else:
            listing.table.mark(what, number)

    clickable(
        "list-rows",
        "Your sentences",
        columns,
        [(number, _cells(listing, number)) for number in shown],
        act,
        chosen=listing.table.at if listing.find(st.session_state["text"]) else None,
        sides=(listing.table.a, listing.table.b),
    )
    _counting(desk)


def _ordered(listing: Listing, search: str) -> list[int]:
    """The sentences that hold what is searched for, in the order of the table."""
    search, (by, falling) = search.strip().casefold(), listing.table.order
    counted = len(listing.lengths.tokens) if by == "tokens" else 0
    asked = (search, by, falling, counted)
    if listing.table.ordered is None or listing.table.ordered[0] != asked:
        found = [number for number, text in enumerate(listing.sentences) if not search or search in text.casefold()]
        if by == "tokens":
            counts = listing.lengths.tokens + [0] * (len(listing.sentences) - len(listing.lengths.tokens))
            found.sort(key=counts.__getitem__, reverse=falling)
        elif by == "sentence":
            found.sort(key=lambda number: listing.sentences[number].casefold(), reverse=falling)
        elif falling:
            found.reverse()
        listing.table.ordered = asked, found
    return listing.table.ordered[1]


def _keep_page(listing: Listing, order: list[int], pages: int) -> None:
    """Begin on the page of the open sentence, and stay within the pages that there are."""
    state = st.session_state
    if "list-page" not in state:
        state["list-page"] = order.index(listing.table.at) // _ROWS + 1 if listing.table.at in order else 1
    state["list-page"] = min(max(state["list-page"], 1), pages)


def _cells(listing: Listing, number: int) -> tuple[str, str, str]:
    tokens = "…"
    if number < len(listing.lengths.tokens):
        count, read = listing.lengths.tokens[number], listing.lengths.read[number]
        tokens = f"{count:,}" if count == read else f"{count:,}, {read:,} read"
    return f"{listing.read.numbers[number]:,}", listing.sentences[number], tokens


def _compare(listing: Listing) -> None:
    """The way to Compare, when two sentences are marked."""
    if listing.table.a is None and listing.table.b is None:
        return

    def compare() -> None:
        visit("compare", listing.table.a, listing.table.b)

    st.button(
        "Compare A with B",
        key="compare-marked",
        type="primary",
        icon=":material/compare_arrows:",
        disabled=None in (listing.table.a, listing.table.b),
        on_click=compare,
    )
    marked = (("A", listing.table.a), ("B", listing.table.b))
    sides = Markup("<br>").join(Markup("<b>%s</b> %s") % (name, _short(listing, number)) for name, number in marked)
    st.html(Markup('<p class="look-for marked">%s</p>') % sides)


def _short(listing: Listing, number: int | None) -> str:
    if number is None:
        return "not chosen yet"
    text = cell_text(listing.sentences[number])
    return Markup("<bdi>%s</bdi>") % cut(text, 60)


def _counting(desk: Desk) -> None:
    """How far the tokens are counted, while they are."""
    work = desk.listing.lengths.work or count_tokens(desk.model, desk.listing)
    if work.is_running:
        progress(work, "count", "Tokens counted")
    elif not work.is_complete:
        work.go_on()
