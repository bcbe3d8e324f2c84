"""From what the person typed and chose to the view: model, trace, head and cell, each checked."""

from html import escape

import streamlit as st

from attention_core import AttentionError
from attention_core.narration import Cell, strongest_link
from attention_core.tokens import visible
from pages.shared import cached, link
from pages.shared.examples import examples
from pages.shared.markup import colour, palette
from pages.shared.opening import View


def view(for_layer, for_head, messages) -> View:
    """Draw the pickers into their places and return the view; stops the run with one clear message where there is none."""
    colours = palette()
    colour(colours)
    try:
        model = cached.model()
    except AttentionError as error:
        messages.error(str(error), icon=":material/build:")
        st.stop()
    layer, head = _pickers(model.config, for_layer, for_head)
    text = st.session_state["text"]
    try:
        trace, cut = cached.read(text)
    except AttentionError as error:
        messages.error(str(error))
        st.stop()
    if cut:
        messages.warning(cut, icon=":material/content_cut:")
    if all(token.is_special for token in trace.tokens):
        messages.info("There is no word to read in this text. Type a sentence, or open one of the examples.")
        st.stop()
    _tell_unknown(trace, messages)
    stages = trace.stages(layer, head)
    query, key = _pair(stages.weights, trace.tokens)
    if not link.publish(trace.text, layer + 1, head + 1, query + 1, key + 1):
        messages.warning("This text is too long for a link: a shared link will open on the first example instead.")
    if refused := link.refusals():
        asked = "; ".join(escape(f"it asks for {refusal}") for refusal in refused)
        messages.html(f'<p class="note warning" role="alert">The link does not fit: {asked}.</p>')
    cell = Cell(trace, layer, head, query, key, stages)
    return View(model, trace, layer, head, query, key, stages, cell, colours)


def _pickers(config, for_layer, for_head) -> tuple[int, int]:
    """Layer and head, chosen from 1 by people, returned from 0. This is where the two ways of counting meet."""
    opening = examples()[0]
    numbers = []
    for name, count, place in (("layer", config.layers, for_layer), ("head", config.heads, for_head)):
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
    unknown = list(dict.fromkeys(trace.text[slice(*token.span)][:20] for token in trace.tokens if token.text == "[UNK]"))
    if unknown:
        named = ", ".join(f"<b>{escape(visible(piece))}</b>" for piece in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        messages.html(f'<p class="note">Not in the model’s vocabulary, so it reads [UNK] instead: {named}</p>')
