"""The files under assets/, and what goes to the components among them."""

from functools import cache
from pathlib import Path

import orjson

_FOLDER = Path(__file__).resolve().parents[3] / "assets"
ICON = _FOLDER / "icon.svg"


@cache
def asset(name: str) -> str:
    """The text of one file."""
    return (_FOLDER / name).read_text("utf-8")


def packed(data: dict) -> bytes:
    """What a component gets, as JSON in bytes: of anything else Streamlit looks at every part, to find data frames."""
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)
