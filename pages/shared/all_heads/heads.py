"""All heads of the model on one sentence: in a grid, ordered by what they do, and ranked by a link between two words."""

from html import escape

import streamlit as st
from torch import Tensor

from attention_core.weights.link_strength import link_scores, ranked
from attention_core.weights.pattern_measures import pattern_scores
from attention_core.weights.patterns import PATTERNS
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Phrase, named
from pages.shared.all_heads.fields import LINK, ORDERS
from pages.shared.base.markup import phrase_html, ranked_heads, section
from pages.shared.frame import server
from pages.shared.frame.navigation import leave_for
from pages.shared.frame.view import View
from pages.shared.parts.cells import pair_pickers
from pages.shared.parts.head_grid import grid
from pages.shared.parts.switches import remark, switches

_BEST = 6  # heads that are named
_EVERYBODY = 0.25  # of its weight each other word gives a key that nearly every word looks at
_WHOLE_SCALE_UP_TO = 30  # tokens; of more, each gets so little that heads would look blank


def all_heads(view: View) -> None:
    """The grid of all heads, the pickers that order it, and what the order says."""
    weights = server.weights_of_all(*_asked(view))
    tokens = view.shown.units.tokens
    order = view.own["order"]
    with st.container(key="order-bar", horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Order the heads by", list(ORDERS), key="order", format_func=ORDERS.get, width=260)
        if order in LINK:
            pair_pickers(view)
        switches(mixes=False)
    scores, definition = _order(view, weights, order)
    st.html(f'<p class="look-for">{definition}</p>{remark(view)}')
    ranking = None
    if scores is not None:
        unit = PATTERNS[order].unit if order in PATTERNS else "share"
        ranking = [
            (layer, head, f"L{layer + 1} H{head + 1} · {_score(scores[layer, head].item(), unit, order)}")
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
    st.html(f'<p class="answer">{phrase_html(_found(found, out, plain, asking, asked))}</p>')
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


def _order(view: View, weights: Tensor, order: str) -> tuple[Tensor | None, str]:
    """The scores (L, H) by which the heads are ordered, and their definition as HTML."""
    if order == "layers":
        return None, "One picture a head, rows are queries and columns keys, as in Step by step. Point at one to read it."
    if order in PATTERNS:
        pattern = PATTERNS[order]
        text = f"<b>{escape(pattern.title)}</b>: {escape(pattern.definition)} <br><small>{escape(pattern.source)}</small>"
        return pattern_scores(weights, view.shown.units.tokens)[order], text
    query, key = (view.shown.units.at(position) for position in (view.query, view.key))
    found = link_scores(weights, query, key)
    if order == "link-weight":
        return found.weight, "The weight that the query word gives the key word."
    return found.stands_out, "The weight of the link, minus the mean weight that all other words give the same key."


def _score(value: float, unit: str, order: str) -> str:
    if unit == "share":
        return ("+" if value > 0 else "") + number(value) if order == "stands-out" else percent(value)
    return f"{number(value)} {unit}"


def _found(found, out: list[tuple[int, int]], plain: list[tuple[int, int]], asking, asked) -> Phrase:
    """What the two rankings say, and why a large weight alone is no relation."""
    best, heaviest = out[0], plain[0]
    weight, above = found.weight[best].item(), found.stands_out[best].item()
    said: Phrase = (asking, " → ", asked, f" stands out most in layer {best[0] + 1}, head {best[1] + 1}: ")
    said += (f"{percent(weight)}, where the other words give ", asked, f" {percent(weight - above)} on average.")
    if heaviest == best:
        return (*said, " It is the largest weight of this link, too.")
    weight, above = found.weight[heaviest].item(), found.stands_out[heaviest].item()
    said += (
        f" The largest weight is in layer {heaviest[0] + 1}, head {heaviest[1] + 1}: {percent(weight)}. There the others ",
    )
    said += (f"give it {percent(weight - above)} on average",)
    if weight - above > 0.5 * weight:
        seen = (": nearly every word looks at ", asked) if weight - above > _EVERYBODY else (", hardly less",)
        return (*said, *seen, ", so this weight is no relation between the two.")
    return (*said, ", so it stands out less.")


def _best(name: str, title: str, meaning: str, scores: Tensor, order: list[tuple[int, int]]) -> None:
    """The best heads as bars, and a button for each that opens it."""
    values = [(layer, head, scores[layer, head].item()) for layer, head in order[:_BEST]]
    lines = [(layer, head, value, _score(value, "share", name)) for layer, head, value in values]
    ranked_heads(f"best-{name}", title, meaning, lines, "Open in Step by step", _open)


def _open(layer: int, head: int) -> None:
    leave_for("step_by_step", layer=layer + 1, head=head + 1)
