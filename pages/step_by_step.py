"""Step by step: every matrix that one head computes for a sentence, in the order it is computed."""

import streamlit as st

from pages import shared

view = shared.begin(
    "step_by_step",
    "Attention, step by step",
    lead="A small transformer reads your sentence: every matrix it computes, with its own numbers.",
)
with st.container(border=True):
    shared.words(view)

if view.is_head:
    shared.section(
        'From words to <span class="query">queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        "every word’s vector, projected three times by what the model learned",
    )
    for name, place in zip(("x", "q", "k", "v"), st.columns([1.9, 1, 1, 1], gap="medium"), strict=True):
        with place:
            shared.stage(view, name)
    shared.tables(view, "x", "q", "k", "v")
    shared.projections(view)

    shared.section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, normalise")
    for name, place in zip(("scores", "scaled", "weights"), st.columns(3, gap="medium"), strict=True):
        with place:
            shared.stage(view, name)
    shared.tables(view, "scores", "scaled", "weights")

    shared.section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
    how, output = st.columns([1, 1.9], gap="medium")
    with how:
        shared.mix(view)
    with output:
        shared.stage(view, "z")
        shared.tables(view, "z")
else:
    shared.mixture(view)
    shared.tables(view, "weights")
shared.take_home(view)
shared.cell_bar(view)
