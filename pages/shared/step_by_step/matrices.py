"""All matrices of a head as charts that can be read, enlarged and saved one by one; drawn only when they are asked for."""

from functools import partial

import streamlit as st

from attention_core.matrices.names import names_of
from pages.shared.base.markup import section
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.parts.learned import learned_matrices
from pages.shared.parts.provenance import file_name, origin, whose
from pages.shared.step_by_step.mix import draw_mix
from pages.shared.step_by_step.stages import mixture, stage, tables

_ABREAST = 3  # pictures of words and words in a row


def draw_matrices(view: View) -> bool:
    """The eight matrices of the head, or the one of a mixture; whether they are open."""
    mine = session()
    st.session_state.setdefault("head-matrices", mine.matrices_open)  # Streamlit forgets it on every other page
    title = "Matrices: every number as a chart and as a table"
    with st.expander(title, icon=":material/grid_view:", on_change="rerun", key="head-matrices") as body:
        if body.open:
            _draw(view)
    mine.matrices_open = bool(body.open)
    return mine.matrices_open


def _draw(view: View) -> None:
    if not view.is_head:
        mixture(view)
        tables(view, "weights")
        return
    if view.is_watched:
        _draw_watched(view)
        return
    section(
        'From words to <span class="query">queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        "every word’s vector, projected three times by what the model learned",
    )
    _in_a_row(view, [1.9, 1, 1, 1], "x", "q", "k", "v")
    learned_matrices(
        "head-projections",
        partial(view.model.projection, view.layer, view.head),
        file_name(view),
        whose(view),
        view.palette,
        partial(origin, view),
    )
    section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, normalise")
    _in_a_row(view, [1, 1, 1], "scores", "scaled", "weights")
    section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
    how, output = st.columns([1, 1.9], gap="medium")
    with how:
        draw_mix(view)
    with output:
        stage(view, "z")
        tables(view, "z")


def _draw_watched(view: View) -> None:
    """The matrices of a model whose insides are not known: what its attention received, and all that came of it."""
    section(
        'What attention receives: <span class="query">queries</span>, <span class="key">keys</span>, '
        '<span class="value">values</span>',
        "as the model gives them to its attention",
    )
    _in_a_row(view, [1.9, 1, 1, 1], "x", "q", "k", "v")
    section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, and what this model adds")
    square = [name for name in names_of(view.stages) if name not in ("x", "q", "k", "v", "z")]
    for start in range(0, len(square), _ABREAST):
        _in_a_row(view, [1] * _ABREAST, *square[start : start + _ABREAST])
    section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
    stage(view, "z")
    tables(view, "z")


def _in_a_row(view: View, widths: list[float], *names: str) -> None:
    for name, place in zip(names, st.columns(widths, gap="medium"), strict=False):
        with place:
            stage(view, name)
    tables(view, *names)
