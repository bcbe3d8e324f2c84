"""All heads of the chosen attention at a glance."""

import streamlit as st

from attention_core.translation.overview import attention_overview
from pages.shared.base.markup import section
from pages.shared.parts.head_grid import grid
from pages.shared.translate.view import TranslationView


def translation_heads(view: TranslationView) -> None:
    """One picture a head of the chosen attention; a click chooses the head."""
    section("All heads", f"{view.kind.title.lower()}: rows are {view.kind.asks}, columns {view.kind.answers}")
    grid(
        *attention_overview(view.attentions),
        view.attentions.rows,
        view.palette,
        _open,
        chosen=(view.layer, view.head),
        key="translation-heads",
        columns=view.attentions.columns,
    )


def _open(layer: int, head: int) -> None:
    state = st.session_state
    state["block"], state["attention_head"], state["asked"] = layer + 1, head + 1, None
