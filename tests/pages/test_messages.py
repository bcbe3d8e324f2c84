"""Forged messages of components change nothing, raise nothing, and the session lives on."""

import json

import pytest

from attention_core.by_hand.presets import OPENING
from pages.shared.base.messages import fields, offered_name, texts, whole
from tests.pages.forged import HOSTILE, message, say, send
from tests.pages.screen import messages, open_page

COMPONENTS = [  # the page, the component's key, the field of its messages
    ("step_by_step", "cell-marks", "cell"),
    ("step_by_step", "head-stage", "rest"),
    ("step_by_step", "head-stage", "open"),
    ("one_number", "number-ways", "opened"),
    ("all_heads", "head-grid", "head"),
    ("by_hand", "sheet-typing", "typed"),
    ("compare", "chart-other", "cell"),
    ("lesson", "lesson-keys", "step"),
    ("sentences", "list-rows", "act"),
    ("sentences", "head-cells", "cell"),
    ("sentences", "ends-most", "act"),
]


def opened(page: str):
    at = open_page(page=page)
    if page == "sentences":
        at.text_area(key="list-paste").set_value("A dog ate\nA cat sat\nIt was hungry")
        at.button(key="paste-look").click().run()
        at.button(key="list-use").click().run()
        at.button(key="begin-survey").click().run()
    assert not at.exception
    return at


def keys(at) -> set[str]:
    return {element.key for element in at.get("bidi_component")}


def test_enough_is_forged():
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize(("page", "key", "field"), COMPONENTS)
def test_whatever_is_sent_the_session_lives(page, key, field):
    at = opened(page)
    there = keys(at)
    for text in HOSTILE:
        for forged in message(at, key, field, text):
            send(at, forged)
            assert not at.exception, (text[:80], at.exception)
            assert not at.error, text[:80]
        if key not in keys(at):  # a click that is none of the forged ones may lead elsewhere; here is the way back
            at = opened(page)
    at.run()
    assert keys(at) >= there - {"page-anchors"}
    assert "met an error" not in messages(at)


@pytest.mark.parametrize("value", [True, False, 1.0, -1, 3, 10**30, "1", None, [], {}])
def test_only_whole_numbers_that_were_offered_count(value):
    assert whole(value, 3) is None
    assert whole(2, 3) == 2
    assert whole(0, 0) is None


def test_only_names_and_texts_that_were_offered_count():
    assert offered_name("q", {"q": 1}) == "q"
    assert [offered_name(value, {"q": 1}) for value in ("Q", [], {}, None, 1, "\ud800")] == [None] * 6
    assert texts(["a", "bc"], ("", ""), 2) == ("a", "bc")
    assert [texts(value, ("", ""), 2) for value in (["a"], ["a", 1], ["a", "bcd"], "ab", None, {"a": 1})] == [None] * 6
    assert [fields(value) for value in ([], "a", None, 1)] == [{}] * 4


def test_half_of_a_surrogate_pair_is_refused_with_the_name_of_its_cell():
    at = opened("by_hand")
    typed = {"version": at.session_state["-session"].sheet_version, "words": list(OPENING.words)}
    typed["cells"] = {name: [list(line) for line in lines] for name, lines in OPENING.cells.items()}
    in_a_word = typed | {"words": ["\ud800", *OPENING.words[1:]]}
    say(at, "sheet-typing", "typed", in_a_word)
    assert not at.exception
    assert "Word 1: “U+D800” is not one word" in messages(at)
    in_a_cell = json.loads(json.dumps(typed))
    in_a_cell["cells"]["x"][1][2] = "1\udfff"
    say(at, "sheet-typing", "typed", in_a_cell)
    assert not at.exception
    assert "X, row of “am”, column 3: “1U+DFFF” is no number" in messages(at)
    say(at, "sheet-typing", "typed", typed)
    assert messages(at) == ""
