"""An error that nobody foresaw ends no session: the page starts afresh, says so once, and keeps what was typed."""

import logging

import pytest
import streamlit as st

from tests.pages.forged import say
from tests.pages.screen import assert_whole, links, messages, open_page, pieces, type_text, written

SAID = "the page was started afresh. What you typed and uploaded is kept."
TEXT = "My own sentence about a dog"
TARGET = "pages.shared.step_by_step.picture.answer"


class Planted(Exception):  # noqa: N818
    """An error that no page expects."""


def failing(times: int, call=None):
    """A function that fails so often, and then does what it did before."""
    left = [times]

    def fail(*arguments, **options):
        if left[0] > 0:
            left[0] -= 1
            raise Planted("secret detail")
        return call(*arguments, **options)

    return fail


def shown(at) -> str:
    """Everything that can be read on the page."""
    return "\n".join([*pieces(at), messages(at), *(element.value for element in at.exception)])


@pytest.mark.parametrize("entry", ["app.py", "pages/step_by_step.py"])
def test_after_an_error_the_page_starts_afresh_and_the_text_is_there(monkeypatch, caplog, entry):
    from pages.shared.step_by_step import picture

    at = open_page(entry=entry)
    monkeypatch.setattr(picture, "answer", failing(1, picture.answer))
    with caplog.at_level(logging.ERROR, logger="attention_visualizer"):
        type_text(at, TEXT)
    assert_whole(at)
    assert SAID in messages(at)
    assert at.text_input(key="text").value == TEXT
    assert at.query_params["text"] in (TEXT, [TEXT])
    assert "secret" not in shown(at)
    assert "Planted" not in shown(at)
    (record,) = [record for record in caplog.records if record.name == "attention_visualizer"]
    assert isinstance(record.exc_info[1], Planted)  # with all that is needed to find it
    at.run()
    assert_whole(at)
    assert messages(at) == ""


def test_what_was_chosen_stays_unless_it_is_what_cannot_be_shown(monkeypatch):
    from pages.shared.step_by_step import picture

    at = open_page({"text": TEXT, "layer": "2", "head": "3"})
    monkeypatch.setattr(picture, "answer", failing(1, picture.answer))
    at.run()
    assert (at.button_group(key="layer").value, at.button_group(key="head").value) == (2, 3)
    monkeypatch.setattr(picture, "answer", failing(2, picture.answer))
    at.run()
    assert_whole(at)
    assert at.text_input(key="text").value == TEXT
    assert (at.button_group(key="layer").value, at.button_group(key="head").value) == (4, 2)


def test_an_error_that_stays_is_told_and_nothing_runs_for_ever(monkeypatch):
    from pages.shared.step_by_step import picture

    at = open_page()
    with monkeypatch.context() as patch:
        calls = []
        patch.setattr(picture, "answer", lambda *_: calls.append(1) or failing(1)())
        type_text(at, TEXT)
        assert len(calls) == 3
        assert not at.exception
        assert "This page cannot be shown with what is chosen on it." in written(at)
        assert "Planted" not in shown(at)
        assert "Compare" in links(at)
    at.run()
    assert_whole(at)
    assert at.text_input(key="text").value == TEXT


def test_an_error_in_what_a_click_calls_is_told_too(monkeypatch):
    from pages.shared.parts import cells

    at = type_text(open_page(), TEXT)
    monkeypatch.setattr(cells, "fields", failing(1, cells.fields))
    say(at, "cell-marks", "cell", {"query": 2, "key": 1})
    assert_whole(at)
    assert SAID in messages(at)
    assert at.text_input(key="text").value == TEXT
    say(at, "cell-marks", "cell", {"query": 2, "key": 1})
    assert at.selectbox(key="query").value == 3
    assert messages(at) == ""


def test_stop_and_rerun_are_no_errors(monkeypatch):
    from pages.shared.step_by_step import picture

    at = open_page()
    for way in (st.stop, failing(0, lambda: None)):
        with monkeypatch.context() as patch:
            patch.setattr(picture, "answer", lambda *_, way=way: way() or (_ for _ in ()).throw(Planted))
            at.run()
        assert not at.exception
    reruns = []

    def once(*arguments, real=picture.answer):
        if not reruns:
            reruns.append(1)
            st.rerun()
        return real(*arguments)

    at.run()
    monkeypatch.setattr(picture, "answer", once)
    at.run()
    assert_whole(at)
    assert messages(at) == ""


@pytest.mark.parametrize("broken", ["table", "lengths", "surveying"])
def test_a_list_in_an_impossible_state_is_opened_anew(broken):
    at = open_page(page="sentences")
    at.text_area(key="list-paste").set_value("A dog ate\nA cat sat\nIt was hungry")
    at.button(key="paste-look").click().run()
    at.button(key="list-use").click().run()
    sentences = at.session_state["-session"].listing.sentences
    setattr(at.session_state["-session"].listing, broken, 7)
    at.run()
    assert not at.exception
    assert SAID in messages(at)
    assert at.session_state["-session"].listing.sentences == sentences
    at.run()
    assert messages(at) == ""
    at.switch_page("pages/step_by_step.py").run()
    assert_whole(at)


def test_a_list_that_breaks_another_page_is_opened_anew_too():
    at = open_page(page="sentences")
    at.text_area(key="list-paste").set_value("A dog ate\nA cat sat")
    at.button(key="paste-look").click().run()
    at.button(key="list-use").click().run()
    at.session_state["-session"].listing.table = None
    at.switch_page("pages/all_heads.py").run()
    assert not at.exception
    assert not at.error
    assert at.session_state["-session"].listing.sentences == ("A dog ate", "A cat sat")
    assert at.session_state["text"] == "A dog ate"


@pytest.mark.parametrize("page", ["", "all_heads", "one_number", "compare", "inside", "what_if"])
def test_without_a_sentence_the_ways_on_stay(page):
    at = open_page({"text": ""}, page=page)
    assert not at.exception
    assert messages(at).count("There is no word to read in this text.") == 1
    assert {"Step by step", "Lesson"} <= set(links(at))
    assert not at.get("skeleton")
    at.button_group(key="sentence-example").set_value(at.button_group(key="sentence-example").options[0]).run()
    assert not at.exception
    assert "There is no word" not in messages(at)


def test_a_lesson_without_a_sentence_has_a_way_on():
    at = open_page({"text": ""}, page="lesson")
    assert not at.exception
    assert messages(at).count("There is no word to read in this text.") == 1
    assert {"Step by step", "Lesson"} <= set(links(at))
    assert not at.get("skeleton")
    at.button_group(key="sentence-example").set_value(at.button_group(key="sentence-example").options[0]).run()
    assert not at.exception
    assert messages(at) == ""
    assert {element.key for element in at.get("bidi_component")} >= {"lesson-keys"}
