"""Which models there are on this machine, found without opening any: embedded, in named folders, and in the Hub's cache."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from attention_core.errors import CheckpointError
from attention_core.model.checkpoint import EMBEDDED_NAME, embedded_folder
from attention_core.models.folder import read_folder

FOLDERS_SETTING = "ATTENTION_MODELS"
_MOST = 200  # entries of a folder that are looked at


@dataclass(frozen=True)
class Available:
    """A model that can be opened by its name."""

    name: str  # what `load_model` takes, and the address holds
    path: Path
    place: str  # 'embedded', 'folder' or 'cache'
    family: str
    size: int  # bytes in float32
    problem: str = ""  # why it cannot be opened, where that is seen from outside


def available() -> tuple[Available, ...]:
    """All models on this machine: the embedded one, those in ATTENTION_MODELS, and those in the Hub's cache.

    ATTENTION_MODELS names folders, parted as in PATH; each is a model's, or holds models' folders.
    """
    found: dict[str, Available] = {}
    with suppress(CheckpointError):
        found[EMBEDDED_NAME] = _described(EMBEDDED_NAME, embedded_folder(), "embedded")
    for folder in map(Path, filter(None, os.environ.get(FOLDERS_SETTING, "").split(os.pathsep))):
        for path in _models_in(folder):
            found.setdefault(path.name, _described(path.name, path, "folder"))
    for name, path in _cached():
        found.setdefault(name, _described(name, path, "cache"))
    return tuple(found.values())


def folder_of(name: str) -> Path:
    """The folder of a model that `available` lists, or of that path. Raises CheckpointError for neither."""
    path = Path(name)
    if path.is_dir() or path.is_absolute() or name.startswith("."):
        return path
    listed = available()
    for each in listed:
        if each.name == name:
            return each.path
    has = ", ".join(each.name for each in listed) or "none"
    raise CheckpointError(
        f"There is no checkpoint folder {name}, and no model of this name on this machine. It has: {has}. "
        f"Put the model's folder into one that {FOLDERS_SETTING} names, or give the folder."
    )


def _models_in(folder: Path) -> list[Path]:
    try:
        if (folder / "config.json").is_file():
            return [folder]
        return sorted(path for path in list(folder.iterdir())[:_MOST] if (path / "config.json").is_file())
    except OSError:
        return []


def _cached() -> list[tuple[str, Path]]:
    """Names and folders of what the Hub's cache holds in safetensors."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")
    found = []
    try:
        entries = sorted(cache.glob("models--*"))[:_MOST]
        for entry in entries:
            snapshots = [path for path in (entry / "snapshots").glob("*") if (path / "config.json").is_file()]
            main = entry / "refs" / "main"
            wanted = main.read_text("utf-8").strip() if main.is_file() else ""
            chosen = next((path for path in snapshots if path.name == wanted), next(iter(sorted(snapshots)), None))
            if chosen and any(chosen.glob("*.safetensors")):
                found.append((entry.name.removeprefix("models--").replace("--", "/"), chosen))
    except OSError:
        return found
    return found


def _described(name: str, path: Path, place: str) -> Available:
    try:
        folder = read_folder(path, name)
    except CheckpointError as error:
        family = ""
        with suppress(OSError, ValueError, RecursionError, AttributeError):
            family = str(json.loads((path / "config.json").read_text("utf-8")).get("model_type", ""))[:80]
        return Available(name, path, place, family, 0, str(error))
    return Available(name, path, place, folder.family, folder.size)
