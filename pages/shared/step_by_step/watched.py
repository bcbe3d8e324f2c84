"""Step by step of a model whose insides are not known: what it is, who looks at whom, and what it would write next."""

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.words import answer
from pages.shared.base.markup import phrase_html
from pages.shared.frame.view import View
from pages.shared.parts.model_facts import model_facts, next_tokens
from pages.shared.parts.switches import remark, switches


def draw_watched(view: View) -> None:
    """What stands in the place of the moving picture, which knows only the embedded model."""
    model_facts(view)
    units, columns = view.shown.units, view.shown.columns
    more = (None, None) if columns is units else (columns.tokens, columns.places)
    said = answer(view.shown.weights, units.tokens, units.at(view.query), units.places, *more)
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(said))
    next_tokens(view)
    st.html(Markup('<p class="look-for">Open Matrices below to see every number of this head.</p>%s') % remark(view))
    switches()
