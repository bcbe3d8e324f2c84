"""What tests of pages share."""

import sys

import pytest
import streamlit as st

from pages.shared.frame import history as link


@pytest.fixture(autouse=True)
def no_survey_left():
    """No survey of a test goes on after it: that of the next one would stand in line behind it."""
    yield
    if work := sys.modules.get("pages.shared.base.work"):
        for survey in list(work._line):
            survey.stop()


@pytest.fixture
def fresh_cache():
    """No model and no trace from other tests before, and none left over after."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def go_to(monkeypatch):
    """Back or Forward to an address: AppTest cannot say that a run comes from the browser's history."""

    def go_to(at, address: dict):
        at.query_params = dict(address)
        with monkeypatch.context() as patch:
            patch.setattr(link, "_went_through_history", lambda: True)
            return at.run()

    return go_to
