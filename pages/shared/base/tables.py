"""The numbers behind pictures, as tables and as CSV."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st
from pandas import DataFrame
from pandas.io.formats.style import Styler

from attention_core.export import matrices as export
from pages.shared.base.downloads import download

_COLUMN, _NARROW_UP_TO = 68, 64  # pixels; columns
_WRITTEN_UP_TO = 60_000  # cells


def with_true_minus(frame: DataFrame) -> DataFrame | Styler:
    """The frame, whose numbers are written with four decimals and a true minus; very large ones are written by the browser."""
    if frame.size > _WRITTEN_UP_TO:
        return frame
    numbers = list(frame.select_dtypes("floating").columns)
    return frame.style.format({name: lambda value: f"{value:.4f}".replace("-", "−") for name in numbers})


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
        narrow = st.column_config.Column(width=_COLUMN)  # or a phone would show three of them
        config = dict.fromkeys(frame.columns, narrow) if len(frame.columns) <= _NARROW_UP_TO else None
        st.dataframe(with_true_minus(frame), column_config=config)
        file = f"{tables[name].file}.csv"
        download("All digits as CSV", lambda: export.csv(frame, about=about), file, "text/csv", key=f"csv-{key}")
