"""The numbers behind pictures, as tables and as CSV."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st
from pandas import DataFrame

from attention_core.export import matrices as export
from pages.shared.base.downloads import download


class LazyTable(NamedTuple):
    """A table that is made when somebody wants to see it, and the name of its file."""

    file: str
    make: Callable[[], DataFrame]


def numbers(key: str, tables: dict[str, LazyTable], about: dict | None = None) -> None:
    """A button that opens one of the tables, by the name of its matrix, with all digits as CSV.

    `about` says in the file where its numbers come from.
    """
    title = f"Numbers of {', '.join(tables)}"
    with st.popover(title, icon=":material/table:", type="tertiary", key=f"numbers-{key}", on_change="rerun") as body:
        if not body.open:
            return
        name = next(iter(tables))
        if len(tables) > 1:
            name = st.segmented_control("Matrix", list(tables), key=f"numbers-of-{key}", default=name, required=True)
        frame = tables[name].make()
        st.dataframe(frame)
        file = f"{tables[name].file}.csv"
        download("All digits as CSV", lambda: export.csv(frame, about=about), file, "text/csv", key=f"csv-{key}")
