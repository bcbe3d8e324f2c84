"""One matrix as a picture that answers: drawn in the browser, marked, chosen from, saved as PNG and SVG."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import streamlit as st
from torch import Tensor

from attention_core.figures.scales import share_scale, signed_scale
from attention_core.matrices.names import matrix_of
from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.writing.numbers import significant
from attention_core.writing.text import labels
from pages.shared.base.assets import packed, script, style
from pages.shared.base.messages import fields, offered_name, sent, whole

_HTML = """<div class="matrix"><canvas class="cells" tabindex="0" role="application"></canvas><div class="below">
<p class="said"></p><span class="legend"><span class="low"></span><span class="scale"></span><span class="high"></span></span>
<span class="acts"><button type="button" class="png" title="Save as PNG">PNG</button><button type="button" class="svg"
title="Save as SVG">SVG</button><button type="button" class="full" aria-label="Full size" title="Full size">⤢</button></span>
</div></div>"""
_component = st.components.v2.component("matrix_picture", html=_HTML, css=style("matrix.css"), js=script("matrix.js"))


class AxisWords(NamedTuple):
    """What the rows, or the columns, of a picture stand for."""

    tokens: tuple[Token, ...]
    members: Sequence[Sequence[int]]  # the positions in the sentence that each stands for; none for a word that it lacks
    alone: Sequence[int] = ()  # which of them have no counterpart in what they are compared with


@dataclass(frozen=True, eq=False)
class Look:
    """How the numbers are shown."""

    title: str
    alt: str  # the message of the picture, in words
    file: str  # the name of saved pictures
    sentence: str  # above them
    symbol: str
    is_share: bool  # weights, from 0 to 1; else numbers on both sides of 0
    decimals: int
    top: float | None = None  # the weight from which on the last colour stands
    is_whole: bool = False  # the scale reaches every number, also outliers
    texts: Sequence[str] | None = None  # the numbers as they stand in the cells, row after row
    hides_zeros: bool = False  # cells without a digit but 0 stay empty
    numbers_columns: bool = False  # dimensions have their numbers above them
    tall: float = 1.0  # times the height of a small picture


def draw_matrix(
    key: str,
    name: str,
    values: Tensor,
    side: AxisWords,
    chosen: Mapping[str, int],
    palette: Palette,
    look: Look,
    choose: Callable[[], None],
) -> None:
    """Draw one of the MATRICES, (T, T) over a side's words or (T, d); `choose` is called when a cell is chosen in it.

    `chosen` has the positions of query and key, and the dimension, from 0.
    """
    matrix, array = matrix_of(name), np.ascontiguousarray(values.numpy(), dtype="<f4")
    scale = share_scale(array, look.top) if look.is_share else signed_scale(array, whole=look.is_whole)
    ends = ("0", f"{scale.high:g}") if look.is_share else (significant(scale.low), significant(scale.high))
    rows = {"names": labels(side.tokens), "members": side.members, "alone": side.alone}
    head = packed(
        {
            "name": name,
            "symbol": look.symbol,
            "title": look.title,
            "alt": look.alt,
            "sentence": look.sentence,
            "file": look.file,
            "colours": palette.share if look.is_share else palette.signed,
            "low": scale.low,
            "high": scale.high,
            "ends": [ends[0], " · ".join(filter(None, (ends[1], scale.remark)))],
            "decimals": look.decimals,
            "texts": look.texts,
            "blank": look.hides_zeros,
            "tall": look.tall,
            "rows": rows,
            "columns": rows if matrix.over_tokens else {"count": array.shape[1], "numbered": look.numbers_columns},
            "marks": {"row": matrix.framed if not matrix.over_tokens else ("query",)},
            "chosen": dict(chosen),
        }
    )
    head += b" " * (-len(head) % 4)  # the numbers begin where floats may
    _component(data=len(head).to_bytes(4, "little") + head + array.tobytes(), key=key, on_cell_change=choose)


class Picked(NamedTuple):
    """What somebody chose in a picture, as far as it was offered; positions and dimension from 0."""

    query: int | None
    key: int | None
    dimension: int | None
    name: str | None
    opens: bool  # whether its arithmetic is asked for


def picked(key: str, positions: int, dimensions: int, names: Sequence[str]) -> Picked:
    """What the picture of that key has sent."""
    said = fields(sent(key, "cell"))
    query, asked = (whole(said.get(name), positions) for name in ("query", "key"))
    dimension = whole(said.get("dimension"), dimensions)
    return Picked(query, asked, dimension, offered_name(said.get("name"), names), said.get("open") is True)
