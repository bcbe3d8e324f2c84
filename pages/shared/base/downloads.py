"""Files to take home: made for those who click, and dropped by the server a minute later."""

import tempfile
from collections.abc import Callable, Iterable
from io import RawIOBase
from threading import Timer
from typing import BinaryIO, NamedTuple

import streamlit as st
from streamlit import runtime

_ICON = ":material/download:"
# Streamlit drops a file at the second look after it was fetched, and looks only where a page of anybody runs or closes: on an
# empty server the file would stay.
_LOOKS = (30.0, 60.0)  # seconds after a file was made


class File(NamedTuple):
    """One file on offer."""

    label: str  # what its button says
    name: str  # the file's own, with its ending
    kind: str  # its media type
    make: Callable[[], bytes | RawIOBase]
    key: str  # of the button


def offering(title: str, key: str, fill: Callable[[], None], **look: str) -> None:
    """A button that opens what `fill` draws, which runs only while it is open; `look` goes to the button."""
    with st.popover(title, icon=_ICON, key=key, on_change="rerun", **look) as body:
        if body.open:
            fill()


def offer_files(files: Iterable[File]) -> None:
    """A button a file; a click makes the file, and leaves the page as it is."""
    for file in files:
        download(file.label, file.make, file.name, file.kind, file.key)


def download(label: str, make: Callable[[], bytes | RawIOBase], file: str, kind: str, key: str) -> None:
    """A button that makes a file when somebody clicks it; for so long its address holds the file, and a minute longer."""

    def made() -> bytes | RawIOBase:
        content = make()
        for seconds in _LOOKS:
            timer = Timer(seconds, _look)
            timer.daemon = True
            timer.start()
        return content

    st.download_button(label, made, file, kind, on_click="ignore", type="tertiary", icon=_ICON, key=key)


def on_disk(write: Callable[[BinaryIO], None]) -> RawIOBase:
    """What `write` writes, as a file on the disk: of 512 tokens it may have hundreds of megabytes."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  it is read after this has returned
    write(file)
    return file.detach()  # Streamlit reads a raw file, and refuses one that is buffered to be read and written


def _look() -> None:
    """Let the server drop the files that no page shows any more."""
    if runtime.exists():
        runtime.get_instance().media_file_mgr.remove_orphaned_files()
