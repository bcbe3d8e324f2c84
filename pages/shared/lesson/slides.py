"""One card of a lesson on the screen: its text with the numbers of the sentence, what is predicted, and its pictures."""

from functools import partial

import streamlit as st
from markupsafe import Markup, escape

from attention_core.lesson.cards import Card, Lesson, asked, phrase, prediction_of, scene_of
from attention_core.lesson.facts import Fact, facts
from attention_core.lesson.parts import Picture, Quotes, Words
from attention_core.lesson.pictures import OF_ONE_HEAD, picture
from attention_core.lesson.predictions import Prediction
from attention_core.lesson.scene import Scene, spelled_out
from attention_core.lesson.translated import ATTENTION_SHOWN, OF_NO_HEAD, Rendering
from attention_core.model.trace import Trace
from attention_core.translation.record import Translation
from attention_core.writing.text import label
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import sent, whole
from pages.shared.frame import server
from pages.shared.frame.view import View
from pages.shared.lesson.drawn import draw_picture, words_that_fit
from pages.shared.lesson.guesses import ask_guess, verdict
from pages.shared.lesson.spelled import spelled_html
from pages.shared.parts import translations

_CHOICES, _WORDS = 9, 24  # that are offered of a prediction
_BEAM = 4  # the width of the search that a card's translation comes from
_READY = 64  # cards whose facts and pictures are kept
_words = st.components.v2.component(
    "lesson_words",
    html='<div class="sentence" role="group"></div>',
    css=style("lesson_words.css"),
    js=script("words.js"),
)


def slide(view: View, lesson: Lesson) -> Scene:
    """Draw the card of the view; returns what it speaks of."""
    number = view.own["card"]
    card = lesson.cards[number - 1]
    hidden = bool(card.question) and view.own["answer"] == "hidden"
    on = _scene(view, card)
    found, prediction, drawn = _prepared(lesson, number, *_asked_for(view), hidden, on)
    place = (lesson.title, number, on.cell.trace.text)
    text = partial(_text, lesson, number, found, prediction, place, on, hidden)
    if hidden:
        text(wide=True)
        if prediction:
            most = _most(card, prediction, on)
            ask_guess(prediction, place, "Your prediction", most=most, question=phrase(card.question, found))
        else:
            draw_picture((Words(lines=False),), on.cell.trace, view.palette)
    elif isinstance(drawn[0], Words | Quotes):
        text(wide=True)
        if drawn == (Words(lines=True),):
            _sentence(card, on)
        else:
            draw_picture(drawn, on.cell.trace, view.palette)
    else:
        words, beside = st.columns(2, gap="medium")
        with words:
            text(wide=False)
        with beside:
            draw_picture(drawn, on.cell.trace, view.palette)
    return on


def prepare(view: View, lesson: Lesson, number: int, answer: str) -> None:
    """Compute a card that is not shown yet, so that it is there at once when it is."""
    card = lesson.cards[number - 1]
    _prepared(lesson, number, *_asked_for(view), bool(card.question) and answer == "hidden", _scene(view, card))


def _most(card: Card, prediction: Prediction, on: Scene) -> int:
    """How many options there is room for: as many words as fit, or a few sentences."""
    if prediction.kind != "word":
        return _CHOICES
    return _WORDS if card.translate else words_that_fit(on.cell.trace)


def _asked_for(view: View) -> tuple[str, int, int, int]:
    return view.trace.text, view.layer, view.head, view.query


@st.cache_resource(show_spinner=False, max_entries=_READY, hash_funcs={Lesson: lambda lesson: hash(lesson)})
def _prepared(
    lesson: Lesson, number: int, text: str, layer: int, head: int, query: int, hidden: bool, _on: Scene
) -> tuple[dict[str, Fact], Prediction | None, Picture]:
    """Facts, prediction and picture of a card; the picture waits until the answer is shown."""
    card = lesson.cards[number - 1]
    found = facts(_on, asked(card))
    return found, prediction_of(card, _on, found), () if hidden else picture(card.picture, _on)


def _scene(view: View, card: Card) -> Scene:
    return scene_of(card, view.model, _trace, view.trace.text, (view.layer, view.head), view.query, _translation)


def _trace(text: str) -> Trace:
    return server.trace_of(text)[0]


def _translation(text: str) -> Translation:
    return translations.translation_of(text, _BEAM, "")


def _text(
    lesson: Lesson, number: int, found: dict, prediction: Prediction | None, place: tuple, on: Scene, hidden: bool, wide: bool
) -> None:
    """What is said on a card: chapter, title, question, how the prediction compares, text, and where it all comes from."""
    card = lesson.cards[number - 1]
    chapter = next((title for title, start, count in lesson.chapters if start <= number < start + count), "")
    parts = [Markup('<p class="chapter">%s</p>') % chapter] if chapter else []
    parts.append(Markup("<h1>%s</h1>") % spelled_html((card.title,)))
    if card.question:
        state = "" if hidden else " answered"
        said = spelled_html(phrase(card.question, found), terms=True)
        compared = verdict(prediction, place) if prediction and not hidden else ""
        parts.append(Markup('<p class="question%s">%s %s</p>') % (state, said, compared))
    if not hidden:
        parts.append(Markup("<p>%s</p>") % spelled_html(phrase(card.text, found), terms=True))
    notes = [escape(note) for note in _notes(card, on, hidden, wide)]
    if notes:
        parts.append(Markup('<p class="source">%s</p>') % Markup(" · ").join(notes))
    html = Markup('<section class="card%s" aria-live="polite">%s</section>')
    st.html(html % (" wide" if wide else "", Markup("").join(parts)))


def _notes(card: Card, on: Scene, hidden: bool, wide: bool) -> list[str]:
    notes = []
    if not hidden and card.picture in OF_ONE_HEAD:
        notes.append(
            f"Layer {on.cell.layer + 1}, head {on.cell.head + 1}" if card.picture != "x" else f"Layer {on.cell.layer + 1}"
        )
    if on.rendering and not hidden:
        notes.append("The app’s translator" if card.picture in OF_NO_HEAD else on.rendering.whose)
    if card.sentence and card.picture != "pair" and "{sentence}" not in card.question:
        notes.append("This card brings a sentence of its own." if wide else f"“{spelled_out(card.sentence)}”")
    return notes + ([card.source] if card.source and not hidden else [])


def _sentence(card: Card, on: Scene) -> None:
    """The sentence with lines from the query; a click asks from another word, where the card names none."""
    cell = on.cell
    tokens = cell.trace.tokens
    data = {
        "words": [
            {"label": label(token), "note": "", "special": token.is_special, "piece": token.continues_word} for token in tokens
        ],
        "query": cell.query,
        "key": cell.key,
        "rows": {row: [round(share, 6) for share in weights] for row, weights in enumerate(cell.stages.weights.tolist())},
        "name": f"The sentence; layer {cell.layer + 1}, head {cell.head + 1}. Choose the word that asks.",
    }

    def ask() -> None:
        position = whole(sent("lesson-words", "query"), len(tokens))
        if position is not None and not card.sentence:
            st.session_state["query"], st.session_state["key"] = position + 1, None

    _words(data=packed(data), key="lesson-words", on_query_change=ask)


def translate_fields(card: Card, rendering: Rendering) -> dict[str, str]:
    """What the address of the page Translate says, to show what the card shows."""
    head = {"lines": "mean"} if rendering.head is None else {"attention_head": str(rendering.head + 1)}
    kind = ATTENTION_SHOWN.get(card.picture, "cross")
    return {"text": card.translate, "attention": kind, "block": str(rendering.layer + 1), **head}
