"""From what the person typed and chose to the translation and the cell that are looked at, each checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from torch import Tensor

from attention_core.errors import AttentionError, TextTooLongError
from attention_core.model.attention import Attention, Stages
from attention_core.model.trace import Trace
from attention_core.palette import Palette
from attention_core.translation.kinds import ATTENTION_KINDS, AttentionKind
from attention_core.translation.record import Translation
from attention_core.translation.translator import BEAMS, Translator
from attention_core.translation.words import TranslationCell, strongest_key
from attention_core.writing.text import cut, visible
from pages.shared.base.look import palette
from pages.shared.base.markup import note
from pages.shared.frame import history
from pages.shared.frame.fields import TERM_ORDERS, choice, option, refusals
from pages.shared.frame.registry import SENTENCE, SHOWING
from pages.shared.frame.view import NothingToShow
from pages.shared.parts import translations

PANELS = {
    "stages": "All stages",
    "next": "Feed-forward and logits",
    "heads": "All heads",
    "number": "One number",
    "compare": "Compare",
}
AGAINST = {"head": "Another head", "sentence": "Another sentence"}  # what the chosen head is compared with
_NUMBERS = ("x", "source", "q", "k", "v", "scores", "scaled", "weights", "z")
_BEAM = 4


@dataclass(frozen=True, eq=False)
class TranslationView:
    """What the person chose to see of a translation; everything counts from 0 here and from 1 on the page."""

    translator: Translator
    translation: Translation
    kind: AttentionKind
    layer: int
    head: int
    step: int  # of the decoder
    cell: TranslationCell
    palette: Palette
    is_mean: bool  # whether lines show the mean of all heads of the layer
    panel: str  # one of PANELS
    number: str  # one of those of `numbers_explained`
    dimension: int
    by_size: bool  # whether the largest terms of a sum come first
    second: tuple[int, int]  # layer and head to compare with
    against: str  # one of AGAINST
    second_text: str  # English, to compare with
    beam: int
    beginning: str

    @property
    def attentions(self) -> Trace:
        """The record of the chosen kind of attention."""
        return self.cell.trace

    @property
    def received(self) -> Attention:
        """What the chosen layer received."""
        return self.attentions.layers[self.layer]

    @property
    def stages(self) -> Stages:
        """Every matrix of the chosen head."""
        return self.cell.stages

    def crossing(self) -> Tensor:
        """The cross-attention that the lines show, (T, S): of the chosen layer, and its head or the mean of its heads."""
        cross = self.translation.cross
        head = self.head if self.kind.name == "cross" else 0
        return cross.weights(self.layer).mean(dim=0) if self.is_mean else cross.stages(self.layer, head).weights

    def whose(self, head: int | None = None, layer: int | None = None) -> str:
        """Whose matrices these are, as people count."""
        layer, head = self.layer if layer is None else layer, self.head if head is None else head
        return f"{self.kind.name} attention, layer {layer + 1}, head {head + 1}"


def numbers_explained(kind: AttentionKind) -> list[str]:
    """The matrices of an attention whose entries can be explained: the encoder's answer only where it is asked."""
    return [name for name in _NUMBERS if name != "source" or kind.has_source]


def read_translation(pickers, messages, start_anew: Callable[[], None]) -> TranslationView:
    """Draw the pickers of the search and return the view; raises NothingToShow, after one message, where there is none.

    `start_anew` is called before a run for another search or beginning.
    """
    state = st.session_state
    try:
        translator = translations.translator()
    except AttentionError as error:
        messages.error(str(error), icon=":material/build:")
        raise NothingToShow from error
    config = translator.config
    kind = ATTENTION_KINDS[option("attention", list(ATTENTION_KINDS))]
    own = {
        "attention": kind.name,
        "block": choice("block", config.layers, config.layers),
        "attention_head": choice("attention_head", config.heads, 1),
        "beam": choice("beam", BEAMS, _BEAM),
        "lines": option("lines", ("head", "mean")),
        "panel": option("panel", list(PANELS)),
        "number": option("number", numbers_explained(kind)),
        "number_dimension": choice("number_dimension", config.d_k, 1),
        "number_terms": option("number_terms", list(TERM_ORDERS)),
        "second_block": choice("second_block", config.layers, config.layers),
        "second_head": choice("second_head", config.heads, min(2, config.heads)),
        "against": option("against", list(AGAINST)),
        "second_text": state["second_text"] or "",
        "beginning": state["beginning"] or "",
    }
    free = "none: the decoder writes it all"
    pickers.text_input("French beginning", key="beginning", on_change=start_anew, placeholder=free)
    widths = range(1, BEAMS + 1)
    pickers.selectbox("Search", widths, key="beam", format_func=_search_name, on_change=start_anew, width=150)
    translation = _translated(state["text"], own["beam"], own["beginning"], messages)
    if translation is None:
        _publish(messages, own)
        raise NothingToShow
    own["step"] = choice("step", len(translation.steps), 1)
    own["asking"] = choice("asking", len(translation.source), 1)
    attentions: Trace = getattr(translation, kind.name)
    layer, head = own["block"] - 1, own["attention_head"] - 1
    stages = attentions.stages(layer, head)
    query = own["asking"] - 1 if kind.name == "encoder" else own["step"] - 1
    asked = choice("asked", len(attentions.columns), None)
    if asked is None:
        asked = state["asked"] = strongest_key(stages.weights, query, attentions) + 1
    own["asked"] = asked
    _publish(messages, own)
    return TranslationView(
        translator=translator,
        translation=translation,
        kind=kind,
        layer=layer,
        head=head,
        step=own["step"] - 1,
        cell=TranslationCell(attentions, layer, head, query, asked - 1, stages, kind.name),
        palette=palette(),
        is_mean=own["lines"] == "mean",
        panel=own["panel"],
        number=own["number"],
        dimension=own["number_dimension"] - 1,
        by_size=own["number_terms"] == "by-size",
        second=(own["second_block"] - 1, own["second_head"] - 1),
        against=own["against"],
        second_text=own["second_text"],
        beam=own["beam"],
        beginning=own["beginning"],
    )


def _search_name(width: int) -> str:
    return "Greedy" if width == 1 else f"Beam of {width}"


def _publish(messages, own: dict) -> None:
    """Write the view into the address, with what the other pages show of the sentence."""
    state = st.session_state
    sentence = {name: state[name] for name in SENTENCE if name != "text" and state[name] is not None}
    if not history.publish(state["text"], **sentence, **{name: state[name] for name in SHOWING}, **own):
        note(messages, "This text is too long for a link: a shared link will open on the first example instead.")
    if refused := refusals():
        note(messages, refused)


def _translated(text: str, beam: int, beginning: str, messages) -> Translation | None:
    """The translation, with all that is to be said of what was given; None for a text with nothing to translate."""
    try:
        translate = partial(translations.translation_of, text, beam)
        try:
            found = translate(beginning)
        except TextTooLongError as error:  # only a beginning is ever too long: a sentence is cut
            note(messages, str(error))
            found = translate(error.readable)
    except AttentionError as error:
        note(messages, f"{error} Type a sentence, or open one of the examples.")
        return None
    if found.cut:
        left = visible(cut(" ".join(found.cut.split()), 60)).replace("␣", " ")
        room = f"The translator reads {len(found.source)} tokens of this text, its end mark included, and has room for no more."
        note(messages, f"{room} Not read, and not translated: “{left}”")
    return found
