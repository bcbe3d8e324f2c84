"""The one object that translates, and shows how: tokenizer and transformer of one training."""

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import torch
from torch import Tensor

from attention_core.errors import ChoiceError, TextTooLongError
from attention_core.model.attention import Attention
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.translation.pieces import Reading, mark, read, write
from attention_core.translation.record import (
    LIKELIEST,
    Alternative,
    NextToken,
    Translation,
    WrittenToken,
)
from attention_core.translation.search import Hypothesis, search
from attention_core.translation.transformer import (
    Attended,
    DecoderPass,
    EncoderPass,
    Fed,
    MultiHeadAttention,
    TransformerConfig,
)
from attention_core.translation.vocabulary import END, MARKS, START
from attention_core.translation.weights import Trained, read_shipped, read_weights

BEAMS = 10  # the widest search


class Translator:
    """A trained encoder-decoder from English to French that shows what its three attentions did."""

    def __init__(self, trained: Trained):
        self.sha256: str = trained.sha256
        self.config: TransformerConfig = trained.model.config
        self.facts: dict[str, str] = trained.facts
        self.model = trained.model
        self._tokenizer = trained.tokenizer

    def translate(self, text: str, beam: int = 1, prefix: str | None = None) -> Translation:
        """Translate one English text with a search of this width, 1 is greedy; `prefix` is how the French has to begin.

        A text that is too long is translated as far as it is read; the record's `cut` is the rest. Raises TextError for a
        text or prefix that cannot be read, TextTooLongError for a prefix that leaves no room, ChoiceError for another width
        than 1 to BEAMS.
        """
        if type(beam) is not int or not 1 <= beam <= BEAMS:
            raise ChoiceError(f"There is no search of width {beam!r}: give a whole number from 1 to {BEAMS}.")
        reading = self._read(text)
        forced = self._french_ids(prefix) if prefix is not None else []
        ways = search(self.model, _batch(reading.tokens), beam, forced)[0]
        return self._record(text, reading, ways, len(forced))

    def follow(self, text: str, french: str) -> Translation:
        """Read a French text as the translation of an English one, each token given beforehand, the end mark too.

        Every step tells what the model would have said there. Raises what `translate` raises.
        """
        reading = self._read(text)
        ids = self._french_ids(french)
        return self._record(text, reading, [Hypothesis(tuple(ids), 0.0, True)], len(ids) + 1)

    def projection(self, kind: str, layer: int, head: int, part: str) -> tuple[Tensor, Tensor]:
        """The learned W (d_model, d_k) and b (d_k,) of a head's queries, keys or values, so that q = x W + b.

        `kind` is 'encoder', 'decoder' or 'cross', `part` is 'q', 'k' or 'v'. Raises ChoiceError for what there is not.
        """
        layers, heads = self.config.layers, self.config.heads
        known = kind in ("encoder", "decoder", "cross") and part in ("q", "k", "v")
        if not (known and 0 <= layer < layers and 0 <= head < heads):
            raise ChoiceError(
                f"There is no projection {part!r} of {kind!r}, layer {layer}, head {head}: parts are q, k and v of encoder, "
                f"decoder and cross, layers 0 to {layers - 1}, heads 0 to {heads - 1}."
            )
        block = (self.model.encoder if kind == "encoder" else self.model.decoder)[layer]
        attention: MultiHeadAttention = block.cross if kind == "cross" else block.attention
        linear = {"q": attention.query, "k": attention.key, "v": attention.value}[part]
        rows = slice(head * self.config.d_k, (head + 1) * self.config.d_k)
        return linear.weight[rows].T, linear.bias[rows]

    def _read(self, text: str) -> Reading:
        return read(text, self._tokenizer, self.config.positions)

    def _french_ids(self, text: str) -> list[int]:
        """The ids of a French text that is given, without marks. Nothing but spaces is an empty beginning."""
        if isinstance(text, str) and not text.strip():
            return []
        room = self.config.positions - 1  # beside the start mark
        reading = read(text, self._tokenizer, room + 1)
        if reading.cut:
            raise TextTooLongError(
                f"This French text has more than {room} tokens, which is all that the decoder has room for. "
                f"Shorten it; what fits ends before “{reading.cut.strip()[:30]}”.",
                readable=text[: len(text) - len(reading.cut)],
            )
        return [token.id for token in reading.tokens[:-1]]

    @torch.inference_mode()
    def _record(self, text: str, reading: Reading, ways: list[Hypothesis], forced: int) -> Translation:
        """What the model does with a text and the first of these ways to translate it."""
        best = ways[0]
        ids = [START, *best.ids, END] if best.ended else [START, *best.ids]
        memory, encoder = self.model.encode(_batch(reading.tokens))  # (1, S, d_model)
        output, decoder = self.model.decode(torch.tensor([ids[:-1]]), memory)  # (1, T, d_model)
        probabilities = self.model.logits(output[0]).softmax(-1)  # (T, V)
        french, pieces = write(best.ids, self._tokenizer)
        target = (mark(START), *pieces)[: len(ids) - 1]
        trace = Trace(text, reading.tokens, _attentions(encoder, decoder), output[0], french, target)
        return Translation(
            text=text,
            cut=reading.cut,
            french=french,
            source=reading.tokens,
            target=target,
            written=(*pieces, mark(END)) if best.ended else pieces,
            forced=forced,
            encoder=trace,
            decoder=trace.at("decoder"),
            cross=trace.at("decoder", "cross"),
            encoder_feed_forward=tuple(_single(did.feed_forward) for did in encoder),
            decoder_feed_forward=tuple(_single(did.feed_forward) for did in decoder),
            memory=memory[0],
            output=output[0],
            embedding=self.model.embedding.weight,
            steps=tuple(
                self._step(ids[1 : place + 1], ids[place + 1], row, place < forced) for place, row in enumerate(probabilities)
            ),
            alternatives=tuple(self._alternative(way) for way in ways),
        )

    def _step(self, before: list[int], chosen: int, probabilities: Tensor, is_forced: bool) -> WrittenToken:
        """The step after the pieces `before`, with the probability of every piece of the vocabulary, (V,)."""

        def candidate(id: int) -> NextToken:
            token = mark(id) if id < len(MARKS) else write([*before, id], self._tokenizer)[1][-1]
            return NextToken(token, probabilities[id].item())

        best = probabilities.topk(min(LIKELIEST, len(probabilities))).indices.tolist()
        return WrittenToken(tuple(candidate(id) for id in best), candidate(chosen), is_forced)

    def _alternative(self, way: Hypothesis) -> Alternative:
        text, _ = write(way.ids, self._tokenizer)
        return Alternative(text, way.ids, math.exp(way.log_probability), way.score, way.ended)


def load_translator(path: str | PathLike | None = None) -> Translator:
    """Open the translator that comes with the app, or the one in the folder `path`.

    Raises CheckpointError, saying what is missing, misshapen or altered.
    """
    return Translator(read_shipped() if path is None else read_weights(Path(path)))


def _batch(tokens: Sequence[Token]) -> Tensor:
    """The ids of one sentence, (1, S)."""
    return torch.tensor([[token.id for token in tokens]])


def _attentions(encoder: list[EncoderPass], decoder: list[DecoderPass]) -> tuple[Attention, ...]:
    """All attentions of one sentence in the order they were computed; the decoder's own see no later position."""

    def attention(attended: Attended, layer: int, stack: str, **others) -> Attention:
        x, q, k, v = (part[0] for part in (attended.x, attended.q, attended.k, attended.v))
        return Attention(x, q, k, v, layer, stack, **others)

    found = [attention(did.self_attention, layer, "encoder") for layer, did in enumerate(encoder)]
    for layer, did in enumerate(decoder):
        T = did.self_attention.x.size(1)
        causal = torch.stack([torch.zeros(T, dtype=torch.long), torch.arange(1, T + 1)], dim=-1)  # (T, 2)
        found.append(attention(did.self_attention, layer, "decoder", visible=causal))
        found.append(attention(did.cross_attention, layer, "decoder", kind="cross", source=did.cross_attention.source[0]))
    return tuple(found)


def _single(fed: Fed) -> Fed:
    """Of a batch of one sentence, the sentence."""
    return Fed(*(part[0] for part in fed))
