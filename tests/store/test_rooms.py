"""Rooms: only the secret leads, every process hears of every change, and of answers only the count is kept."""

import time

import pytest
from sqlalchemy import text

from pages.shared.store import rooms as module
from pages.shared.store.bell import Bell
from pages.shared.store.place import StoreError
from pages.shared.store.rooms import Rooms


def test_a_room_shows_where_its_teacher_is_and_counts_answers(rooms, another):
    others = Rooms(another, Bell(another))
    code, secret = rooms.start("compare", {"text": "A dog \ud800\0", "layer": "3"})
    assert others.is_led_by(code, secret)
    assert not others.is_led_by(code, code)
    assert not others.is_led_by("00000000", secret)
    room = others.room(code)
    assert (room.page, dict(room.fields), room.moves) == ("compare", {"text": "A dog \ud800\0", "layer": "3"}, 1)
    others.move(code, "sentences", {"text": "A cat", "set": "X" * 16})
    others.move(code, "start", {"text": "A cat"})
    assert (rooms.room(code).page, rooms.room(code).moves, rooms.room(code).sentence_set) == ("start", 3, "X" * 16)

    rooms.ask(code, " Which word? ", ["it", "dog "], right=1, of_words=True)
    assert [others.answer(code, 1, option) for option in (0, 1, 1, 2, -1)] == [True, True, True, False, False]
    assert not others.answer(code, 2, 0)
    question = rooms.room(code).question
    assert (question.asked, question.options, question.right, question.counts) == ("Which word?", ("it", "dog"), 1, (1, 2))
    rooms.reveal(code)
    assert not others.answer(code, 1, 0)
    assert rooms.room(code).question.revealed
    rooms.ask(code, "Another?", ["yes", "no"])
    question = others.room(code).question
    assert (question.number, question.counts, question.revealed, question.right) == (2, (0, 0), False, None)
    assert not others.answer(code, 1, 0)
    rooms.take_away(code)
    assert others.room(code).question is None
    for wrong in [("", ["a", "b"]), ("?", ["a"]), ("?", ["a", " "]), ("?" * 301, ["a", "b"]), ("?", ["a", "b" * 121])]:
        with pytest.raises(StoreError):
            rooms.ask(code, *wrong)

    rooms.count_followers(code, "one", 2)
    others.count_followers(code, "two", 1)
    assert rooms.room(code).followers == 3
    assert rooms.admits()
    others.count_followers(code, "two", 2)
    assert not rooms.admits()
    others.end(code)
    assert rooms.room(code) is None
    assert rooms.admits()
    with pytest.raises(StoreError, match="has ended"):
        rooms.move(code, "start", {})


def test_there_are_so_many_rooms_and_those_without_a_teacher_end(rooms, monkeypatch, database):
    first, _ = rooms.start("start", {})
    rooms.start("start", {})
    with pytest.raises(StoreError, match="holds 2 rooms"):
        rooms.start("start", {})
    with database.transaction() as connection:
        left = {"left": time.time() - module.LASTS - 1, "code": first}
        connection.execute(text("UPDATE rooms SET seen_at = :left WHERE code = :code"), left)
    assert rooms.room(first) is None
    rooms.keep(first)
    assert rooms.room(first)
    with database.transaction() as connection:
        connection.execute(text("UPDATE rooms SET seen_at = :left WHERE code = :code"), left)
    third, _ = rooms.start("start", {})
    with database.look() as connection:
        assert first not in connection.execute(text("SELECT code FROM rooms")).scalars().all()
    assert rooms.room(third)


def test_every_process_hears_of_every_change_within_half_a_second(rooms, another):
    heard: list[tuple[float, str]] = []
    bell = Bell(another)
    bell.listen(lambda code: heard.append((time.monotonic(), code)))
    assert bell.is_listening.wait(5)
    code, _ = rooms.start("start", {})
    for act in (
        lambda: rooms.move(code, "compare", {}),
        lambda: rooms.ask(code, "Which?", ["a", "b"]),
        lambda: rooms.answer(code, 1, 0),
        lambda: rooms.count_followers(code, "one", 1),
        lambda: rooms.reveal(code),
        lambda: rooms.end(code),
    ):
        time.sleep(0.1)
        heard.clear()
        act()
        done = time.monotonic()
        while code not in [each for _, each in heard] and time.monotonic() < done + 3:
            time.sleep(0.005)
        assert min(at for at, each in heard if each == code) - done < 0.5
    bell.end()
