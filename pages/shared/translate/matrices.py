"""All stages of the chosen head, in the order they are computed; the mask stands between the scaled scores and softmax."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.model.tokens import Token
from attention_core.translation.figures import attention_spec
from attention_core.translation.files import about_translation, attention_table
from attention_core.translation.formulas import attention_formula
from attention_core.translation.kinds import attention_matrices, matrix_values, row_tokens
from attention_core.translation.words import attention_message
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html, section
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.parts.learned import learned_matrices
from pages.shared.translate.view import TranslationView


def all_stages(view: TranslationView) -> None:
    """Every matrix of the head with its formula, its picture, and what it says of the chosen pair."""
    names = list(attention_matrices(view.kind.name))
    from_, to = view.kind.asks, view.kind.answers
    said = "queries from the French words, keys and values from the English ones" if from_ != to else f"all three from {from_}"
    section(
        'From words to <span class="query">queries</span>, <span class="key">keys</span> and <span class="value">values</span>',
        said,
    )
    if view.kind.has_source:
        _row(view, ["x", "source"], [1, 1])
        _row(view, ["q", "k", "v"], [1, 1, 1])
    else:
        _row(view, ["x", "q", "k", "v"], [1.9, 1, 1, 1])
    learned_matrices(
        "translate-projections",
        partial(view.translator.projection, view.kind.name, view.layer, view.head),
        f"translation-{view.kind.name}-layer{view.layer + 1}-head{view.head + 1}",
        view.whose(),
        view.palette,
        partial(about_translation, view.translator, view.translation, view.kind.name, view.layer, view.head),
    )
    section('Who looks at whom: <span class="weight">weights</span>', " → ".join(_steps(view)))
    compared = [name for name in names if name in ("scores", "scaled", "masked", "weights")]
    _row(view, compared, [1] * len(compared))
    section('What each word takes home: <span class="value">values</span>, mixed', "weights × values = output")
    _row(view, ["z"], [1])


def _steps(view: TranslationView) -> list[str]:
    return ["compare", "scale", *(["mask"] if view.kind.is_masked else []), "normalise"]


def _row(view: TranslationView, names: list[str], widths: list[float]) -> None:
    for name, place in zip(names, st.columns(widths, gap="medium"), strict=True):
        with place:
            _stage(view, name)
    kind, matrices = view.kind.name, attention_matrices(view.kind.name)
    ready = {
        matrices[name].symbol: LazyTable(
            f"translation-{kind}-{name}", partial(attention_table, name, kind, view.attentions, view.layer, view.head)
        )
        for name in names
    }
    about = about_translation(view.translator, view.translation, kind, view.layer, view.head)
    numbers("-".join(names), ready, about=about)


def _stage(view: TranslationView, name: str) -> None:
    kind = view.kind.name
    matrix = attention_matrices(kind)[name]
    heading(
        matrix.symbol,
        matrix.role,
        matrix.title,
        matrix.sentence,
        attention_formula(name, kind, view.received, view.layer + 1, view.palette),
    )
    rows: tuple[Token, ...] = row_tokens(name, view.attentions)
    chart(
        attention_spec(
            name, kind, matrix_values(name, view.received, view.stages), rows, view.attentions.columns, view.palette
        ),
        key=f"chart-{name}",
        file=f"translation-{kind}-layer{view.layer + 1}-head{view.head + 1}-{name}",
        alt=f"{matrix.title} {matrix.symbol}, {view.whose()}. "
        + attention_message(name, kind, view.attentions, view.layer, view.stages),
    )
    st.html(Markup('<p class="says %s-edge">%s</p>') % (matrix.role, phrase_html(view.cell.say(name))))
