"""A tiny translator of random values, and PyTorch's own transformer layers with the weights of ours."""

import torch
from torch import Tensor, nn

from attention_core.translation.transformer import (
    DecoderLayer,
    EncoderLayer,
    MultiHeadAttention,
    Transformer,
    TransformerConfig,
)
from attention_core.translation.translator import Translator
from attention_core.translation.vocabulary import learn
from attention_core.translation.weights import Trained

PAIRS = [
    ("The dog is hungry.", "Le chien a faim."),
    ("The cat is hungry.", "Le chat a faim."),
    ("The dog sleeps.", "Le chien dort."),
    ("I'm good.", "Je vais bien."),
    ("I'm here.", "Je suis là."),
    ("Where is the cat?", "Où est le chat ?"),
    ("Where is the dog?", "Où est le chien ?"),
    ("The tree is tall.", "L'arbre est grand."),
]
PIECES = 340  # 3 marks, 256 bytes, letters, and some merges


def tiny_transformer(seed: int = 0, **sizes) -> Transformer:
    """A small model whose every parameter is random, biases and norms too; in evaluation mode."""
    torch.manual_seed(seed)
    model = Transformer(
        TransformerConfig(**({"vocabulary": PIECES, "d_model": 24, "heads": 3, "d_ff": 40, "positions": 20} | sizes))
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model.eval().requires_grad_(False)


def tiny_translator(seed: int = 0) -> Translator:
    """A small translator of random values, whose vocabulary knows the words of PAIRS."""
    return Translator(Trained("", tiny_transformer(seed), learn((text for pair in PAIRS for text in pair), PIECES), {}))


def official(model: Transformer, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """What PyTorch's own layers make of source and target vectors in float64: the encoder's answer and the decoder's."""
    mask = nn.Transformer.generate_square_subsequent_mask(target.size(1), dtype=torch.float64)
    memory = source.double()
    for layer in model.encoder:
        memory = _encoder_layer(layer)(memory)
    x = target.double()
    for layer in model.decoder:
        x = _decoder_layer(layer)(x, memory, tgt_mask=mask)
    return memory, x


def _encoder_layer(layer: EncoderLayer) -> nn.TransformerEncoderLayer:
    theirs = nn.TransformerEncoderLayer(**_sizes(layer))
    _fill_attention(theirs.self_attn, layer.attention)
    _fill_common(theirs, layer)
    theirs.norm2.load_state_dict(layer.feed_forward_norm.state_dict())
    return theirs.eval()


def _decoder_layer(layer: DecoderLayer) -> nn.TransformerDecoderLayer:
    theirs = nn.TransformerDecoderLayer(**_sizes(layer))
    _fill_attention(theirs.self_attn, layer.attention)
    _fill_attention(theirs.multihead_attn, layer.cross)
    _fill_common(theirs, layer)
    theirs.norm2.load_state_dict(layer.cross_norm.state_dict())
    theirs.norm3.load_state_dict(layer.feed_forward_norm.state_dict())
    return theirs.eval()


def _sizes(layer: EncoderLayer | DecoderLayer) -> dict:
    widen = layer.feed_forward.widen
    sizes = {"d_model": widen.in_features, "nhead": layer.attention.heads, "dim_feedforward": widen.out_features}
    return sizes | {"dropout": 0.0, "activation": "relu", "batch_first": True, "norm_first": False, "dtype": torch.float64}


def _fill_common(theirs: nn.Module, layer: EncoderLayer | DecoderLayer) -> None:
    theirs.norm1.load_state_dict(layer.attention_norm.state_dict())
    theirs.linear1.load_state_dict(layer.feed_forward.widen.state_dict())
    theirs.linear2.load_state_dict(layer.feed_forward.narrow.state_dict())


def _fill_attention(theirs: nn.MultiheadAttention, ours: MultiHeadAttention) -> None:
    parts = ours.query, ours.key, ours.value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.output.state_dict())
