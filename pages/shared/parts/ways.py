"""The ways from one number to those that it is made of, and back up: buttons in the sum, and a path above it."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from markupsafe import Markup

from attention_core.matrices.words import Cell
from pages.shared.base.assets import packed, script
from pages.shared.base.markup import phrase_html
from pages.shared.base.messages import sent, whole

_KEY = "number-ways"
_component = st.components.v2.component("opens", html="<span></span>", js=script("opens.js"))
_PATH = ("z", "weights", "scaled", "scores", "q", "k", "v", "x", "source")
_SIGNS = {"z": "z", "weights": "a", "scaled": "ŝ", "scores": "s", "q": "q", "k": "k", "v": "v", "x": "x", "source": "E"}
_BY_DIMENSION = ("q", "k", "v", "z")


class Way(NamedTuple):
    """A number that can be opened: its matrix, and its key word or dimension where it is another one; all count from 0."""

    stage: str
    key: int | None = None
    dimension: int | None = None


class Ways:
    """All ways that a page offers; what comes back is the number of one of them.

    `stage`, `key` and `dimension` are the names under which the page's address has what a way opens.
    """

    def __init__(self, stage: str = "stage", key: str = "key", dimension: str = "dimension"):
        self._offered: list[Way] = []
        self._fields = Way(stage, key, dimension)

    def button(self, way: Way, text: str | Markup, name: str) -> Markup:
        """A button that opens a number."""
        if way not in self._offered:
            self._offered.append(way)
        html = Markup('<button type="button" class="way" data-opens="%d" aria-label="%s" title="%s">%s</button>')
        return html % (self._offered.index(way), f"{name} {text}", name, text)

    def listen(self) -> None:
        """Let the buttons answer."""
        offered = tuple(self._offered)
        _component(data=packed({"within": "number-sum"}), key=_KEY, on_opened_change=lambda: _open(offered, self._fields))


def _open(offered: tuple[Way, ...], fields: Way) -> None:
    at = whole(sent(_KEY, "opened"), len(offered))
    if at is None:
        return
    way, state = offered[at], st.session_state
    state[fields.stage] = way.stage
    if way.key is not None:
        state[fields.key] = way.key + 1
    if way.dimension is not None:
        state[fields.dimension] = way.dimension + 1


def path_html(cell: Cell, ways: Ways, stage: str, dimension: int, is_crossing: bool = False) -> Markup:
    """The way of every number from z back to x, for the chosen words; where one is, is marked."""
    steps = []
    for name in _PATH:
        words = {"z": (cell.asking,), "q": (cell.asking,), "k": (cell.asked,), "v": (cell.asked,), "x": (), "source": ()}
        of = words.get(name, (cell.asking, " · ", cell.asked))
        text = Markup("%s") % _SIGNS[name]
        if of:
            text += Markup("(%s)") % phrase_html(of)
        if name in _BY_DIMENSION:
            text += Markup("<small>%d</small>") % (dimension + 1)
        if name == stage:
            steps.append(Markup('<b aria-current="step">%s</b>') % text)
        else:
            steps.append(ways.button(Way(name), text, f"Open {name}:"))
    z, a, scaled, scores, q, k, v, x, source = steps
    first = Markup("%s, %s") % (x, source) if is_crossing else x
    row = Markup(" ← ").join([z, a, scaled, scores, Markup("%s, %s") % (q, k), first])
    beside = "E" if is_crossing else "x"
    html = Markup('<nav class="path" aria-label="What it is made of">%s<span class="beside">z ← %s ← %s</span></nav>')
    return html % (row, v, beside)
