"""Inside the encoder: the stations of a sentence on its way, a word's walk through the layers, and what the end is for."""

import streamlit as st
from markupsafe import Markup

from attention_core.stations.figures import station_spec
from attention_core.stations.formulas import station_formula
from attention_core.stations.stations import Station, embedding, layer
from attention_core.stations.words import say_station, station_message
from attention_core.writing.text import labels
from pages.shared.base.assets import script, style
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html, section
from pages.shared.base.messages import offered_name, sent
from pages.shared.frame.view import View
from pages.shared.inside.fields import PARTS
from pages.shared.parts.cells import MarkedChart, listen

_component = st.components.v2.component("flow", html='<ol class="flow"></ol>', css=style("flow.css"), js=script("flow.js"))
# The stations of each part, row by row, and how wide each stands.
_ROWS = {
    "embedding": ((("words", "positions", "types"), (1, 1, 1)), (("embedded", "normed"), (1, 1))),
    "attention": ((("received", "concatenated", "mixed"), (1, 1, 1)), (("attention_sum", "attended"), (1, 1))),
    "feed-forward": ((("hidden",), (1,)), (("forward", "forward_sum", "output"), (1, 1, 1))),
}


def flow(view: View) -> None:
    """The whole way as one line of boxes with this sentence's shapes; those of the chosen part are marked."""
    config, T = view.model.config, len(view.trace.tokens)
    one, part = f"{T} × {config.d_model}", view.own["part"]
    number, L = view.layer + 1, config.layers
    before = f"{number - 1} layer{'s' if number > 2 else ''} before" if number > 1 else "first of all"
    left = L - number
    boxes = [
        _box("Words", f"{T} tokens"),
        _box("Embedding", f"word + place + type\n{one}", part, "embedding"),
        _box("LayerNorm", one, part, "embedding"),
        {
            "name": f"Layer {number} of {L}",
            "remark": f"{before}, {left or 'no'} more after: all built alike",
            "stops": [
                _box(f"{config.heads} heads", f"each {T} × {config.d_k}", part, "attention"),
                _box("Side by side", one, part, "attention"),
                _box("× W_O", one, part, "attention"),
                _box("Add & norm", "+ what came in", part, "attention"),
                _box("Feed-forward", f"{config.d_model} → {config.d_ff:,} → {config.d_model}", part, "feed-forward"),
                _box("Add & norm", "+ what came in", part, "feed-forward"),
            ],
        },
        _box(f"Layer {number + 1}" if left else "Final vectors", one),
        _box("Mean", f"one vector of {config.d_model}"),
    ]

    def look() -> None:
        """Look inside the part that a box belongs to."""
        if name := offered_name(sent("encoder-flow", "part"), PARTS):
            st.session_state["part"] = name

    name = "The way of the sentence through the encoder; the framed boxes open below"
    _component(data={"name": name, "stops": boxes}, key="encoder-flow", on_part_change=look)
    with st.container(key="part-bar", horizontal=True, vertical_alignment="bottom"):
        looks = {"required": True, "wrap": True}
        st.segmented_control("Look inside", list(PARTS), key="part", format_func=PARTS.get, **looks)
        _word_picker(view)
    listen(view, _pictures(view))


def stations(view: View) -> None:
    """Every station of the chosen part: sentence, formula, picture, and what it says of the chosen word."""
    part = view.own["part"]
    titles = {
        "embedding": ("Embedding: from words to vectors", "the same for all layers: it happens once"),
        "attention": (f"Attention in layer {view.layer + 1}", "words take from each other"),
        "feed-forward": (f"Feed-forward in layer {view.layer + 1}", "each word by itself, with the same learned network"),
    }
    section(*titles[part])
    found = embedding(view.model, view.trace) if part == "embedding" else layer(view.model, view.trace, view.layer)
    way = {station.name: station for station in found}
    for names, widths in _ROWS[part]:
        for name, place in zip(names, st.columns(widths, gap="medium"), strict=True):
            with place:
                _station(view, way, way[name])


def _box(title: str, text: str, present: str = "", opens: str = "") -> dict:
    """One stop of the flow, and the part of the page that it opens."""
    return {"title": title, "text": text, "part": opens, "chosen": bool(opens) and opens == present}


def _word_picker(view: View) -> None:
    names = labels(view.trace.tokens)
    positions = [place + 1 for place in view.shown.pieces.places]
    shown = {"format_func": lambda position: f"{position} · {names[position - 1]}", "width": 220}
    st.selectbox("Word to follow (or click a row)", positions, key="query", **shown)


def _pictures(view: View) -> list[MarkedChart]:
    """The charts that mark the chosen word, and take another: those whose rows are words."""
    members = [[position] for position in range(len(view.trace.tokens))]
    return [MarkedChart(f"chart-{name}", "q", members) for names, _ in _ROWS[view.own["part"]] for name in names]


def _station(view: View, way: dict[str, Station], station: Station) -> None:
    tex = station_formula(station, view.trace, view.model, view.layer + 1, view.palette)
    heading(station.symbol, station.role, station.title.replace("W_O", "W<sub>O</sub>"), station.sentence, tex)
    where = "" if view.own["part"] == "embedding" else f" of layer {view.layer + 1}"
    chart(
        station_spec(station, view.trace.tokens, view.palette, view.head, view.model.config.heads),
        key=f"chart-{station.name}",
        file=f"{station.name}{where.replace(' of layer ', '-layer')}",
        alt=f"{station.title}{where}. {station_message(station, view.trace)}",
    )
    said = say_station(station.name, way, view.model, view.trace, view.query, view.layer, view.head)
    st.html(Markup('<p class="says %s-edge">%s</p>') % (station.role, phrase_html(said)))
