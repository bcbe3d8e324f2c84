"""Inside the encoder: the stations of a sentence on its way, a word's walk through the layers, and what the end is for."""

from html import escape

import streamlit as st

from attention_core import AttentionError, Trace, TracedModel
from attention_core.stations.figures import journey_spec, likeness_spec, station_spec
from attention_core.stations.formulas import formula
from attention_core.stations.stations import Station, embedding, layer
from attention_core.stations.vectors import journey, nearest_words, similarities
from attention_core.stations.words import message, say, say_journey, say_likeness
from attention_core.writing.phrases import named, plain
from attention_core.writing.text import label, labels, visible
from pages.shared import cached, link
from pages.shared.cell import Picture, listen
from pages.shared.charts import chart
from pages.shared.markup import bars, heading, note, phrase_html, section
from pages.shared.opening import View

PARTS = {"embedding": "Embedding", "attention": "Attention", "feed-forward": "Feed-forward"}
# The stations of each part, row by row, and how wide each stands.
_ROWS = {
    "embedding": ((("words", "positions", "types"), (1, 1, 1)), (("embedded", "normed"), (1, 1))),
    "attention": ((("received", "concatenated", "mixed"), (1, 1, 1)), (("attention_sum", "attended"), (1, 1))),
    "feed-forward": ((("hidden",), (1,)), (("forward", "forward_sum", "output"), (1, 1, 1))),
}
_OTHERS = ("second", "third", "fourth")  # further sentences
_LONGEST = 500  # characters of a further sentence; it travels in the address
_NEAREST = 6  # words that are ranked


def fields(model: TracedModel) -> dict[str, str | int]:
    """What the page lets people choose, as the address says it."""
    own = {
        "part": link.option("part", list(PARTS)),
        "after": link.option("after", [str(count) for count in range(model.config.layers + 1)]),
    }
    state = st.session_state
    for name in _OTHERS:
        if not isinstance(state.get(name), str) or len(state[name]) > _LONGEST:
            link.refuse(f"a {name} sentence of more than {_LONGEST} characters: another is shown")
            state[name] = link.DEFAULTS[name]
        own[name] = state[name]
    return own


def flow(view: View) -> None:
    """The whole way as one line of boxes with this sentence's shapes; those of the chosen part are marked."""
    config, T = view.model.config, len(view.trace.tokens)
    one, part = f"{T} × {config.d_model}", view.own["part"]
    number, L = view.layer + 1, config.layers
    before = f"{number - 1} layer{'s' if number > 2 else ''} before" if number > 1 else "first of all"
    left = L - number
    boxes = [
        _box("Words", f"{T} tokens"),
        _box("Embedding", f"word + place + type<br>{one}", part == "embedding"),
        _box("LayerNorm", one, part == "embedding"),
        f'<li class="block"><b class="name">Layer {number} of {L}<small>{before}, {left or "no"} more after: '
        f"all built alike</small></b><ol>"
        + _box(f"{config.heads} heads", f"each {T} × {config.d_k}", part == "attention")
        + _box("Side by side", one, part == "attention")
        + _box("× W<sub>O</sub>", one, part == "attention")
        + _box("Add &amp; norm", "+ what came in", part == "attention")
        + _box("Feed-forward", f"{config.d_model} → {config.d_ff:,} → {config.d_model}", part == "feed-forward")
        + _box("Add &amp; norm", "+ what came in", part == "feed-forward")
        + "</ol></li>",
        _box(f"Layer {number + 1}" if left else "Final vectors", one),
        _box("Mean", f"one vector of {config.d_model}"),
    ]
    st.html(f'<ol class="flow" aria-label="The way of the sentence through the encoder">{"".join(boxes)}</ol>')
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


def walk(view: View) -> None:
    """The chosen word's vector through the layers: how alike to its own start, and to the other words."""
    section("One word’s way through all layers", "cosine: 1 is the same direction, 0 is nothing in common")
    word = labels(view.trace.tokens)[view.query]
    options = [str(count) for count in range(view.model.config.layers + 1)]
    with st.container(key="walk-bar", horizontal=True, vertical_alignment="bottom"):
        st.select_slider("After so many layers", options, key="after", width=420)
    layers = int(view.own["after"])
    way = journey(view.trace, view.query)
    names = [named(view.trace.tokens, place, "key").text for place in range(len(view.trace.tokens))]
    says = say_journey(way, view.trace, view.query, layers)
    st.html(f'<p class="answer">{phrase_html(says)}</p>')
    lines, nearest = st.columns([2, 1], gap="medium")
    with lines:
        last = way.to_start[-1].item()
        chart(
            journey_spec(way, view.trace.tokens, view.query, layers, names, view.palette),
            key="chart-journey",
            file=f"journey-{view.query + 1}",
            alt=f"Cosine similarity of {word} to its own start and to the other words, layer by layer: "
            f"to its own start it goes from 1 to {last:.2f}.",
        )
    with nearest:
        ranked = nearest_words(way, view.query, layers)[:_NEAREST]
        found = [(escape(names[other]), way.to_words[layers, other].item()) for other in ranked]
        bars(f"Most alike after {layers}", [(name, value, f"{value:.2f}".replace("-", "−")) for name, value in found], "cosine")


def likeness(view: View) -> None:
    """What the final vectors are for: the mean of each sentence's vectors, and how alike sentences are."""
    section("What it is for: sentences of like meaning", "the mean of the final vectors, made of length 1")
    inputs, picture = st.columns([1, 1], gap="large")
    with inputs:
        st.html(
            '<p class="look-for">This model was trained so that sentences that mean the same point the same way: the final '
            "vectors of all tokens are averaged to one, and two sentences compared by the cosine between theirs "
            "(Reimers &amp; Gurevych 2019). A is your sentence above; type others to compare:</p>"
        )
        for name, letter in zip(_OTHERS, "BCD", strict=True):
            st.text_input(f"Sentence {letter}", key=name, max_chars=_LONGEST)
        problems = st.container()
    traces = {"A": view.trace}
    for name, letter in zip(_OTHERS, "BCD", strict=True):
        if found := _read(view.own[name], letter, problems):
            traces[letter] = found
    if len(traces) == 1:
        note(problems, "Type at least one more sentence to compare.")
        return
    alike = similarities(list(traces.values()))
    says = say_likeness(alike, list(traces))
    texts = [visible(trace.text).replace("␣", " ") for trace in traces.values()]
    with picture:
        chart(
            likeness_spec(alike, list(traces), texts, view.palette),
            key="chart-likeness",
            file="likeness",
            alt=f"Cosine similarities of {len(traces)} sentences. {plain(says)}",
        )
        st.html(f'<p class="says input-edge">{phrase_html(says)}</p>')


def _box(title: str, text: str, chosen: bool = False) -> str:
    """One stop of the flow; both texts are the page's own HTML."""
    return f'<li class="stop{" chosen" if chosen else ""}"><b>{title}</b><small>{text}</small></li>'


def _word_picker(view: View) -> None:
    names = labels(view.trace.tokens)
    positions = [members[0] + 1 for members in view.shown.pieces.members]
    shown = {"format_func": lambda position: f"{position} · {names[position - 1]}", "width": 220}
    st.selectbox("Word to follow (or click a row)", positions, key="query", **shown)


def _pictures(view: View) -> list[Picture]:
    """The charts that mark the chosen word, and take another: those whose rows are words."""
    members = [[position] for position in range(len(view.trace.tokens))]
    return [Picture(f"chart-{name}", "q", members) for names, _ in _ROWS[view.own["part"]] for name in names]


def _station(view: View, way: dict[str, Station], station: Station) -> None:
    tex = formula(station, view.trace, view.model, view.layer + 1, view.palette)
    heading(station.badge, station.role, station.title.replace("W_O", "W<sub>O</sub>"), station.sentence, tex)
    where = "" if view.own["part"] == "embedding" else f" of layer {view.layer + 1}"
    chart(
        station_spec(station, view.trace.tokens, view.palette, view.head, view.model.config.heads),
        key=f"chart-{station.name}",
        file=f"{station.name}{where.replace(' of layer ', '-layer')}",
        alt=f"{station.title}{where}. {message(station, view.trace)}",
    )
    said = say(station.name, way, view.model, view.trace, view.query, view.layer, view.head)
    st.html(f'<p class="says {station.role}-edge">{phrase_html(said)}</p>')


def _read(text: str, letter: str, problems) -> Trace | None:
    """The trace of a further sentence; None for an empty one, or with a message for one that cannot be read."""
    if not text.strip():
        return None
    try:
        trace, cut = cached.read(text)
    except AttentionError as error:
        note(problems, f"Sentence {letter}: {error}")
        return None
    if all(token.is_special for token in trace.tokens):
        note(problems, f"Sentence {letter} holds no word to read: {label(trace.tokens[0])}.")
        return None
    if cut:
        note(problems, f"Sentence {letter}: {cut}")
    return trace
