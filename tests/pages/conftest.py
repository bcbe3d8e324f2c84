"""What tests of pages share."""

import pytest
import streamlit as st


@pytest.fixture
def fresh_cache():
    """No model and no trace from other tests before, and none left over after."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
