"""By hand: attention on a few words, with matrices small enough for paper, every cell of them to be changed."""

import streamlit as st

from pages.shared.by_hand.opening import sheet
from pages.shared.frame.opening import begin

paper = begin(
    "by_hand",
    "Attention by hand",
    "Small matrices that you can check on paper. Change any cell: everything below is computed anew.",
    sheet,
)

from pages.shared.base.markup import section
from pages.shared.by_hand.steps import sheet_mix, sheet_place, sheet_step, sheet_tables

sheet_place(paper)

if not paper.from_scores:
    section(
        '<span class="query">Queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        "each row of X, times three matrices",
    )
    for name, place in zip(("q", "k", "v"), st.columns(3, gap="medium"), strict=True):
        with place:
            sheet_step(paper, name)

section('Who looks at whom: <span class="weight">weights</span>', "compare, scale, normalise")
for name, place in zip(("scores", "scaled", "weights"), st.columns(3, gap="medium"), strict=True):
    with place:
        sheet_step(paper, name)

section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
mix, output = st.columns(2, gap="large")
with mix:
    sheet_mix(paper)
with output:
    sheet_step(paper, "z")
sheet_tables(paper, "q", "k", "v", "scores", "scaled", "weights", "z")
