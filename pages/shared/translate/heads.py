"""All heads of the chosen attention, and two of them side by side."""

from functools import partial

import streamlit as st
from markupsafe import Markup
from pandas import DataFrame

from attention_core.translation.figures import attention_spec, difference_of_heads_spec
from attention_core.translation.files import about_translation, attention_table
from attention_core.translation.overview import attention_overview
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import named
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html, section
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.parts.head_grid import grid
from pages.shared.translate.view import TranslationView


def translation_heads(view: TranslationView) -> None:
    """One picture a head of the chosen attention; a click chooses the head."""
    section("All heads", f"{view.kind.title.lower()}: rows are {view.kind.asks}, columns {view.kind.answers}")
    grid(
        *attention_overview(view.attentions),
        view.attentions.rows,
        view.palette,
        _open,
        chosen=(view.layer, view.head),
        key="translation-heads",
        columns=view.attentions.columns,
    )


def compared_heads(view: TranslationView) -> None:
    """The weights of the chosen head, of another one, and their difference."""
    section("Compare two heads", f"of the same attention: {view.kind.title.lower()}")
    with st.container(key="second-bar", horizontal=True, vertical_alignment="bottom"):
        looks = {"required": True, "wrap": True}
        config = view.translator.config
        st.segmented_control("Layer of B", range(1, config.layers + 1), key="second_block", **looks)
        st.segmented_control("Head of B", range(1, config.heads + 1), key="second_head", **looks)
    kind, (layer, head) = view.kind.name, view.second
    attentions = view.attentions
    rows, columns = attentions.rows, attentions.columns
    before, after = view.stages.weights, attentions.stages(layer, head).weights
    *places, last = st.columns(3, gap="medium")
    sides = {"A": (view.whose(), before, "chart-weights"), "B": (view.whose(head, layer), after, "chart-second")}
    for (letter, (whose, weights, key)), place in zip(sides.items(), places, strict=True):
        with place:
            heading(letter, "weight", f"Softmax weights of {letter}", whose)
            chart(
                attention_spec("weights", kind, weights, rows, columns, view.palette, numbers=False),
                key=key,
                file=f"translation-{kind}-weights-{letter}",
                alt=f"Softmax weights of {letter}, {whose}.",
            )
    difference = after - before
    row, column = divmod(int(difference.abs().argmax()), len(columns))
    change = difference[row, column].item()
    asking, asked = named(rows, row, "query"), named(columns, column, "key")
    with last:
        heading("B − A", "weight", "The difference", "green: more in B; pink: more in A")
        chart(
            difference_of_heads_spec(difference, rows, columns, view.palette),
            key="chart-difference",
            file=f"translation-{kind}-difference",
            alt=f"B − A; the largest is {number(change)}, from {asking.text} to {asked.text}.",
        )
    shares = percent(before[row, column].item()), percent(after[row, column].item())
    said = "They differ most in how much ", asking, " looks at ", asked, f": {shares[0]} in A, {shares[1]} in B."
    st.html(Markup('<p class="says weight-edge">%s</p>') % phrase_html(said))
    make = {
        "A": partial(attention_table, "weights", kind, attentions, view.layer, view.head),
        "B": partial(attention_table, "weights", kind, attentions, layer, head),
    }
    tables = {letter: LazyTable(f"translation-{kind}-weights-{letter}", each) for letter, each in make.items()}
    tables["B − A"] = LazyTable(f"translation-{kind}-difference", lambda: _difference(make["A"](), make["B"]()))
    numbers("second", tables, about=about_translation(view.translator, view.translation, kind))


def _difference(before: DataFrame, after: DataFrame) -> DataFrame:
    return after - before


def _open(layer: int, head: int) -> None:
    state = st.session_state
    state["block"], state["attention_head"], state["asked"] = layer + 1, head + 1, None
