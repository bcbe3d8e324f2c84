"""Marks the words of the glossary in the pages' own texts, each where a page says it first."""

import re
import threading
from functools import cache

from markupsafe import Markup

from attention_core.writing.glossary import Glossary, read_glossary
from pages.shared.base.assets import asset

_TAG = re.compile(r"(<[^<>]*>)")
_run = threading.local()  # every run of a page has a thread of its own


@cache
def glossary() -> Glossary:
    """The glossary of the app."""
    return read_glossary(asset("glossary.toml"))


def begin_terms() -> None:
    """Forget which terms this page has marked already."""
    _run.marked = set()


def mark_terms(html: str) -> Markup:
    """The page's own HTML with each term of the glossary that it says first as something that can be opened.

    Only text outside of tags is looked at, so what was escaped stays escaped; what stands in a quotation <q> is not ours.
    """
    is_quoted = False
    marked = _run.__dict__.setdefault("marked", set())
    parts = []
    for piece in _TAG.split(str(html)):
        is_quoted = piece == "<q>" or (is_quoted and piece != "</q>")
        if piece.startswith("<") or is_quoted:
            parts.append(piece)
            continue
        for text, term in glossary().split(piece, marked):
            parts.append(_OPENS % (term, text) if term else text)
            marked.add(term)
    return Markup("".join(parts))


_OPENS = '<span class="term" tabindex="0" role="button" aria-haspopup="dialog" data-term="%s">%s</span>'
