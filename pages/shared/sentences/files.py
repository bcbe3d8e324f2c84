"""Tables of a whole list as files, with what their numbers mean."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from attention_core.survey.tables import to_csv, to_parquet
from pages.shared.base.downloads import File, offer_files, offering

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {"CSV": (to_csv, "text/csv"), "Parquet": (to_parquet, "application/vnd.apache.parquet")}


def offer_table(
    title: str, name: str, label: str, file: str, about: Callable[[], dict], make: Callable[[], "pa.Table"], hint: str
) -> None:
    """A button `title` that offers one table as CSV and as Parquet; `label` begins the name of each button.

    `about` says where the numbers come from, `hint` (Markdown) how the command line makes more of them. `name` tells the keys
    of these buttons from those of others.
    """

    def fill() -> None:
        origin = about()
        offer_files(
            File(f"{label}{kind}", f"{file}.{kind.lower()}", media, partial(_written, write, make, origin), f"{name}-{kind}")
            for kind, (write, media) in _KINDS.items()
        )
        st.caption(hint)

    offering(title, f"{name}-files", fill, type="tertiary")


def _written(write: Callable, make: Callable[[], "pa.Table"], about: dict) -> bytes:
    return write(make(), about)
