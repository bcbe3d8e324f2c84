"""One number of a translation, all the way down."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.names import MATRICES
from attention_core.translation.formulas import attention_formula
from attention_core.translation.kinds import row_tokens
from attention_core.writing.phrases import Mark
from pages.shared.base.markup import phrase_html, section
from pages.shared.parts.explanation import Explained, explain
from pages.shared.translate.view import NUMBERS_EXPLAINED, TranslationView

_BY_DIMENSION = ("q", "k", "v", "z")
_TITLES = {name: MATRICES[name].symbol if name in "qkvz" else MATRICES[name].title for name in NUMBERS_EXPLAINED}


def translation_number(view: TranslationView) -> None:
    """The arithmetic of one entry of one matrix; of a hidden cell, why it has none."""
    section("One number, all the way down", "the model’s own terms")
    with st.container(key="number-bar", horizontal=True, vertical_alignment="bottom"):
        looks = {"required": True, "wrap": True}
        st.segmented_control("Matrix", list(NUMBERS_EXPLAINED), key="number", format_func=_TITLES.get, **looks)
        if view.number in _BY_DIMENSION:
            st.number_input("Dimension", 1, view.translator.config.d_k, key="number_dimension", width=130)
    name, cell = view.number, view.cell
    if cell.is_hidden and name in ("scaled", "weights"):
        raw = (" Its score of ", Mark(f"{cell.stages.scores[cell.query, cell.key].item():.2f}", "strong"), " is never used.")
        said = (*cell.say("masked"), " ", *cell.say("weights"), *raw)
        st.html(Markup('<p class="says weight-edge">%s</p>') % phrase_html(said))
        return
    # A sum over keys goes over those that are not hidden; what belongs to the key itself needs no mask.
    shown = cell if name in ("q", "k", "v", "scores") else cell.seen()
    received, layer, kind = view.received, view.layer, view.kind.name
    keys = row_tokens("k", view.attentions)[: shown.stages.k.size(0)]
    if view.kind.is_masked and name in ("scaled", "weights", "z"):
        left = len(view.attentions.columns) - len(keys)
        if left:
            later = "1 later word is" if left == 1 else f"{left} later words are"
            told = f"{later} hidden: e to −∞ is 0, so the sums below go over the {len(keys)} words that are not."
            st.html(Markup('<p class="look-for">%s</p>') % told)
    explain(
        Explained(
            shown,
            keys,
            received.x,
            received.x if received.source is None else received.source,
            partial(view.translator.projection, kind, layer, view.head),
            view.palette,
            attention_formula("x", kind, received, layer + 1, view.palette),
        ),
        name,
        view.dimension,
        by_size=True,
    )
