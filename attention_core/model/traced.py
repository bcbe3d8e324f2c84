"""The one object that reads a sentence, or many: tokenizer and encoder of one checkpoint."""

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from attention_core.errors import CheckpointError, ChoiceError, TextError, TextTooLongError
from attention_core.model.attention import Attention
from attention_core.model.batches import AHEAD, of_equal_length, weights_of_layers
from attention_core.model.checkpoint import Checkpoint
from attention_core.model.encoder import Config, Encoder
from attention_core.model.tokens import Token, broken_down, tokenize
from attention_core.model.trace import Trace


class TracedModel:
    """A pretrained encoder that shows what its attention did."""

    def __init__(self, checkpoint: Checkpoint):
        self.name: str = checkpoint.name
        self.sha256: str = checkpoint.sha256
        self.config: Config = checkpoint.config
        self.sentence_length: int | None = checkpoint.sentence_length
        self.encoder = Encoder(checkpoint.config, checkpoint.tensors)
        self._tokenizer = checkpoint.tokenizer
        self._is_known = checkpoint.is_known
        if not self._is_known:
            self._try()

    def _try(self) -> None:
        """Read a short text. Raises CheckpointError for weights that no numbers come of."""
        try:
            self.trace("a")
        except TextTooLongError:
            return
        except TextError as error:
            raise CheckpointError(f"{self.name} cannot read even a letter. {error}") from error

    def trace(self, text: str) -> Trace:
        """Read one sentence and keep what every layer did with it.

        Raises TextTooLongError for more tokens than the model has positions, TextError for text that is no valid Unicode.
        """
        tokens = self.tokens(text)
        output, layers = self.encoder(torch.tensor([token.id for token in tokens]))
        self._check_finite(layers, output)
        return Trace(text, tokens, layers, output)

    def _check_finite(self, layers: Sequence[Attention], output: Tensor) -> None:
        """Raise TextError where numbers, or scores to be made of them, leave what a float32 holds; known weights make none."""
        if self._is_known:
            return
        largest = torch.finfo(torch.float32).max
        fits = bool(torch.isfinite(output).all())
        for layer in layers:
            q, k, v, x = (part.abs().max().item() for part in (layer.q, layer.k, layer.v, layer.x))
            fits = fits and q * k * self.config.d_k < largest and v < largest and x < largest  # false for nan
        if not fits:
            raise TextError(f"What {self.name} makes of the text is not finite: its weights are too large. Give another model.")

    def traces(self, texts: Iterable[str]) -> Iterator[Trace]:
        """Read many sentences, faster than one by one and with the same numbers to 1e-5, and give their traces in order.

        Sentences of equally many tokens are computed together. Memory holds the traces of some AHEAD tokens, however many
        texts there are. Raises what `trace` raises, for the first text that cannot be read.
        """
        ahead: list[tuple[str, tuple[Token, ...]]] = []
        count = 0
        for text in texts:
            ahead.append((text, self.tokens(text)))
            count += len(ahead[-1][1])
            if count >= AHEAD:
                yield from self._together(ahead)
                ahead, count = [], 0
        yield from self._together(ahead)

    def _together(self, read: list[tuple[str, tuple[Token, ...]]]) -> list[Trace]:
        """The traces of sentences that are tokenized, in order."""
        found = {}
        for group in of_equal_length([len(tokens) for _, tokens in read]):
            output, layers = self.encoder(torch.tensor([[token.id for token in read[place][1]] for place in group]))
            self._check_finite(layers, output)
            for row, place in enumerate(group):
                # Copies: a slice would keep the matrices of the whole group in memory for as long as one trace lives.
                own = [
                    Attention(*(part[row].clone() for part in (layer.x, layer.q, layer.k, layer.v)), layer.layer)
                    for layer in layers
                ]
                found[place] = Trace(*read[place], tuple(own), output[row].clone())
        return [found[place] for place in range(len(read))]

    def tokens(self, text: str) -> tuple[Token, ...]:
        """What the model reads of a text. Raises what `trace` raises."""
        tokens = tokenize(text, self._tokenizer, self.config.positions)
        self._check_ids([token.id for token in tokens])
        return tokens

    def _check_ids(self, ids: Sequence[int]) -> None:
        """Raise TextError for a token that the model has no vector of."""
        if max(ids, default=0) >= self.config.vocabulary:
            raise TextError(
                f"The tokenizer reads token {max(ids):,}, but {self.name} has {self.config.vocabulary:,}. Give another model."
            )

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of many texts at once, the special tokens' included, however many.

        Raises TextError for text that is no valid Unicode.
        """
        try:
            found = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the library panics beside Exception
            for text in texts:
                tokenize(text, self._tokenizer, len(text) + 10**6)  # says which text it is, and why
            raise broken_down(error) from error
        if not self._is_known:
            for ids in found:
                self._check_ids(ids)
        return found

    def layer_weights(self, ids: Tensor) -> Iterator[Tensor]:
        """The softmax weights (B, H, T, T) of one layer after the other, of token ids (B, T)."""
        return weights_of_layers(self.encoder, ids)

    def piece(self, id: int) -> str:
        """The vocabulary's text of a token id."""
        return self._tokenizer.id_to_token(id)

    def normalized(self, text: str) -> str:
        """A text as the tokenizer sees it before it cuts it into pieces: perhaps in small letters, or without accents."""
        normalizer = self._tokenizer.normalizer
        return normalizer.normalize_str(text) if normalizer else text

    def projection(self, layer: int, head: int, part: str) -> tuple[Tensor, Tensor]:
        """The learned W (d_model, d_k) and b (d_k,) of a head's queries, keys or values; part is 'q', 'k' or 'v'.

        Raises ChoiceError for a layer, head or part that the model does not have.
        """
        if not (0 <= layer < self.config.layers and 0 <= head < self.config.heads and part in ("q", "k", "v")):
            raise ChoiceError(
                f"There is no projection {part!r} of layer {layer}, head {head}: parts are q, k and v, "
                f"layers 0 to {self.config.layers - 1}, heads 0 to {self.config.heads - 1}."
            )
        return self.encoder.blocks[layer].projection(part, head)
