"""The one object that reads a sentence: tokenizer and encoder of one checkpoint."""

from os import PathLike
from pathlib import Path

import torch
from torch import Tensor

from attention_core.checkpoint import Checkpoint, read_checkpoint, read_embedded
from attention_core.encoder import Config, Encoder
from attention_core.errors import ChoiceError
from attention_core.tokens import tokenize
from attention_core.trace import Trace


class TracedModel:
    """A pretrained encoder that shows what its attention did."""

    def __init__(self, checkpoint: Checkpoint):
        self.name: str = checkpoint.name
        self.sha256: str = checkpoint.sha256
        self.config: Config = checkpoint.config
        self.encoder = Encoder(checkpoint.config, checkpoint.tensors)
        self._tokenizer = checkpoint.tokenizer

    def trace(self, text: str) -> Trace:
        """Read one sentence and keep what every layer did with it.

        Raises TextTooLongError for more tokens than the model has positions, TextError for text that is no valid Unicode.
        """
        tokens = tokenize(text, self._tokenizer, self.config.positions)
        output, layers = self.encoder(torch.tensor([token.id for token in tokens]))
        return Trace(text, tokens, layers, output)

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


def load_model(path: str | PathLike | None = None) -> TracedModel:
    """Open the embedded all-MiniLM-L6-v2, or the BERT-type checkpoint in the folder `path`.

    Raises CheckpointError, saying what is missing, misshapen or altered and how to repair it.
    """
    return TracedModel(read_embedded() if path is None else read_checkpoint(Path(path)))
