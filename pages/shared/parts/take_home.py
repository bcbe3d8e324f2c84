"""Take it home: the view as one HTML file, all numbers of a head or of all heads, and the Python that makes them again."""

import tempfile
from collections.abc import Callable
from typing import BinaryIO

import streamlit as st

from attention_core.export import matrices as export
from attention_core.export.snippet import choice_snippet
from pages.shared.frame.view import View
from pages.shared.parts.provenance import file_name

_IN_MEMORY_UP_TO = 256  # tokens; Streamlit keeps a download in memory, and all heads of 512 tokens take 250 MB


def take_home(view: View) -> None:
    """A button that offers all files and the Python, which are made only when somebody asks for them; and who made them."""
    model, trace = view.model, view.trace
    with st.popover("Take it home", icon=":material/download:", key="take-home", on_change="rerun") as body:
        if body.open:
            _offer_files(view)
            st.markdown("**Python**: these lines make this picture again, in a notebook beside the app’s folder.")
            st.code(choice_snippet(trace.text, view.choice), language="python", wrap_lines=True)
    st.caption(
        f"{model.name} · {model.config.layers} layers × {model.config.heads} heads · "
        f"d_model {model.config.d_model} · d_k {model.config.d_k} · weights SHA-256 {model.sha256[:12]}…"
    )


def _offer_files(view: View) -> None:
    model, trace = view.model, view.trace
    name = file_name(view)
    every = "attention-all-heads"
    files = {
        "This view as one HTML file": (f"{name}.html", "text/html", lambda: _page(view)),
        "All stages of this head as .npz": (
            f"{name}.npz",
            "application/octet-stream",
            lambda: export.npz(model, trace, view.layer, view.head),
        ),
        "All layers and heads as .npz": (f"{every}.npz", "application/octet-stream", _written(export.write_npz, view)),
        "All layers and heads as .parquet": (
            f"{every}.parquet",
            "application/vnd.apache.parquet",
            _written(export.write_parquet, view),
        ),
    }
    if not view.is_head:  # a mean of heads has no stages
        del files["All stages of this head as .npz"]
    if len(trace.tokens) > _IN_MEMORY_UP_TO:
        files = {label: file for label, file in files.items() if not label.startswith("All layers")}
        st.caption("All layers and heads of so long a text come from the command line: `python -m attention_core --help`.")
    for label, (file, kind, make) in files.items():
        st.download_button(label, make, file, kind, on_click="ignore", type="tertiary", icon=":material/download:")


def _page(view: View) -> bytes:
    from attention_core.export.report import report  # Plotly's own script is read only for those who want the file

    return report(view.model, view.trace, view.choice, view.query, view.key, view.palette).encode()


def _written(write: Callable, view: View) -> Callable[[], BinaryIO]:
    """A file made on the disk: of 512 tokens it may have hundreds of megabytes."""

    def make() -> BinaryIO:
        file = tempfile.TemporaryFile()  # noqa: SIM115  it is read after this has returned
        write(file, view.model, view.trace)
        file.seek(0)
        return file

    return make
