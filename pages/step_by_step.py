"""Step by step: every matrix that one head computes for a sentence, in the order it is computed."""

import streamlit as st

from pages.shared.frame.opening import begin, of_sentence

view = begin(
    "step_by_step",
    "Attention, step by step",
    "A small transformer reads your sentence: every matrix it computes, with its own numbers.",
    of_sentence(),
)

from pages.shared.base.markup import section
from pages.shared.parts.cells import cell_bar
from pages.shared.parts.take_home import take_home
from pages.shared.parts.words import words
from pages.shared.step_by_step.mix import draw_mix
from pages.shared.step_by_step.projections import projections
from pages.shared.step_by_step.stages import mixture, stage, tables

with st.container(border=True):
    words(view)

if view.is_head:
    section(
        'From words to <span class="query">queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        "every word’s vector, projected three times by what the model learned",
    )
    for name, place in zip(("x", "q", "k", "v"), st.columns([1.9, 1, 1, 1], gap="medium"), strict=True):
        with place:
            stage(view, name)
    tables(view, "x", "q", "k", "v")
    projections(view)

    section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, normalise")
    for name, place in zip(("scores", "scaled", "weights"), st.columns(3, gap="medium"), strict=True):
        with place:
            stage(view, name)
    tables(view, "scores", "scaled", "weights")

    section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
    how, output = st.columns([1, 1.9], gap="medium")
    with how:
        draw_mix(view)
    with output:
        stage(view, "z")
        tables(view, "z")
else:
    mixture(view)
    tables(view, "weights")
take_home(view)
cell_bar(view)
