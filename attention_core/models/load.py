"""Opens a model by name or folder: the own encoder for BERT-type folders, else a watched model of Transformers.

Transformers is imported only when such a model is opened: it takes seconds.
"""

import importlib.util
import json
import os
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import nn

from attention_core.errors import CheckpointError, TextError
from attention_core.model.checkpoint import EMBEDDED_NAME, read_checkpoint, read_embedded
from attention_core.model.traced import TracedModel
from attention_core.model.trial import TokenizerRefusedError, tried, without_batches
from attention_core.models.catalogue import folder_of
from attention_core.models.folder import ModelFolder, read_folder
from attention_core.models.pieces import TokenPieces
from attention_core.models.watched import WatchedModel

LIMIT_SETTING = "ATTENTION_MODEL_GIB"
_GIB, _LIMIT = 2**30, 4.0
_LARGEST_CONFIG = 1_000_000
_SETTINGS = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}
_MORE_THAN_STORED = 2  # a model may tie or compute some numbers, but not most of them


def load_model(path: str | PathLike | None = None) -> TracedModel | WatchedModel:
    """Open the embedded all-MiniLM-L6-v2, or the model of a name that `available` lists, or of a folder.

    BERT-type folders get the own encoder. Any other becomes a watched model of Transformers, which is not changed. Raises
    CheckpointError, saying what is missing, misshapen, altered or not to be shown, and what to do.
    """
    if path is None or path == EMBEDDED_NAME:
        return TracedModel(read_embedded())
    folder = folder_of(os.fspath(path)) if isinstance(path, str) else Path(path)
    if _is_plain_bert(folder):
        return TracedModel(read_checkpoint(folder))
    return _open(read_folder(folder, path if isinstance(path, str) and "/" in path and not Path(path).exists() else None))


def _is_plain_bert(folder: Path) -> bool:
    """Whether the own encoder is to read a folder, or to say what is wrong with it."""
    file = folder / "config.json"
    if not file.is_file():  # nothing waits for a pipe
        return True
    try:
        config = json.loads(file.read_text("utf-8")[:_LARGEST_CONFIG])
    except (OSError, ValueError, RecursionError):
        return True
    family = config.get("model_type") if isinstance(config, dict) else None
    return not isinstance(family, str) or family == "bert"


def _open(folder: ModelFolder) -> WatchedModel:
    """A watched model of a folder that was looked through."""
    limit = _limit()
    if folder.size > limit * _GIB:
        raise CheckpointError(
            f"{folder.name} needs {folder.size / _GIB:.1f} GiB in memory, more than the {limit:g} GiB that "
            f"{LIMIT_SETTING} allows."
        )
    if importlib.util.find_spec("transformers") is None:
        raise CheckpointError(f"{folder.name} needs Transformers, which is not installed: pip install 'transformers~=5.23.0'.")
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    network = _network(folder, transformers, limit)
    pieces = _tokenizer(folder, transformers)
    try:
        return WatchedModel(network, pieces, folder.name, folder.sha256())
    except TextError as error:
        raise CheckpointError(f"{folder.name} cannot read a short text. {error}") from error


def _limit() -> float:
    value = os.environ.get(LIMIT_SETTING, "")
    try:
        return float(value) if value else _LIMIT
    except ValueError as error:
        raise CheckpointError(f"{LIMIT_SETTING} is {value[:40]!r}, expected a number of GiB.") from error


def _network(folder: ModelFolder, transformers: Any, limit: float) -> nn.Module:
    """The network with all of its weights from the folder, in float32."""
    where = folder.path / "config.json"
    try:
        config = transformers.AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise CheckpointError(f"{where} is no config of an architecture that Transformers knows: {_said(error)}.") from error
    made = _class(folder, config, transformers)
    try:
        with torch.device("meta"):  # sizes only: nothing is held in memory
            sketch = made(config)
    except Exception as error:
        raise CheckpointError(f"{where} describes no model that can be built: {_said(error)}.") from error
    numbers = sum(part.numel() for part in sketch.parameters())
    buffers = 4 * sum(part.numel() for part in sketch.buffers())
    if numbers > _MORE_THAN_STORED * folder.numbers + 1000 or buffers > limit * _GIB:
        raise CheckpointError(
            f"{where} describes a model of {numbers:,} numbers, but the weights hold {folder.numbers:,}. "
            "They do not belong together."
        )
    ways = ("sdpa", "eager") if getattr(sketch, "_supports_sdpa", False) and not _has_softcap(config) else ("eager",)
    for place, way in enumerate(ways):
        try:
            network, found = made.from_pretrained(
                folder.path,
                config=config,
                attn_implementation=way,
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
            break
        except Exception as error:
            if place == len(ways) - 1:
                raise CheckpointError(f"The weights in {folder.path} do not fit its config.json: {_said(error)}.") from error
    missing = sorted(found["missing_keys"])
    if missing or found.get("mismatched_keys"):
        wrong = missing or [str(each[0] if isinstance(each, tuple) else each) for each in found["mismatched_keys"]]
        more = f" (and {len(wrong) - 5:,} more)" if len(wrong) > 5 else ""
        raise CheckpointError(f"The weights in {folder.path} lack what its config.json asks for: {', '.join(wrong[:5])}{more}.")
    for name, part in network.named_parameters():
        if not torch.isfinite(part).all():
            raise CheckpointError(f"The weights in {folder.path} are damaged: {name} holds values that are not finite.")
    return network.requires_grad_(False)


def _class(folder: ModelFolder, config: Any, transformers: Any) -> Any:
    """The class of the network: the one that the config names, or the family's bare one."""
    named = folder.config.get("architectures")
    name = named[0] if isinstance(named, list) and named and isinstance(named[0], str) else None
    found = getattr(transformers, name, None) if name and name.isidentifier() else None
    if found is None:
        try:
            found = transformers.MODEL_MAPPING[type(config)]
        except KeyError as error:
            raise CheckpointError(
                f"Transformers has no model for {folder.name}, of the architecture {folder.family}."
            ) from error
        found = found[0] if isinstance(found, tuple) else found
    if not (isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)):
        raise CheckpointError(f"{folder.path / 'config.json'}: architectures names {str(name)[:80]!r}, which is no model.")
    if found.config_class is not None and not isinstance(config, found.config_class):
        raise CheckpointError(
            f"{folder.path / 'config.json'}: architectures names {found.__name__}, which is not of {folder.family}."
        )
    return found


def _has_softcap(config: Any) -> bool:
    return bool(getattr(config, "attn_logit_softcapping", None))


def _tokenizer(folder: ModelFolder, transformers: Any) -> TokenPieces:
    """The folder's tokenizer, tried in a process of its own before it is used here."""
    path = folder.path / "tokenizer.json"
    try:
        if path.exists():
            tried(without_batches(path.read_text("utf-8")))
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder.path, local_files_only=True, trust_remote_code=False, use_fast=True
        )
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is not None:
            tried(without_batches(backend.to_str()))
        return TokenPieces(tokenizer)
    except TokenizerRefusedError as error:
        raise CheckpointError(f"{path} is no readable tokenizer: {error}.") from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library panics beside Exception
        raise CheckpointError(f"{folder.name} has no tokenizer that can be read: {_said(error)}.") from error


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
