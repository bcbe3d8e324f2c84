"""Plotly charts at the least cost to the server, which draws eight of them at every step of every student."""

from base64 import b64encode

import numpy as np
import streamlit as st
from plotly.basedatatypes import BaseFigure


class _Ready(BaseFigure):
    """A figure that is a finished dict: Streamlit would otherwise build, check and copy a Figure, which takes longer than
    everything that the model computes for the page."""

    def __init__(self, spec: dict):
        object.__setattr__(self, "_spec", spec)

    def to_dict(self) -> dict:
        return self._spec


def _binary(array: np.ndarray) -> dict:
    """A float32 array as Plotly takes it in binary."""
    return {"dtype": "f4", "bdata": b64encode(array.tobytes()).decode(), "shape": ", ".join(map(str, array.shape))}


def chart(spec: dict, key: str, file: str, alt: str, title: str = "") -> None:
    """Show a figure dict with its toolbar: pictures under the name `file`, zoom and full size.

    Saved pictures and the full size have a title, by default the first sentence of `alt`.
    """
    meta = {"meta": {"title": title or alt.split(". ")[0].rstrip(".")}}
    picture = {"filename": file, "format": "png", "scale": 3}
    unwanted = ["autoScale2d", "zoomIn2d", "zoomOut2d"]
    config = {"displaylogo": False, "toImageButtonOptions": picture, "modeBarButtonsToRemove": unwanted}
    traces = [trace | {"z": _binary(trace["z"])} if "z" in trace else trace for trace in spec["data"]]
    st.plotly_chart(
        _Ready(spec | {"data": traces, "layout": spec["layout"] | meta}), key=key, theme=None, config=config, alt=alt
    )
