"""Attention Visualizer: the front door. Run it with `streamlit run app.py`.

Streamlit imports this file once, as the server, and runs it as a script for every visit.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.base.turns import turn
from pages.shared.frame.navigation import path
from pages.shared.frame.registry import PAGES
from pages.shared.warm import server_parts, warm

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, **server_parts())
else:
    first, *others = PAGES
    pages = [
        st.Page(path(first.name), title=first.title, url_path="start", default=True),
        # Before the first visit Streamlit finds a page under its file's name; this keeps such addresses right ever after.
        st.Page(path(first.name), title=first.title, url_path=first.name, visibility="hidden"),
        *(st.Page(path(page.name), title=page.title, url_path=page.name) for page in others),
    ]
    for page in PAGES:
        pages += [st.Page(path(page.name), title=page.title, url_path=old, visibility="hidden") for old in page.formerly]
    present = st.navigation(pages, position="hidden")
    try:
        with turn():
            present.run()
    finally:
        warm()  # the first visitor has a page by now; what other pages need comes along before it is asked for
