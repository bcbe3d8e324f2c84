"""Which attention, layer and head is looked at, and what of it is shown."""

import streamlit as st
from markupsafe import Markup

from attention_core.translation.kinds import ATTENTION_KINDS
from pages.shared.translate.view import PANELS, TranslationView

_KIND_NAMES = {"encoder": "Encoder: self", "decoder": "Decoder: masked self", "cross": "Cross"}


def attention_pickers(view: TranslationView) -> None:
    """The pickers of attention, layer and head, what the attention is, and the choice of what is shown below."""
    looks = {"required": True, "wrap": True}
    with st.container(key="attention-bar", horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Attention", list(ATTENTION_KINDS), key="attention", format_func=_KIND_NAMES.get, on_change=_ask_anew, **looks
        )
        st.segmented_control("Layer", range(1, view.translator.config.layers + 1), key="block", on_change=_ask_anew, **looks)
        heads = range(1, view.translator.config.heads + 1)
        st.segmented_control("Head", heads, key="attention_head", on_change=_ask_anew, **looks)
        st.segmented_control("Show", list(PANELS), key="panel", format_func=PANELS.get, **looks)
    st.html(Markup('<p class="look-for"><b>%s.</b> %s</p>') % (view.kind.title, view.kind.sentence))


def _ask_anew() -> None:
    """Another attention looks at other words."""
    st.session_state["asked"] = None
