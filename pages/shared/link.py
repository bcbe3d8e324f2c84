"""The address holds the whole view: reading it restores the view, a change of the view writes it.

Every change becomes a step in the browser's history, which widgets bound to the address do not offer.
"""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.examples import examples

SENTENCE = ("text", "layer", "head", "query", "key")  # every page writes them into its address
# What an address need not say: how the weights are shown, and what single pages add.
DEFAULTS = {
    "show": "head",
    "layers": "all",
    "heads": "all",
    "special": "kept",
    "words": "pieces",
    "stage": "scores",
    "dimension": "1",
    "terms": "by-size",
    "order": "layers",
    "sides": "sentences",
    "other": "",
    "other_layer": None,
    "other_head": None,
    "matrix": "weights",
    "sheet": "",
    "row": "1",
    "column": "2",
    "entry": "1",
    "experiment": "division",
    "size": "64",
    "draw": "1",
    "temperature": "1",
    "causal": "no",
    "silenced": "no",
    "removed": None,
    "scope": "head",
    "look_layer": None,
    "look_head": None,
    "part": "attention",
    "after": "6",
    "second": "The animal was starving, so it finished its meal",
    "third": "Who gave the dog its dinner?",
    "fourth": "Stock prices fell sharply on Monday",
    "lesson": "",
    "card": "1",
    "answer": "hidden",
}
COMMON = (*SENTENCE, "show", "layers", "heads", "special", "words")  # what goes along to another page
LONGEST = 16_000  # characters of encoded text; servers refuse addresses of some 64,000


def restore(page: str) -> None:
    """On arrival at a page, and after Back or Forward, put what the address asks for into the widgets' state.

    At any other time the widgets are right: a second click may travel with the address from before the first.
    """
    state, known = st.session_state, (*SENTENCE, *DEFAULTS)
    asked = {name: st.query_params[name] for name in known if name in st.query_params}
    kept = state.setdefault("_kept", {})  # Streamlit forgets what a widget held as soon as one run does not draw it
    for name in known:
        if name in state:
            kept[name] = state[name]
        elif name in kept:
            state[name] = kept[name]
    if state.get("_page") == page and not _went_through_history():
        if state["_shown"] is None:  # the arrival was overtaken by a click: what is shown then is no longer the address's
            state["_shown"] = {}
        return
    if "text" not in asked and "_too_long" in state and "layer" in asked:  # it was no part of the link between the pages
        asked["text"] = state["_too_long"]
    state["_page"], state["_shown"], state["_refused"] = page, None, []
    opening = examples(page)[0]
    for name in SENTENCE:
        state[name] = asked.get(name, getattr(opening, name))
    for name, default in DEFAULTS.items():
        state[name] = asked.get(name, default)
    if "other" not in asked and kept.get("text") == state["text"]:
        state["other"] = kept["other"]
    if "text" not in asked:
        state["other"] = asked.get("other", opening.other)
    else:  # a sentence of one's own opens on its own strongest link
        state["query"], state["key"] = asked.get("query"), asked.get("key")


def choice(name: str, count: int, default: int | None) -> int | None:
    """The whole number from 1 to count that the state holds under a name, else the default; refusals are kept."""
    state = st.session_state
    value = state.get(name)
    if value is None:
        state[name] = default
        return default
    try:
        number = int(value)
    except ValueError:
        number = 0
    if not 1 <= number <= count:
        what = name.replace("_", " ")
        shown = f"{what} {default} is shown" if default else "the strongest link is shown"
        refuse(f"{what} {str(value)[:30]!r}, but there is only {what} 1 to {count}: {shown}")
        number = default
    state[name] = number
    return number


def option(name: str, options: Sequence[str]) -> str:
    """The one of the options that the state holds under a name, else the default; refusals are kept."""
    value = st.session_state.get(name, DEFAULTS[name])
    if value not in options:
        refuse(f"{name} {str(value)[:30]!r}, but there is only {', '.join(options)}: {DEFAULTS[name]} is shown")
        value = DEFAULTS[name]
    st.session_state[name] = value  # also where it is right: the browser forgets a picker that a run does not draw
    return value


def several(name: str, count: int) -> list[int]:
    """The whole numbers from 1 to count that the state holds under a name, in order; all where there is none."""
    state = st.session_state
    value = state.get(name)
    everything = list(range(1, count + 1))
    parts = str(value).split(",") if isinstance(value, str) and value != "all" else value
    numbers = everything
    if isinstance(parts, list) and parts:
        wanted = {str(part) for part in parts}
        numbers = [number for number in everything if str(number) in wanted] or everything
        if not wanted <= set(map(str, everything)):
            refuse(f"{name} {str(value)[:30]!r}, but there are only {name} 1 to {count}")
    state[name] = numbers
    return numbers


def arriving() -> bool:
    """Whether this is the first run at an address, before anything was chosen."""
    return st.session_state["_shown"] is None


def refuse(sentence: str) -> None:
    """Remember what an address asked for in vain."""
    st.session_state["_refused"].append(sentence)


def refusals() -> list[str]:
    """What the present address asked for in vain."""
    return st.session_state.get("_refused", [])


def publish(text: str, **values: str | int | Sequence[int]) -> bool:
    """Write the view into the address where it differs from what the address means; False if the text is too long."""
    state = st.session_state
    shown = {"text": text} | {name: _written(value) for name, value in values.items()}
    shown = {name: value for name, value in shown.items() if value != DEFAULTS.get(name)}
    fits = sum(len(quote(shown.get(name, ""))) for name in ("text", "other")) <= LONGEST
    if fits:
        state.pop("_too_long", None)
    else:
        state["_too_long"] = text
        shown = {name: value for name, value in shown.items() if name not in ("text", "other", "query", "key")}
    if state["_shown"] is not None and shown != state["_shown"]:
        st.query_params.from_dict(shown)
        state["_refused"] = []
    state["_shown"] = shown
    return fits


def shown() -> dict[str, str]:
    """The view as an address says it, for links to other pages."""
    return {name: value for name, value in (st.session_state.get("_shown") or {}).items() if name in COMMON}


def _written(value: str | int | Sequence[int]) -> str:
    return str(value) if isinstance(value, str | int) else ",".join(map(str, value))


def _went_through_history() -> bool:
    return get_script_run_ctx().is_history_navigation
