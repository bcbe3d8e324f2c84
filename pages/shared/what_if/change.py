"""Change the model: a temperature, a causal mask, a word that nobody sees, a silent head, and what follows from it."""

from functools import partial

import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.export.matrices import table
from attention_core.figures.heads import moved_spec
from attention_core.figures.matrix import difference_spec, matrix_spec
from attention_core.lab.change_words import (
    change_meaning,
    cosine_text,
    say_cell,
    say_change,
    say_looked_at,
    say_moved,
    short_words,
)
from attention_core.lab.interventions import Change, ChangedTrace, intervene, sentence_cosine, word_cosines
from attention_core.lab.tables import cosines_table, moved_table
from attention_core.weights.comparison import head_changes
from attention_core.weights.link_strength import ranked
from attention_core.writing.numbers import percent
from attention_core.writing.phrases import named, plain
from attention_core.writing.text import labels
from pages.shared.base.charts import chart
from pages.shared.base.choices import choices
from pages.shared.base.markup import heading, phrase_html, ranked_bars, section
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.frame import server
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.parts.cells import MarkedChart, listen, pair_pickers
from pages.shared.parts.provenance import origin
from pages.shared.what_if.fields import SCOPES, TEMPERATURES

_DOING = {"Causal mask": "causal", "Silence (z = 0)": "silenced"}
_NONE = {"temperature": "1", "causal": "no", "silenced": "no", "removed": None}
_TRIES = {
    "No change": _NONE,
    "Sharper": _NONE | {"temperature": "0.3", "scope": "head"},
    "Flatter": _NONE | {"temperature": "3", "scope": "model"},
    "Only look back": _NONE | {"causal": "yes", "scope": "model"},
    "Hide the key word": _NONE | {"removed": "key", "scope": "model"},
    "Silence this head": _NONE | {"silenced": "yes", "scope": "head"},
}
_AUTOMATIC = "automatic"
_WORDS = 8  # whose final vectors are named
# A changed trace takes as much as a trace: 19 MB at 512 tokens.
_CHANGED = 4


@st.cache_resource(show_spinner=False, max_entries=_CHANGED)
def _changed(text: str, change: Change) -> tuple[ChangedTrace, Tensor]:
    """The sentence, read with a change, and how much the weights of every head moved by it, (L, H)."""
    trace, _ = server.trace_of(text)
    changed = intervene(server.model(), trace, change)
    return changed, head_changes(trace, changed)


def change_the_model(view: View) -> None:
    """The pickers of the change, and its consequences: for a head's weights, for every head, for the final vectors."""
    _pickers(view)
    change = _change(view)
    changed, moved = _changed(view.trace.text, change)
    layer, head = _looked_at(view, change, moved)
    tokens = view.trace.tokens
    said = say_change(change, tokens, sentence_cosine(view.trace, changed))
    html = Markup('<p class="answer">%s</p><p class="look-for">%s</p>')
    st.html(html % (phrase_html(said), change_meaning(change)))
    if (layer, head) != (view.layer, view.head):
        st.html(
            Markup('<p class="remark" role="status">%s</p>') % say_looked_at(change, (view.layer, view.head), (layer, head))
        )
    before, after = (trace.stages(layer, head).weights for trace in (view.trace, changed))
    with st.container(key="look-bar", horizontal=True, vertical_alignment="bottom"):
        _look_picker(layer, head, moved)
        pair_pickers(view)
    _weights(view, before, after, (layer, head))
    section("Where it shows", "in the weights of every head, and in the final vectors")
    heads_place, words_place = st.columns([1.5, 1], gap="large")
    with heads_place:
        _heads(view, change, moved, (layer, head))
    with words_place:
        cosines = word_cosines(view.trace, changed)
        _vectors(view, cosines)
    ready = {
        "before": LazyTable("attention-before", partial(table, "weights", before, tokens)),
        "after": LazyTable("attention-after", partial(table, "weights", after, tokens)),
        "change": LazyTable("attention-change", partial(table, "weights", after - before, tokens)),
        "heads": LazyTable("attention-heads-moved", partial(moved_table, moved)),
        "vectors": LazyTable("attention-vectors", partial(cosines_table, cosines, labels(tokens))),
    }
    numbers(
        "change",
        ready,
        about=origin(view) | {"change": short_words(change, tokens), "shown": f"layer {layer + 1}, head {head + 1}"},
    )


def _pickers(view: View) -> None:
    """What is changed, and where."""
    state = st.session_state

    def attempt(name: str) -> None:
        state.update(_resolved(_TRIES[name], view))
        state["look_layer"] = state["look_head"] = None
        session().removed_from = state["text"]

    def do() -> None:
        for name, field in _DOING.items():
            state[field] = "yes" if name in state["change-doing"] else "no"

    now = {field: view.own.get(field) for field in _NONE} | {"scope": view.own["scope"]}
    present = next((name for name, tried in _TRIES.items() if {"scope": now["scope"]} | _resolved(tried, view) == now), None)
    state["change-doing"] = [name for name, field in _DOING.items() if view.own[field] == "yes"]
    choices("Try", _TRIES, present, attempt, key="change-try")
    with st.container(key="change-bar", horizontal=True, vertical_alignment="bottom"):
        st.select_slider("Temperature τ: softmax of scaled ÷ τ", TEMPERATURES, key="temperature", width=280)
        st.pills("Also", list(_DOING), key="change-doing", selection_mode="multi", on_change=do)
        shown = labels(view.trace.tokens)
        options = [None, *range(1, len(shown) + 1)]
        st.selectbox(
            "Nobody sees",
            options,
            key="removed",
            format_func=lambda at: f"{at} · {shown[at - 1]}" if at else "— all are seen",
            placeholder="— all are seen",
            width=180,
        )
        st.segmented_control("Changed in", list(SCOPES), key="scope", format_func=SCOPES.get, required=True)


def _resolved(tried: dict, view: View) -> dict:
    """What a button changes, with the chosen key where it means that."""
    return {field: view.key + 1 if value == "key" else value for field, value in tried.items()}


def _change(view: View) -> Change:
    own, removed = view.own, ()
    if "removed" in own:
        word = view.trace.tokens[own["removed"] - 1].word
        pieces = (at for at, token in enumerate(view.trace.tokens) if word is not None and token.word == word)
        removed = tuple(pieces) or (own["removed"] - 1,)
    return Change(
        float(own["temperature"]),
        own["causal"] == "yes",
        removed,
        own["silenced"] == "yes",
        layer=None if own["scope"] == "model" else view.layer,
        head=view.head if own["scope"] == "head" else None,
    )


def _looked_at(view: View, change: Change, moved: Tensor) -> tuple[int, int]:
    """The head whose weights are shown: as chosen; else the chosen head, or, where its own stay, the one that changed most."""
    if "look_layer" in view.own and "look_head" in view.own:
        return view.own["look_layer"] - 1, view.own["look_head"] - 1
    if change.silenced and not change.acts_on_weights and moved.max() > 0:
        return ranked(moved)[0]
    return view.layer, view.head


def _look_picker(layer: int, head: int, moved: Tensor) -> None:
    state = st.session_state
    options = [_AUTOMATIC, *(f"{row + 1}-{column + 1}" for row, column in ranked(moved))]
    chosen = state["look_layer"] is not None and state["look_head"] is not None
    state["look-at"] = f"{layer + 1}-{head + 1}" if chosen else _AUTOMATIC

    def name(option: str) -> str:
        if option == _AUTOMATIC:
            return f"layer {layer + 1}, head {head + 1}" if not chosen else "chosen by the page"
        row, column = (int(part) for part in option.split("-"))
        return f"layer {row}, head {column} · {percent(moved[row - 1, column - 1].item())} moved"

    def look() -> None:
        parts = [None, None] if state["look-at"] == _AUTOMATIC else [int(part) for part in state["look-at"].split("-")]
        state["look_layer"], state["look_head"] = parts

    st.selectbox("Weights of", options, key="look-at", format_func=name, on_change=look, width=270)


def _weights(view: View, before: Tensor, after: Tensor, place: tuple[int, int]) -> None:
    """The weights of one head before and after, and their difference."""
    tokens, palette = view.trace.tokens, view.palette
    whose = f"layer {place[0] + 1}, head {place[1] + 1}"
    said = say_cell(before, after, tokens, view.query, view.key)
    drawn = {
        "weights": ("A", "Before", f"The model’s own weights, {whose}.", "A", matrix_spec("weights", before, tokens, palette)),
        "after": (
            "A′",
            "After",
            "With the change, as all layers before pass it on.",
            "A'",
            matrix_spec("weights", after, tokens, palette),
        ),
        "difference": (
            "±",
            "Difference",
            "Green got more, pink got less.",
            "A' - A",
            difference_spec("weights", after - before, tokens, palette),
        ),
    }
    for (name, (symbol, title, sentence, tex, spec)), column in zip(drawn.items(), st.columns(3, gap="medium"), strict=True):
        with column:
            heading(symbol, "weight", title, sentence, rf"\textcolor{{{palette.weight.ink}}}{{{tex}}}")
            chart(spec, f"chart-{name}", f"attention-{name}", f"{title}, {whose}. {plain(said)}")
    st.html(Markup('<p class="says weight-edge alone">%s</p>') % phrase_html(said))
    members = [[position] for position in range(len(tokens))]
    listen(view, [MarkedChart(f"chart-{name}", "weights", members) for name in drawn])


def _heads(view: View, change: Change, moved: Tensor, place: tuple[int, int]) -> None:
    L, H = moved.shape
    acted = [(layer, head) for layer in range(L) for head in range(H) if change.acts_on(layer, head)]
    dots = "● changed on purpose; " if 0 < len(acted) < L * H else ""
    st.html(f"<b>Share of weight that moved, in %</b> <small>{dots}framed: shown above</small>")
    said = say_moved(moved)
    chart(moved_spec(moved, place, acted, view.palette), "chart-heads", "attention-heads-moved", f"All heads. {said}")
    later = change.layer is not None and change.layer > 0 and moved.max() > 0
    st.html(f'<p class="says weight-edge alone">{said}{" Layers before the change stay as they were." if later else ""}</p>')


def _vectors(view: View, cosines: Tensor) -> None:
    order = cosines.argsort(stable=True).tolist()[:_WORDS]
    lines = [
        (phrase_html((named(view.trace.tokens, at, "input"),)), 1 - cosines[at].item(), cosine_text(cosines[at].item()))
        for at in order
    ]
    count = len(cosines)
    which = f"the {len(order)} of {count} that turned furthest" if len(order) < count else f"all {count}"
    ranked_bars("Each word’s final vector", lines, f"{which}: cosine to its own before; a full bar is a right angle, cosine 0")
