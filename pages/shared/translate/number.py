"""One number of a translation, all the way down."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.names import MATRICES
from attention_core.translation.formulas import attention_formula
from attention_core.translation.kinds import row_tokens
from attention_core.writing.phrases import Mark
from pages.shared.base.markup import phrase_html, section
from pages.shared.frame.fields import TERM_ORDERS
from pages.shared.parts.explanation import Explained, explain
from pages.shared.parts.ways import Ways
from pages.shared.translate.view import TranslationView, numbers_explained

_BY_DIMENSION = ("q", "k", "v", "z")
_WITHOUT_ORDER = ("x", "source", "scaled")


def _title(name: str) -> str:
    if name == "source":
        return "E"
    return MATRICES[name].symbol if name in "xqkvz" else MATRICES[name].title


def translation_number(view: TranslationView) -> None:
    """The arithmetic of one entry of one matrix; of a hidden cell, why it has none."""
    section("One number, all the way down", "the model’s own terms")
    with st.container(key="number-bar", horizontal=True, vertical_alignment="bottom"):
        looks = {"required": True, "wrap": True}
        st.segmented_control("Matrix", numbers_explained(view.kind), key="number", format_func=_title, **looks)
        if view.number in _BY_DIMENSION:
            st.number_input("Dimension", 1, view.translator.config.d_k, key="number_dimension", width=130)
        if view.number not in _WITHOUT_ORDER:
            st.segmented_control("Terms", list(TERM_ORDERS), key="number_terms", format_func=TERM_ORDERS.get, required=True)
    name, cell = view.number, view.cell
    if cell.is_hidden and name in ("scaled", "weights"):
        raw = (" Its score of ", Mark(f"{cell.stages.scores[cell.query, cell.key].item():.2f}", "strong"), " is never used.")
        said = (*cell.say("masked"), " ", *cell.say("weights"), *raw)
        st.html(Markup('<p class="says weight-edge">%s</p>') % phrase_html(said))
        return
    # A sum over keys goes over those that are not hidden; what belongs to the key itself needs no mask.
    shown = cell if name in ("x", "source", "q", "k", "v", "scores") else cell.seen()
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
            attention_formula("source", kind, received, layer + 1, view.palette),
        ),
        name,
        view.dimension,
        view.by_size,
        Ways("number", "asked", "number_dimension"),
    )
