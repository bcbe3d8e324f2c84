"""All heads of the model on one sentence: in a grid, ordered by what they do, and ranked by a link between two words."""

import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.weights.link_strength import link_scores, ranked
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from attention_core.weights.words import say_link, stands_out_text, value_text
from attention_core.writing.phrases import named
from pages.shared.all_heads.fields import HEAD_ORDERS, LINK
from pages.shared.base.markup import definition_html, phrase_html, ranked_heads, section
from pages.shared.frame import server
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.view import View
from pages.shared.parts.cells import pair_pickers
from pages.shared.parts.head_grid import grid
from pages.shared.parts.switches import remark, switches

_BEST = 6  # heads that are named
_WHOLE_SCALE_UP_TO = 30  # tokens; of more, each gets so little that heads would look blank


def all_heads(view: View) -> None:
    """The grid of all heads, the pickers that order it, and what the order says."""
    weights = server.weights_of_all(*_asked(view))
    tokens = view.shown.units.tokens
    order = view.own["order"]
    with st.container(key="order-bar", horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Order the heads by", list(HEAD_ORDERS), key="order", format_func=HEAD_ORDERS.get, width=260)
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
        top=1.0 if len(tokens) <= _WHOLE_SCALE_UP_TO else 0.25,
        places=view.shown.units.places,
    )


def find_head(view: View) -> None:
    """Which heads link two chosen words: by how far the link stands out, and by its plain weight, with what that means."""
    weights = server.weights_of_all(*_asked(view))
    query, key = (view.shown.units.at(position) for position in (view.query, view.key))
    tokens, places = view.shown.units.tokens, view.shown.units.places
    asking, asked = named(tokens, query, "query", places), named(tokens, key, "key", places)
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


def _asked(view: View) -> tuple[str, str, bool]:
    return view.trace.text, view.choice.special, view.choice.whole_words


def _order(view: View, weights: Tensor, order: str) -> tuple[Tensor | None, str | Markup]:
    """The scores (L, H) by which the heads are ordered, and their definition."""
    if order == "layers":
        return None, "One picture a head, rows are queries and columns keys, as in Step by step. Point at one to read it."
    if order in PATTERNS:
        pattern = PATTERNS[order]
        return pattern_scores(weights, view.shown.units.tokens)[order], definition_html(pattern)
    query, key = (view.shown.units.at(position) for position in (view.query, view.key))
    found = link_scores(weights, query, key)
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
