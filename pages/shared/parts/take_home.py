"""Take it home: the view as one HTML file, all numbers of a head or of all heads, and the Python that makes them again."""

from collections.abc import Callable
from functools import partial
from io import RawIOBase

import streamlit as st

from attention_core.export import matrices as export
from attention_core.export.snippet import choice_snippet
from pages.shared.base.downloads import File, offer_files, offering, on_disk
from pages.shared.frame.view import View
from pages.shared.parts.provenance import file_name

_IN_MEMORY_UP_TO = 256  # tokens; Streamlit keeps a download in memory, and all heads of 512 tokens take 250 MB


def take_home(view: View) -> None:
    """A button that offers all files and the Python, which are made only when somebody asks for them; and who made them."""
    model = view.model
    offering("Take it home", "take-home", lambda: _offer(view))
    st.caption(
        f"{model.name} · {model.config.layers} layers × {model.config.heads} heads · "
        f"d_model {model.config.d_model} · d_k {model.config.d_k} · weights SHA-256 {model.sha256[:12]}…"
    )


def _offer(view: View) -> None:
    if len(view.trace.tokens) > _IN_MEMORY_UP_TO:
        st.caption("All layers and heads of so long a text come from the command line: `python -m attention_core --help`.")
    offer_files(_files(view))
    st.markdown("**Python**: these lines make this picture again, in a notebook beside the app’s folder.")
    st.code(choice_snippet(view.trace.text, view.choice), language="python", wrap_lines=True)


def _files(view: View) -> list[File]:
    model, trace, name = view.model, view.trace, file_name(view)
    files = [_file("This view as one HTML file", f"{name}.html", "text/html", lambda: _page(view))]
    if view.is_head:  # a mean of heads has no stages
        make = partial(export.npz, model, trace, view.layer, view.head)
        files.append(_file("All stages of this head as .npz", f"{name}.npz", "application/octet-stream", make))
    if len(trace.tokens) <= _IN_MEMORY_UP_TO:
        kinds = {
            "npz": ("application/octet-stream", export.write_npz),
            "parquet": ("application/vnd.apache.parquet", export.write_parquet),
        }
        for ending, (kind, write) in kinds.items():
            label, file = f"All layers and heads as .{ending}", f"attention-all-heads.{ending}"
            files.append(_file(label, file, kind, _written(write, view)))
    return files


def _file(label: str, name: str, kind: str, make: Callable[[], bytes | RawIOBase]) -> File:
    return File(label, name, kind, make, f"take-home-{name}")


def _page(view: View) -> bytes:
    from attention_core.export.report import report  # Plotly's own script is read only for those who want the file

    return report(view.model, view.trace, view.choice, view.query, view.key, view.palette, view.beyond).encode()


def _written(write: Callable, view: View) -> Callable[[], RawIOBase]:
    return lambda: on_disk(lambda file: write(file, view.model, view.trace))
