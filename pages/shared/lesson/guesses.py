"""What a reader predicts on a card or answers in the quiz: asked by a component, and kept in the session."""

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from attention_core.lesson.predictions import ENDS, UNITS_TYPED, Prediction, judged
from attention_core.writing.phrases import Phrase
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import number_between, sent, whole
from pages.shared.frame.room import MOST_ASKED, ask_room, leads
from pages.shared.frame.session import session
from pages.shared.lesson.spelled import spelled_html

_guess = st.components.v2.component(
    "lesson_guess", html='<div class="guess" role="group"></div>', css=style("lesson_guess.css"), js=script("lesson_guess.js")
)


def guessed(place: tuple) -> float | None:
    """What was predicted at a place of a lesson, if anything was: the place of an option from 0, or a number."""
    return session().guesses.get(place)


def ask_guess(
    prediction: Prediction,
    place: tuple,
    label: str,
    is_open: bool = True,
    then: Callable[[], None] | None = None,
    most: int = 999,
    question: Phrase = (),
) -> None:
    """Offer the options, at most the first so many, or a field for a number; `then` is called once something was chosen.

    Who leads a room can put the question to it, where there are options.
    """
    options = prediction.options[:most]

    def choose() -> None:
        value = sent("lesson-guess", "guess")
        found = whole(value, len(options)) if options else number_between(value, *ENDS[prediction.kind])
        if found is not None and is_open:
            session().guesses[place] = found
            if then:
                then()

    data = {
        "options": options,
        "words": prediction.kind == "word",
        "label": label,
        "unit": UNITS_TYPED.get(prediction.kind, ""),
        "ends": ENDS.get(prediction.kind),
        "given": guessed(place),
        "open": is_open,
        "right": None if is_open or not options else int(prediction.right),
    }
    _guess(data=packed(data), key="lesson-guess", on_guess_change=choose)
    if leads() and is_open and 1 < len(options) <= MOST_ASKED:
        said = "".join(part if isinstance(part, str) else part.text for part in question)
        right = int(prediction.right) if prediction.right < len(options) else None
        st.button(
            "Ask the room",
            key="lesson-ask-room",
            icon=":material/groups:",
            on_click=ask_room,
            args=(said or label, options, right, prediction.kind == "word"),
        )


def verdict(prediction: Prediction, place: tuple) -> Markup:
    """How the prediction compares with the truth, as HTML; empty where nothing was predicted."""
    given = guessed(place)
    if given is None or (prediction.options and not given < len(prediction.options)):
        return Markup()
    right, said = judged(prediction, given)
    sign = "✓" if right else "✗"
    return Markup('<span class="verdict %s">%s %s</span>') % ("right" if right else "wrong", sign, spelled_html(said))
