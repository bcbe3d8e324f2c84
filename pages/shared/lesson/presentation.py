"""The lesson as a presenter shows it: one card a screen, and keys, buttons and links that go from card to card."""

import streamlit as st
from markupsafe import Markup

from attention_core.lesson.cards import Lesson
from pages.shared.base.assets import script, style
from pages.shared.base.messages import sent, whole
from pages.shared.frame import history, navigation
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.lesson.opening import Stand
from pages.shared.lesson.questions import quiz_stop, stops_after
from pages.shared.lesson.slides import prepare, slide, translate_fields

_HTML = '<button type="button" title="F on the keyboard">Full screen</button>'
_keys = st.components.v2.component("lesson_keys", html=_HTML, css=style("lesson_keys.css"), js=script("lesson_keys.js"))


def present(view: View, stand: Stand) -> None:
    """Draw the card, and in the bar below it the ways from card to card."""
    lesson: Lesson = session().lesson
    count, stop = len(lesson.cards), view.own["card"]
    on, back = None, None
    with stand.card:
        if stop <= count:
            on = slide(view, lesson)
        else:
            back = quiz_stop(view, lesson)
    names = [f"{number} · {card.title}" for number, card in enumerate(lesson.cards, 1)]
    if lesson.quiz:
        questions = (f"Question {number}" for number in range(1, len(lesson.quiz) + 1))
        names += ["Now you", *questions, "Your result"]
    stand.chooser.selectbox(
        "Card", range(1, len(names) + 1), key="card", format_func=lambda number: names[number - 1], on_change=_hide
    )
    with stand.go:
        step, walk = _walk(view, lesson)
    with stand.more:
        if back:
            st.button(f"Card {back}", key="lesson-see", on_click=_see, args=(back,))
        if on and on.rendering:
            navigation.anchor(st, "translate", "Translate", translate_fields(lesson.cards[stop - 1], on.rendering))
        else:
            cell = on.cell if on else view
            place = {"layer": str(cell.layer + 1), "head": str(cell.head + 1)}
            navigation.anchor(st, "step_by_step", "Step by step", history.shown() | place)
    for number, answer in (*walk[step + 1 : step + 2], *walk[max(step - 1, 0) : step]):
        if number <= count:
            prepare(view, lesson, number, answer)


def steps(lesson: Lesson) -> list[tuple[int, str]]:
    """All that is shown one after the other: card from 1, and whether its answer is; one with a question counts twice.

    The stops of the quiz go on counting after the cards.
    """
    count = len(lesson.cards)
    return [
        (number, answer)
        for number in range(1, count + stops_after(lesson) + 1)
        for answer in (("hidden", "shown") if _asks(lesson, number) else ("hidden",))
    ]


def _asks(lesson: Lesson, number: int) -> bool:
    """Whether a stop has a question, whose answer waits."""
    count = len(lesson.cards)
    return bool(lesson.cards[number - 1].question) if number <= count else 1 < number - count <= len(lesson.quiz) + 1


def _walk(view: View, lesson: Lesson) -> tuple[int, list[tuple[int, str]]]:
    """The buttons that go on and back, where one stands, and the keys; returns the step, from 0, and all of them."""
    stop, walk, count = view.own["card"], steps(lesson), len(lesson.cards)
    answer = view.own["answer"] if _asks(lesson, stop) else "hidden"
    step = walk.index((stop, answer))

    def go(to: int) -> None:
        if 0 <= to < len(walk):
            st.session_state["card"], st.session_state["answer"] = walk[to]

    def pressed() -> None:
        to = whole(sent("lesson-keys", "step"), len(walk))
        if to is not None:
            go(to)

    st.button("← Back", key="lesson-back", on_click=go, args=(step - 1,), disabled=step == 0)
    label = "Show the answer" if _asks(lesson, stop) and answer == "hidden" else "Next →"
    st.button(label, key="lesson-next", type="primary", on_click=go, args=(step + 1,), disabled=step == len(walk) - 1)
    where = f"{stop}<span>\u2009/\u2009{count}</span>" if stop <= count else "Quiz"
    st.html(f'<p class="at">{where}</p>{_dots(lesson, stop)}')
    _keys(data={"step": step, "steps": len(walk)}, key="lesson-keys", on_step_change=pressed, on_theme_change=lambda: None)
    return step, walk


def _dots(lesson: Lesson, stop: int) -> Markup:
    """A dot for each card, in groups for the chapters, those that were seen filled."""
    groups = [*lesson.chapters]
    if lesson.quiz:
        groups.append(("Quiz", len(lesson.cards) + 1, stops_after(lesson)))
    html = Markup("")
    for title, start, length in groups:
        states = ("now" if number == stop else "seen" if number < stop else "" for number in range(start, start + length))
        dots = Markup("").join(Markup('<i class="%s"></i>') % state for state in states)
        html += Markup('<span title="%s">%s</span>') % (title, dots)
    return Markup('<p class="dots" aria-hidden="true">%s</p>') % html


def _hide() -> None:
    """A card that was chosen from the list asks its question first."""
    st.session_state["answer"] = "hidden"


def _see(card: int) -> None:
    """The card that explains a question, with its answer."""
    st.session_state["card"], st.session_state["answer"] = card, "shown"
