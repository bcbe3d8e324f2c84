"""The one list of all pages: navigation, addresses, their defaults, warm-up and tests take the pages from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EXPLORE, LEARN = "Explore", "Learn"


@dataclass(frozen=True)
class Page:
    """One page; its file is pages/NAME.py, and what only it needs stands in the folder pages/shared/NAME."""

    name: str
    title: str
    section: str  # under which the links between pages show it
    defaults: Mapping[str, str | None] = field(default_factory=dict)  # what only its address says, and what goes without saying
    takes_sentences: bool = True  # whether a sentence of a list can be opened in it
    last: str = ".arithmetic"  # a CSS selector of what stands on it once all is drawn
    formerly: tuple[str, ...] = ()  # addresses that it had before, which still open it


PAGES = (
    Page("step_by_step", "Step by step", EXPLORE, {"beat": "0"}, last=".look-for", formerly=("stage",)),
    Page("all_heads", "All heads", EXPLORE, {"order": "layers"}, last=".ranked"),
    Page("one_number", "One number", EXPLORE, {"stage": "scores", "dimension": "1", "terms": "by-size"}, last=".says"),
    Page(
        "compare",
        "Compare",
        EXPLORE,
        {"sides": "sentences", "other": "", "other_layer": None, "other_head": None, "matrix": "weights"},
    ),
    Page(
        "translate",
        "Translate",
        EXPLORE,
        {
            "attention": "cross",
            "block": "2",
            "attention_head": "1",
            "step": "1",
            "asking": "1",
            "asked": None,
            "beam": "4",
            "beginning": "",
            "lines": "head",
            "panel": "stages",
            "number": "scores",
            "number_dimension": "1",
            "number_terms": "by-size",
            "second_block": "2",
            "second_head": "2",
            "against": "head",
            "second_text": "The cat is hungry.",
        },
        takes_sentences=False,
        last=".arithmetic",
    ),
    Page("sentences", "Your sentences", EXPLORE, {"set": ""}, takes_sentences=False, last=".look-for"),
    Page("lesson", "Lesson", LEARN, {"lesson": "", "card": "1", "answer": "hidden"}, takes_sentences=False, last=".at"),
    Page(
        "inside",
        "Inside the encoder",
        LEARN,
        {
            "part": "attention",
            "after": "6",
            "second": "The animal was starving, so it finished its meal",
            "third": "Who gave the dog its dinner?",
            "fourth": "Stock prices fell sharply on Monday",
        },
        last=".says",
    ),
    Page(
        "by_hand",
        "By hand",
        LEARN,
        {"sheet": "", "row": "1", "column": "2", "entry": "1"},
        takes_sentences=False,
        last=".whole-mix",
    ),
    Page(
        "what_if",
        "What if?",
        LEARN,
        {
            "experiment": "division",
            "size": "64",
            "draw": "1",
            "temperature": "",  # an experiment that nobody has changed yet opens on a change
            "causal": "no",
            "silenced": "no",
            "removed": None,
            "scope": "head",
            "look_layer": None,
            "look_head": None,
        },
        last=".says",
    ),
)

SENTENCE = ("text", "layer", "head", "query", "key")  # every page writes them into its address
SHOWING = {"show": "head", "layers": "all", "heads": "all", "special": "kept", "words": "pieces"}  # how weights are shown
SHOWING |= {"model": "", "target": "", "attending": ""}  # another model; what its decoder reads, and which of its attentions
COMMON = (*SENTENCE, *SHOWING)  # what goes along to another page
DEFAULTS: dict[str, str | None] = dict(SHOWING)  # what an address need not say
for _page in PAGES:
    for _name, _default in _page.defaults.items():
        if _name in DEFAULTS or _name in SENTENCE or not _name.isidentifier():
            raise ValueError(f"The page {_page.name} cannot have a field {_name!r}: give one name of its own, without hyphens.")
        DEFAULTS[_name] = _default
BY_NAME = {page.name: page for page in PAGES}
