"""Which heads changed most between two sentences; of two heads, which others are least and most like A's."""

import streamlit as st
from torch import Tensor

from attention_core.weights.comparison import head_distances
from attention_core.weights.link_strength import ranked
from attention_core.writing.numbers import percent
from pages.shared.base.markup import ranked_heads, section
from pages.shared.compare.sides import Both
from pages.shared.frame import server
from pages.shared.frame.view import View

_NAMED = 8  # heads of each ranking


def ranking(view: View, both: Both) -> None:
    """The heads as bars; a click chooses one for this page."""
    if view.own["sides"] == "sentences":
        changes = server.changes_of_heads(both.a.trace.text, both.b.trace.text)
        if changes is None:
            return
        section("Which heads changed most?", "the share of weight that moved, on average over the words in common")
        _best(changes, ranked(changes)[:_NAMED], "changed", ("layer", "head"))
        return
    distances = head_distances(_weights_of_all(both), both.a.choice.layer, both.a.choice.head)
    section("Which heads are like A’s?", "the share of weight that would have to move, on average over all words")
    alike, unlike = st.columns(2, gap="large")
    with alike:
        _best(distances, ranked(distances, largest=False)[1 : _NAMED + 1], "alike", ("other_layer", "other_head"))
    with unlike:
        _best(distances, ranked(distances)[:_NAMED], "unlike", ("other_layer", "other_head"))


def _weights_of_all(both: Both) -> Tensor:
    """The model's own weights of all heads, whatever the switches leave out of the pictures."""
    return server.weights_of_all(both.a.trace.text, special="kept", whole_words=False)


def _best(changes: Tensor, order: list[tuple[int, int]], name: str, fields: tuple[str, str]) -> None:
    """Some heads as bars, and buttons that choose one of them for this page."""

    def choose(layer: int, head: int) -> None:
        st.session_state.update(zip(fields, (layer + 1, head + 1), strict=True))

    shares = [(layer, head, changes[layer, head].item()) for layer, head in order]
    lines = [(layer, head, share, percent(share)) for layer, head, share in shares]
    ranked_heads(f"best-{name}", name.capitalize(), "", lines, "Compare this head", choose)
