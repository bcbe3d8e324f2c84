"""A room on every page: who leads it shows where they are, who follows goes there, and the header says which one does."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from io import BytesIO
from urllib.parse import urlsplit

import streamlit as st

from attention_core.errors import AttentionError
from attention_core.writing.text import cut
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import fields, offered_name, sent
from pages.shared.frame import history
from pages.shared.frame.address import fields_of, fits
from pages.shared.frame.registry import DEFAULTS, PAGES, SENTENCE
from pages.shared.frame.room_streams import Seat
from pages.shared.frame.session import session

_WRONG_CODES, _WRONG_FROM_ONE_PLACE, _WITHIN = 10, 60, 600.0  # of one session; of one address, a school, in so many seconds
MOST_ASKED, _LONGEST_ASKED = 60, 300  # answers, as the store takes them, and characters of a question
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_wrong: dict[str, deque[float]] = {}  # when wrong codes came from where
_component = st.components.v2.component("room", html='<div class="room"></div>', css=style("room.css"), js=script("room.js"))


def leads() -> bool:
    """Whether this session leads a room."""
    seat = session().seat
    return seat is not None and seat.role == "lead"


def room_set() -> str:
    """The set of sentences that the teacher of one's room opened last; empty for none."""
    seat = session().seat
    if seat is None:
        return ""
    try:
        room = _rooms().room(seat.code)
    except AttentionError:
        return ""
    return room.sentence_set if room else ""


def go_where_the_room_is(page: str) -> None:
    """Before a page reads its address: join the room that the address names, and go to where a room is that one follows."""
    mine = session()
    asked = st.query_params.get("room", "")
    if asked and asked != mine.room_asked:
        mine.room_asked = asked
        _guarded(lambda: _join({"code": asked}))
    if mine.room_ahead is None:
        return
    (there, view), mine.room_ahead = mine.room_ahead, None
    mine.too_long = None
    if not fits(view.get("text", ""), view.get("other", "")):
        mine.too_long = view.get("text")
        view = {name: value for name, value in view.items() if name not in ("text", "other", "query", "key")}
    if there != page:
        from pages.shared.frame.navigation import path

        st.switch_page(path(there), query_params=view)
    st.query_params.from_dict(view)
    mine.page = None  # as on arrival: what the widgets hold is not asked


def tell_room() -> None:
    """Tell the room where who leads is, if that has changed."""
    mine = session()
    if not leads() or mine.shown is None or mine.page is None:
        return
    shown = mine.page, _view()
    if shown == mine.room_told:
        return

    def tell() -> None:
        _rooms().move(mine.seat.code, *shown)
        mine.room_told = shown

    _guarded(tell)


history.told_of_views.append(tell_room)


def ask_room(asked: str, options: Sequence[str], right: int | None = None, of_words: bool = False) -> None:
    """Put a question to the room that this session leads."""
    if leads():
        _guarded(lambda: _rooms().ask(session().seat.code, cut(asked, _LONGEST_ASKED), options, right, of_words))


def offer_room() -> None:
    """Draw what the header says of a room: a way into one, or what one does in it and the ways out."""
    mine = session()
    seat = mine.seat
    data = {"role": seat.role if seat else "", "trouble": mine.room_trouble}
    if seat:
        data |= {"code": seat.code, "address": seat.address, "moves": seat.moves}
    if seat and seat.role == "lead":
        link = _link(seat.code)
        data |= {"secret": seat.secret, "link": link, "qr": _qr(link), "local": urlsplit(link).hostname in _LOCAL}
    _component(data=packed(data), key="page-room", on_act_change=_act, on_theme_change=lambda: None)


def _act() -> None:
    """What was clicked in the header, or pushed to it."""
    message = fields(sent("page-room", "act"))
    name = offered_name(message.get("do"), _ACTS)
    if name:
        session().room_trouble = ""
        _guarded(lambda: _ACTS[name](message))


def _guarded(do: Callable[[], None]) -> None:
    try:
        do()
    except AttentionError as error:
        session().room_trouble = str(error)


def _begin(_message: Mapping) -> None:
    mine = session()
    shown = mine.page or PAGES[0].name, _view()
    code, secret = _rooms().start(*shown)
    mine.seat, mine.room_told = Seat(code, "lead", secret), shown


def _join(message: Mapping) -> None:
    """Follow a room, or lead it, where the secret is its teacher's; wrong codes are counted."""
    from pages.shared.store.database import read_code
    from pages.shared.store.place import StoreError
    from pages.shared.store.rooms import ROOM_LETTERS

    mine, typed, secret = session(), message.get("code"), message.get("secret")
    _check_guesses()
    code = read_code(typed, ROOM_LETTERS) if isinstance(typed, str) and len(typed) < 40 else None
    room = _rooms().room(code) if code else None
    if room is None:
        mine.wrong_codes += 1
        _guesses().append(time.monotonic())
        raise StoreError("There is no room with this code now. Look at the code again, or ask whether the room has ended.")
    if isinstance(secret, str) and secret and _rooms().is_led_by(code, secret):
        mine.seat, mine.room_told = Seat(code, "lead", secret), None
        return
    role = "own" if message.get("role") == "own" else "follow"
    mine.seat = Seat(code, role)
    if role == "follow":
        _go_along(room)


def _move(_message: Mapping) -> None:
    """The room is somewhere else, or this session comes back to it."""
    mine = session()
    if mine.seat is None or mine.seat.role != "follow":
        return
    room = _rooms().room(mine.seat.code)
    if room is None:
        mine.seat = None
    else:
        _go_along(room)


def _go_along(room) -> None:
    mine = session()
    mine.seat.moves = room.moves
    page = next((page.name for page in PAGES if room.page in (page.name, *page.formerly)), None)
    if page:
        mine.room_ahead = page, fields_of(room.fields, (*SENTENCE, *DEFAULTS))


def _look_around(_message: Mapping) -> None:
    if (seat := session().seat) and seat.role == "follow":
        seat.take("own")


def _come_back(message: Mapping) -> None:
    if (seat := session().seat) and seat.role == "own":
        seat.take("follow")
        _move(message)


def _leave(_message: Mapping) -> None:
    """Leave the room; its teacher ends it."""
    mine = session()
    seat, mine.seat, mine.room_told = mine.seat, None, None
    if seat and seat.role == "lead":
        _rooms().end(seat.code)


def _ask(message: Mapping) -> None:
    from pages.shared.store.place import StoreError

    asked, options = message.get("asked"), message.get("options")
    if not isinstance(asked, str) or not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        return
    if options:
        ask_room(asked, options)
        return
    words = _words()
    if not words:
        raise StoreError("There is no sentence here to take words from. Write the answers, a line each.")
    ask_room(asked, words, of_words=True)


def _ask_where_it_looks(_message: Mapping) -> None:
    """Which word does the chosen one look at most, in the head that is shown?"""
    from pages.shared.frame import server

    state = st.session_state
    trace, _ = server.trace_of(state["text"])
    layer, head, query = (int(state[name]) - 1 for name in ("layer", "head", "query"))
    options = [number for number, token in enumerate(trace.tokens) if not token.is_special]
    row = trace.stages(layer, head).weights[query]
    right = max(range(len(options)), key=lambda place: row[options[place]].item())
    asked = f"Which word does “{trace.tokens[query].text}” look at most? (Layer {layer + 1}, head {head + 1})"
    ask_room(asked, [trace.tokens[number].text for number in options], right, of_words=True)


def _words() -> list[str]:
    from pages.shared.frame import server

    trace, _ = server.trace_of(st.session_state["text"])
    return [token.text for token in trace.tokens if not token.is_special]


def _reveal(_message: Mapping) -> None:
    if leads():
        _rooms().reveal(session().seat.code)


def _take_away(_message: Mapping) -> None:
    if leads():
        _rooms().take_away(session().seat.code)


_ACTS: dict[str, Callable[[Mapping], None]] = {
    "begin": _begin,
    "join": _join,
    "move": _move,
    "look-around": _look_around,
    "come-back": _come_back,
    "leave": _leave,
    "ask": _ask,
    "ask-where": _ask_where_it_looks,
    "reveal": _reveal,
    "take-away": _take_away,
}


def _rooms():
    from pages.shared.store.opened import store

    return store().rooms


def _view() -> dict[str, str]:
    """The view as an address says it, with the text also where no address could hold it."""
    mine = session()
    return (mine.shown or {}) | ({"text": mine.too_long} if mine.too_long else {})


def _guesses() -> deque[float]:
    """When wrong codes came from the place that this session comes from, of late."""
    place = st.context.ip_address or st.context.headers.get("X-Real-Ip") or ""  # a proxy on this machine says who asks
    if len(_wrong) > 10_000:
        _wrong.clear()
    times = _wrong.setdefault(place, deque(maxlen=_WRONG_FROM_ONE_PLACE))
    while times and times[0] < time.monotonic() - _WITHIN:
        times.popleft()
    return times


def _check_guesses() -> None:
    from pages.shared.store.place import StoreError

    if session().wrong_codes >= _WRONG_CODES or len(_guesses()) >= _WRONG_FROM_ONE_PLACE:
        raise StoreError("Too many codes were wrong. Open the link of the room, or wait ten minutes and reload the page.")


def _link(code: str) -> str:
    """The address that others open, as the teacher's browser knows this server."""
    here = urlsplit(st.context.url or "http://localhost")
    base = here.path.rstrip("/")
    for name in {page.name for page in PAGES} | {"start"} | {old for page in PAGES for old in page.formerly}:
        base = base.removesuffix(f"/{name}")
    return f"{here.scheme}://{here.netloc}{base}/?room={code}"


@cache
def _qr(link: str) -> str:
    """A QR code as SVG, dark on light in both themes: not every camera reads the other way."""
    import segno

    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=3, dark="#000", light="#fff", omitsize=True, title="QR code"
    )
    return drawn.getvalue().decode("utf-8")
