"""One card of a lesson on the screen: its text with the numbers of the sentence, and its pictures."""

import re
from base64 import b64encode
from functools import singledispatch
from itertools import accumulate

import numpy as np
import streamlit as st
from markupsafe import Markup, escape

from attention_core.figures.scales import SHARES
from attention_core.lesson.cards import Card, Lesson, asked, phrase
from attention_core.lesson.facts import Scene, facts, find, scene, spelled_out
from attention_core.lesson.parts import Bars, Heat, Picture, Stack, Words, describe
from attention_core.lesson.pictures import picture
from attention_core.model.trace import Trace
from attention_core.writing.numbers import significant
from attention_core.writing.phrases import Phrase, plain
from attention_core.writing.text import cut, label, labels
from pages.shared.base.assets import packed, script, style
from pages.shared.base.markup import phrase_html
from pages.shared.base.messages import sent, whole
from pages.shared.frame import server
from pages.shared.frame.view import View
from pages.shared.parts import translations

_ROWS, _COLUMNS = 13, 16  # names beside and below a picture; more would be too small
_SHORT, _LONG = 24, Markup(' class="long"')  # characters of a name that stays on one line
_BEAM = 4  # the width of the search of a card's translation
_NAME = 12  # characters of a name
_LONGEST = 125  # the width of the words that fit, in letters’ heights
_words = st.components.v2.component(
    "lesson_words",
    html='<div class="sentence" role="group"></div>',
    css=style("lesson_words.css"),
    js=script("words.js"),
)
_heats = st.components.v2.component(
    "lesson_heats", html='<div class="heats" role="img"></div>', css=style("lesson_heats.css"), js=script("lesson_heats.js")
)


def slide(view: View, lesson: Lesson) -> tuple[int, int]:
    """Draw the card of the view; returns the layer and head that it shows, from 1."""
    card = lesson.cards[view.own["card"] - 1]
    on = _scene(view, card)
    found = facts(on, asked(card))
    hidden = bool(card.question) and view.own["answer"] == "hidden"
    drawn: Picture = (Words(lines=False),) if hidden else picture(card.picture, on)
    if isinstance(drawn[0], Words):
        _text(card, found, hidden, wide=True)
        _draw(view, card, on, drawn)
    else:
        text, beside = st.columns([5, 7], gap="medium")
        with text:
            _text(card, found, hidden, wide=False)
        with beside:
            _draw(view, card, on, drawn)
    return on.cell.layer + 1, on.cell.head + 1


def _scene(view: View, card: Card) -> Scene:
    trace = server.trace_of(card.sentence)[0] if card.sentence else view.trace
    query = find(trace, card.query) if card.query else None if card.sentence else view.query
    return scene(
        view.model,
        trace,
        tuple(server.trace_of(other)[0] for other in card.others),
        ((card.layer or view.layer + 1) - 1, (card.head or view.head + 1) - 1),
        query,
        find(trace, card.key) if card.key else None,
        (card.against[0] - 1, card.against[1] - 1) if card.against != (0, 0) else None,
        translations.translation_of(card.translate, _BEAM, "") if card.translate else None,
    )


def _text(card: Card, found: dict, hidden: bool, wide: bool) -> None:
    parts = [Markup("<h1>%s</h1>") % _spelled(escape(card.title))]
    if card.question:
        state = "" if hidden else " answered"
        parts.append(Markup('<p class="question%s">%s</p>') % (state, _html(phrase(card.question, found))))
    if not hidden:
        parts.append(Markup("<p>%s</p>") % _html(phrase(card.text, found)))
    notes = []
    if card.sentence:
        own = f"“{spelled_out(card.sentence)}”"
        notes.append("This card brings a sentence of its own." if wide else own)
    if card.translate:
        notes.append("The app’s own translator; the page Translate shows all of it.")
    if card.source and not hidden:
        notes.append(card.source)
    if notes:
        parts.append(Markup('<p class="source">%s</p>') % " · ".join(notes))
    html = Markup('<section class="card%s" aria-live="polite">%s</section>')
    st.html(html % (" wide" if wide else "", Markup("").join(parts)))


def _html(said: Phrase) -> Markup:
    return _spelled(phrase_html(said))


def _spelled(html: Markup) -> Markup:
    """W_Q and d_k as they are written by hand, in HTML that is safe already."""
    # As plain text, for `re` joins with the text's own `join`, which would escape once more.
    return Markup(re.sub(r"\b(W|d)_([QKVOk])\b", r"\1<sub>\2</sub>", str(html)))


def _draw(view: View, card: Card, on: Scene, drawn: Picture) -> None:
    said = describe(drawn)
    if all(isinstance(part, Heat) for part in drawn):
        _heats(data={"panels": [_panel(part, view) for part in drawn], "name": said}, key="lesson-heats")
    elif drawn == (Words(lines=True),):
        _sentence(card, on)
    else:
        pictures = Markup("").join(_picture(part, on.cell.trace) for part in drawn)
        st.html(Markup('<div class="drawn">%s</div>') % pictures)


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


@singledispatch
def _picture(part, trace: Trace) -> Markup:
    raise TypeError(f"There is no way to draw a {type(part).__name__} here.")


@_picture.register
def _(part: Words, trace: Trace) -> Markup:
    names = labels(trace.tokens)
    ends = list(accumulate(0.6 * len(name) + 1.4 for name in names))
    count = sum(end <= _LONGEST for end in ends)
    words = Markup("").join(
        Markup('<span class="%s">%s</span>') % ("special" if token.is_special else "word", name)
        for token, name in zip(trace.tokens[:count], names, strict=False)
    )
    more = Markup(f"<em>and {len(names) - count:,} more</em>") if count < len(names) else ""
    return Markup('<p class="words">%s%s</p>') % (words, more)


@_picture.register
def _(part: Bars, trace: Trace) -> Markup:
    row = Markup('<tr><td%s>%s</td><td class="bar"><span style="width:%.1f%%"></span></td><td>%s</td></tr>')
    rows = Markup("").join(
        row % (_LONG if len(plain(name)) > _SHORT else "", _html(name), 100 * min(size, 1), text)
        for name, size, text in part.lines
    )
    html = Markup('<table class="shares %s-bars"><caption>%s</caption>%s</table>')
    return html % (part.role, _html(part.title), rows)


@_picture.register
def _(part: Stack, trace: Trace) -> Markup:
    # From below, as in the paper's figure.
    box = Markup("<li><b>%s</b> <small>%s</small></li>")
    after, inside, before = (
        Markup("").join(box % one for one in reversed(boxes)) for boxes in (part.after, part.repeated, part.before)
    )
    layer = Markup('<li class="layer"><b>× %s</b><ol>%s</ol></li>') % (part.times, inside)
    return Markup('<ol class="stack">%s%s%s</ol>') % (after, layer, before)


def _panel(heat: Heat, view: View) -> dict:
    """A heatmap as the browser draws it: one byte a cell, from the low end of its scale to the high one."""
    low, high = heat.scale.low, heat.scale.high
    shares = heat.scale is SHARES
    cells = np.clip((heat.values.numpy() - low) / (high - low), 0, 1) * (0.45 if heat.is_mask else 1)
    legend = ("0", "1") if shares else (significant(low), significant(high))
    return {
        "title": [part if isinstance(part, str) else [part.text, part.role] for part in heat.title],
        "height": heat.values.size(0),
        "width": heat.values.size(1),
        "cells": b64encode((255 * cells).round().astype(np.uint8).tobytes()).decode(),
        "colours": view.palette.share if shares else view.palette.signed,
        "legend": None if heat.is_mask else [*legend, heat.scale.remark],
        "rows": _names(heat.rows, heat.row, _ROWS),
        "columns": _names(heat.columns, heat.column, _COLUMNS),
        "row": heat.row,
        "column": heat.column,
        "role": "key" if heat.of_key else "query",
        "numbers": heat.numbers,
        "blocks": heat.blocks,
        "block": heat.block,
        "titles": [heat.row_title, heat.column_title],
    }


def _names(names, chosen: int | None, most: int) -> list[tuple[float, str, bool]]:
    """Where a name stands, from 0 to 1, the name, and whether it is the chosen one's; of many only some."""
    step = -(-len(names) // most) if names else 1
    shown = set(range(0, len(names), step))
    if chosen is not None and step > 1:
        shown = {place for place in shown if abs(place - chosen) >= step} | {chosen}
    return [
        (
            (place + 0.5) / len(names),
            cut(names[place], _NAME),
            place == chosen,
        )
        for place in sorted(shown)
        if place < len(names)
    ]
