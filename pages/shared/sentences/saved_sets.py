"""Sets of sentences that last: save the open list as one, open one, and what its owner can do with it."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from attention_core.errors import AttentionError
from pages.shared.base.assets import packed, script
from pages.shared.base.downloads import download
from pages.shared.base.markup import note
from pages.shared.base.messages import sent
from pages.shared.base.messages import texts as checked_texts
from pages.shared.frame.room import room_set
from pages.shared.frame.session import session
from pages.shared.sentences.opening import Desk
from pages.shared.sentences.set_links import OWNER, example_sets, forget_secret, open_set, remember_secret, set_named
from pages.shared.store.opened import store
from pages.shared.store.place import Most
from pages.shared.store.sets import LONGEST_NAME, LONGEST_NOTES, SetFacts

_MOST_SECRETS, _LONGEST_SECRET = 200, 80
_keeper = st.components.v2.component("kept_sets", html="<span></span>", js=script("kept_sets.js"))


def offer_sets(desk: Desk) -> None:
    """The expander of all sets, and that of saving the open list."""
    mine = session()
    _keeper(
        data=packed({"secrets": mine.set_secrets, "version": mine.set_version}),
        key="kept-sets",
        on_secrets_change=_take_secrets,
    )
    if mine.set_trouble:
        note(st, mine.set_trouble)
        mine.set_trouble = ""
    if desk.listing and desk.listing.notes:
        st.html(Markup('<p class="look-for" dir="auto">%s</p>') % desk.listing.notes)
    with st.container(key="set-bars"):
        if desk.listing:
            with st.expander("Save as a set", icon=":material/save:", on_change="rerun", key="save-set") as body:
                if body.open:
                    _save(desk)
        with st.expander("Sets", icon=":material/folder_open:", on_change="rerun", key="all-sets") as body:
            if body.open:
                _all(desk)


def _take_secrets() -> None:
    """What the browser keeps, as it says when the page is opened."""
    mine, value = session(), sent("kept-sets", "secrets")
    if mine.set_version or not isinstance(value, list) or len(value) > _MOST_SECRETS:
        return
    kept = checked_texts(value, value, _LONGEST_SECRET)
    if kept:
        mine.set_secrets = list(dict.fromkeys(secret for secret in kept if secret.isascii()))


def _save(desk: Desk) -> None:
    listing = desk.listing
    most = Most()
    st.text_input("Name", key="set-name", max_chars=LONGEST_NAME, placeholder="Pronouns for Monday")
    st.text_area("Notes", key="set-notes", max_chars=LONGEST_NOTES, height=80, placeholder="What to look for")

    def save() -> None:
        def kept() -> None:
            state = st.session_state
            facts, secret = store().sets.save(state["set-name"], listing.sentences, state["set-notes"])
            remember_secret(secret)
            listing.set_id, listing.notes = facts.id, facts.notes
            state["set"], state["save-set"], state["all-sets"] = facts.id, False, True
            session().set_trouble = f"Saved: “{facts.name}” with {facts.count:,} sentence{'' if facts.count == 1 else 's'}."

        _guarded(kept)

    st.button("Save", key="set-save", type="primary", icon=":material/save:", on_click=save)
    st.html(
        f'<p class="look-for">It stays on this server until you delete it: at most {most.sentences:,} sentences and '
        f"{most.bytes / 1e6:,.0f} MB. Who has its link reads it; this browser and the secret link change it.</p>"
    )


def _all(desk: Desk) -> None:
    mine = session()
    try:
        owned = store().sets.facts_of(mine.set_secrets)
    except AttentionError as error:
        note(st, str(error))
        owned = {}
    if room := room_set():
        _guarded_rows("Of the room", lambda: (found := set_named(room)) and _row(desk, found, None))
    if owned:
        st.html('<p class="look-for">Yours, as this browser knows them:</p>')
        for secret, facts in owned.items():
            _row(desk, facts, secret)
    st.html('<p class="look-for">Examples:</p>')
    for facts in example_sets().values():
        _row(desk, facts, None)


def _guarded_rows(title: str, draw) -> None:
    st.html(f'<p class="look-for">{title}:</p>')
    try:
        draw()
    except AttentionError as error:
        note(st, str(error))


def _row(desk: Desk, facts: SetFacts, secret: str | None) -> None:
    """One set: what it is, and what can be done with it."""

    def act(do) -> None:
        _guarded(lambda: do(facts, secret))

    is_open = desk.listing is not None and desk.listing.set_id == facts.id
    with st.container(key=f"set-row-{facts.id}", horizontal=True, vertical_alignment="center"):
        html = Markup('<p class="found"><b dir="auto">%s</b> %s%s</p>')
        count = f"{facts.count:,} sentence{'' if facts.count == 1 else 's'}"
        st.html(html % (facts.name, count, " · open" if is_open else ""))
        st.button("Open", key=f"set-open-{facts.id}", on_click=act, args=(lambda facts, _: _open(desk, facts),))
        if secret is None:
            return
        with st.popover("More", key=f"set-more-{facts.id}", on_change="rerun") as body:
            if body.open:
                _more(facts, secret, act)


def _more(facts: SetFacts, secret: str, act) -> None:
    """What only the owner does."""
    key = f"set-rename-{facts.id}"
    st.text_input("Name", facts.name, key=key, max_chars=LONGEST_NAME)
    st.button("Rename", key=f"{key}-do", on_click=act, args=(lambda _, secret: _rename(secret, st.session_state[key]),))
    st.button("Copy", key=f"set-copy-{facts.id}", on_click=act, args=(_copy,))
    download("Download", lambda: _as_json(secret), "sentences.json", "application/json", f"set-download-{facts.id}")
    page = _page_address()
    st.html('<p class="look-for">Link for others, who can only read:</p>')
    st.code(f"{page}?{urlencode({'set': facts.id})}", language=None, wrap_lines=True)
    st.html('<p class="look-for">Secret link, which lets change and delete it:</p>')
    st.code(f"{page}?{urlencode({OWNER: secret})}", language=None, wrap_lines=True)
    sure = st.checkbox("Delete it for everybody", key=f"set-sure-{facts.id}")
    st.button("Delete", key=f"set-delete-{facts.id}", disabled=not sure, on_click=act, args=(_delete,))


def _open(desk: Desk, facts: SetFacts) -> None:
    found = set_named(facts.id)
    if found:
        open_set(desk.model, found)
        st.session_state["all-sets"] = False


def _rename(secret: str, name: str) -> None:
    store().sets.change(secret, name=name)


def _copy(facts: SetFacts, secret: str) -> None:
    sets = store().sets
    found = sets.owned(secret)
    _, second = sets.save(f"{found.name[: LONGEST_NAME - 8]}, a copy", found.sentences, found.notes)
    remember_secret(second)


def _delete(facts: SetFacts, secret: str) -> None:
    store().sets.delete(secret)
    forget_secret(secret)
    mine = session()
    if mine.listing and mine.listing.set_id == facts.id:
        mine.listing.set_id = ""  # the sentences stay open, as a list of this session
        st.session_state["set"] = ""


def _as_json(secret: str) -> bytes:
    """The set as a file that this page reads again: a list of objects with a column of sentences."""
    found = store().sets.owned(secret)
    return json.dumps([{"sentence": sentence} for sentence in found.sentences], indent=1).encode("ascii")


def _page_address() -> str:
    here = urlsplit(st.context.url or "http://localhost/sentences")
    return f"{here.scheme}://{here.netloc}{here.path}"


def _guarded(do) -> None:
    try:
        do()
    except AttentionError as error:
        session().set_trouble = str(error)
