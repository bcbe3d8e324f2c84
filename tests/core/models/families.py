"""Architectures of Transformers with tiny sizes: which class of each is tried, and what its config needs beside the sizes."""

import inspect
from functools import cache
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from attention_core.models.pieces import TokenPieces
from attention_core.models.watched import WatchedModel

VOCABULARY = 99
# Sizes by all the names that configs have for them; each gets those that it knows.
SIZES: dict[str, Any] = {
    **dict.fromkeys(("hidden_size", "d_model", "n_embd", "dim", "embedding_size", "word_embed_proj_dim", "emb_dim"), 32),
    **dict.fromkeys(("num_hidden_layers", "num_layers", "n_layer", "n_layers", "encoder_layers", "decoder_layers"), 2),
    **dict.fromkeys(("num_attention_heads", "num_heads", "n_head", "n_heads", "num_decoder_layers"), 4),
    **dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads", "n_routed_experts", "mamba_num_heads"), 4),
    **dict.fromkeys(("intermediate_size", "d_ff", "ffn_dim", "hidden_dim", "encoder_ffn_dim", "decoder_ffn_dim"), 48),
    **dict.fromkeys(("max_position_embeddings", "n_positions", "n_ctx"), 64),
    **dict.fromkeys(("head_dim", "d_kv", "qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim", "rotary_dim"), 8),
    **dict.fromkeys(("linear_key_head_dim", "linear_value_head_dim", "mamba_d_state", "attention_window_size"), 8),
    **dict.fromkeys(("moe_intermediate_size", "shared_expert_intermediate_size", "kv_lora_rank", "mamba_d_head"), 16),
    **dict.fromkeys(("num_experts", "num_local_experts", "num_key_value_heads", "type_vocab_size", "eos_token_id"), 2),
    **dict.fromkeys(("linear_num_key_heads", "linear_num_value_heads", "decoder_start_token_id"), 2),
    **dict.fromkeys(("num_experts_per_tok", "bos_token_id", "n_shared_experts", "n_group", "topk_group"), 1),
    "num_decoder_layers": 2,
    "first_k_dense_replace": 1,
    "decoder_intermediate_size": 48,
    "vocab_size": VOCABULARY,
    "pad_token_id": 0,
    "q_lora_rank": 24,
    "sliding_window": 4,
    "lru_width": 32,
    "mamba_n_heads": 4,
    "layer_types": None,
}
_LATENT = {"num_key_value_heads": 4}
_HYBRID = {"layer_types": ["linear_attention", "full_attention"]}
SPECIAL: dict[str, dict[str, Any]] = {
    "bamba": {"attn_layer_indices": [1]},
    "deberta": {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]},
    "deberta-v2": {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_buckets": 8},
    "gemma2": {"attn_logit_softcapping": 5.0},
    "modernbert": {"local_attention": 8},
    "deepseek_v2": _LATENT,
    "deepseek_v3": _LATENT,
    "esmc": {"num_key_value_heads": 4},
    "glm4_moe_lite": _LATENT,
    "gpt_neo": {"attention_types": [[["global", "local"], 1]], "window_size": 4},
    "granitemoehybrid": {"layer_types": ["mamba", "attention"]},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
    "lfm2": {"layer_types": ["conv", "full_attention"]},
    "luke": {"entity_vocab_size": 9, "entity_emb_size": 8},
    "minicpm3": _LATENT,
    "mamba2": {"num_heads": 8},
    "minimax": {"layer_types": ["linear_attention", "full_attention"]},
    "qwen3_5_text": _HYBRID,
    "qwen3_next": _HYBRID,
    "recurrent_gemma": {"block_types": ["recurrent", "attention"], "num_key_value_heads": 1},
    "roc_bert": {
        "pronunciation_embed_dim": 8,
        "pronunciation_vocab_size": 9,
        "shape_embed_dim": 8,
        "shape_vocab_size": 9,
    },
    "funnel": {"d_inner": 48, "block_sizes": [1, 1]},
    "fsmt": {"src_vocab_size": VOCABULARY, "tgt_vocab_size": VOCABULARY, "langs": ["en", "de"]},
    "xmod": {"languages": ["en"], "default_language": "en"},
    "youtu": _LATENT,
    "zamba2": {"layers_block_type": ["mamba", "hybrid"], "num_mem_blocks": 1},
    "reformer": {"axial_pos_embds_dim": [16, 16], "axial_pos_shape": [8, 8], "attention_head_size": 8},
}
MASKED = [
    "albert",
    "big_bird",
    "camembert",
    "convbert",
    "data2vec-text",
    "deberta",
    "deberta-v2",
    "distilbert",
    "electra",
    "ernie",
    "esm",
    "esmc",
    "eurobert",
    "flaubert",
    "gte",
    "ibert",
    "jina_embeddings_v3",
    "layoutlm",
    "luke",
    "megatron-bert",
    "mobilebert",
    "modernbert",
    "mpnet",
    "nomic_bert",
    "rembert",
    "roberta",
    "roberta-prelayernorm",
    "roc_bert",
    "roformer",
    "squeezebert",
    "tapas",
    "ultrabert",
    "xlm",
    "xlm-roberta",
    "xlm-roberta-xl",
    "xlnet",
    "xmod",
    "bert",
]
CAUSAL = [
    "afmoe",
    "apertus",
    "arcee",
    "aria_text",
    "bamba",
    "bert-generation",
    "biogpt",
    "bitnet",
    "bloom",
    "codegen",
    "cohere",
    "cohere2",
    "cohere2_moe",
    "ctrl",
    "cwm",
    "deepseek_v2",
    "deepseek_v3",
    "doge",
    "dots1",
    "ernie4_5",
    "ernie4_5_moe",
    "exaone4",
    "exaone_moe",
    "falcon",
    "flex_olmo",
    "flint",
    "gemma",
    "gemma2",
    "gemma3_text",
    "glm",
    "glm4",
    "glm4_moe",
    "glm4_moe_lite",
    "gpt-sw3",
    "gpt2",
    "gpt_bigcode",
    "gpt_neo",
    "gpt_neox",
    "gpt_neox_japanese",
    "gpt_oss",
    "gptj",
    "granite",
    "granite_swa",
    "granitemoe",
    "granitemoe_swa",
    "granitemoehybrid",
    "granitemoeshared",
    "helium",
    "hrm_text",
    "hy_v3",
    "hyperclovax",
    "internlm3",
    "iquestcoder",
    "jais2",
    "jamba",
    "jetmoe",
    "kolibri1",
    "laguna",
    "lfm2",
    "llama",
    "llama4_text",
    "mellum",
    "mimo_v2_flash",
    "minicpm3",
    "minimax",
    "minimax_m2",
    "ministral3",
    "mistral",
    "mixtral",
    "modernbert-decoder",
    "mpt",
    "nanochat",
    "nemotron",
    "olmo",
    "olmo2",
    "olmo3",
    "olmo_hybrid",
    "olmoe",
    "openai-gpt",
    "opt",
    "persimmon",
    "phi",
    "phi3",
    "phimoe",
    "qwen2",
    "qwen2_moe",
    "qwen3",
    "qwen3_5_text",
    "qwen3_moe",
    "qwen3_next",
    "recurrent_gemma",
    "seed_oss",
    "smollm3",
    "solar_open",
    "stablelm",
    "starcoder2",
    "trocr",
    "vaultgemma",
    "xglm",
    "youtu",
    "zamba2",
]
TWO_STACKS = [
    "bart",
    "blenderbot",
    "blenderbot-small",
    "fsmt",
    "m2m_100",
    "marian",
    "mbart",
    "mt5",
    "mvp",
    "nllb-moe",
    "pegasus",
    "plbart",
    "switch_transformers",
    "t5",
    "umt5",
]
REFUSED = {  # families with a part of the reason that is given
    "diffllama": "more than once",
    "falcon_mamba": "no attention",
    "fnet": "no attention",
    "funnel": "shortened rows",
    "cpmant": "43 × 43",
    "inkling2_text": "blocks",
    "longformer": "no attention",
    "mamba": "no attention",
    "mamba2": "no attention",
    "mra": "no attention",
    "pegasus_x": "blocks",
    "reformer": "no attention",
    "rwkv": "no attention",
    "xlstm": "no attention",
    "yoso": "no attention",
}


def class_of(family: str) -> type:
    """The class of a family that is tried."""
    from transformers.models.auto import modeling_auto as auto

    maps = (
        [auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES]
        if family in TWO_STACKS
        else [auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES, auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, auto.MODEL_MAPPING_NAMES]
    )
    maps = [*maps[1:2], *maps[:1], *maps[2:]] if family in CAUSAL else maps
    name = next(each[family] for each in maps if family in each)
    return getattr(transformers, name if isinstance(name, str) else name[0])


def tiny_config(family: str) -> Any:
    """The config of a family with tiny sizes."""
    made = CONFIG_MAPPING[family]
    usual, other_names = made(), getattr(made, "attribute_map", {})
    known = {*inspect.signature(made.__init__).parameters, *vars(usual)}
    sizes = {name: value for name, value in SIZES.items() if name in known and name not in other_names}
    for name in ("head_dim", "layer_types", "sliding_window"):
        if not vars(usual).get(name):
            sizes.pop(name, None)
    return made(**(sizes | SPECIAL.get(family, {})))


def tiny_network(family: str) -> Any:
    """A small network of a family, every parameter random: starting values hide a forgotten bias or a swapped norm."""
    torch.manual_seed(0)
    made, config = class_of(family), tiny_config(family)
    way = "sdpa" if made._supports_sdpa and not getattr(config, "attn_logit_softcapping", None) else "eager"
    network = made._from_config(config, attn_implementation=way, dtype=torch.float32)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for part in network.parameters():
            noise = torch.randn(part.shape, generator=generator)
            part.copy_(0.3 * noise if part.dim() > 1 else part + 0.1 * noise)
    return network.eval()


@cache
def pieces() -> TokenPieces:
    """A tokenizer of words, letters and signs, which all tiny networks share."""
    words = ["<pad>", "<s>", "</s>", "<unk>", "A", "The", "dog", "was", "hungry", "so", "it", "ate", "the", "food", "because"]
    words += [",", ".", *(f"word{number}" for number in range(VOCABULARY - len(words) - 2))]
    tokenizer = Tokenizer(models.WordLevel({word: id for id, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    marks = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return TokenPieces(transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks))


def watched(family: str) -> WatchedModel:
    """A watched tiny model of a family."""
    return WatchedModel(tiny_network(family), pieces(), family, "")


def described(model: WatchedModel, family: str) -> str:
    """The row of the table for a model that is shown: kind, and what its attention has beside softmax(QKᵀ / √d_k) V."""
    trace = model.trace("The dog ate", "it was" if model.config.kind == "both" else None)
    every = trace.attentions
    masks = {None if each.visible is None else (each.visible[:, 0] > 0).any().item() for each in _long(model).attentions}
    notes = {
        "groups of heads share keys and values": any(len(each.k) < each.heads for each in every),
        "scale of its own": any(each.scale is not None for each in every),
        "softcap": any(each.softcap is not None for each in every),
        "bias": any(each.bias is not None for each in every),
        "window": True in masks,
        "sinks": any(each.sinks is not None for each in every),
        "values of another width": any(each.v.size(-1) != each.q.size(-1) for each in every),
        "some layers do not attend": bool(model.silent_blocks),
    }
    special = ", ".join(note for note, holds in notes.items() if holds) or "–"
    return f"| {family} | {type(model.network).__name__} | {model.config.kind} | {special} |"


def _long(model: WatchedModel) -> Any:
    text = "The dog was hungry, so it ate the food because it was so hungry. The dog ate it."
    return model.trace(text, text if model.config.kind == "both" else None)


HEAD = """# Architectures that were tried

Each is a tiny model of random numbers. Of those that are shown, every head was held against what the model itself computed,
on two texts, within 1e-5 of its largest number; where Transformers tells weights, they were compared too. The tests make this
table: `python -m tests.core.models.families`.

| architecture | class | kind | what its attention has beside softmax(QKᵀ / √d_k) V |
|---|---|---|---|
"""
REFUSALS = """
These are refused, each with its reason on the screen.

| architecture | reason |
|---|---|
"""


def write_table() -> None:
    """Write assets/models.md from what all families show now."""
    from pathlib import Path

    from attention_core import AttentionError

    rows = [described(watched(family), family) for family in (*MASKED, *CAUSAL, *TWO_STACKS)]
    reasons = []
    for family in REFUSED:
        try:
            watched(family)
        except AttentionError as error:
            reasons.append(refusal(family, error))
    text = HEAD + "\n".join(rows) + "\n" + REFUSALS + "\n".join(reasons) + "\n"
    (Path(__file__).parents[3] / "assets" / "models.md").write_text(text, "utf-8")


def refusal(family: str, error: Exception) -> str:
    """The row of the table for a family that is refused."""
    reason = str(error).partition("is not shown: ")[2].partition(" Its architecture,")[0].rstrip(".")
    return f"| {family} | {reason} |"


if __name__ == "__main__":
    write_table()
