"""Files that are made only for those who click: a button that opens, and in it one button a file."""

from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple

import streamlit as st

_ICON = ":material/download:"


class File(NamedTuple):
    """One file on offer."""

    label: str  # what its button says
    name: str  # the file's own, with its ending
    kind: str  # its media type
    make: Callable[[], bytes | BinaryIO]
    key: str | None = None  # of the button, where its label alone may not be the only one on the page


def offering(title: str, key: str, fill: Callable[[], None], **look: str) -> None:
    """A button that opens what `fill` draws, which runs only while it is open; `look` goes to the button."""
    with st.popover(title, icon=_ICON, key=key, on_change="rerun", **look) as body:
        if body.open:
            fill()


def offer(files: Iterable[File]) -> None:
    """A button a file; a click makes the file, and leaves the page as it is."""
    for label, name, kind, make, key in files:
        st.download_button(label, make, name, kind, on_click="ignore", type="tertiary", icon=_ICON, key=key)
