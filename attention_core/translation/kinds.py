"""The three attentions of the encoder-decoder, and the matrices of each in the order they are computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from attention_core.matrices.names import BETWEEN, MATRICES, Matrix

if TYPE_CHECKING:  # the names are needed before torch is
    from torch import Tensor

    from attention_core.model.attention import Attention, Stages
    from attention_core.model.tokens import Token
    from attention_core.model.trace import Trace


@dataclass(frozen=True)
class AttentionKind:
    """What is said of one of the three attentions, whatever the sentence."""

    name: str  # as in Translation
    title: str
    asks: str  # the language whose tokens ask
    answers: str  # the language whose tokens are asked
    sentence: str
    is_masked: bool = False

    @property
    def has_source(self) -> bool:
        """Whether keys and values come from another sequence than the queries."""
        return self.asks != self.answers


ATTENTION_KINDS = {
    kind.name: kind
    for kind in (
        AttentionKind(
            "encoder", "Encoder: self-attention", "English", "English", "Every English word may look at every English word."
        ),
        AttentionKind(
            "decoder",
            "Decoder: masked self-attention",
            "French",
            "French",
            "Every French word looks at itself and at what stands before it; what comes later is hidden by the mask.",
            is_masked=True,
        ),
        AttentionKind(
            "cross",
            "Cross-attention",
            "French",
            "English",
            "The decoder asks, the encoder answers: queries come from the French words, keys and values from the English ones.",
        ),
    )
}

_OF_KEYS = ("source", "k", "v")  # matrices that have a row for every token that is asked
_SOURCE = Matrix(
    "source",
    "E",
    "The encoder’s answer",
    "input",
    "What the encoder made of the English words. It stays as it is while the French is written.",
    "dimensions",
    2,
)
_MASKED = replace(
    BETWEEN["masked"],
    sentence="A later word does not exist yet when an earlier one is written: its score becomes −∞, drawn hatched.",
)


def attention_matrices(kind: str) -> dict[str, Matrix]:
    """The matrices of one of the ATTENTION_KINDS by name, in the order they are computed."""
    about, found = ATTENTION_KINDS[kind], {}
    for name, matrix in MATRICES.items():
        if name == "weights" and about.is_masked:
            found["masked"] = _MASKED
            matrix = replace(
                matrix, sentence="Each row becomes shares that sum to 1; e to −∞ is 0, so a hidden word gets nothing."
            )
        if about.has_source and name in ("k", "v"):
            matrix = replace(matrix, sentence=matrix.sentence.replace("each word", "each English word"))
        if about.has_source and name in ("x", "q", "z"):
            matrix = replace(matrix, sentence=matrix.sentence.replace("each word", "each French word"))
        found[name] = matrix
        if name == "x" and about.has_source:
            found["source"] = _SOURCE
    return found


def matrix_values(name: str, received: Attention, stages: Stages) -> Tensor:
    """One matrix of a head, 2-D: x and source come from what the layer received, all others from the head's stages."""
    return getattr(received if name in ("x", "source") else stages, name)


def row_tokens(name: str, attentions: Trace) -> tuple[Token, ...]:
    """The tokens that the rows of a matrix stand for."""
    return attentions.columns if name in _OF_KEYS else attentions.rows
