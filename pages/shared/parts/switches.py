"""How the weights are shown: whose, with or without special tokens, words or their pieces; and what that changes."""

import streamlit as st
from markupsafe import Markup

from attention_core.weights.choice_words import remarks
from pages.shared.base.markup import phrase_html
from pages.shared.frame.view import View


def switches(mixes: bool = True) -> None:
    """How the weights are shown: of one head or of several, with or without special tokens, words or their pieces."""
    state = st.session_state
    state["weights-switches"] = [name for name, (field, value) in _SWITCHES.items() if state[field] == value]
    with st.container(key="weights-looks", horizontal=True, vertical_alignment="center", width="content"):
        looks = {"label_visibility": "collapsed", "required": True}
        if mixes:
            st.segmented_control("Whose weights", list(_MIXES), key="show", format_func=_MIXES.get, **looks)
        st.pills(
            "Special tokens and words",
            list(_SWITCHES),
            key="weights-switches",
            selection_mode="multi",
            label_visibility="collapsed",
            on_change=_switch,
        )


_MIXES = {"head": "One head", "mean": "Mean of heads", "rollout": "Rollout"}
_SWITCHES = {
    "Without special tokens": ("special", "left-out"),
    "Shares of the rest": ("special", "of-the-rest"),
    "Whole words": ("words", "whole"),
}


def _switch() -> None:
    state = st.session_state
    before, chosen = state["special"], [_SWITCHES[name] for name in state["weights-switches"]]
    state["words"] = "whole" if ("words", "whole") in chosen else "pieces"
    special = [value for field, value in chosen if field == "special"]
    # Of the two ways to leave special tokens out, the one clicked last counts.
    state["special"] = next((value for value in special if value != before), special[0] if special else "kept")


def remark(view: View) -> Markup:
    """What the switches changed in the numbers, so that no share is taken for the model's own."""
    said = remarks(view.shown, view.choice, view.shown.units.at(view.query))
    html = Markup(" ").join(map(phrase_html, said))
    return Markup('<p class="remark" role="status">%s</p>') % html if said else Markup()
