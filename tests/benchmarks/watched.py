"""Watched models on one thread: a recorded forward pass against the model's own, by architecture and number of tokens."""

from statistics import median

from tests.benchmarks.core import interleaved
from tests.benchmarks.report import milliseconds, table, verdict

LENGTHS = {12: (30, 1.3), 256: (8, 1.1), 512: (5, 1.1)}  # tokens: rounds, and the limit in units of the native forward pass
_WORDS = 1000


def networks():
    """One network of random numbers a family, of the sizes of small models that people use."""
    import transformers as t

    t.logging.set_verbosity_error()
    sizes = {"vocab_size": _WORDS, "hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536}
    yield "BERT", t.BertModel(t.BertConfig(num_hidden_layers=6, **sizes))
    yield "GPT-2", t.GPT2LMHeadModel(t.GPT2Config(vocab_size=_WORDS, bos_token_id=0, eos_token_id=0))
    few = {"num_key_value_heads": 4, "num_hidden_layers": 12, "max_position_embeddings": 1024}
    yield "Llama", t.LlamaForCausalLM(t.LlamaConfig(**(sizes | few)))
    yield "T5", t.T5ForConditionalGeneration(t.T5Config(vocab_size=_WORDS, decoder_start_token_id=0))


def main() -> None:
    """Print one table."""
    import torch

    from attention_core.models.calls import attach
    from attention_core.models.watch import Watch

    torch.set_num_threads(1)
    rows = []
    for name, network in networks():
        two = network.config.is_encoder_decoder
        attach(network.eval())
        for count, (rounds, limit) in LENGTHS.items():
            ids = torch.arange(count)[None] % _WORDS
            given = {"input_ids": ids} | ({"decoder_input_ids": ids, "use_cache": False} if two else {})

            def native(network=network, given=given):
                return network(**given)

            def watched(network=network, given=given, two=two):
                with Watch(("encoder", "decoder") if two else ("encoder",)):
                    return network(**given)

            with torch.inference_mode():
                taken = interleaved({"native": native, "watched": watched}, rounds)
            ratio = median(taken["watched"]) / median(taken["native"])
            rows.append((f"{name}, {count} tokens", *map(milliseconds, taken.values()), *verdict(ratio, limit)))
    table("a watched forward pass", ("", "native", "watched", "ratio", "limit", ""), rows)


if __name__ == "__main__":
    main()
