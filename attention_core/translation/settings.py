"""What decides on the weights that a training ends with, together with the pairs."""

from dataclasses import dataclass, field

from attention_core.translation.transformer import TransformerConfig

FREE = "epochs", "save_every"  # settings that may change from run to run


def _setting(default: float, help: str) -> float:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """What decides on the weights that come out, together with the pairs."""

    seed: int = _setting(0, "of everything random")
    epochs: int = _setting(7, "how often every pair is seen")
    batch: int = _setting(128, "pairs a step")
    rate: float = _setting(1e-3, "the highest learning rate")
    warm_up: float = _setting(0.1, "the share of all steps in which the rate rises")
    smoothing: float = _setting(0.1, "of the labels")
    dropout: float = _setting(0.1, "the share of numbers set to 0")
    words: int = _setting(16, "the longest text, in words")
    held_out: int = _setting(1500, "English sentences that are not trained on")
    vocabulary: int = _setting(6000, "pieces of both languages")
    d_model: int = _setting(512, "numbers a token")
    heads: int = _setting(8, "heads a layer")
    layers: int = _setting(2, "layers of the encoder, and of the decoder")
    d_ff: int = _setting(1024, "numbers inside the feed-forward networks")
    save_every: int = _setting(250, "steps between two saved states")

    def config(self) -> TransformerConfig:
        """The sizes of the model."""
        return TransformerConfig(self.vocabulary, self.d_model, self.heads, self.layers, self.d_ff, dropout=self.dropout)
