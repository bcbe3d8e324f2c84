"""The lesson as a presenter shows it: one card a screen, and keys, buttons and links that go from card to card."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import link, navigation
from pages.shared.assets import ICON, script, style
from pages.shared.look import dress
from pages.shared.opening import View
from pages.shared.turns import is_cold

if TYPE_CHECKING:  # torch is imported only when the head of the page has been drawn
    from attention_core import TracedModel
    from attention_core.lesson import Card, Lesson

_HTML = '<button type="button" title="F on the keyboard">Full screen</button>'
_keys = st.components.v2.component("lesson_keys", html=_HTML, css=style("lesson_keys.css"), js=script("lesson_keys.js"))


def fields(model: TracedModel) -> dict[str, str | int]:
    """Which card of which lesson is shown, as the address says it; a lesson that cannot be shown is named and replaced."""
    from attention_core.lesson import LessonError
    from pages.shared import lessons

    state = st.session_state
    try:
        lesson = lessons.opened(state["lesson"] or "", model)
    except LessonError as error:
        link.refuse(f"a lesson that cannot be shown. {error} Here is the app’s own")
        state["lesson"] = ""
        lesson = lessons.opened("", model)
    state["_lesson"] = lesson
    shown = link.option("answer", ("hidden", "shown"))
    return {"lesson": state["lesson"], "card": link.choice("card", len(lesson.cards), 1), "answer": shown}


def present() -> None:
    """Draw the whole page: the card, and below it the bar; stops the run with one clear message where there is no card."""
    st.set_page_config(page_title="Lesson · Attention Visualizer", page_icon=str(ICON), layout="wide")
    dress("style.css", "lesson.css")
    link.restore("lesson")
    navigation.leave()
    place = st.container(key="lesson-card")
    messages = place.container()
    waiting = place.empty()
    if "_ready" not in st.session_state:
        waiting.html("<h1>Lesson</h1><p>The model is being loaded …</p>")
    bar = st.container(key="lesson-bar", horizontal=True, vertical_alignment="center")
    go, more = (bar.container(key=f"lesson-{name}", horizontal=True, width="content") for name in ("go", "more"))
    with more.popover("Sentence and card", key="lesson-sentence"):
        st.text_input("Your sentence", key="text", on_change=_choose_anew, placeholder="Type a sentence and press Enter")
        chooser = st.container()
        pickers = st.container(horizontal=True)
    if is_cold():
        time.sleep(0.1)  # imports keep the interpreter to themselves; let the server send the head before

    from pages.shared.view import view as viewed

    view = viewed("lesson", pickers, messages, mixes=False, switches=False)

    from pages.shared.slides import slide

    st.session_state["_ready"] = True
    waiting.empty()
    lesson: Lesson = st.session_state["_lesson"]
    with place:
        head = slide(view, lesson)
    chooser.selectbox(
        "Card",
        range(1, len(lesson.cards) + 1),
        key="card",
        format_func=lambda number: f"{number} · {lesson.cards[number - 1].title}",
        on_change=_hide,
    )
    with go:
        _walk(view, lesson)
    with more:
        layer, number = head
        navigation.offer(st, "step_by_step", "Step by step", link.shown() | {"layer": str(layer), "head": str(number)})


def steps(cards: tuple[Card, ...]) -> list[tuple[int, str]]:
    """All that is shown one after the other: card from 1, and whether its answer is; a card with a question counts twice."""
    return [
        (number, answer)
        for number, card in enumerate(cards, 1)
        for answer in (("hidden", "shown") if card.question else ("hidden",))
    ]


def _walk(view: View, lesson: Lesson) -> None:
    """The buttons that go on and back, where one stands, and the keys."""
    card, walk = view.own["card"], steps(lesson.cards)
    answer = view.own["answer"] if lesson.cards[card - 1].question else "hidden"
    step = walk.index((card, answer))

    def go(to: int) -> None:
        if 0 <= to < len(walk):
            st.session_state["card"], st.session_state["answer"] = walk[to]

    def pressed() -> None:
        to = st.session_state["lesson-keys"].step
        if isinstance(to, int) and not isinstance(to, bool):
            go(to)

    hidden = lesson.cards[card - 1].question and answer == "hidden"
    st.button("← Back", key="back", on_click=go, args=(step - 1,), disabled=step == 0)
    label = "Show the answer" if hidden else "Next →"
    st.button(label, key="next", type="primary", on_click=go, args=(step + 1,), disabled=step == len(walk) - 1)
    st.html(f'<p class="at">{card}<span>\u2009/\u2009{len(lesson.cards)}</span></p>')
    _keys(data={"step": step, "steps": len(walk)}, key="lesson-keys", on_step_change=pressed, on_theme_change=lambda: None)


def _hide() -> None:
    """A card that was chosen from the list asks its question first."""
    st.session_state["answer"] = "hidden"


def _choose_anew() -> None:
    """Another sentence has other words: let the page choose the pair to begin with."""
    st.session_state["query"] = st.session_state["key"] = None
