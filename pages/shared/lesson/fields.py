"""What the page lets people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared.frame.fields import choice, option, refuse
from pages.shared.frame.session import session

if TYPE_CHECKING:
    from attention_core.model.traced import TracedModel


def lesson_fields(model: TracedModel) -> dict[str, str | int]:
    """Which card of which lesson is shown, as the address says it; a lesson that cannot be shown is named and replaced."""
    from attention_core.lesson.cards import LessonError
    from pages.shared.lesson import files as lessons
    from pages.shared.lesson.questions import stops_after

    state = st.session_state
    try:
        lesson = lessons.opened(state["lesson"] or "", model)
    except LessonError as error:
        refuse(f"a lesson that cannot be shown. {error} Here is the app’s own")
        state["lesson"] = ""
        lesson = lessons.opened("", model)
    session().lesson = lesson
    shown = option("answer", ("hidden", "shown"))
    return {"lesson": state["lesson"], "card": choice("card", len(lesson.cards) + stops_after(lesson), 1), "answer": shown}
