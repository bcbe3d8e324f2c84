"""Attention Visualizer: the front door. Run it with `streamlit run app.py`."""

import streamlit as st

from pages.shared.turns import turn

step_by_step = "pages/step_by_step.py"
pages = [
    st.Page(step_by_step, title="Step by step", url_path="start", default=True),
    # Before the first visit Streamlit finds the page under its file's name; this keeps such links right ever after.
    st.Page(step_by_step, title="Step by step", url_path="step_by_step", visibility="hidden"),
]
page = st.navigation(pages, position="hidden")
with turn():
    page.run()
