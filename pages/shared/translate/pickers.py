"""Which attention, layer and head is looked at, and what of it is shown."""

import streamlit as st
from markupsafe import Markup

from attention_core.translation.kinds import ATTENTION_KINDS
from attention_core.translation.words import token_label
from attention_core.writing.phrases import Mark, named
from pages.shared.base.markup import phrase_html
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
    said = Markup('<p class="look-for"><b>%s.</b> %s%s</p>') % (view.kind.title, view.kind.sentence, _rows(view))
    st.html(said)


def _rows(view: TranslationView) -> Markup:
    """Which word is written while a row of the decoder asks."""
    if view.kind.asks == "English":
        return Markup()
    reads, writes = view.translation.target[view.step], view.translation.written[view.step]
    html = Markup(" Each row is the last token that the decoder has read: the row of %s asks while %s is written.")
    return html % (phrase_html((named((reads,), 0, "query"),)), phrase_html((Mark(token_label(writes), "strong"),)))


def _ask_anew() -> None:
    """Another attention looks at other words."""
    st.session_state["asked"] = None
