"""Names of the address and keys of components share one state, so they must differ."""

from pathlib import Path

import pytest

from pages.shared.frame.registry import DEFAULTS
from tests.pages.screen import open_page

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))


@pytest.mark.parametrize("page", PAGES)
def test_no_component_has_the_name_of_a_field_of_the_address(page):
    at = open_page(page=page)
    keys = {element.key for kind in ("bidi_component", "plotly_chart") for element in at.get(kind)}
    assert not at.exception
    assert keys
    assert not keys & DEFAULTS.keys()
