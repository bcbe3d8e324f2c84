"""What every page is made of, looked up on first use: a page draws its head before anything heavy is imported."""

from importlib import import_module

_HOMES = {
    "begin": "opening",
    "cell_bar": "cell",
    "downloads": "stages",
    "mix": "stages",
    "projections": "stages",
    "section": "markup",
    "stage": "stages",
    "tables": "stages",
    "words": "sentence",
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
