"""Attention Visualizer: the front door. Run it with `streamlit run app.py`."""

import streamlit as st

st.navigation([st.Page("pages/step_by_step.py", title="Step by step", default=True)]).run()
