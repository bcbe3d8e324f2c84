"""A text, read, with all that is to be said of it."""

from attention_core.errors import AttentionError, TextError
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.writing.text import visible
from pages.shared.base.markup import note
from pages.shared.frame import server
from pages.shared.frame.view import NothingToShow


def open_model(messages) -> TracedModel:
    """The model; raises NothingToShow, after one clear message, where its checkpoint cannot be used."""
    try:
        return server.model()
    except AttentionError as error:
        messages.error(str(error), icon=":material/build:")
        raise NothingToShow from error


def read_sentence(text: str, messages) -> Trace | None:
    """The trace of a text, or of the part that the model reads; what is to be said of it goes into `messages`.

    None for a text that holds no word.
    """
    try:
        trace, cut = server.trace_of(text)
        if all(token.is_special for token in trace.tokens):
            raise TextError("There is no word to read in this text. Type a sentence, or open one of the examples.")
    except AttentionError as error:
        note(messages, str(error))
        return None
    if cut:
        note(messages, f"{cut} A link holds only the part that is read.")
    _tell_unknown(trace, messages)
    return trace


def _tell_unknown(trace, messages) -> None:
    """Say which characters the model cannot tell apart because its vocabulary lacks them."""
    pieces = (trace.text[slice(*token.span)] for token in trace.tokens if token.text == "[UNK]")
    unknown = list(dict.fromkeys(visible(piece[:20]) for piece in pieces if piece != "[UNK]"))
    if unknown:
        named = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        note(messages, f"Not in the model’s vocabulary, so it reads [UNK] instead: {named}")
