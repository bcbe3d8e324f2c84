"""The laboratory's experiments, and which of them is chosen."""

import streamlit as st

from pages.shared.frame.view import View
from pages.shared.what_if.additive import dot_or_additive
from pages.shared.what_if.change import change_the_model
from pages.shared.what_if.division import division
from pages.shared.what_if.fields import EXPERIMENTS
from pages.shared.what_if.root import why_root


def experiment(view: View) -> None:
    """The picker of the experiment, and the one that is chosen: no other is computed."""
    st.segmented_control(
        "Experiment", list(EXPERIMENTS), key="experiment", format_func=EXPERIMENTS.get, required=True, wrap=True,
        label_visibility="collapsed",
    )  # fmt: skip
    draw = {
        "division": division,
        "root": why_root,
        "additive": dot_or_additive,
        "change": change_the_model,
    }
    draw[view.own["experiment"]](view)
