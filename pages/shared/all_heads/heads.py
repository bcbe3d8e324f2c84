"""All heads of the model on one sentence: in a grid, ordered by what they do, and ranked by a link between two words."""

import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.figures.scales import top_of_shares
from attention_core.weights.link_strength import link_scores, ranked
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from attention_core.weights.words import say_link, stands_out_text, value_text
from attention_core.writing.phrases import named
from pages.shared.all_heads.fields import HEAD_ORDERS, LINK, head_orders
from pages.shared.base.markup import definition_html, phrase_html, ranked_heads, section
from pages.shared.frame import server
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.view import View
from pages.shared.parts.cells import pair_pickers
from pages.shared.parts.head_grid import grid
from pages.shared.parts.switches import remark, switches

_HOW_TO_READ = Markup(
    "One picture a head, rows are queries and columns keys, as in Step by step. "
    '<span class="by-mouse">Point at one to read it, click to open it.</span>'
    '<span class="by-touch">Tap one to read it, tap it again to open it.</span>'
)
_BEST = 6  # heads that are named


def all_heads(view: View) -> None:
    """The grid of all heads, the pickers that order it, and what the order says."""
    weights = server.weights_of_all(*_asked(view))
    tokens, is_square = view.shown.units.tokens, view.trace.kind == "self"
    order = view.own["order"] if view.own["order"] in head_orders(is_square) else "layers"
    with st.container(key="order-bar", horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Order the heads by", list(head_orders(is_square)), key="order", format_func=HEAD_ORDERS.get, width=260)
        if order in LINK:
            pair_pickers(view)
        switches(mixes=False)
    scores, definition = _order(view, weights, order)
    st.html(Markup('<p class="look-for">%s</p>%s') % (definition, remark(view)))
    ranking = None
    if scores is not None:
        ranking = [
            (layer, head, f"L{layer + 1} H{head + 1} · {_score(scores[layer, head].item(), order)}")
            for layer, head in ranked(scores)
        ]
    grid(
        *server.overview_of_all(*_asked(view)),
        tokens,
        view.palette,
        _open,
        chosen=(view.layer, view.head),
        ranking=ranking,
        top=top_of_shares(len(tokens)),
        places=view.shown.units.places,
        columns=None if is_square else view.shown.columns.tokens,
    )


def find_head(view: View) -> None:
    """Which heads link two chosen words: by how far the link stands out, and by its plain weight, with what that means."""
    weights = server.weights_of_all(*_asked(view))
    units, columns = view.shown.units, view.shown.columns
    query, key = units.at(view.query), columns.at(view.key)
    asking = named(units.tokens, query, "query", units.places)
    asked = named(columns.tokens, key, "key", columns.places)
    section("Find a head", "which head makes this link?")
    if view.own["order"] not in LINK:
        with st.container(key="link-bar", horizontal=True, vertical_alignment="bottom"):
            pair_pickers(view)
    found = link_scores(weights, query, key)
    out, plain = ranked(found.stands_out), ranked(found.weight)
    said = say_link(found, out[0], plain[0], asking, asked)
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(said))
    for_out, for_weight = st.columns(2, gap="large")
    with for_out:
        _best(
            "stands-out",
            "Stands out most",
            "weight minus the mean of what the other words give the same key",
            found.stands_out,
            out,
        )
    with for_weight:
        _best("link-weight", "Largest weight", "whatever the other words do", found.weight, plain)


def _asked(view: View) -> tuple:
    asked = view.trace.text, view.choice.special, view.choice.whole_words
    if not st.session_state["model"]:
        return asked
    part = (view.trace.stack, view.trace.kind) if view.trace.target is not None else None
    return *asked, st.session_state["model"], st.session_state["target"], part


def _order(view: View, weights: Tensor, order: str) -> tuple[Tensor | None, str | Markup]:
    """The scores (L, H) by which the heads are ordered, and their definition."""
    if order == "layers":
        return None, _HOW_TO_READ
    if order in PATTERNS:
        pattern = PATTERNS[order]
        return pattern_scores(weights, view.shown.units.tokens)[order], definition_html(pattern)
    found = link_scores(weights, view.shown.units.at(view.query), view.shown.columns.at(view.key))
    if order == "link-weight":
        return found.weight, "The weight that the query word gives the key word."
    return found.stands_out, "The weight of the link, minus the mean weight that all other words give the same key."


def _score(value: float, order: str) -> str:
    """The number by which the heads are ordered, in words."""
    if order == "stands-out":
        return stands_out_text(value)
    return value_text(value, PATTERNS[order].unit if order in PATTERNS else "share")


def _best(name: str, title: str, meaning: str, scores: Tensor, order: list[tuple[int, int]]) -> None:
    """The best heads as bars, and a button for each that opens it."""
    values = [(layer, head, scores[layer, head].item()) for layer, head in order[:_BEST]]
    lines = [(layer, head, value, _score(value, name)) for layer, head, value in values]
    ranked_heads(f"best-{name}", title, meaning, lines, "Open in Step by step", _open)


def _open(layer: int, head: int) -> None:
    leave_for("step_by_step", layer=layer + 1, head=head + 1)
