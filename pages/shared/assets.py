"""The files under assets/."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "assets"
ICON = _FOLDER / "icon.svg"


@cache
def asset(name: str) -> str:
    """The text of one file."""
    return (_FOLDER / name).read_text("utf-8")
