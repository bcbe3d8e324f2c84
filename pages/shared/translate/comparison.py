"""The weights of the chosen head beside those of another head, or of the same head in another sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from markupsafe import Markup
from pandas import DataFrame
from torch import Tensor

from attention_core.errors import AttentionError
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.translation.figures import attention_spec, weights_difference_spec
from attention_core.translation.files import about_translation, attention_table
from attention_core.weights.comparison import Pairs, align, difference
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import named
from attention_core.writing.text import labels
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, note, phrase_html, section
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.parts import translations
from pages.shared.translate.view import AGAINST, TranslationView


@dataclass(frozen=True, eq=False)
class Other:
    """What the chosen head is compared with, and which rows and columns of the two correspond, (A, B) from 0."""

    trace: Trace
    layer: int
    head: int
    rows: Pairs
    columns: Pairs
    french: str  # of another sentence; else empty

    @property
    def weights(self) -> Tensor:
        """The weights that stand beside those of the chosen head, (T, S)."""
        return self.trace.stages(self.layer, self.head).weights


def other_of(view: TranslationView) -> Other:
    """What the view's head is compared with. Raises AttentionError for a second sentence that cannot be translated."""
    mine = view.attentions
    if view.against == "head":
        same = [[(at, at) for at in range(len(side))] for side in (mine.rows, mine.columns)]
        return Other(mine, *view.second, *same, "")
    found = translations.translation_of(view.second_text, view.beam, "")
    trace: Trace = getattr(found, view.kind.name)
    return Other(trace, view.layer, view.head, align(mine.rows, trace.rows), align(mine.columns, trace.columns), found.french)


def comparison(view: TranslationView) -> None:
    """A, B and their difference over what corresponds, as pictures, as tables, and in words."""
    kind = view.kind.name
    section("Compare", f"the same attention, {view.kind.title.lower()}, in another head or another sentence")
    with st.container(key="second-bar", horizontal=True, vertical_alignment="bottom"):
        looks = {"required": True, "wrap": True}
        st.segmented_control("With", list(AGAINST), key="against", format_func=AGAINST.get, **looks)
        config = view.translator.config
        if view.against == "head":
            st.segmented_control("Layer of B", range(1, config.layers + 1), key="second_block", **looks)
            st.segmented_control("Head of B", range(1, config.heads + 1), key="second_head", **looks)
        else:
            st.text_input("Sentence B", key="second_text", placeholder="Type another English sentence and press Enter")
    try:
        other = other_of(view)
    except AttentionError as error:
        note(st, f"{error} Type another sentence as B.")
        return
    before, after = view.stages.weights, other.weights
    if view.against == "head":
        whose = view.whose(), view.whose(other.head, other.layer)
    else:
        whose = f"“{view.translation.french}”", f"“{other.french}”"
        st.html(Markup('<p class="look-for">%s. A: %s B: %s</p>') % (view.whose().capitalize(), *whose))
    *places, last = st.columns(3, gap="medium")
    sides = (("A", view.attentions, before, "chart-weights"), ("B", other.trace, after, "chart-second"))
    for (letter, trace, weights, key), of, place in zip(sides, whose, places, strict=True):
        with place:
            heading(letter, "weight", f"Softmax weights of {letter}", of)
            chart(
                attention_spec("weights", kind, weights, trace.rows, trace.columns, view.palette, numbers=False),
                key=key,
                file=f"translation-{kind}-weights-{letter}",
                alt=f"Softmax weights of {letter}, {of}.",
            )
    ready = {
        "A": partial(attention_table, "weights", kind, view.attentions, view.layer, view.head),
        "B": partial(attention_table, "weights", kind, other.trace, other.layer, other.head),
    }
    if other.rows and other.columns:
        rows, columns = _shared(view.attentions.rows, other.rows), _shared(view.attentions.columns, other.columns)
        change = difference(before, after, other.rows, other.columns)
        with last:
            _difference(view, change, rows, columns)
        _say(before, after, change, other, rows, columns)
        ready["B − A"] = partial(_table, change, rows, columns)
    else:
        with last:
            note(st, "The two have no token in common, so there is no difference to draw.")
    tables = {letter: LazyTable(f"translation-{kind}-{letter}", make) for letter, make in ready.items()}
    numbers("second", tables, about=about_translation(view.translator, view.translation, kind))


def _difference(view: TranslationView, change: Tensor, rows: tuple[Token, ...], columns: tuple[Token, ...]) -> None:
    heading("B − A", "weight", "The difference", "green: more in B; pink: more in A")
    row, column = divmod(int(change.abs().argmax()), len(columns))
    largest = number(change[row, column].item())
    chart(
        weights_difference_spec(change, rows, columns, view.palette),
        key="chart-difference",
        file=f"translation-{view.kind.name}-difference",
        alt=f"B − A; the largest is {largest}, from {named(rows, row, 'query').text} to {named(columns, column, 'key').text}.",
    )


def _say(
    before: Tensor, after: Tensor, change: Tensor, other: Other, rows: tuple[Token, ...], columns: tuple[Token, ...]
) -> None:
    """Where the two differ most, in words."""
    row, column = divmod(int(change.abs().argmax()), len(columns))
    (row_a, row_b), (column_a, column_b) = other.rows[row], other.columns[column]
    shares = percent(before[row_a, column_a].item()), percent(after[row_b, column_b].item())
    asking, asked = named(rows, row, "query"), named(columns, column, "key")
    said = "They differ most in how much ", asking, " looks at ", asked, f": {shares[0]} in A, {shares[1]} in B."
    st.html(Markup('<p class="says weight-edge">%s</p>') % phrase_html(said))


def _shared(tokens: tuple[Token, ...], pairs: Pairs) -> tuple[Token, ...]:
    """What corresponds, as A has it."""
    return tuple(tokens[at] for at, _ in pairs)


def _table(change: Tensor, rows: Sequence[Token], columns: Sequence[Token]) -> DataFrame:
    names = [[f"{place} {text}" for place, text in enumerate(labels(side), 1)] for side in (rows, columns)]
    return DataFrame(change.numpy(), index=names[0], columns=names[1])
