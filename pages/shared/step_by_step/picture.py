"""The stage: one picture of how a word finds its word, which the browser computes and moves."""

import streamlit as st
from markupsafe import Markup

from attention_core.matrices import stage as travelling
from attention_core.matrices.names import MATRICES
from attention_core.matrices.words import answer
from attention_core.model.tokens import Token
from attention_core.palette import LIGHT, inks
from attention_core.weights.units import Units
from attention_core.writing.text import label
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import fields, offered_name, sent, whole
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.parcels import address_of, parcel_of
from pages.shared.frame.view import View
from pages.shared.parts.switches import remark, switches
from pages.shared.step_by_step.fields import BEATS

_KEY = "head-stage"
_HTML = """<section class="stage" aria-label="The stage">
<div class="scene"><canvas class="picture" tabindex="0" role="application" aria-label="The picture. Arrow keys choose row and
column, brackets the head, braces the layer, Page Up and Page Down the beat."></canvas>
<canvas class="heads" aria-hidden="true"></canvas>
<div class="first"><div class="sentence" role="group"></div><p class="answer"></p>
<button type="button" class="how">How does it know? ▶</button></div></div>
<div class="moves" role="group" aria-label="Beats"></div>
<div class="caption"><p class="about"></p><p class="sum"></p><p class="said"></p></div>
<div class="more" role="toolbar" aria-label="What can be done with the picture">
<button type="button" class="open">All its arithmetic</button>
<button type="button" class="png" title="This picture as PNG">PNG</button>
<button type="button" class="svg" title="This picture as SVG">SVG</button>
<button type="button" class="full" title="Full screen" aria-label="Full screen">⤢</button>
<details class="table"><summary>This beat as a table</summary><div class="rows" tabindex="0"></div></details>
<button type="button" class="compare" role="switch" aria-checked="false">Compare with torch</button>
<p class="check" role="status"></p></div>
<div class="printed" aria-hidden="true"></div><p class="live" role="status"></p></section>"""
_VIEWS = """<dl class="views"><dt>One head</dt><dd>The numbers of the chosen head, as the model computes them.</dd>
<dt>Mean of heads</dt><dd>The average of the weights of several heads, in the layers and heads that you choose.</dd>
<dt>Rollout</dt><dd>The weights of all layers up to the chosen one, multiplied: where information may have come from.</dd>
<dt>Without special tokens</dt><dd>[CLS] and [SEP] are hidden; the rows then show less than 100&nbsp;%.</dd>
<dt>Shares of the rest</dt><dd>They are hidden, and each row is divided by what is left, so that it shows 100&nbsp;%.</dd>
<dt>Whole words</dt><dd>The pieces of a word become one: weights to them are added, weights from them averaged.</dd></dl>"""
_component = st.components.v2.component("head_stage", html=_HTML, css=style("stage/stage.css"), js=script("stage/stage.js"))
_carrier = st.components.v2.component("head_stage_sentence", html="<span></span>", js=script("stage/stage.js"))


def draw_stage(view: View) -> None:
    """The picture with all heads beside it; what the hand chooses comes back once the hand rests.

    Queries, keys and values travel by themselves: the browser keeps them while heads, words and beats change.
    """
    parcel = parcel_of(view.trace.text)
    address = address_of(parcel)
    with st.container(gap=None):
        _component(
            data=packed(_data(view) | {"mark": parcel.name, "address": address}),
            key=_KEY,
            on_rest_change=lambda: _choose(view, "rest"),
            on_open_change=lambda: _choose(view, "open"),
        )
        if view.is_head and address is None:
            head = packed({"key": _KEY, "mark": parcel.name, "layer": view.layer} | travelling.array_sizes(view.trace))
            head += b" " * (-len(head) % 4)  # the numbers begin where floats may
            _carrier(
                data=len(head).to_bytes(4, "little") + head + travelling.arrays(view.trace, view.layer), key=f"{_KEY}-sentence"
            )


def findings(view: View) -> None:
    """How the weights are shown, and what that changes."""
    pieces = any(token.continues_word for token in view.shown.units.tokens)
    note = " Dashed edges: pieces of one word, which the model reads one by one." if pieces else ""
    how = "Click a word to ask from it; [ and ] lead to other heads, { and } to other layers."
    with st.container(key="stage-view-bar", horizontal=True, vertical_alignment="center"):
        with st.popover("View", icon=":material/tune:"):
            switches()
            st.html(_VIEWS)
        st.html(Markup('<p class="look-for">%s%s</p>%s') % (how, note, remark(view)))


def _data(view: View) -> dict:
    units, trace, config = view.shown.units, view.trace, view.model.config
    query = units.at(view.query)
    data = {
        "key": _KEY,
        "sizes": travelling.array_sizes(trace),
        "layer": view.layer,
        "head": view.head,
        "query": view.query,
        "key_word": view.key,
        "beat": int(view.own["beat"]),
        "words": [_word(token, trace.text) for token in units.tokens],
        "units": _rows(units),
        "special": view.choice.special,
        "text": trace.text,
        "name": f"The sentence; {view.choice.whose()}. Choose the word that asks.",
        "colours": {"signed": view.palette.signed, "share": view.palette.share},
        "answer": travelling.plain_parts(answer(view.shown.weights, units.tokens, query, units.places)),
    }
    if view.palette.dark:
        data["paper"] = {"colours": {"signed": LIGHT.signed, "share": LIGHT.share}, "inks": inks(LIGHT) | {"line": LIGHT.faint}}
    if view.is_head:
        return data | {
            "pieces": _rows(view.shown.pieces),
            "links": travelling.link_in_every_head(trace, view.query, view.key),
            "says": travelling.sayings(view.cell),
            "digits": travelling.digits(view.cell),
            "about": travelling.beat_texts(view.stages, config.d_model),
        }
    return data | {"weights": view.shown.weights.flatten().tolist(), "about": [_why(view)]}


def _rows(units: Units) -> dict:
    """What stands for rows and columns: their names, and which positions of the sentence each is."""
    return {"names": travelling.words_with_places(units.tokens, units.places), "members": units.members}


def _why(view: View) -> tuple[str, str, str]:
    """What is shown where it is not one head's own weights, and why it has no other beats."""
    why = "Queries, keys, scores and values belong to one head each: there is nothing before these weights, nothing after."
    return f"Weights of {view.choice.whose()}", why, ""


def _word(token: Token, text: str) -> dict:
    note = text[slice(*token.span)][:60] if token.span else "added by the model around every sentence"
    return {"label": label(token), "note": note, "special": token.is_special, "piece": token.continues_word}


def _choose(view: View, event: str) -> None:
    """Take over what the browser sends, as far as this view has it."""
    said, units, T = fields(sent(_KEY, event)), view.shown.units, len(view.trace.tokens)
    counts = {
        "layer": view.model.config.layers,
        "head": view.model.config.heads,
        "query": T,
        "key": T,
        "beat": len(BEATS),
    }
    chosen = {name: whole(said.get(name), count) for name, count in counts.items()}
    if None in chosen.values() or any(units.at(chosen[name]) is None for name in ("query", "key")):
        return
    state = st.session_state
    state["layer"], state["head"], state["beat"] = chosen["layer"] + 1, chosen["head"] + 1, BEATS[chosen["beat"]]
    state["query"], state["key"] = chosen["query"] + 1, chosen["key"] + 1
    if event == "open":
        numbers = {name: state[name] for name in ("layer", "head", "query", "key")}
        leave_for("one_number", **numbers, stage=offered_name(said.get("stage"), MATRICES) or _STAGES[chosen["beat"]])


# Which number is opened at each beat.
_STAGES = ("weights", "scores", "scores", "scaled", "weights", "weights", "weights")
