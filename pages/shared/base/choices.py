"""Buttons that set several things at once, the one that describes the present state marked."""

from collections.abc import Callable, Iterable

import streamlit as st


def choices(title: str, names: Iterable[str], present: str | None, choose: Callable[[str], None], key: str) -> None:
    """A row of buttons; `choose` is called with the name of the one that is clicked.

    Pills would not do: what marks them travels back with every message from the browser, and one that was sent while the mark
    was on its way would count as a click.
    """
    with st.container(key=key, horizontal=True, vertical_alignment="center", width="content"):
        st.html(f'<span class="choices">{title}</span>', width="content")
        for number, name in enumerate(names):
            look = "primary" if name == present else "secondary"
            st.button(name, key=f"{key}-{number}", type=look, on_click=choose, args=(name,))
