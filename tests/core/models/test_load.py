"""Folders of other architectures: what is opened, and all that is refused before it can do harm."""

import json
import os
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file, save_file

from attention_core import CheckpointError, TextError, TextTooLongError, load_model
from attention_core.models import available
from attention_core.survey.pattern_scores import NAMES, read_patterns
from attention_core.survey.word_links import find_links, link_search
from attention_core.weights.pattern_measures import pattern_scores
from tests.core.models.made_folders import write_gpt, write_t5
from tests.core.tiny import change_config, change_tensors, write_tiny


@pytest.fixture(scope="module")
def gpt_once(tmp_path_factory):
    return write_gpt(tmp_path_factory.mktemp("models") / "gpt")


@pytest.fixture
def gpt(gpt_once, tmp_path):
    """A folder of one's own, to be spoiled."""
    folder = tmp_path / "gpt"
    folder.mkdir()
    for path in gpt_once.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def refusal(folder) -> str:
    with pytest.raises(CheckpointError) as error:
        load_model(folder)
    return str(error.value)


def test_a_decoder_is_opened_with_its_kind_and_its_next_tokens(gpt_once):
    model = load_model(gpt_once)
    assert (model.config.kind, model.config.family, model.config.layers, model.config.heads) == ("decoder", "gpt2", 2, 4)
    assert model.config.positions == 48
    assert model.error < 1e-5
    trace = model.trace("A dog ate")
    assert trace.stack == "decoder"
    assert [token.text for token in trace.tokens] == ["A", "dog", "ate"]
    shares = [share for _, share in trace.likeliest]
    assert len(shares) == 10
    assert shares == sorted(shares, reverse=True)
    with torch.inference_mode():
        logits = model.network(torch.tensor([[token.id for token in trace.tokens]])).logits[0, -1]
    assert shares[0] == pytest.approx(logits.softmax(-1).max().item(), rel=1e-5)
    with pytest.raises(TextTooLongError, match="48 at most"):
        model.trace("dog " * 60)
    with pytest.raises(TextError, match="surrogate"):
        model.trace("\ud800")


def test_lists_are_read_by_a_watched_model(gpt_once):
    model = load_model(gpt_once)
    texts = ["A dog ate the food because it was hungry.", "The dog ate.", "it was naïve"]
    found = read_patterns(model, texts)
    for place, text in enumerate(texts):
        trace = model.trace(text)
        for layer in range(2):
            for name, scores in pattern_scores(trace.weights(layer), trace.tokens).items():
                if name != "same":  # a list compares tokens, a sentence also their spelling
                    torch.testing.assert_close(found.scores[place, NAMES.index(name), layer], scores)
    links = find_links(model, texts, link_search(model, ["it"], ["dog"]))
    (place,) = links.places
    assert (place.sentence, place.query_word, place.key_word) == (0, "it", "dog")
    trace = model.trace(texts[0])
    expected = torch.stack([trace.weights(layer)[:, place.query, place.key] for layer in range(2)])
    torch.testing.assert_close(links.weight[0], expected)


def test_two_stacks_read_a_text_and_a_target(tmp_path):
    model = load_model(write_t5(tmp_path / "t5"))
    assert model.config.kind == "both"
    trace = model.trace("A dog ate", "it was hungry")
    assert trace.parts == (("encoder", "self"), ("decoder", "self"), ("decoder", "cross"))
    cross = trace.at("decoder", "cross")
    assert cross.stages(1, 2).weights.shape == (len(trace.target_tokens), len(trace.tokens))
    assert trace.target_tokens[0].is_special
    own = model.trace("A dog ate")
    assert own.target is not None
    assert len(own.likeliest) == 10
    assert cross.layers[0].source is not None
    assert torch.equal(cross.layers[0].source, cross.layers[1].source)


def test_a_silenced_head_is_a_head_whose_output_columns_are_0(gpt_once):
    model = load_model(gpt_once)
    silent = model.trace("A dog ate the food", silenced=frozenset({("decoder", "self", 0, 1)}))
    assert silent.layers[0].silenced == (1,)
    assert not silent.stages(0, 1).z.any()
    d_k = model.config.d_k
    output = model.network.transformer.h[0].attn.c_proj.weight  # (d_model, d_model), rows are what the heads give
    kept = output.clone()
    with torch.no_grad():
        output[d_k : 2 * d_k] = 0
    zeroed = model.trace("A dog ate the food")
    with torch.no_grad():
        output.copy_(kept)
    assert torch.equal(silent.output, zeroed.output)
    assert not torch.equal(silent.output, model.trace("A dog ate the food").output)


def test_the_record_of_a_long_text_grows_with_its_tokens(gpt_once):
    def held(trace) -> int:
        parts = [part for each in trace.attentions for part in vars(each).values() if isinstance(part, torch.Tensor)]
        return sum(part.numel() * part.element_size() for part in parts)

    model = load_model(gpt_once)
    short, long = (model.trace("dog " * count) for count in (10, 40))
    assert held(long) / held(short) == pytest.approx(len(long.tokens) / len(short.tokens))


def add_code(folder):
    (folder / "harm.py").write_text(f"open({str(folder / 'harmed')!r}, 'w')")
    change_config(folder, auto_map={"AutoModelForCausalLM": "harm.Model", "AutoConfig": "harm.Config"})


def only_pickle(folder):
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def without_a_tensor(folder):
    change_tensors(
        folder, lambda tensors: {name: part for name, part in tensors.items() if "h.1.attn.c_attn.weight" not in name}
    )


def with_nan(folder):
    def spoil(tensors):
        name = next(name for name in tensors if "h.1.attn.c_attn.weight" in name)
        tensors[name][3, 4] = float("nan")
        return tensors

    change_tensors(folder, spoil)


def with_link_out(folder):
    outside = folder.parent / "elsewhere.safetensors"
    (folder / "model.safetensors").rename(outside)
    (folder / "model.safetensors").symlink_to(outside)


def with_header_of(length):
    return lambda folder: (folder / "model.safetensors").write_bytes(length.to_bytes(8, "little") + b"{}")


def with_slow_tokenizer(folder):
    path = folder / "tokenizer.json"
    raw = json.loads(path.read_text("utf-8"))
    raw["normalizer"] = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 10**6}
    path.write_text(json.dumps(raw), "utf-8")


HARM = {
    "a program beside it": (add_code, "auto_map names a program"),
    "weights only as a pickle": (only_pickle, "can run programs"),
    "a kernel from elsewhere": (lambda folder: change_config(folder, _attn_implementation="kernels-community/flash"), "kernel"),
    "a kernel in a part": (lambda folder: change_config(folder, sub={"attn_implementation": "a/b"}), "kernel"),
    "quantized weights": (lambda folder: change_config(folder, quantization_config={"bits": 4}), "quantized"),
    "a missing tensor": (without_a_tensor, "lack what its config.json asks for: transformer.h.1.attn.c_attn.weight"),
    "NaN": (with_nan, "not finite"),
    "another width": (lambda folder: change_config(folder, n_embd=64), "do not"),
    "another number of layers": (lambda folder: change_config(folder, n_layer=3), "lack"),
    "a billion layers": (lambda folder: change_config(folder, n_layer=10**9), "n_layer is 1,000,000,000"),
    "a vocabulary of 10^12": (lambda folder: change_config(folder, vocab_size=10**12), "do not belong together"),
    "a size beyond all": (lambda folder: change_config(folder, n_embd=2**60), "is larger than"),
    "an unknown architecture": (lambda folder: change_config(folder, model_type="gpt99"), "gpt99"),
    "a class of another": (lambda folder: change_config(folder, architectures=["T5Model"]), "T5Model"),
    "what is no model": (lambda folder: change_config(folder, architectures=["AutoConfig"]), "no model"),
    "an adapter": (lambda folder: (folder / "adapter_config.json").write_text("{}"), "adapter"),
    "a link out": (with_link_out, "link out of its folder"),
    "a header that says to be huge": (with_header_of(2**60), "header"),
    "a header of nothing": (with_header_of(2), "the weights hold 0 tensors"),
    "a tokenizer that never ends": (with_slow_tokenizer, "tokenizer"),
    "no tokenizer": (lambda folder: [path.unlink() for path in folder.glob("tokenizer*")], "tokenizer"),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_could_do_harm_is_refused(gpt, harm):
    spoil, said = HARM[harm]
    spoil(gpt)
    start = time.monotonic()
    assert said in refusal(gpt)
    assert time.monotonic() - start < 60
    assert not (gpt / "harmed").exists()


def test_a_pickle_beside_safetensors_is_never_opened(gpt):
    (gpt / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch " + str(gpt / "harmed").encode() + b"'\ntR.")
    (gpt / "modeling_gpt2.py").write_text("raise SystemExit")
    assert load_model(gpt).trace("A dog").tokens
    assert not (gpt / "harmed").exists()


def test_weights_in_several_files_are_one_model(gpt, gpt_once):
    tensors = load_file(gpt / "model.safetensors")
    names = sorted(tensors)
    files = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, part in files.items():
        save_file({name: tensors[name] for name in part}, gpt / file, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, part in files.items() for name in part}}
    (gpt / "model.safetensors.index.json").write_text(json.dumps(index))
    (gpt / "model.safetensors").unlink()
    assert torch.equal(load_model(gpt).trace("A dog").output, load_model(gpt_once).trace("A dog").output)


def test_the_limit_is_told_before_anything_is_read(gpt, monkeypatch):
    monkeypatch.setenv("ATTENTION_MODEL_GIB", "0.00001")
    assert "ATTENTION_MODEL_GIB allows" in refusal(gpt)
    monkeypatch.setenv("ATTENTION_MODEL_GIB", "much")
    assert "expected a number" in refusal(gpt)


def test_models_of_folders_and_of_the_cache_are_listed_and_opened_by_name(gpt, tmp_path, monkeypatch):
    models, cache = tmp_path / "models", tmp_path / "hub"
    write_tiny(models / "tiny")
    (models / "notes").mkdir()
    snapshot = cache / "models--somebody--gpt" / "snapshots" / "abc"
    snapshot.parent.mkdir(parents=True)
    os.rename(gpt, snapshot)
    (snapshot / "broken").mkdir()
    monkeypatch.setenv("ATTENTION_MODELS", f"{models}{os.pathsep}/nowhere")
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    listed = {each.name: each for each in available()}
    assert list(listed) == ["all-MiniLM-L6-v2", "tiny", "somebody/gpt"]
    assert [each.place for each in listed.values()] == ["embedded", "folder", "cache"]
    assert listed["somebody/gpt"].size > 0
    model = load_model("somebody/gpt")
    assert (model.name, model.config.family) == ("somebody/gpt", "gpt2")
    assert load_model("tiny").encoder
    change_config(snapshot, auto_map={"a": "b"})
    assert "auto_map" in {each.name: each for each in available()}["somebody/gpt"].problem
    with pytest.raises(CheckpointError, match=r"no model of this name.*somebody/gpt"):
        load_model("somebody/else")


def test_the_default_brings_no_transformers_along():
    script = "import sys, attention_core, attention_core.models as m; m.available(); attention_core.load_model().trace('A dog')"
    done = subprocess.run(
        [sys.executable, "-c", script + "; print('transformers' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr
