"""The end of a lesson: what to try now, its questions one by one, and the result, which can be printed."""

import streamlit as st
from markupsafe import Markup

from attention_core.lesson.cards import Lesson
from attention_core.lesson.quiz import Question, question
from attention_core.lesson.scene import spelled_out
from pages.shared.base.assets import script, style
from pages.shared.frame import history, navigation
from pages.shared.frame.opening import choose_pair_anew
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.lesson.guesses import ask_guess, guessed, verdict
from pages.shared.lesson.spelled import spelled_html

_TASKS = (  # page, what the anchor says, what to do there
    ("step_by_step", "Step by step", "Choose a layer, a head and a word. Say where it looks most, then look."),
    ("by_hand", "By hand", "Change one number of W_Q. Which numbers change below it?"),
    ("what_if", "What if?", "Put a mask in, or silence a head. Does the answer turn?"),
    ("inside", "Inside the encoder", "Follow one word from its three lists to its final vector."),
)
_print = st.components.v2.component(
    "lesson_print",
    html='<button type="button">Print the result</button>',
    css=style("lesson_print.css"),
    js=script("lesson_print.js"),
)


def stops_after(lesson: Lesson) -> int:
    """How many stops follow the cards: what to try, the questions, and the result; none without a quiz."""
    return len(lesson.quiz) + 2 if lesson.quiz else 0


def quiz_stop(view: View, lesson: Lesson) -> int | None:
    """Draw one of the stops after the cards; returns the card to go back to, from 1, once a question is answered."""
    at = view.own["card"] - len(lesson.cards) - 1  # 0 is the first stop
    if at == 0:
        _now_you(view, lesson)
    elif at <= len(lesson.quiz):
        return _question(view, lesson, at)
    else:
        _result(view, lesson)
    return None


def _made(view: View, lesson: Lesson, number: int) -> Question:
    return question(lesson.quiz[number - 1], view.model, view.trace, (view.layer, view.head))


def _place(view: View, lesson: Lesson, number: int) -> tuple:
    """Under which a question's answer is kept; another sentence or head is another question."""
    return (lesson.title, "quiz", number, view.trace.text, view.layer, view.head)


def _now_you(view: View, lesson: Lesson) -> None:
    count = len(lesson.quiz)
    text = Markup(
        '<section class="card wide"><p class="chapter">Now you</p><h1>Type a sentence of your own</h1>'
        "<p>Read the lesson again with it, or try it on the other pages. Then press Next: %s questions on your sentence, "
        "and a result that you can print.</p></section>"
    )
    st.html(text % count)

    def take() -> None:
        st.session_state["text"] = st.session_state["lesson-own"]
        choose_pair_anew()

    st.session_state["lesson-own"] = view.trace.text
    st.text_input("Your own sentence", key="lesson-own", on_change=take, label_visibility="collapsed")
    for place, (page, label, task) in zip(st.columns(2, gap="medium") * 2, _TASKS, strict=True):
        with place:
            navigation.anchor(st, page, label, history.shown())
            st.html(Markup('<p class="task">%s</p>') % spelled_html((task,)))


def _question(view: View, lesson: Lesson, number: int) -> int | None:
    made, place = _made(view, lesson, number), _place(view, lesson, number)
    answered = guessed(place) is not None or view.own["answer"] == "shown"
    title = Markup('<p class="chapter">Question %s of %s</p>') % (number, len(lesson.quiz))
    parts = [title, Markup('<p class="question">%s</p>') % spelled_html(made.text, terms=True)]
    st.html(Markup('<section class="card wide" aria-live="polite">%s</section>') % Markup("").join(parts))

    def then() -> None:
        st.session_state["answer"] = "shown"

    ask_guess(made.asked, place, f"Question {number}", is_open=not answered, then=then, question=made.text)
    if answered:
        back = Markup('<span class="back">Card %s: %s</span>') % (made.card, spelled_html((lesson.cards[made.card - 1].title,)))
        html = Markup('<section class="card" aria-live="polite"><p>%s %s %s</p><p class="source">%s</p></section>')
        st.html(html % (verdict(made.asked, place), _truth(made), spelled_html(made.why, terms=True), back))
    return made.card if answered else None


def _truth(made: Question) -> Markup:
    return Markup("The answer is <b>%s</b>.") % spelled_html((made.asked.options[int(made.asked.right)],))


def _result(view: View, lesson: Lesson) -> None:
    rows, marks, right = [], Markup(""), 0
    for number in range(1, len(lesson.quiz) + 1):
        made, given = _made(view, lesson, number), guessed(_place(view, lesson, number))
        options, truth = made.asked.options, int(made.asked.right)
        is_right = given == truth
        right += is_right
        answer = "not answered" if given is None or not given < len(options) else options[int(given)]
        sign = "✓" if is_right else "✗"
        title = spelled_html((lesson.cards[made.card - 1].title,))
        back = "" if is_right else Markup("card %s: %s") % (made.card, title)
        marks += Markup("<li><b>%s</b>%s<span>%s</span></li>") % (number, sign, back)
        cells = (number, spelled_html(made.text), sign, answer, options[truth], back)
        rows.append(Markup("<tr>%s</tr>") % Markup("").join(Markup("<td>%s</td>") % cell for cell in cells))
    head = Markup("").join(Markup("<th>%s</th>") % name for name in ("", "Question", "", "Your answer", "The answer", "See"))
    table = Markup("<table class='result'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>") % (head, Markup("").join(rows))
    html = Markup(
        '<section class="card wide quiz-result"><p class="chapter">%s</p><h1>%s of %s right</h1>'
        '<p class="source">“%s” · layer %s, head %s</p><ol class="marks">%s</ol>%s</section>'
    )
    shown = (lesson.title, right, len(lesson.quiz), spelled_out(view.trace.text), view.layer + 1, view.head + 1, marks, table)
    st.html(html % shown)
    with st.container(key="lesson-result", horizontal=True):
        _print(key="lesson-print")
        st.button("Answer again", key="lesson-again", on_click=_again, args=(lesson,))


def _again(lesson: Lesson) -> None:
    """Forget the answers, and go to the first question."""
    kept = session().guesses
    session().guesses = {place: value for place, value in kept.items() if place[:2] != (lesson.title, "quiz")}
    st.session_state["card"], st.session_state["answer"] = len(lesson.cards) + 2, "hidden"
