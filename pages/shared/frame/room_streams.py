"""What a room pushes to its browsers, by routes of the server: an address that has changed, a question, how many follow.

A browser listens under a name that only its session knows; once the session ends, nothing stands under that name. One read of
the store serves all browsers of a room in this process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from streamlit import config
from streamlit.web.server.server_util import is_url_from_allowed_origins, is_xsrf_enabled
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token

from attention_core.errors import AttentionError

if TYPE_CHECKING:
    from pages.shared.store.rooms import Room, RoomQuestion

RoomRole = Literal["lead", "follow", "own"]
_PATH = "room"
_TOGETHER = 0.03  # seconds in which changes are read as one
_BEAT = 1.0  # seconds
_SIGN = 15  # beats between two signs of life, for proxies close what is silent
_LONGEST = 200  # bytes of an answer
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = logging.getLogger("attention_visualizer")
_seats: WeakValueDictionary[str, Seat] = WeakValueDictionary()


@dataclass(eq=False)
class Seat:
    """One session's place in a room."""

    code: str
    role: RoomRole
    secret: str = ""  # of the teacher
    moves: int = 0  # which address of the room this session has seen last
    answered: int = 0  # the number of the question that it answered last
    name: str = field(default_factory=lambda: token_urlsafe(18))

    def __post_init__(self) -> None:
        _seats[self.name] = self

    @property
    def address(self) -> str:
        """Where the browser listens and answers."""
        return f"{_start()}/{self.name}"

    def take(self, role: RoomRole) -> None:
        """Go from following to looking around, or back."""
        self.role = role
        if channel := _channels.get(self.code):
            channel.loop.call_soon_threadsafe(channel.count)


def room_routes() -> list[Route]:
    """The routes: /room/NAME/events pushes, and /room/NAME/answer takes the answer to a question."""
    start = f"{_start()}/{{name}}"
    return [Route(f"{start}/events", _events), Route(f"{start}/answer", _answer, methods=["POST"])]


def close_streams_on_signal() -> None:
    """Have the streams end when the server is told to end: it waits for all that is open."""
    for number in (signal.SIGTERM, signal.SIGINT):
        former = signal.getsignal(number)

        def end(received, frame, former: Callable | int | None = former) -> None:
            _ending[0] = True
            if callable(former):
                former(received, frame)

        with suppress(ValueError):  # signals belong to the main thread; a server in another one is ended by other means
            signal.signal(number, end)


def _start() -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/{_PATH}" if base else f"/{_PATH}"


_ending = [False]
_process = token_urlsafe(9)


class _Channel:
    """A room as this process knows it, and the browsers that listen to it here."""

    def __init__(self, code: str):
        self.code, self.loop = code, asyncio.get_running_loop()
        self.room: Room | None = None
        self.listeners: dict[asyncio.Event, str] = {}  # with the names of their seats; a tab may listen twice for a moment
        self.changed = asyncio.Event()
        self.counted = 0  # as the store has it
        self.tasks = [self.loop.create_task(work) for work in (self._read(), self._beat())]

    def roles(self) -> list[RoomRole]:
        return [seat.role for seat in map(_seats.get, set(self.listeners.values())) if seat]

    def wake(self) -> None:
        for fresh in self.listeners:
            fresh.set()

    def count(self) -> None:
        """Have the store know how many follow here."""
        if self.roles().count("follow") != self.counted:
            self.loop.create_task(self._write_count())

    def leave(self, fresh: asyncio.Event) -> None:
        self.listeners.pop(fresh, None)
        self.count()
        if not self.listeners:
            if _channels.get(self.code) is self:
                del _channels[self.code]
            for task in self.tasks:
                task.cancel()

    async def _write_count(self) -> None:
        await asyncio.sleep(0.2)  # a class comes and goes together
        count = self.roles().count("follow")
        if count != self.counted:
            self.counted = count
            await _asked(lambda rooms: rooms.count_followers(self.code, _process, count))

    async def _read(self) -> None:
        self.changed.set()
        while True:
            await self.changed.wait()
            self.changed.clear()
            if await self.fetch():
                self.wake()
            else:
                self.changed.set()
                await asyncio.sleep(1)
            await asyncio.sleep(_TOGETHER)

    async def fetch(self) -> bool:
        """Read the room; False where the store cannot be used now."""

        def read(rooms) -> bool:
            self.room = rooms.room(self.code)
            return True

        return bool(await _asked(read))

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(_BEAT)
            beats += 1
            if _ending[0] or beats % _SIGN == 0:
                self.wake()
            if beats % _SIGN == 0 and self.counted:
                await _asked(lambda rooms: rooms.count_followers(self.code, _process, self.counted))
            if beats % (4 * _SIGN) == 0:
                if "lead" in self.roles():
                    await _asked(lambda rooms: rooms.keep(self.code))
                await _asked(lambda rooms: rooms.sweep())


_channels: dict[str, _Channel] = {}
_loops: set[int] = set()  # the event loops that hear of changes


async def _asked(ask: Callable) -> object:
    """What the store answers; None, and a line in the log, where it cannot be used now."""

    def work() -> object:
        from pages.shared.store.opened import store

        return ask(store().rooms)

    try:
        return await asyncio.to_thread(work)
    except AttentionError as error:
        _log.warning("A room cannot be read or written now: %s", error)
        return None


def _listen_to_store(loop: asyncio.AbstractEventLoop) -> None:
    from pages.shared.store.opened import store

    def heard(code: str | None) -> None:
        with suppress(RuntimeError):  # the server has ended
            loop.call_soon_threadsafe(mark, code)

    def mark(code: str | None) -> None:
        for channel in list(_channels.values()):
            if code in (None, channel.code):
                channel.changed.set()

    store().bell.listen(heard)


def _is_own(request: Request) -> bool:
    """Whether a page of this app asks, and no page of somebody else."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin"):
        return False
    return not origin or urlsplit(origin).netloc == request.headers.get("host") or is_url_from_allowed_origins(origin)


async def _events(request: Request) -> Response:
    name = request.path_params["name"]
    seat = _seats.get(name)
    if seat is None or not _is_own(request):
        return Response(status_code=404 if seat is None else 403, headers=_HEADERS)
    loop, code = asyncio.get_running_loop(), seat.code
    if id(loop) not in _loops:
        _loops.add(id(loop))
        await asyncio.to_thread(_listen_to_store, loop)
    if seat.role != "lead" and await _asked(lambda rooms: rooms.admits()) is False:
        return StreamingResponse(_one({"full": True}), media_type="text/event-stream", headers=_HEADERS)
    return StreamingResponse(_stream(name, code), media_type="text/event-stream", headers=_HEADERS)


async def _one(message: dict) -> AsyncIterator[bytes]:
    yield _written(message)


async def _stream(name: str, code: str) -> AsyncIterator[bytes]:
    """What one browser is told, as long as its session is there; the session is not kept alive by it."""
    fresh = asyncio.Event()
    channel = _channels.get(code)
    if channel is None:
        channel = _channels[code] = _Channel(code)
    channel.listeners[fresh] = name
    channel.count()
    if channel.room is None:
        await channel.fetch()
    last = b""
    try:
        while not _ending[0] and (seat := _seats.get(name)):
            message = _written(_said(channel.room, seat))
            del seat
            yield message if message != last else b": \n\n"
            last = message
            if channel.room is None:
                return
            await fresh.wait()
            fresh.clear()
    finally:
        channel.leave(fresh)


def _written(message: dict) -> bytes:
    return f"data: {json.dumps(message)}\n\n".encode()


def _said(room: Room | None, seat: Seat) -> dict:
    """What a teacher, or a follower, is told of a room."""
    if room is None:
        return {"ended": True}
    question = room.question and _question_said(room.question, seat)
    if seat.role == "lead":
        return {"question": question, "followers": room.followers}
    return {"moves": room.moves, "question": question}


def _question_said(question: RoomQuestion, seat: Seat) -> dict:
    said = {"number": question.number, "asked": question.asked, "options": question.options, "words": question.of_words}
    said |= {"revealed": question.revealed, "answered": seat.answered == question.number}
    if question.revealed or seat.role == "lead":
        said |= {"counts": question.counts, "right": question.right}
    return said


async def _answer(request: Request) -> Response:
    seat = _seats.get(request.path_params["name"])
    if seat is None:
        return Response(status_code=404, headers=_HEADERS)
    token, cookie = request.headers.get("x-xsrftoken"), request.cookies.get("_streamlit_xsrf")
    if not _is_own(request) or (is_xsrf_enabled() and not validate_xsrf_token(token, cookie)):
        return Response(status_code=403, headers=_HEADERS)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            return Response(status_code=413, headers=_HEADERS)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    number, option = (sent.get(key) for key in ("question", "option")) if isinstance(sent, dict) else (None, None)
    if type(number) is not int or type(option) is not int or not (0 < number < 2**31 and 0 <= option < 2**31):
        return Response(status_code=400, headers=_HEADERS)
    counted = False
    if seat.role != "lead" and seat.answered < number:
        before, seat.answered = seat.answered, number  # at once, so that a second click does not count beside the first
        counted = bool(await _asked(lambda rooms: rooms.answer(seat.code, number, option)))
        if not counted:
            seat.answered = before
    return JSONResponse({"counted": counted}, headers=_HEADERS)
