"""What every page is made of, looked up on first use: a page draws its head before anything heavy is imported."""

from importlib import import_module

_HOMES = {
    "all_heads": "overview",
    "explain": "arithmetic",
    "experiment": "laboratory",
    "begin": "opening",
    "begin_list": "gathering",
    "begin_sheet": "paper",
    "browse": "browsing",
    "cell_bar": "cell",
    "compare": "comparing",
    "entry_pickers": "entry",
    "find_head": "overview",
    "flow": "inner",
    "gather": "gathering",
    "likeness": "inner",
    "mix": "stages",
    "mixture": "stages",
    "present": "presenting",
    "projections": "stages",
    "search_links": "linking",
    "section": "markup",
    "sheet_mix": "computed",
    "sheet_place": "computed",
    "sheet_step": "computed",
    "sheet_tables": "computed",
    "stage": "stages",
    "stations": "inner",
    "survey_heads": "surveying",
    "tables": "stages",
    "take_home": "home",
    "walk": "inner",
    "words": "sentence",
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
