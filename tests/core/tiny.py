"""Tiny BERT checkpoints of random values, written by Transformers, and ways to spoil them."""

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM, BertModel

PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghij",
    *(f"##{letter}" for letter in "abcdefghij"),
    "dog",
    "food",
]
SIZES = {
    "vocab_size": len(PIECES),
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": 32,
    "type_vocab_size": 2,
    "layer_norm_eps": 0.1,
}


def write_tiny(folder: Path, stored: str = "plain", **config) -> Path:
    """Write a small random checkpoint into `folder` and return it; `config` overrides SIZES.

    Transformers starts biases at 0 and LayerNorms at 1 and 0, which hides a swapped or forgotten one; so every parameter is
    random here, and eps is large enough to be seen. `stored` is 'plain', 'half' (float16), 'prefixed' (as part of a larger
    model) or 'old names' (LayerNorms have gamma and beta).
    """
    bert = (BertForMaskedLM if stored == "prefixed" else BertModel)(BertConfig(**(SIZES | config)))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in bert.parameters():
            parameter.normal_(std=0.5, generator=generator)
    (bert.half() if stored == "half" else bert).save_pretrained(folder)
    if stored == "old names":
        change_tensors(folder, lambda tensors: {_old_name(name): tensor for name, tensor in tensors.items()})
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def tiny_tokenizer() -> Tokenizer:
    """Words of the letters a to j, split as BERT splits them, with [CLS] before and [SEP] after."""
    tokenizer = Tokenizer(models.WordPiece({piece: id for id, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(PIECES[:5])
    return tokenizer


def change_tensors(folder: Path, change: Callable[[dict[str, Tensor]], dict[str, Tensor]]) -> None:
    """Rewrite a checkpoint's weights as what `change` makes of the stored tensors."""
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path, metadata={"format": "pt"})


def change_config(folder: Path, **values) -> None:
    """Rewrite some values of a checkpoint's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def _old_name(name: str) -> str:
    return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
