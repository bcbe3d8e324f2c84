"""What tests of pages share."""

import sys
from functools import cache

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner

from pages.shared.frame import history as link


@pytest.fixture(scope="session", autouse=True)
def known_packages():
    """AppTest searches all installed packages for components whenever a page is opened, far longer than the page takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


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
