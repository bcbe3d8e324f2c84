"""What the server keeps of a file that somebody took home: it is made on the click, and gone a minute later."""

import time

import pytest
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage

from pages.shared.base import downloads
from pages.shared.frame import server
from pages.shared.sentences.privacy import KEPT


@pytest.fixture
def files(monkeypatch):
    """The files of a server that nobody visits."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: type("Server", (), {"media_file_mgr": manager}))
    monkeypatch.setattr("streamlit.runtime.media_file_manager._get_session_id", lambda: "mine")
    return manager


def offered(monkeypatch, make):
    """What a click on the button calls."""
    shown = []
    monkeypatch.setattr(downloads.st, "download_button", lambda label, data, *more, **options: shown.append(data))
    downloads.download("Mine", make, "mine.csv", "text/csv", key="mine-file")
    return shown[0]


def test_a_file_is_made_on_the_click_and_dropped_soon(monkeypatch, files):
    monkeypatch.setattr(downloads, "_LOOKS", (0.2, 0.4))
    made = []
    click = offered(monkeypatch, lambda: made.append(1) or b"my sentence")
    file = files.add_deferred(click, "text/csv", "here", "mine.csv")
    assert made == []
    address = files.execute_deferred(file)
    name = address.rpartition("/")[2]
    assert made == [1]
    assert files._storage.get_file(name).content == b"my sentence"
    assert files._storage.get_file(name).kind == MediaFileKind.DOWNLOADABLE
    files.clear_session_refs("mine")  # the page is closed
    end = time.monotonic() + 10
    while files._file_metadata:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert files._storage._files_by_id == {}


def test_a_file_that_was_written_to_the_disk_is_taken(monkeypatch, files):
    click = offered(monkeypatch, lambda: downloads.on_disk(lambda file: file.write(b"all heads")))
    address = files.execute_deferred(files.add_deferred(click, "text/csv", "here", "mine.csv"))
    assert files._storage.get_file(address.rpartition("/")[2]).content == b"all heads"


def test_a_file_that_a_page_still_shows_stays(monkeypatch, files):
    shown = files.add(b"a picture", "image/png", "there")
    downloads._look()
    downloads._look()
    assert files._storage.get_file(shown.rpartition("/")[2]).content == b"a picture"


def test_all_looks_are_over_after_the_minute_that_is_said():
    assert "for a minute" in KEPT
    assert len(downloads._LOOKS) == 2  # Streamlit marks a file at the first and drops it at the second
    assert max(downloads._LOOKS) <= 60


def test_what_is_said_of_sessions_and_sentences_is_what_the_server_does():
    assert "two minutes" in KEPT
    assert MemorySessionStorage()._cache.ttl == 120
    assert f"the {server._TRACES} sentences that were opened last" in KEPT
