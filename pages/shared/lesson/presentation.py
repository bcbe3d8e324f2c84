"""The lesson as a presenter shows it: one card a screen, and keys, buttons and links that go from card to card."""

import streamlit as st

from attention_core.lesson.cards import Card, Lesson
from pages.shared.base.assets import script, style
from pages.shared.base.messages import sent, whole
from pages.shared.frame import history, navigation
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.lesson.opening import Stand
from pages.shared.lesson.slides import slide

_HTML = '<button type="button" title="F on the keyboard">Full screen</button>'
_keys = st.components.v2.component("lesson_keys", html=_HTML, css=style("lesson_keys.css"), js=script("lesson_keys.js"))


def present(view: View, stand: Stand) -> None:
    """Draw the card, and in the bar below it the ways from card to card."""
    lesson: Lesson = session().lesson
    with stand.card:
        layer, head = slide(view, lesson)
    stand.chooser.selectbox(
        "Card",
        range(1, len(lesson.cards) + 1),
        key="card",
        format_func=lambda number: f"{number} · {lesson.cards[number - 1].title}",
        on_change=_hide,
    )
    with stand.go:
        _walk(view, lesson)
    with stand.more:
        place = {"layer": str(layer), "head": str(head)}
        navigation.anchor(st, "step_by_step", "Step by step", history.shown() | place)


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
        to = whole(sent("lesson-keys", "step"), len(walk))
        if to is not None:
            go(to)

    hidden = lesson.cards[card - 1].question and answer == "hidden"
    st.button("← Back", key="lesson-back", on_click=go, args=(step - 1,), disabled=step == 0)
    label = "Show the answer" if hidden else "Next →"
    st.button(label, key="lesson-next", type="primary", on_click=go, args=(step + 1,), disabled=step == len(walk) - 1)
    st.html(f'<p class="at">{card}<span>\u2009/\u2009{len(lesson.cards)}</span></p>')
    _keys(data={"step": step, "steps": len(walk)}, key="lesson-keys", on_step_change=pressed, on_theme_change=lambda: None)


def _hide() -> None:
    """A card that was chosen from the list asks its question first."""
    st.session_state["answer"] = "hidden"
