"""The two translators that the tests share, each opened once."""

import pytest

from attention_core.translation.translator import Translator, load_translator
from tests.core.translation.tiny import tiny_translator


@pytest.fixture(scope="session")
def tiny() -> Translator:
    """A small translator of random values."""
    return tiny_translator()


@pytest.fixture(scope="session")
def shipped() -> Translator:
    """The translator that comes with the app."""
    return load_translator()
