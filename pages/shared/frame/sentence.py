"""A text, read, with all that is to be said of it."""

from markupsafe import Markup

from attention_core.errors import AttentionError, TextError
from attention_core.model.trace import Trace
from attention_core.model.traced import TracedModel
from attention_core.writing.losses import losses
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


def read_sentence(text: str, messages, name: str = "", target: str = "") -> Trace | None:
    """The trace of a text, or of the part that the model reads; what is to be said of it goes into `messages`.

    `name` and `target` are those of `server.trace_of`. None for a text that holds no word.
    """
    try:
        trace, cut = server.trace_of(text, name, target)
        if all(token.is_special for token in trace.tokens):
            raise TextError("There is no word to read in this text. Type a sentence, or open one of the examples.")
    except AttentionError as error:
        note(messages, str(error))
        return None
    if cut:
        note(messages, f"{cut} A link holds only the part that is read.")
    for said in losses(server.other_model(name) if name else server.model(), trace):
        messages.html(Markup('<p class="note quiet" role="status">%s</p>') % said)
    return trace
