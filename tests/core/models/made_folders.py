"""Folders with tiny models of random numbers and tokenizers of several kinds, as Transformers writes them."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

_SENTENCES = ["A dog ate the food because it was hungry.", "The dogs were hungry, so they ate food.", "naïve café"] * 5


def byte_bpe() -> Tokenizer:
    """As GPT-2 and RoBERTa have it: bytes, and pairs of them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(_SENTENCES, trainer)
    return tokenizer


def unigram() -> Tokenizer:
    """As T5 and XLM-R have it: a blank is ▁, normalised text, an unknown token."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    marks = ["<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(_SENTENCES, trainers.UnigramTrainer(vocab_size=80, special_tokens=marks, unk_token="<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def byte_fallback() -> Tokenizer:
    """As Llama 2 has it: a blank is ▁ from the start, and what is unknown falls to bytes."""
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2, **{f"<0x{byte:02X}>": byte + 3 for byte in range(256)}}
    merges = [("d", "o"), ("do", "g"), ("▁", "dog"), ("▁", "a")]
    for piece in ["▁", *"abcdefghijklmnopqrstuvwxyzAT.,", *("".join(pair) for pair in merges)]:
        vocabulary.setdefault(piece, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def word_piece() -> Tokenizer:
    """As BERT has it: ## before a piece that goes on."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        _SENTENCES, trainers.WordPieceTrainer(vocab_size=90, special_tokens=["[UNK]", "[CLS]", "[SEP]"])
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return tokenizer


KINDS = {"byte BPE": byte_bpe, "unigram": unigram, "byte fallback": byte_fallback, "WordPiece": word_piece}


def fast(tokenizer: Tokenizer) -> Any:
    """A tokenizer in the form that Transformers gives it, with the marks that it has."""
    marks = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    if tokenizer.token_to_id("[UNK]") is not None:
        marks = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    has = {name: mark for name, mark in marks.items() if tokenizer.token_to_id(mark) is not None}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **has)


def write_folder(folder: Path, network: Any, tokenizer: Tokenizer) -> Path:
    """Save a network and a tokenizer, every parameter random, and return the folder."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for part in network.parameters():
            part.copy_(0.2 * torch.randn(part.shape, generator=generator))
    network.save_pretrained(folder)
    fast(tokenizer).save_pretrained(folder)
    return folder


def write_gpt(folder: Path, **sizes: int) -> Path:
    """A tiny GPT-2 with byte BPE."""
    tokenizer = byte_bpe()
    count = tokenizer.get_vocab_size()
    known = {
        "vocab_size": count,
        "n_embd": 32,
        "n_layer": 2,
        "n_head": 4,
        "n_positions": 48,
        "bos_token_id": 0,
        "eos_token_id": 0,
    }
    return write_folder(folder, transformers.GPT2LMHeadModel(transformers.GPT2Config(**(known | sizes))), tokenizer)


def write_t5(folder: Path) -> Path:
    """A tiny T5 with a unigram tokenizer."""
    tokenizer = unigram()
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0}
    config = transformers.T5Config(vocab_size=tokenizer.get_vocab_size(), pad_token_id=0, eos_token_id=1, **sizes)
    return write_folder(folder, transformers.T5ForConditionalGeneration(config), tokenizer)
