"""From what the person typed and chose to the view: model, trace, head and cell, each checked."""

from dataclasses import replace

import streamlit as st

from attention_core.matrices.words import Cell
from attention_core.weights.choice import MIXES, SPECIAL, Choice, Shown, show
from attention_core.weights.link_strength import strongest_link
from pages.shared import comparing, entry, inner, laboratory, link, overview, presenting
from pages.shared.examples import examples
from pages.shared.look import palette
from pages.shared.markup import note
from pages.shared.opening import View
from pages.shared.reading import open_model, read

_OWN = {
    "one_number": entry.fields,
    "all_heads": overview.fields,
    "compare": comparing.fields,
    "inside": inner.fields,
    "what_if": laboratory.fields,
    "lesson": presenting.fields,
}


def view(page: str, pickers, messages, mixes: bool, switches: bool) -> View:
    """Draw the pickers into their place and return the view; stops the run with one clear message where there is none."""
    colours = palette()
    model = open_model(messages)
    mixes = mixes and st.session_state["sides"] == "sentences"  # of two heads each is one
    choice, place = _choice(model.config, pickers, mixes, switches)
    own = _OWN[page](model) if page in _OWN else {}
    place |= own
    text = st.session_state["text"]
    trace = read(text, messages)
    if not trace:
        _publish(messages, text, **place)
        st.stop()
    stages, shown = trace.stages(choice.layer, choice.head), show(trace, choice)
    query, key = _pair(shown, len(trace.tokens))
    _publish(messages, trace.text, **place, query=query + 1, key=key + 1)
    if refused := link.refusals():
        note(messages, "The link does not fit: it asks for " + "; for ".join(refused) + ".")
    cell = Cell(trace, choice.layer, choice.head, query, key, stages)
    return View(model, trace, choice.layer, choice.head, query, key, stages, cell, choice, shown, colours, own)


def _publish(messages, text: str, **values) -> None:
    if not link.publish(text, **values):
        note(messages, "This text is too long for a link: a shared link will open on the first example instead.")


def _choice(config, place, mixes: bool, switches: bool) -> tuple[Choice, dict]:
    """What is chosen, counted from 0, and the same for the address. This is where the two ways of counting meet.

    A page that cannot show what is chosen leaves it in the address, for the pages that can.
    """
    opening = examples()[0]
    counts = {"layer": config.layers, "head": config.heads}
    numbers = {name: link.choice(name, count, min(getattr(opening, name), count)) for name, count in counts.items()}
    mix, special = link.option("show", MIXES), link.option("special", SPECIAL)
    words = link.option("words", ("pieces", "whole"))
    several = {f"{name}s": link.several(f"{name}s", count) for name, count in counts.items()}
    written = numbers | {"show": mix, "special": special, "words": words}
    if mix == "mean":
        written |= {name: chosen if len(chosen) < counts[name[:-1]] else "all" for name, chosen in several.items()}
    if not mixes:
        mix = "head"
    for name, count in counts.items():
        options = list(range(1, count + 1))
        if mix == "mean":
            place.segmented_control(f"{name.capitalize()}s", options, key=f"{name}s", selection_mode="multi", wrap=True)
        elif mix == "head" or name == "layer":
            title = name.capitalize() if mix == "head" else "Up to layer"
            numbers[name] = place.segmented_control(title, options, key=name, required=True, wrap=True)
    choice = Choice(numbers["layer"] - 1, numbers["head"] - 1, mix)
    if mix == "mean":
        choice = replace(choice, **{name: tuple(number - 1 for number in chosen) for name, chosen in several.items()})
    if switches:
        choice = replace(choice, special=special, whole_words=words == "whole")
    return choice, written


def _pair(shown: Shown, count: int) -> tuple[int, int]:
    """Query and key from 0: as chosen, else the strongest link, or that of the chosen query, among what is shown."""
    chosen = [link.choice(name, count, None) for name in ("query", "key")]
    query, key = (None if position is None else shown.units.at(position - 1) for position in chosen)
    if query is None or key is None:
        query, key = (shown.units.members[unit][0] for unit in strongest_link(shown.weights, shown.units.tokens, query))
        st.session_state["query"], st.session_state["key"] = query + 1, key + 1
        return query, key
    return chosen[0] - 1, chosen[1] - 1
