"""Attention Visualizer: the front door. Run it with `streamlit run app.py`."""

import streamlit as st

from pages.shared.navigation import PAGES, path
from pages.shared.turns import turn

first, *others = PAGES
pages = [
    st.Page(path(first), title=PAGES[first], url_path="start", default=True),
    # Before the first visit Streamlit finds a page under its file's name; this keeps such links right ever after.
    st.Page(path(first), title=PAGES[first], url_path=first, visibility="hidden"),
    *(st.Page(path(page), title=PAGES[page], url_path=page) for page in others),
]
page = st.navigation(pages, position="hidden")
with turn():
    page.run()
