"""Oracles for the core: Transformers' own model and tokenizer on the same files, and a tiny random checkpoint."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer, BertModel

from attention_core.model.checkpoint import Checkpoint, embedded_folder, read_embedded
from tests.core.official import open_official
from tests.core.tiny import write_tiny


@pytest.fixture(scope="session")
def prose() -> str:
    """English text of more than 512 tokens."""
    return " ".join(Path(__file__).with_name("prose.txt").read_text("utf-8").split())


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    """The embedded checkpoint as read from its files."""
    return read_embedded()


@pytest.fixture(scope="session")
def official_model() -> BertModel:
    """The embedded checkpoint as Transformers reads it, in float32."""
    return open_official(embedded_folder())


@pytest.fixture(scope="session")
def official_tokenizer():
    """The embedded tokenizer as Transformers reads it; asked for nothing else, it neither cuts nor pads."""
    return AutoTokenizer.from_pretrained(embedded_folder())


@pytest.fixture
def tiny(tmp_path) -> Path:
    """The folder of one small random checkpoint that is in order."""
    return write_tiny(tmp_path / "tiny")
