"""By hand: attention on a few words, with matrices small enough for paper, every cell of them to be changed."""

import streamlit as st

from pages import shared

paper = shared.begin_sheet(
    "by_hand",
    "Attention by hand",
    lead="Small matrices that you can check on paper. Change any cell: everything below is computed anew.",
)
shared.sheet_place(paper, *(() if paper.from_scores else ("q", "k")), "v", "scores", "scaled", "weights", "z")

if not paper.from_scores:
    shared.section(
        '<span class="query">Queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        "each row of X, times three matrices",
    )
    for name, place in zip(("q", "k", "v"), st.columns(3, gap="medium"), strict=True):
        with place:
            shared.sheet_step(paper, name)

shared.section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, normalise")
for name, place in zip(("scores", "scaled", "weights"), st.columns(3, gap="medium"), strict=True):
    with place:
        shared.sheet_step(paper, name)

shared.section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
mix, output = st.columns(2, gap="large")
with mix:
    shared.sheet_mix(paper)
with output:
    shared.sheet_step(paper, "z")
shared.sheet_tables(paper, "q", "k", "v", "scores", "scaled", "weights", "z")
