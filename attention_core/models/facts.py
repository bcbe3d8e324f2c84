"""What is said of a model that was opened, in words made from its numbers."""

from attention_core.model.attention import Attention
from attention_core.model.traced import TracedModel
from attention_core.models.proof import error
from attention_core.models.watched import WatchedModel

_KINDS = {
    "encoder": "encoder: every token sees every other",
    "decoder": "decoder: a token sees itself and those before it",
    "both": "encoder and decoder: the decoder looks at its own text and at the encoder’s",
}


def model_lines(model: TracedModel | WatchedModel, attention: Attention, head: int) -> list[str]:
    """Kind and sizes of a model; what the attention of this layer has of its own; how far the record of a head was checked."""
    if not isinstance(model, WatchedModel):
        return [_sizes(model), "an encoder with the numbers of this program’s own code"]
    config = model.config
    lines = [f"{config.family}, {_KINDS[config.kind]}", _sizes(model)]
    lines += [". ".join(own[:1].upper() + own[1:] for own in attention_facts(attention)) + "."]
    if model.silent_blocks:
        lines.append(f"In {len(model.silent_blocks)} other blocks no attention was seen: {', '.join(model.silent_blocks[:8])}.")
    if head in attention.silenced:
        return [*lines, "This head is silenced: its z is 0."]
    return [*lines, f"Checked: z of this head equals the model’s own to {error(attention, head):.0e} of its largest number."]


def _sizes(model: TracedModel | WatchedModel) -> str:
    config = model.config
    groups = getattr(config, "groups", config.heads)
    shared = f" in {groups} groups that share keys and values" if groups < config.heads else ""
    return (
        f"{config.layers} layers × {config.heads} heads{shared}, d_model {config.d_model}, d_k {config.d_k}, "
        f"at most {config.positions:,} tokens, SHA-256 {model.sha256[:12]}…"
    )


def attention_facts(attention: Attention) -> list[str]:
    """What an attention does beside softmax(QKᵀ / √d_k) V, each in a few words."""
    found = []
    if attention.scale is None:
        found.append("scores are divided by √d_k")
    elif isinstance(attention.scale, float | int):
        found.append(f"scores are multiplied by {attention.scale:.4g}")
    else:
        found.append("scores are scaled by a number of each head’s own")
    if attention.softcap is not None:
        found.append(f"capped at ±{attention.softcap:g}")
    if attention.bias is not None:
        found.append("a bias is added for each pair")
    if attention.visible is not None:
        spans = attention.visible
        window = spans.dim() == 2 and spans.size(-1) == 2 and bool((spans[:, 0] > 0).any())
        found.append("only a window before each token is open" if window else "what comes later is closed by a mask")
    if attention.sinks is not None:
        found.append("a sink takes part of each row’s weight, so rows sum to less than 1")
    if attention.v.size(-1) != attention.q.size(-1):
        found.append(f"values have {attention.v.size(-1)} numbers, keys {attention.q.size(-1)}")
    return found
