"""All heads at once: one tile a head, by layer and head or best first."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from zlib import crc32

import streamlit as st

from attention_core.model.tokens import Token
from attention_core.palette import Palette
from attention_core.weights.overview import StrongestLinks, Tiles
from attention_core.writing.numbers import percent
from attention_core.writing.text import labels
from pages.shared.base.assets import script, style
from pages.shared.base.messages import sent, whole

_HTML = '<div class="overview"><div class="tiles" role="group"></div><div class="lens"></div></div>'
_component = st.components.v2.component("grid", html=_HTML, css=style("grid.css"), js=script("grid.js"))
_carrier = st.components.v2.component("grid_sentence", html="<span></span>", js=script("grid.js"))


def grid(
    tiles: Tiles,
    links: StrongestLinks,
    tokens: tuple[Token, ...],
    palette: Palette,
    choose: Callable[[int, int], None],
    chosen: tuple[int, int] | None = None,
    ranking: Sequence[tuple[int, int, str]] | None = None,
    top: float = 1.0,
    places: Sequence[int] | None = None,
    key: str = "head-grid",
    columns: tuple[Token, ...] | None = None,
) -> None:
    """Show all heads, or those of a ranking of (layer, head, caption), best first; layers and heads count from 0.

    A click, or Enter, calls `choose` with layer and head before the page runs again. Weights from `top` on are drawn in the
    last colour, and the legend says so. `places` are the tokens' positions where they are not all of the sentence's; `columns`
    are the tokens that are asked, where they are others than those that ask.
    What belongs to the sentence travels by itself: the browser keeps it while another head is chosen or the order changes.
    """
    L, H = tiles.pixels.shape[:2]
    sentence, mark = _sentence(tiles, links, tokens, places or range(len(tokens)), key, columns)
    name = f"The weights of {L} layers with {H} heads each, one picture a head."
    data = {
        "key": key,
        "mark": mark,
        "ranking": [[layer * H + head, caption] for layer, head, caption in ranking] if ranking is not None else None,
        "chosen": chosen[0] * H + chosen[1] if chosen else None,
        "colours": palette.share,
        "top": top,
        "name": f"{name} The arrow keys go from head to head, Enter chooses.",
    }

    def clicked() -> None:
        head = whole(sent(key, "head"), L * H)
        if head is not None:
            choose(*divmod(head, H))

    with st.container(gap=None):
        _component(data=data, key=key, on_head_change=clicked)
        _carrier(data=sentence, key=f"{key}-sentence")


def _sentence(
    tiles: Tiles,
    links: StrongestLinks,
    tokens: tuple[Token, ...],
    places: Sequence[int],
    key: str,
    columns: tuple[Token, ...] | None,
) -> tuple[bytes, int]:
    """What the browser needs of a sentence as bytes, and a number that changes with it.

    Four bytes of length, so much JSON, then the pixels.
    """
    L, H, side, _ = tiles.pixels.shape
    at = zip(*(each.flatten().tolist() for each in (links.query, links.key, links.weight)), strict=True)
    facts = {
        "layers": L,
        "heads": H,
        "side": side,
        "block": tiles.block,
        "names": labels(tokens),
        "words": _with_places(tokens, places),
        "links": [(query, asked, percent(weight)) for query, asked, weight in at],
    }
    if columns is not None:
        facts |= {"column_names": labels(columns), "asked": _with_places(columns, range(len(columns)))}
    pixels = tiles.pixels.numpy().tobytes()
    mark = crc32(pixels, crc32(json.dumps(facts).encode()))
    head = json.dumps(facts | {"key": key, "mark": mark}).encode()
    return len(head).to_bytes(4, "little") + head + pixels, mark


def _with_places(tokens: tuple[Token, ...], places: Sequence[int]) -> list[str]:
    """The words as everywhere, with the place where one is repeated."""
    count = Counter(token.text for token in tokens)
    return [
        f"{place + 1} · {name}" if count[token.text] > 1 else name
        for place, name, token in zip(places, labels(tokens), tokens, strict=True)
    ]
