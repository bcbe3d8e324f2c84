"""A word's walk through the layers, and what the final vectors are for."""

import streamlit as st
from markupsafe import Markup

from attention_core.errors import AttentionError
from attention_core.model.trace import Trace
from attention_core.stations.figures import journey_spec, likeness_spec
from attention_core.stations.vectors import journey, nearest_words, similarities
from attention_core.stations.words import say_journey, say_likeness
from attention_core.writing.phrases import named, plain
from attention_core.writing.text import label, labels, visible
from pages.shared.base.charts import chart
from pages.shared.base.markup import note, phrase_html, ranked_bars, section
from pages.shared.frame import server
from pages.shared.frame.view import View
from pages.shared.inside.fields import LONGEST_SENTENCE, OTHERS

_NEAREST = 6  # words that are ranked


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
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(says))
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
        found = [(names[other], way.to_words[layers, other].item()) for other in ranked]
        ranked_bars(
            f"Most alike after {layers}", [(name, value, f"{value:.2f}".replace("-", "−")) for name, value in found], "cosine"
        )


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
        for name, letter in zip(OTHERS, "BCD", strict=True):
            st.text_input(f"Sentence {letter}", key=name, max_chars=LONGEST_SENTENCE)
        problems = st.container()
    traces = {"A": view.trace}
    for name, letter in zip(OTHERS, "BCD", strict=True):
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
        st.html(Markup('<p class="says input-edge">%s</p>') % phrase_html(says))


def _read(text: str, letter: str, problems) -> Trace | None:
    """The trace of a further sentence; None for an empty one, or with a message for one that cannot be read."""
    if not text.strip():
        return None
    try:
        trace, cut = server.trace_of(text)
    except AttentionError as error:
        note(problems, f"Sentence {letter}: {error}")
        return None
    if all(token.is_special for token in trace.tokens):
        note(problems, f"Sentence {letter} holds no word to read: {label(trace.tokens[0])}.")
        return None
    if cut:
        note(problems, f"Sentence {letter}: {cut}")
    return trace
