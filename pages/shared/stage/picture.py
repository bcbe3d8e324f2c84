"""The stage: one picture of how a word finds its word, which the browser computes and moves."""

from zlib import crc32

import streamlit as st
from markupsafe import Markup

from attention_core.matrices import stage as travelling
from attention_core.matrices.words import answer
from attention_core.model.tokens import Token
from attention_core.writing.text import label
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import fields, sent, whole
from pages.shared.frame import history, server
from pages.shared.frame.navigation import anchor, leave_for
from pages.shared.frame.view import View
from pages.shared.parts.switches import remark, switches
from pages.shared.stage.fields import BEATS

_KEY = "head-stage"
_HTML = """<section class="stage" aria-label="The stage">
<div class="scene"><canvas class="picture" tabindex="0" role="application" aria-label="The picture. Arrow keys choose row and
column, brackets the head, braces the layer, Page Up and Page Down the beat."></canvas>
<canvas class="heads" aria-hidden="true"></canvas>
<div class="first"><div class="sentence" role="group"></div><p class="finding"></p>
<button type="button" class="how">How does it know? ▶</button></div></div>
<div class="moves" role="group" aria-label="Beats"></div>
<div class="caption"><p class="about"></p><button type="button" class="open">All its arithmetic</button>
<p class="sum"></p><p class="said"></p><p class="why"></p></div><p class="live" role="status"></p></section>"""
_component = st.components.v2.component("head_stage", html=_HTML, css=style("stage/stage.css"), js=script("stage/stage.js"))
_carrier = st.components.v2.component("head_stage_sentence", html="<span></span>", js=script("stage/stage.js"))
_SENT = 8  # texts whose numbers are kept ready; one of 128 tokens takes 5 MB


def draw_stage(view: View) -> None:
    """The picture with all heads beside it; what the hand chooses comes back once the hand rests.

    Queries, keys and values travel by themselves: the browser keeps them while heads, words and beats change.
    """
    whole = view.is_head and view.shown.units.is_plain
    mark, sent = _arrays(view.trace.text, view.layer) if whole else (crc32(view.shown.weights.numpy().tobytes()), b"")
    with st.container(gap=None):
        _component(
            data=packed(_data(view, whole, mark)),
            key=_KEY,
            on_rest_change=lambda: _choose(view, "rest"),
            on_open_change=lambda: _choose(view, "open"),
        )
        if whole:
            _carrier(data=sent, key=f"{_KEY}-sentence")


def findings(view: View) -> None:
    """How the weights are shown, and what that changes."""
    pieces = any(token.continues_word for token in view.shown.units.tokens)
    note = " Dashed edges: pieces of one word, which the model reads one by one." if pieces else ""
    how = "Click a word to ask from it; [ and ] lead to other heads, { and } to other layers."
    st.html(Markup('<p class="look-for">%s%s</p>%s') % (how, note, remark(view)))
    switches()


def way_to_matrices() -> None:
    """The way to the same view as eight matrices with all their numbers."""
    anchor(st, "step_by_step", "All eight matrices, step by step", history.shown(), icon=":material/grid_view:")


@st.cache_resource(show_spinner=False, max_entries=_SENT)
def _arrays_of(text: str, first: int, count: int) -> tuple[int, bytes]:
    trace, _ = server.trace_of(text)
    layers = range(first, first + count)
    mark = crc32(f"{text} {first} {count}".encode("utf-8", "surrogatepass"))
    head = packed({"key": _KEY, "mark": mark} | travelling.array_sizes(trace, layers))
    return mark, len(head).to_bytes(4, "little") + head + travelling.arrays(trace, layers)


def _arrays(text: str, layer: int) -> tuple[int, bytes]:
    """The numbers of a text as the browser takes them, and a number that changes with them."""
    layers = travelling.layers_sent(server.trace_of(text)[0], layer)
    return _arrays_of(text, layers.start, len(layers))


def _data(view: View, whole: bool, mark: int) -> dict:
    units, trace, config = view.shown.units, view.trace, view.model.config
    query, key = units.at(view.query), units.at(view.key)
    data = {
        "key": _KEY,
        "mark": mark,
        "layers": config.layers,
        "heads": config.heads,
        "layer": view.layer,
        "head": view.head,
        "query": query,
        "key_word": key,
        "beat": int(view.own["beat"]),
        "words": [_word(token, trace.text) for token in units.tokens],
        "names": travelling.words_with_places(units.tokens, units.places),
        "name": f"The sentence; {view.choice.whose()}. Choose the word that asks.",
        "colours": {"signed": view.palette.signed, "share": view.palette.share},
        "answer": travelling.plain_parts(answer(view.shown.weights, units.tokens, query, units.places)),
    }
    if whole:
        return data | {
            "links": travelling.link_in_every_head(trace, view.query, view.key),
            "says": travelling.sayings(view.cell),
            "digits": travelling.digits(view.cell),
            "about": travelling.beat_texts(view.stages, config.d_model),
        }
    return data | {"weights": view.shown.weights.flatten().tolist(), "about": [_why(view)], "links": None}


def _why(view: View) -> tuple[str, str, str]:
    """What is shown where it is not one head's own weights, and why it has no other beats."""
    if not view.is_head:
        why = "Queries, keys, scores and values belong to one head each: there is nothing before these weights, nothing after."
    else:
        why = "These weights are joined or left out by the switches below; the other beats belong to the model’s own words."
    return f"Weights of {view.choice.whose()}", why, ""


def _word(token: Token, text: str) -> dict:
    note = text[slice(*token.span)][:60] if token.span else "added by the model around every sentence"
    return {"label": label(token), "note": note, "special": token.is_special, "piece": token.continues_word}


def _choose(view: View, event: str) -> None:
    """Take over what the browser sends, as far as this view has it."""
    said, places = fields(sent(_KEY, event)), view.shown.units.places
    counts = {
        "layer": view.model.config.layers,
        "head": view.model.config.heads,
        "query": len(places),
        "key": len(places),
        "beat": len(BEATS),
    }
    chosen = {name: whole(said.get(name), count) for name, count in counts.items()}
    if None in chosen.values():
        return
    state = st.session_state
    state["layer"], state["head"], state["beat"] = chosen["layer"] + 1, chosen["head"] + 1, BEATS[chosen["beat"]]
    state["query"], state["key"] = places[chosen["query"]] + 1, places[chosen["key"]] + 1
    if event == "open":
        numbers = {name: state[name] for name in ("layer", "head", "query", "key")}
        leave_for("one_number", **numbers, stage=_STAGES[chosen["beat"]])


# Which number is opened at each beat.
_STAGES = ("weights", "scores", "scores", "scaled", "weights", "weights", "weights")
