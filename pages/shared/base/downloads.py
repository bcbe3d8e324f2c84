"""Files to take home: made on a click, and dropped by the server a minute later."""

from collections.abc import Callable
from threading import Timer
from typing import BinaryIO

import streamlit as st
from streamlit import runtime

# Streamlit drops a file at the second look after it was fetched, and looks only where a page of anybody runs or closes: on an
# empty server the file would stay.
_LOOKS = (30.0, 60.0)  # seconds after a file was made


def download(label: str, make: Callable[[], bytes | BinaryIO], file: str, kind: str, key: str) -> None:
    """A button that makes a file when somebody clicks it; for so long its address holds the file, and a minute longer."""

    def made() -> bytes | BinaryIO:
        content = make()
        for seconds in _LOOKS:
            timer = Timer(seconds, _look)
            timer.daemon = True
            timer.start()
        return content

    st.download_button(label, made, file, kind, on_click="ignore", type="tertiary", icon=":material/download:", key=key)


def _look() -> None:
    """Let the server drop the files that no page shows any more."""
    if runtime.exists():
        runtime.get_instance().media_file_mgr.remove_orphaned_files()
