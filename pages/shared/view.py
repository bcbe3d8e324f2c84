"""From what the person typed and chose to the view: model, trace, head and cell, each checked."""

import streamlit as st

from attention_core import AttentionError, TextError
from attention_core.narration import Cell, strongest_link
from attention_core.tokens import visible
from pages.shared import cached, link
from pages.shared.examples import examples
from pages.shared.markup import colour, note, palette
from pages.shared.opening import View


def view(pickers, messages) -> View:
    """Draw the pickers into their place and return the view; stops the run with one clear message where there is none."""
    colours = palette()
    colour(colours)
    try:
        model = cached.model()
    except AttentionError as error:
        messages.error(str(error), icon=":material/build:")
        st.stop()
    layer, head = _pickers(model.config, pickers)
    place = {"layer": layer + 1, "head": head + 1}
    text = st.session_state["text"]
    try:
        trace, cut = cached.read(text)
        if all(token.is_special for token in trace.tokens):
            raise TextError("There is no word to read in this text. Type a sentence, or open one of the examples.")
    except AttentionError as error:
        note(messages, str(error))
        _publish(messages, text, **place)
        st.stop()
    if cut:
        note(messages, f"{cut} A link holds only the part that is read.")
    _tell_unknown(trace, messages)
    stages = trace.stages(layer, head)
    query, key = _pair(stages.weights, trace.tokens)
    _publish(messages, trace.text, **place, query=query + 1, key=key + 1)
    if refused := link.refusals():
        note(messages, "The link does not fit: it asks for " + "; for ".join(refused) + ".")
    cell = Cell(trace, layer, head, query, key, stages)
    return View(model, trace, layer, head, query, key, stages, cell, colours)


def _publish(messages, text: str, **numbers: int) -> None:
    if not link.publish(text, **numbers):
        note(messages, "This text is too long for a link: a shared link will open on the first example instead.")


def _pickers(config, place) -> tuple[int, int]:
    """Layer and head, chosen from 1 by people, returned from 0. This is where the two ways of counting meet."""
    opening = examples()[0]
    numbers = []
    for name, count in (("layer", config.layers), ("head", config.heads)):
        link.choice(name, count, min(getattr(opening, name), count))
        options = list(range(1, count + 1))
        numbers.append(place.segmented_control(name.capitalize(), options, key=name, required=True, wrap=True) - 1)
    return numbers[0], numbers[1]


def _pair(weights, tokens) -> tuple[int, int]:
    """Query and key from 0: as chosen, else the strongest link of this head, or of the chosen query."""
    query = link.choice("query", len(tokens), None)
    key = link.choice("key", len(tokens), None)
    if query is None or key is None:
        query, key = strongest_link(weights, tokens, None if query is None else query - 1)
        st.session_state["query"], st.session_state["key"] = query + 1, key + 1
        return query, key
    return query - 1, key - 1


def _tell_unknown(trace, messages) -> None:
    """Say which characters the model cannot tell apart because its vocabulary lacks them."""
    pieces = (trace.text[slice(*token.span)] for token in trace.tokens if token.text == "[UNK]")
    unknown = list(dict.fromkeys(visible(piece[:20]) for piece in pieces if piece != "[UNK]"))
    if unknown:
        named = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        note(messages, f"Not in the model’s vocabulary, so it reads [UNK] instead: {named}")
