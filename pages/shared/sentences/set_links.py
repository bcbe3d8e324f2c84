"""Sets of sentences that an address names: examples, those of a link for reading, and those of an owner's secret link."""

from __future__ import annotations

import tomllib
from functools import cache

import streamlit as st

from attention_core.errors import AttentionError
from attention_core.lists.options import ReadingOptions
from attention_core.lists.sentences import SentenceList
from attention_core.model.traced import TracedModel
from pages.shared.base.assets import asset
from pages.shared.frame.listing import Listing
from pages.shared.frame.session import session
from pages.shared.store.opened import store
from pages.shared.store.sets import GONE, SentenceSet

OWNER = "own"  # of the address: an owner's secret, taken out of it at once
_EXAMPLE = "example-"


@cache
def example_sets() -> dict[str, SentenceSet]:
    """The sets that come with the app, by what an address calls them."""
    entries = tomllib.loads(asset("sets.toml"))["sets"]
    return {
        f"{_EXAMPLE}{entry['id']}": SentenceSet(
            f"{_EXAMPLE}{entry['id']}", entry["name"], entry["notes"], len(entry["sentences"]), 0.0, tuple(entry["sentences"])
        )
        for entry in entries
    }


def set_named(name: str) -> SentenceSet | None:
    """An example, or the set of a link for reading; None for none. Raises StoreError."""
    return example_sets().get(name) or store().sets.opened(name)


def open_asked(model: TracedModel) -> None:
    """Open the set that the address asks for, where it is not open; what cannot be opened is told."""
    mine, state = session(), st.session_state
    secret = st.query_params.get(OWNER, "")
    try:
        if secret and secret not in mine.set_secrets:
            found = store().sets.owned(secret)
            if found is None:
                mine.set_trouble = GONE
            else:
                remember_secret(secret)
                state["set"] = found.id
                st.query_params.from_dict({"set": found.id})  # or the next to whom the address is shown would own the set
        asked = state["set"] or ""
        if asked and (mine.listing is None or mine.listing.set_id != asked):
            found = set_named(asked)
            if found is None:
                mine.set_trouble, state["set"] = GONE, ""
            else:
                open_set(model, found)
        elif not asked and mine.listing is not None and mine.listing.set_id:
            state["set"] = mine.listing.set_id
    except AttentionError as error:
        mine.set_trouble, state["set"] = str(error), ""


def open_set(model: TracedModel, found: SentenceSet) -> None:
    """Make a set the list of this session."""
    from pages.shared.sentences.token_counts import count_tokens

    mine, state = session(), st.session_state
    listing = Listing(_as_list(found), set_id=found.id, notes=found.notes)
    if mine.listing:
        mine.listing.end()
    work = count_tokens(model, listing)
    mine.listing = listing
    state["set"] = found.id
    if state["text"] not in found.sentences:
        state["text"], state["query"], state["key"] = found.sentences[0], None, None
    work.go_on()


def remember_secret(secret: str) -> None:
    """Have this session, and its browser, keep an owner's secret, first of all."""
    mine = session()
    mine.set_secrets = [secret, *(other for other in mine.set_secrets if other != secret)]
    mine.set_version += 1


def forget_secret(secret: str) -> None:
    """Have neither this session nor its browser keep a secret any more."""
    mine = session()
    mine.set_secrets = [other for other in mine.set_secrets if other != secret]
    mine.set_version += 1


def _as_list(found: SentenceSet) -> SentenceList:
    sentences = found.sentences
    return SentenceList(
        found.name,
        None,
        (),
        None,
        "",
        "",
        tuple((sentence,) for sentence in sentences[:8]),
        ReadingOptions(),
        (),
        sentences,
        tuple(range(1, len(sentences) + 1)),
        (),
        0,
        len(sentences) - len(set(sentences)),
    )
