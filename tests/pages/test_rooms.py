"""A room: who leads is followed on every page, who follows leads nobody, and what is pushed to whom."""

import asyncio
import json

import pytest
from starlette.applications import Starlette

from attention_core.lesson.lesson_file import read_lesson
from pages.shared.frame import room as room_part
from pages.shared.frame import room_streams
from pages.shared.frame.registry import PAGES
from pages.shared.lesson.files import FOLDER
from pages.shared.store.opened import close_store, store
from tests.pages.forged import HOSTILE, message, say, send
from tests.pages.screen import choose, component, messages, open_page, type_text

SENTENCE = "A dog ate the food because it was hungry"


@pytest.fixture(autouse=True)
def own_store(monkeypatch, tmp_path):
    """An empty database of its own."""
    monkeypatch.setenv("ATTENTION_DATABASE", f"sqlite:///{tmp_path / 'rooms.sqlite'}")
    close_store()
    room_part._wrong.clear()
    yield
    close_store()


def header(at) -> dict:
    return component(at, "page-room")


def do(at, act: str, **more):
    return say(at, "page-room", "act", {"do": act, **more})


def test_who_follows_goes_wherever_the_teacher_goes_and_only_the_teacher_leads():
    teacher = open_page()
    assert header(teacher) == {"role": "", "trouble": ""}
    do(teacher, "begin")
    told = header(teacher)
    code = told["code"]
    assert (told["role"], len(code), told["link"].endswith(f"/?room={code}")) == ("lead", 8, True)
    assert "<svg" in told["qr"]
    assert told["secret"] not in told["link"]

    pupil = open_page({"room": code.lower()})
    assert header(pupil)["role"] == "follow"
    assert not {"secret", "link", "qr"} & set(header(pupil))
    choose(teacher, layer=2, head=5)
    do(pupil, "move")
    assert {name: pupil.query_params[name] for name in ("layer", "head")} == {"layer": "2", "head": "5"}
    teacher.switch_page("pages/compare.py").run()
    type_text(teacher, "A cat slept")
    do(pupil, "move")
    assert pupil.query_params["text"] == "A cat slept"
    (present,) = (
        one["title"] for group in component(pupil, "page-anchors")["groups"] for one in group["links"] if one["present"]
    )
    assert present == "Compare"

    do(pupil, "look-around")
    choose(pupil, layer=6)
    choose(teacher, layer=3)
    do(pupil, "move")
    assert (header(pupil)["role"], pupil.query_params["layer"]) == ("own", "6")
    assert store().rooms.room(code).fields["layer"] == "3"
    do(pupil, "come-back")
    assert (header(pupil)["role"], pupil.query_params["layer"]) == ("follow", "3")

    for act in ("reveal", "take-away", "ask-where"):
        do(pupil, act)
    do(pupil, "ask", asked="Mine?", options=["a", "b"])
    do(pupil, "join", code=code, secret="guessed", role="lead")
    assert (header(pupil)["role"], store().rooms.room(code).question) == ("follow", None)

    long = "A very long way. " * 1200
    type_text(teacher, long)
    do(pupil, "move")
    read = component(pupil, "page-anchors")["text"]
    assert component(teacher, "page-anchors")["text"].startswith(read)
    assert len(read) > 1000

    again = open_page()  # the teacher's tab, reloaded
    do(again, "join", code=code, role="lead", secret=told["secret"])
    assert header(again)["role"] == "lead"
    do(teacher, "leave")
    assert (header(teacher)["role"], store().rooms.room(code)) == ("", None)
    do(pupil, "move")
    assert header(pupil)["role"] == ""


def test_codes_are_guessed_only_so_often():
    at = open_page({"room": "AAAA-AAAA"})
    assert "There is no room with this code" in header(at)["trouble"]
    for guess in ["", "x" * 500, "ABCD-EFGH", None, 7, ["A"], {}, "00000000", "00000001"]:
        do(at, "join", code=guess)
        assert "There is no room" in header(at)["trouble"]
    code, _ = store().rooms.start("compare", {"text": "A cat"})
    do(at, "join", code=code)
    assert "Too many codes were wrong" in header(at)["trouble"]
    other = open_page({"room": code})
    assert header(other)["role"] == "follow"


def test_a_hostile_room_and_hostile_messages_break_nothing():
    junk = {
        "layer": "99",
        "text": SENTENCE,
        "room": "x",
        "session": "x",
        "__class__": "y",
        "head": "<b>",
        "show": "junk",
        "key": "0",
    }
    code, _ = store().rooms.start("compare", junk)
    pupil = open_page({"room": code})
    assert not pupil.exception
    assert "asks for layer '99'" in messages(pupil)
    store().rooms.move(code, "../../secrets", {"text": "A"})
    do(pupil, "move")
    assert not pupil.exception
    assert header(pupil)["role"] == "follow"
    for text in HOSTILE[::4]:
        for state in message(pupil, "page-room", "act", text):
            send(pupil, state)
            assert not pupil.exception
    do(pupil, "ask", asked=7, options="x")
    assert header(pupil)["role"] == "follow"


def test_a_page_stays_where_the_database_cannot_be_used(monkeypatch):
    monkeypatch.setenv("ATTENTION_DATABASE", "mysql://somewhere")
    at = open_page()
    do(at, "begin")
    assert not at.exception
    assert "neither SQLite nor PostgreSQL" in header(at)["trouble"]


def served(scenario):
    """Runs a scenario against the room's own routes: `await get(path)` streams, `await post(path, body)` answers."""
    app = Starlette(routes=room_streams.room_routes())

    class Listener:
        def __init__(self, path: str, **headers: str):
            self.told, self.status, self.left = asyncio.Queue(), asyncio.Queue(), asyncio.Event()
            self.task = asyncio.create_task(app(scope("GET", path, headers), self._receive, self._send))

        async def _receive(self):
            await self.left.wait()
            return {"type": "http.disconnect"}

        async def _send(self, one):
            if one["type"] == "http.response.start":
                await self.status.put(one["status"])
            elif body := one.get("body", b""):
                await self.told.put(body)

        async def next(self) -> dict:
            while True:
                body = await asyncio.wait_for(self.told.get(), 10)
                if body.startswith(b"data: "):
                    return json.loads(body[6:])

        async def leave(self):
            self.left.set()
            await asyncio.wait_for(self.task, 10)

    async def post(path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        answers = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def answer(one):
            answers.append(one)

        await app(scope("POST", path, headers), receive, answer)
        return answers[0]["status"], b"".join(one.get("body", b"") for one in answers)

    def scope(method: str, path: str, headers: dict) -> dict:
        named = {"host": "here", **{name.replace("_", "-"): value for name, value in headers.items()}}
        raw = [(name.encode(), value.encode()) for name, value in named.items()]
        base = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw}
        return base | {"root_path": "", "server": ("here", 80), "scheme": "http"}

    asyncio.run(scenario(Listener, post))


def test_what_is_pushed_is_counted_and_revealed(monkeypatch):
    monkeypatch.setattr(room_streams, "is_xsrf_enabled", lambda: False)
    rooms = store().rooms
    code, secret = rooms.start("compare", {"text": "A cat"})
    teacher, pupils = room_streams.Seat(code, "lead", secret), [room_streams.Seat(code, "follow") for _ in range(3)]

    async def until(listener, fits) -> dict:
        while not fits(told := await listener.next()):
            pass
        return told

    async def scenario(Listener, post):
        desk = Listener(f"{teacher.address}/events")
        seats = [Listener(f"{pupil.address}/events", sec_fetch_site="same-origin") for pupil in pupils]
        assert await seats[0].next() == {"moves": 1, "question": None}
        await until(desk, lambda told: told["followers"] == 3)
        pupils[2].take("own")
        await until(desk, lambda told: told["followers"] == 2)
        rooms.move(code, "start", {})
        assert (await seats[1].next())["moves"] == 1
        assert (await seats[1].next())["moves"] == 2
        rooms.ask(code, "Which?", ["it", "dog"], right=1)
        asked = (await until(seats[1], lambda told: told["question"]))["question"]
        assert asked == {
            "number": 1,
            "asked": "Which?",
            "options": ["it", "dog"],
            "words": False,
            "revealed": False,
            "answered": False,
        }
        body = b'{"question": 1, "option": 1}'
        assert await post(f"{pupils[1].address}/answer", body, origin="http://here") == (200, b'{"counted":true}')
        assert await post(f"{pupils[1].address}/answer", body) == (200, b'{"counted":false}')  # once a session
        assert await post(f"{teacher.address}/answer", body) == (200, b'{"counted":false}')
        told = await until(desk, lambda told: told["question"] and sum(told["question"]["counts"]))
        assert (told["question"]["counts"], told["question"]["right"]) == ([0, 1], 1)
        rooms.reveal(code)
        told = await until(seats[0], lambda told: told["question"] and told["question"]["revealed"])
        assert (told["question"]["counts"], told["question"]["right"]) == ([0, 1], 1)

        for bad in (
            b"",
            b"[]",
            b"{}",
            b"[" * 150,
            b'{"question": true, "option": 0}',
            b'{"question": 1, "option": -1}',
            b"\xff",
            b'{"question": 1, "option": 1e400}',
        ):
            assert (await post(f"{pupils[0].address}/answer", bad))[0] == 400
        assert (await post(f"{pupils[0].address}/answer", b"1" * 300))[0] == 413
        for foreign in ({"origin": "http://evil"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}):
            assert (await post(f"{pupils[0].address}/answer", body, **foreign))[0] == 403
            listener = Listener(f"{pupils[0].address}/events", **foreign)
            assert await listener.status.get() == 403
            await listener.leave()
        monkeypatch.setattr(room_streams, "is_xsrf_enabled", lambda: True)
        assert (await post(f"{pupils[0].address}/answer", body))[0] == 403
        assert (await post("/room/nobody/answer", body))[0] == 404
        rooms.end(code)
        assert await until(seats[1], lambda told: told.get("ended")) == {"ended": True}
        for listener in (desk, *seats):
            await listener.leave()

    served(scenario)
    assert room_streams._channels == {}


def test_nothing_is_pushed_once_a_session_has_ended():
    code, _ = store().rooms.start("start", {})
    name = room_streams.Seat(code, "follow").address  # nobody keeps it

    async def scenario(Listener, post):
        listener = Listener(f"{name}/events")
        assert await listener.status.get() == 404
        await listener.leave()

    served(scenario)


def test_every_page_offers_a_room():
    for page in PAGES:
        assert header(open_page(page=page.name))["role"] == ""


def test_a_question_of_a_card_and_of_the_view_goes_to_the_room(model):
    cards = read_lesson((FOLDER / "lesson.toml").read_text("utf-8"), "lesson", 6, 12).cards
    number = next(number for number, card in enumerate(cards, 1) if card.predict == "most")
    teacher = open_page({"card": str(number)}, page="lesson")
    assert "lesson-ask-room" not in [one.key for one in teacher.button]
    do(teacher, "begin")
    code = header(teacher)["code"]
    teacher.button(key="lesson-ask-room").click().run()
    question = store().rooms.room(code).question
    asked = component(teacher, "lesson-guess")
    assert (list(question.options), question.of_words) == (asked["options"], asked["words"])
    assert question.asked.endswith("?")

    other = open_page({"text": SENTENCE, "layer": "4", "head": "2", "query": "8", "key": "3"})
    do(other, "begin")
    do(other, "ask-where")
    question = store().rooms.room(header(other)["code"]).question
    assert question.asked == "Which word does “it” look at most? (Layer 4, head 2)"
    assert question.options[question.right] == "dog"
    do(other, "ask", asked="Which do you mean?", options=[])
    assert list(store().rooms.room(header(other)["code"]).question.options) == SENTENCE.lower().split()
    do(other, "ask", asked="Which?", options=["one"])
    assert "2 to 60 answers" in header(other)["trouble"]
