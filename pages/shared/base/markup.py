"""Words to HTML: phrases in the colours of their roles, headings, rankings."""

import re
from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup, escape

from attention_core.weights.patterns import Pattern
from attention_core.writing.phrases import Phrase
from attention_core.writing.text import lowered
from pages.shared.base.terms import mark_terms

_POWER = re.compile(r"(?<!\w)(e|10)\^(?:\(([^()]*)\)|(−?\d+(?:\.\d+)?|[a-z]))(?![^<>]*>)")
_INDEX = re.compile(r"(?<!\w)([dWb])_(k|v|model|[QKVO])(?!\w)(?![^<>]*>)")  # not within a tag


def typeset(html: str) -> Markup:
    """Safe HTML with its powers of e and 10 raised and its indices lowered, as formulas have them."""
    html = _POWER.sub(lambda found: f"{found[1]}<sup>{found[2] or found[3]}</sup>", str(html))
    return Markup(_INDEX.sub(r"\1<sub>\2</sub>", html))


def phrase_html(phrase: Phrase, terms: bool = True) -> Markup:
    """The phrase as HTML: marked words in the colour of their role, everything else as plain text with its formulas set.

    Words of the glossary can be opened, unless `terms` is False.
    """
    text = (lambda part: mark_terms(escape(part))) if terms else escape
    return Markup("").join(
        typeset(text(part)) if isinstance(part, str) else Markup(f'<span class="{part.role}">{escape(part.text)}</span>')
        for part in phrase
    )


def definition_html(pattern: Pattern) -> Markup:
    """What one of the PATTERNS measures, and where that comes from."""
    html = Markup("<b>%s</b>: %s <br><small>%s</small>")
    return html % (pattern.title, pattern.definition, pattern.source)


def note(place, text: str) -> None:
    """One clear message; whatever the text holds is shown as it is."""
    place.html(Markup('<p class="note" role="status">{}</p>').format(text))


def section(title: str, remark: str = "") -> None:
    """A heading between the parts of a page; both arguments are the page's own HTML."""
    st.html(f'<h2 class="section">{title}<small>{mark_terms(remark)}</small></h2>')


def heading(symbol: str, role: str, title: str, sentence: str, formula: str = "") -> None:
    """What stands above a picture: the symbol of its formula, title, one sentence and perhaps that formula, all the page's own.

    One element, because every element of a page costs the server time for every student.
    """
    circle = f'<span class="badge" style="background:var(--{role}-ink)"><span>{lowered(symbol)}</span></span>'
    title = f'<div class="title" role="heading" aria-level="3">{circle} <span>{title}</span></div>'
    html = f'<div class="stage">{title}<div>{typeset(mark_terms(sentence))}</div></div>'
    if formula:
        st.markdown(f"{html}\n\n$$\n{formula}\n$$", unsafe_allow_html=True)
    else:
        st.html(html)


def ranked_bars(title: str, lines: list[tuple[str | Markup, float, str]], meaning: str = "") -> None:
    """A ranking: what each line is called, its bar from 0 to 1, and its number as text."""
    row = Markup('<tr><td>%s</td><td class="bar"><span style="width:%.1f%%"></span></td><td>%s</td></tr>')
    rows = Markup("").join(row % (name, 100 * min(max(size, 0), 1), text) for name, size, text in lines)
    html = Markup('<div class="ranked"><b>%s</b> <small>%s</small></div><table class="mix">%s</table>')
    st.html(html % (title, mark_terms(escape(meaning)), rows))


def ranked_heads(
    key: str,
    title: str,
    meaning: str,
    lines: Sequence[tuple[int, int, float, str]],
    label: str,
    choose: Callable[[int, int], None],
) -> None:
    """Some heads, best first, as bars from 0 to 1 with their numbers, and buttons that choose one; all the page's own.

    A line is layer and head from 0, the bar's size, and its number as text; `choose` gets layer and head from 0.
    """
    ranked_bars(title, [(f"layer {layer + 1}, head {head + 1}", size, text) for layer, head, size, text in lines], meaning)
    heads = {f"L{layer + 1} H{head + 1}": (layer, head) for layer, head, *_ in lines}

    def chosen() -> None:
        if name := st.session_state[key]:
            choose(*heads[name])
            st.session_state[key] = None  # a button, not a state

    st.pills(label, list(heads), key=key, on_change=chosen)
