"""What one translation did: three attentions in every layer, feed-forward networks, and the choice of every next token."""

from dataclasses import dataclass

from torch import Tensor

from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.translation.transformer import Fed

LIKELIEST = 10  # next tokens that a step tells of


@dataclass(frozen=True)
class NextToken:
    """A token that may come next."""

    token: Token
    probability: float


@dataclass(frozen=True)
class WrittenToken:
    """One decoding step: what may come next, and what came."""

    likeliest: tuple[NextToken, ...]  # the ten likeliest, likeliest first
    chosen: NextToken  # need not be among them
    is_forced: bool  # given beforehand, not chosen by the model


@dataclass(frozen=True)
class Alternative:
    """A translation that the search found."""

    text: str
    ids: tuple[int, ...]  # without marks
    probability: float  # the product of the probabilities of all its tokens that were not forced
    score: float  # mean log-probability a token; the higher, the better
    ended: bool  # False where the decoder had no more room


@dataclass(frozen=True, eq=False)
class Translation:
    """What the translator did with one sentence. Memory grows with S and T, not with their product."""

    text: str  # as it was given
    cut: str  # the part of it that was not read, because the model has no room for it; mostly empty
    french: str
    source: tuple[Token, ...]  # S tokens that the encoder reads; the last is the end mark
    target: tuple[Token, ...]  # T tokens that the decoder reads; the first is the start mark
    written: tuple[Token, ...]  # T tokens, one a step; the end mark is last where the model came to an end
    forced: int  # so many of the first steps were given beforehand
    encoder: Trace  # self-attention, S × S
    decoder: Trace  # self-attention under a causal mask, T × T
    cross: Trace  # T × S; all three are views of one record
    encoder_feed_forward: tuple[Fed, ...]  # L of them; x and output (S, d_model), hidden (S, d_ff)
    decoder_feed_forward: tuple[Fed, ...]  # L of them; x and output (T, d_model), hidden (T, d_ff)
    memory: Tensor  # (S, d_model)  the encoder's answer
    output: Tensor  # (T, d_model)  the decoder's answer
    embedding: Tensor  # (V, d_model)  the model's own table, not a copy
    steps: tuple[WrittenToken, ...]  # T of them
    alternatives: tuple[Alternative, ...]  # best first; the first is the one that is shown

    def logits(self) -> Tensor:
        """The decoder's answer times every piece's embedding, (T, V); their softmax is each step's probabilities."""
        return self.output @ self.embedding.T
