"""Surveys on one server: one at a time, the others in line with the number before them said, and none for a closed page."""

import threading
import time
from types import SimpleNamespace

import pytest

from pages.shared.base import progress, work
from pages.shared.base.work import Work

TEXTS = ["A sentence of some words. " * 80] * 6


def until(fact, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(work, "_REST", 0)
    monkeypatch.setattr(work, "_LOOK", 0.02)
    yield
    assert work._line == []


@pytest.fixture
def surveys():
    """Surveys whose portions last until they are let go, and which of them are at work."""
    begun, gates, made = [], [], []

    def survey(name: str) -> Work:
        gate = threading.Event()

        def step(texts):
            begun.append(name)
            gate.wait(20)

        gates.append(gate)
        made.append(Work(TEXTS, step, is_survey=True))
        made[-1].let_go = gate.set
        return made[-1]

    yield survey, begun
    for gate in gates:
        gate.set()
    for each in made:
        each.stop()


def test_one_survey_is_at_work_and_the_others_wait_in_order(surveys):
    survey, begun = surveys
    first, second, third = (survey(name) for name in ("first", "second", "third"))
    for each in (first, second, third):
        each.go_on(patience=0.05)
    until(lambda: [each.before for each in (first, second, third)] == [0, 1, 2])
    assert set(begun) == {"first"}
    assert all(each.is_running for each in (first, second, third))
    first.let_go()
    until(lambda: first.is_complete and second.before == 0 and "second" in begun)
    assert "third" not in begun
    second.let_go()
    third.let_go()
    until(lambda: third.is_complete)
    assert begun == sorted(begun)


def test_who_is_before_is_said(surveys):
    survey, _ = surveys
    made = [survey(name) for name in ("first", "second", "third")]
    for each in made:
        each.go_on(patience=0.05)
    until(lambda: made[2].before == 2)
    assert progress._so_far(made[0], "Read") == "Read: 0 of 6 sentences"
    assert progress._so_far(made[1], "Read") == "1 survey is before yours on this server; it begins by itself."
    assert progress._so_far(made[2], "Read") == "2 surveys are before yours on this server; it begins by itself."


def test_one_that_waits_can_be_stopped_and_gone_on_with(surveys):
    survey, begun = surveys
    first, second, third = (survey(name) for name in ("first", "second", "third"))
    for each in (first, second, third):
        each.go_on(patience=0.05)
    until(lambda: third.before == 2)
    second.stop()
    assert not second.is_running
    assert (second.done, third.before) == (0, 1)
    second.go_on(patience=0.05)
    until(lambda: second.before == 2)  # at the end of the line
    for each in (first, second, third):
        each.let_go()
    until(lambda: second.is_complete)
    assert list(dict.fromkeys(begun)) == ["first", "third", "second"]


def test_what_is_no_survey_waits_for_none(monkeypatch, surveys):
    survey, _ = surveys
    first = survey("first")
    first.go_on(patience=0.05)
    counted = []
    monkeypatch.setattr(work, "_turn", threading.Lock())  # the survey holds the other one in the middle of its portion
    counting = Work(TEXTS, counted.extend)
    counting.go_on(patience=5)
    assert counting.is_complete
    assert counting.before == 0


def test_an_error_of_one_lets_the_next_begin(surveys):
    survey, _ = surveys

    def fail(texts):
        raise ValueError("planted")

    broken, second = Work(TEXTS, fail, is_survey=True), survey("second")
    second.let_go()
    broken.go_on(patience=2)
    second.go_on(patience=2)
    until(lambda: second.is_complete)
    assert not broken.is_running
    assert broken.trouble == "Something went wrong after 0 of 6 sentences. What is done is kept."


@pytest.mark.parametrize("place", ["at work", "in line"])
def test_a_page_that_is_closed_ends_its_survey(monkeypatch, surveys, place):
    """Within the patience, whether it was at work or stood in line; others go on."""
    survey, _ = surveys
    active = {"mine", "other"}
    server = SimpleNamespace(is_active_session=lambda session: session in active)
    monkeypatch.setattr(work, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: server))
    monkeypatch.setattr(work, "_PATIENCE", 0.3)
    slow = Work(["A dog"] * 100_000, lambda texts: time.sleep(0.02), is_survey=True)
    other = survey("other") if place == "at work" else Work(["A cat"] * 100_000, lambda texts: time.sleep(0.02), is_survey=True)
    slow._session, other._session = "mine", "other"
    first, second = (slow, other) if place == "at work" else (other, slow)
    first.go_on(patience=0.05)
    second.go_on(patience=0.05)
    until(lambda: second.before == 1)
    time.sleep(0.5)
    assert slow.is_running  # longer than the patience, for its page is open
    closed = time.monotonic()
    active.remove("mine")
    until(lambda: not slow.is_running)
    assert time.monotonic() - closed < 1.5
    until(lambda: other.before == 0)
    assert other.is_running
    other.stop()
