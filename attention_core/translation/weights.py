"""The translator's files: model.safetensors in float16, with all that is known about it in its header, and tokenizer.json."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from tokenizers import Tokenizer

from attention_core.errors import CheckpointError
from attention_core.translation.transformer import Transformer, TransformerConfig

SHIPPED_FOLDER = Path(__file__).parents[2] / "assets" / "translator"
SHIPPED_SHA256 = "183345787eebba656a79cdcf6c421323cf0df3e7ab1c301cc85b58fc55b6ee26"  # the file holds that of its tokenizer
_RESTORE = "Restore it from the project's repository:  git checkout -- assets/translator"


@dataclass(frozen=True, eq=False)
class Trained:
    """A translator that was read and found whole."""

    sha256: str  # of model.safetensors
    model: Transformer  # float32, ready to translate
    tokenizer: Tokenizer
    facts: dict[str, str]  # how it was trained, from what, how good it is, its licence


def write_weights(folder: Path, model: Transformer, tokenizer: Tokenizer, facts: dict[str, str]) -> None:
    """Write model.safetensors and tokenizer.json; the weights are rounded to float16."""
    raw_tokenizer = tokenizer.to_str().encode()
    header = {
        "format": "pt",
        "config": json.dumps(asdict(model.config)),
        "tokenizer_sha256": hashlib.sha256(raw_tokenizer).hexdigest(),
    }
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in model.state_dict().items()}
    (folder / "model.safetensors").write_bytes(save(tensors, header | facts))
    (folder / "tokenizer.json").write_bytes(raw_tokenizer)


def read_shipped() -> Trained:
    """The translator that comes with the app, its files compared with their SHA-256. Raises CheckpointError."""
    try:
        return read_weights(SHIPPED_FOLDER, SHIPPED_SHA256)
    except CheckpointError as error:
        raise CheckpointError(f"{error} {_RESTORE}") from error


def read_weights(folder: Path, sha256: str | None = None) -> Trained:
    """Read and check a translator's folder.

    Raises CheckpointError, by name, for what is missing, misshapen, not finite, or not of the expected SHA-256.
    """
    path = folder / "model.safetensors"
    raw, raw_tokenizer = _bytes(path), _bytes(folder / "tokenizer.json")
    found = hashlib.sha256(raw).hexdigest()
    if sha256 is not None and found != sha256:
        raise CheckpointError(f"{path} is truncated or altered: its SHA-256 is {found}, expected {sha256}.")
    try:
        with safe_open(path, "pt") as file:
            facts = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (it is no dictionary)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is no readable safetensors file: {error}.") from error
    config = _config(path, facts)
    if hashlib.sha256(raw_tokenizer).hexdigest() != facts.get("tokenizer_sha256"):
        raise CheckpointError(f"{folder / 'tokenizer.json'} is not the tokenizer that {path} was trained with.")
    try:
        tokenizer = Tokenizer.from_str(raw_tokenizer.decode())
    except Exception as error:  # the library raises bare Exception for whatever it cannot parse
        raise CheckpointError(f"{folder / 'tokenizer.json'} is no readable tokenizer: {error}.") from error
    if tokenizer.get_vocab_size() > config.vocabulary:
        raise CheckpointError(f"{folder / 'tokenizer.json'} has more pieces than {path}, which knows {config.vocabulary:,}.")
    return Trained(found, _filled(path, config, tensors), tokenizer, facts)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}.") from error


def _config(path: Path, facts: dict[str, str]) -> TransformerConfig:
    """The sizes in the header."""
    try:
        values = json.loads(facts.get("config", ""))
    except ValueError:
        values = None
    wanted = {field.name: field.type for field in fields(TransformerConfig)}
    if not isinstance(values, dict) or {name: type(value) for name, value in values.items()} != wanted:
        raise CheckpointError(f"{path} is no translator: its header has no config with {', '.join(wanted)}.")
    config = TransformerConfig(**values)
    if min(value for name, value in values.items() if name != "dropout") < 1 or config.d_model % (2 * config.heads):
        raise CheckpointError(f"{path} has sizes that fit no translator: {config}.")
    return config


def _filled(path: Path, config: TransformerConfig, tensors: dict[str, torch.Tensor]) -> Transformer:
    with torch.device("meta"):  # no numbers are drawn that the file's replace at once
        model = Transformer(config)
    expected = {name: tensor.shape for name, tensor in model.state_dict().items()}
    wrong = sorted(expected.keys() ^ tensors.keys())
    wrong += [name for name in expected.keys() & tensors.keys() if tensors[name].shape != expected[name]]
    wrong = wrong or [name for name, tensor in tensors.items() if not tensor.is_floating_point()]
    if wrong:
        raise CheckpointError(f"{path} does not fit its config; missing, unknown or misshapen: {', '.join(wrong[:5])}.")
    full = {name: tensor.float() for name, tensor in tensors.items()}
    for name, tensor in full.items():
        if not tensor.isfinite().all():
            raise CheckpointError(f"{path}: {name} holds values that are no finite numbers.")
    model.load_state_dict(full, assign=True)
    return model.eval().requires_grad_(False)
