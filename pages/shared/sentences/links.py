"""A link between words, searched in all sentences and heads, strongest first."""

import re
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from attention_core.errors import AttentionError
from attention_core.survey.strongest import Link, Strongest
from attention_core.survey.tables import strongest_table, table_facts
from attention_core.survey.word_links import DEFINITIONS, find_links, link_search
from attention_core.weights.words import stands_out_text
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import Mark, Phrase
from attention_core.writing.text import isolated, visible
from pages.shared.base.clickable_table import ColumnHead, clickable
from pages.shared.base.markup import note, phrase_html, section
from pages.shared.base.progress import begin_or_go_on
from pages.shared.base.work import Work
from pages.shared.frame.list_steps import visit
from pages.shared.frame.listing import Listing
from pages.shared.frame.session import session
from pages.shared.sentences.files import offer_table
from pages.shared.sentences.opening import Desk

if TYPE_CHECKING:
    import pyarrow as pa

_MOST, _SHOWN = 200, 20
_BY = {"stands_out": "How far it stands out", "weight": "Its weight"}
_MOST_WORDS, _MOST_CHARACTERS = 1000, 20_000


def search_links(desk: Desk) -> None:
    """The words to look for, and the strongest links between them."""
    listing = desk.listing
    section("Search for a link", "from a word to another, in all sentences and all heads, strongest first")
    with st.container(key="search-bar", horizontal=True, vertical_alignment="bottom"):
        keep = {"persist_state": "session"}
        st.text_input("From", key="link-from", placeholder="it", max_chars=_MOST_CHARACTERS, width=180, **keep)
        st.text_input("To", key="link-to", placeholder="any word before it, or: dog, cat", max_chars=_MOST_CHARACTERS, **keep)
        st.selectbox("Strongest by", list(_BY), key="link-by", format_func=_BY.get, width=200, **keep)
        st.checkbox("Only words before", key="link-before", **keep)
        st.button("Search", key="link-search", type="primary", icon=":material/search:", on_click=_begin, args=(desk,))
    if trouble := session().link_trouble:
        note(st, trouble)
    work = listing.linking
    if work:
        begin_or_go_on(work, "links", "", work.go_on, "Searched")
    if work and not work.is_running and listing.links.sentences:
        _results(desk, listing, listing.links)


def _begin(desk: Desk) -> None:
    state, listing = st.session_state, desk.listing
    session().link_trouble = ""
    try:
        queries, keys = (_words(state[name]) for name in ("link-from", "link-to"))
        search = link_search(desk.model, queries or ["it"], keys or None, True if state["link-before"] or not keys else None)
    except AttentionError as error:
        session().link_trouble = str(error)
        return
    strongest = Strongest(_MOST, state["link-by"])

    def step(texts) -> None:
        strongest.add(find_links(desk.model, texts, search))

    if listing.linking:
        listing.linking.stop()
    listing.links, listing.asked = strongest, search
    listing.linking = Work(listing.sentences, step, is_survey=True)
    listing.linking.go_on()


def _words(text: str) -> list[str]:
    """The words of a list, with commas or line breaks between them. Raises ChoiceError for too many."""
    from attention_core.errors import ChoiceError

    words = [word for word in re.split(r"[,;\n]", text[:_MOST_CHARACTERS]) if word.strip()]
    if len(words) > _MOST_WORDS:
        raise ChoiceError(f"These are {len(words):,} words; at most {_MOST_WORDS:,} are searched for at once.")
    return words


def _results(desk: Desk, listing: Listing, links: Strongest) -> None:
    asked = listing.asked
    to = "any word before" if asked.keys is None else _named(asked.keys) + (" before" if asked.before else "")
    answer = Markup('<p class="answer">%s</p>')
    said: Phrase = (Mark(_named(asked.queries), "query"), " → ", Mark(to, "key"), ": ")
    if not links.found:
        st.html(answer % phrase_html((*said, f"no such link in {links.sentences:,} sentences.")))
        return
    strongest, positional = [found[0] for found in links.by_head], links.positional
    apart = [link for link in strongest if (link.layer, link.head) in positional]
    telling = [link for link in strongest if link not in apart]
    best = (telling or apart)[0]
    which = ", heads that go by position left out," if telling and apart else ""
    said += (
        f"{links.found:,} link{'' if links.found == 1 else 's'} in {links.sentences:,} sentences. The strongest{which} is ",
        Mark(_shown(best.place.query_word), "query"),
        " → ",
        Mark(_shown(best.place.key_word), "key"),
        f" in layer {best.layer + 1}, head {best.head + 1}: {percent(best.weight)}.",
    )
    definitions = Markup('<p class="look-for"><b>Stands out</b>: %s<br><b>Weight</b>: %s</p>')
    st.html(answer % phrase_html(said) + definitions % (DEFINITIONS["stands_out"], DEFINITIONS["weight"]))
    columns = [
        ColumnHead("Stands out", number=True),
        ColumnHead("Weight", number=True),
        ColumnHead("Head", number=True),
        ColumnHead("Link"),
        ColumnHead("Sentence", wide=True),
    ]
    if telling:
        _table(listing, "link-rows", "The strongest link of each head", columns, telling[:_SHOWN])
    if apart:
        st.html(
            '<p class="look-for"><b>By position</b>: these heads give the word right before, or right after, more than half '
            "of their weight, whatever it is. Their links say little of the words.</p>"
        )
        _table(listing, "link-rows-positional", "Heads that go by position", columns, apart[:_SHOWN])
    _take_home(desk, listing, links)


def _table(listing: Listing, key: str, name: str, columns: list[ColumnHead], shown: list[Link]) -> None:
    """Links as rows that open in Step by step."""
    rows = [
        (
            place,
            (
                stands_out_text(found.stands_out),
                percent(found.weight),
                f"L{found.layer + 1} H{found.head + 1}",
                f"{_shown(found.place.query_word)} → {_shown(found.place.key_word)}",
                listing.sentences[found.place.sentence],
            ),
        )
        for place, found in enumerate(shown)
    ]

    def act(what: str, number: int) -> None:
        found = shown[number]
        place = {"layer": found.layer + 1, "head": found.head + 1}
        visit("step_by_step", found.place.sentence, query=found.place.query + 1, key=found.place.key + 1, **place)

    clickable(key, name, columns, rows, act)


def _named(words: frozenset[str]) -> str:
    some = [_shown(word) for word in sorted(words)[:4]]
    return ", ".join(some) + (f" and {len(words) - len(some):,} more" if len(words) > len(some) else "")


def _shown(word: str) -> str:
    return isolated(visible(word))


def _take_home(desk: Desk, listing: Listing, links: Strongest) -> None:
    """The strongest links as files, with what their numbers mean."""

    def about() -> dict[str, str]:
        asked = listing.asked
        keys = "any word" if asked.keys is None else sorted(asked.keys)
        more = {"from": sorted(asked.queries), "to": keys, "before": "yes" if asked.before else "no"}
        return table_facts(desk.model, "links", file=listing.read.name, **more)

    def make() -> "pa.Table":
        read = listing.read
        known = read.sentences, read.numbers, listing.lengths.tokens, listing.lengths.read
        return strongest_table(links.best, *(part[: links.sentences] for part in known))

    offer_table(
        f"The strongest {len(links.best):,} as files",
        "link",
        "As ",
        "attention-links",
        about,
        make,
        "Every link in every head: `python -m attention_core links sentences.csv --from it --out links.parquet`",
    )
