"""From what the person typed and chose to the view: model, trace, head and cell, each checked."""

from dataclasses import replace

import streamlit as st

from attention_core.matrices.words import Cell
from attention_core.weights.choice import MIXES, SPECIAL, Choice, Shown, show
from attention_core.weights.link_strength import strongest_link, telling_query
from pages.shared.base.look import palette
from pages.shared.base.markup import note
from pages.shared.frame import history
from pages.shared.frame.examples import examples
from pages.shared.frame.fields import choice, option, refusals, several
from pages.shared.frame.model_picker import choose_model, choose_part, own_model, part_sizes
from pages.shared.frame.sentence import read_sentence
from pages.shared.frame.view import Fields, NothingToShow, View


def read_view(fields: Fields | None, pickers, messages, mixes: bool, switches: bool, any_model: bool) -> View:
    """Draw the pickers into their place and return the view; raises NothingToShow, after one message, where there is none."""
    colours, state = palette(), st.session_state
    model = choose_model(pickers, messages) if any_model else own_model(messages)
    part = choose_part(model, pickers)
    mixes = mixes and state["sides"] == "sentences"  # of two heads each is one
    chosen, place = _choice(part_sizes(model, part), pickers, mixes, switches)
    place |= {name: state[name] for name in ("model", "target", "attending")}
    own = fields(model) if fields else {}
    place |= own
    text = st.session_state["text"]
    read = (state["model"], state["target"] if part else "") if any_model else ()
    trace = read_sentence(text, messages, *read)
    if not trace:
        _publish(messages, text, **place)
        raise NothingToShow
    trace = trace.at(*part) if part else trace
    stages, shown = trace.stages(chosen.layer, chosen.head), show(trace, chosen)
    query, key = _pair(shown, len(trace.rows), len(trace.columns))
    _publish(messages, trace.text, **place, query=query + 1, key=key + 1)
    if refused := refusals():
        note(messages, refused)
    cell = Cell(trace, chosen.layer, chosen.head, query, key, stages)
    return View(model, trace, chosen.layer, chosen.head, query, key, stages, cell, chosen, shown, colours, own)


def opening_place(config) -> dict[str, int]:
    """Layer and head from 1 as they are chosen, else those of the first example."""
    opening, counts = examples()[0], {"layer": config.layers, "head": config.heads}
    return {name: choice(name, count, min(getattr(opening, name), count)) for name, count in counts.items()}


def _publish(messages, text: str, **values) -> None:
    if not history.publish(text, **values):
        note(messages, "This text is too long for a link: a shared link will open on the first example instead.")


def _choice(config, place, mixes: bool, switches: bool) -> tuple[Choice, dict]:
    """What is chosen, counted from 0, and the same for the address. This is where the two ways of counting meet.

    A page that cannot show what is chosen leaves it in the address, for the pages that can.
    """
    counts = {"layer": config.layers, "head": config.heads}
    numbers = opening_place(config)
    mix, special = option("show", MIXES), option("special", SPECIAL)
    words = option("words", ("pieces", "whole"))
    chosen = {f"{name}s": several(f"{name}s", count) for name, count in counts.items()}
    written = numbers | {"show": mix, "special": special, "words": words}
    if mix == "mean":
        written |= {name: some if len(some) < counts[name[:-1]] else "all" for name, some in chosen.items()}
    if not mixes:
        mix = "head"
    for name, count in counts.items():
        options = list(range(1, count + 1))
        if mix == "mean":
            place.segmented_control(f"{name.capitalize()}s", options, key=f"{name}s", selection_mode="multi", wrap=True)
        elif mix == "head" or name == "layer":
            title = name.capitalize() if mix == "head" else "Up to layer"
            numbers[name] = place.segmented_control(title, options, key=name, required=True, wrap=True)
    found = Choice(numbers["layer"] - 1, numbers["head"] - 1, mix)
    if mix == "mean":
        found = replace(found, **{name: tuple(number - 1 for number in some) for name, some in chosen.items()})
    if switches:
        found = replace(found, special=special, whole_words=words == "whole")
    return found, written


def _pair(shown: Shown, rows: int, columns: int) -> tuple[int, int]:
    """Query and key from 0: as chosen, else the strongest link of the chosen query, of a pronoun, or of all that is shown."""
    sides = (("query", rows, shown.units), ("key", columns, shown.columns))
    chosen = [choice(name, count, None) for name, count, _ in sides]
    query, key = (
        None if position is None else units.at(position - 1) for position, (_, _, units) in zip(chosen, sides, strict=True)
    )
    if query is None or key is None:
        query = telling_query(shown.units.tokens) if query is None else query
        found = strongest_link(shown.weights, shown.units.tokens, query, shown.columns.tokens)
        query, key = (units.members[unit][0] for unit, (_, _, units) in zip(found, sides, strict=True))
        st.session_state["query"], st.session_state["key"] = query + 1, key + 1
        return query, key
    return chosen[0] - 1, chosen[1] - 1
