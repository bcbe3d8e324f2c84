"""Phrases of a lesson as HTML, with W_Q and d_k as they are written by hand."""

import re

from markupsafe import Markup

from attention_core.writing.phrases import Phrase
from pages.shared.base.markup import phrase_html


def spelled_html(said: Phrase, terms: bool = False) -> Markup:
    """The phrase as HTML; with `terms`, words of the glossary can be opened."""
    # As plain text, for `re` joins with the text's own `join`, which would escape once more; what stands in a tag is not text.
    return Markup(re.sub(r"\b(W|d)_(model|[QKVOk])\b(?![^<>]*>)", r"\1<sub>\2</sub>", str(phrase_html(said, terms=terms))))
