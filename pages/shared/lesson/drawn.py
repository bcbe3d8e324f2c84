"""A lesson's pictures on the screen: heatmaps and moving bars as components, all else as HTML."""

from base64 import b64encode
from functools import singledispatch
from itertools import accumulate, pairwise

import numpy as np
import streamlit as st
from markupsafe import Markup
from torch import Tensor

from attention_core.figures.scales import SHARES, Scale
from attention_core.lesson.parts import Bars, Heat, Picture, Quotes, Stack, Words, describe
from attention_core.model.trace import Trace
from attention_core.palette import Palette
from attention_core.writing.numbers import significant
from attention_core.writing.phrases import plain
from attention_core.writing.text import cut, labels
from pages.shared.base.assets import packed, script, style
from pages.shared.lesson.spelled import spelled_html

_ROWS, _COLUMNS = 13, 16  # names beside and below a picture; more would be too small
_SHORT, _LONG = 24, Markup(' class="long"')  # characters of a name that stays on one line
_NAME, _FEW = 12, 8  # characters of a name, and rows of which each may have more
_LONGEST = 125  # the width of the words that fit, in letters’ heights
_heats = st.components.v2.component(
    "lesson_heats", html='<div class="heats" role="img"></div>', css=style("lesson_heats.css"), js=script("lesson_heats.js")
)
_bars = st.components.v2.component(
    "lesson_bars", html='<div class="bars"></div>', js=script("lesson_bars.js"), isolate_styles=False
)


def draw_picture(drawn: Picture, trace: Trace, palette: Palette) -> None:
    """Draw a picture of a card."""
    if all(isinstance(part, Heat) for part in drawn):
        panels = [_panel(part, palette) for part in drawn]
        for before, panel in pairwise(panels):
            names, others = ([name for _, name, _ in one["rows"]] for one in (panel, before))
            panel["ownRows"] = bool(others) and names != others
        _heats(data={"panels": panels, "name": describe(drawn)}, key="lesson-heats")
    elif isinstance(drawn[0], Bars) and drawn[0].moves:
        _moving(drawn[0])
    else:
        pictures = Markup("").join(_picture(part, trace) for part in drawn)
        st.html(Markup('<div class="drawn">%s</div>') % pictures)


def words_that_fit(trace: Trace) -> int:
    """How many of the first words have room on a card."""
    ends = accumulate(0.6 * len(name) + 1.4 for name in labels(trace.tokens))
    return sum(end <= _LONGEST for end in ends)


def _moving(bars: Bars) -> None:
    data = {
        "table": str(_picture(bars, None)),
        "moves": [{"said": said, "lines": [[round(size, 4), text] for size, text in lines]} for said, lines in bars.moves],
    }
    _bars(data=packed(data), key="lesson-bars")


@singledispatch
def _picture(part, trace: Trace) -> Markup:
    raise TypeError(f"There is no way to draw a {type(part).__name__} here.")


@_picture.register
def _(part: Words, trace: Trace) -> Markup:
    names, count = labels(trace.tokens), words_that_fit(trace)
    words = Markup("").join(
        Markup('<span class="%s">%s</span>') % ("special" if token.is_special else "word", name)
        for token, name in zip(trace.tokens[:count], names, strict=False)
    )
    more = Markup(f"<em>and {len(names) - count:,} more</em>") if count < len(names) else ""
    return Markup('<p class="words">%s%s</p>') % (words, more)


@_picture.register
def _(part: Quotes, trace: Trace) -> Markup:
    return Markup('<div class="quotes">%s</div>') % Markup("").join(
        Markup("<p>“%s”</p>") % spelled_html(line) for line in part.lines
    )


@_picture.register
def _(part: Bars, trace: Trace) -> Markup:
    row = Markup('<tr><td%s>%s</td><td class="bar"><span style="width:%.1f%%"></span></td><td>%s</td></tr>')
    rows = Markup("").join(
        row % (_LONG if len(plain(name)) > _SHORT else "", spelled_html(name), 100 * min(max(size, 0), 1), text)
        for name, size, text in part.lines
    )
    html = Markup('<table class="shares %s-bars"><caption>%s</caption>%s</table>')
    return html % (part.role, spelled_html(part.title), rows)


@_picture.register
def _(part: Stack, trace: Trace) -> Markup:
    # From below, as in the paper's figure.
    box = Markup("<li><b>%s</b> <small>%s</small></li>")
    after, inside, before = (
        Markup("").join(box % (spelled_html((title,)), shape) for title, shape in reversed(boxes))
        for boxes in (part.after, part.repeated, part.before)
    )
    layer = Markup('<li class="layer"><b>× %s</b><ol>%s</ol></li>') % (part.times, inside)
    return Markup('<ol class="stack">%s%s%s</ol>') % (after, layer, before)


def _panel(heat: Heat, palette: Palette) -> dict:
    """A heatmap as the browser draws it: one byte a cell, from the low end of its scale to the high one."""
    low, high = heat.scale.low, heat.scale.high
    shares = heat.scale is SHARES
    legend = ("0", "1") if shares else (significant(low), significant(high))
    longest = 20 if len(heat.rows) <= _FEW else _NAME
    return {
        "title": [part if isinstance(part, str) else [part.text, part.role] for part in heat.title],
        "height": heat.values.size(0),
        "width": heat.values.size(1),
        "hidden": b64encode(heat.values.isneginf().numpy().tobytes()).decode() if heat.values.isneginf().any() else "",
        "cells": _bytes(heat.values, heat.scale, 0.45 if heat.is_mask else 1),
        "colours": palette.share if shares else palette.signed,
        "legend": None if heat.is_mask else [*legend, heat.scale.remark],
        "rows": _names(heat.rows, heat.row, _ROWS, longest),
        "columns": _names(heat.columns, heat.column, _COLUMNS, _NAME),
        "row": heat.row,
        "column": heat.column,
        "role": "key" if heat.of_key else "query",
        "numbers": heat.numbers,
        "blocks": heat.blocks,
        "block": heat.block,
        "titles": [heat.row_title, heat.column_title],
        "moves": [{"cells": _bytes(move.values, heat.scale, 1), "said": move.said} for move in heat.moves],
    }


def _bytes(values: Tensor, scale: Scale, part: float) -> str:
    """One byte a cell, from the low end of the scale to `part` of the way to the high one."""
    cells = np.clip((values.numpy() - scale.low) / (scale.high - scale.low), 0, 1) * part
    return b64encode((255 * cells).round().astype(np.uint8).tobytes()).decode()


def _names(names, chosen: int | None, most: int, longest: int) -> list[tuple[float, str, bool]]:
    """Where a name stands, from 0 to 1, the name, and whether it is the chosen one's; of many only some."""
    step = -(-len(names) // most) if names else 1
    shown = set(range(0, len(names), step))
    if chosen is not None and step > 1:
        shown = {place for place in shown if abs(place - chosen) >= step} | {chosen}
    return [
        ((place + 0.5) / len(names), cut(names[place], longest), place == chosen)
        for place in sorted(shown)
        if place < len(names)
    ]
