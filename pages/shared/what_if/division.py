"""What if the division by √d_k were left out?"""

import math
from functools import partial

import streamlit as st
from pandas import DataFrame, Index

from attention_core.export.matrices import table
from attention_core.figures.matrix import matrix_spec
from attention_core.figures.paired_bars import Pair, pairs_spec
from attention_core.lab.division import Undivided, without_division
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import Mark, Phrase, named, plain
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import Table, numbers
from pages.shared.frame.view import View
from pages.shared.parts.cells import Picture, listen, pair_pickers
from pages.shared.parts.provenance import about, whose
from pages.shared.what_if.sources import VASWANI

_SATURATED = 0.95  # a row whose largest weight is above this has all but made up its mind


def division(view: View) -> None:
    """The head's weights with the division and without it."""
    found = without_division(view.stages)
    st.html(f'<p class="answer">{phrase_html(_say_division(view, found))}</p>')
    st.html(
        '<p class="look-for">Softmax of large scores gives nearly everything to one word, and then hardly reacts when a score '
        f"changes: its gradient becomes “extremely small” ({VASWANI}). The model was trained with the division; this "
        "shows only what the same scores would give without it.</p>"
    )
    tokens = view.trace.tokens
    names = [named(tokens, position, "query").text for position in range(len(tokens))]
    root = view.stages.q.size(-1) ** 0.5
    one, other, rows = st.columns([1, 1, 1.1], gap="medium")
    Q, K = rf"\textcolor{{{view.palette.query.ink}}}{{Q}}", rf"\textcolor{{{view.palette.key.ink}}}{{K}}"
    with one:
        heading(
            "3", "weight", "With the division", "The model’s own weights.", rf"\mathrm{{softmax}}({Q}{K}^\top / {root:.2f})"
        )
        spec = matrix_spec("weights", found.weights, tokens, view.palette)
        chart(spec, "chart-weights", "attention-weights", f"Weights of {whose(view)}. {plain(_say_division(view, found))}")
    with other:
        heading("?", "weight", "Without it", "Softmax of the raw scores.", rf"\mathrm{{softmax}}({Q}{K}^\top)")
        spec = matrix_spec("weights", found.undivided, tokens, view.palette)
        chart(spec, "chart-undivided", "attention-undivided", f"Softmax of the raw scores of {whose(view)}. {_say_rows(found)}")
    with rows:
        heading(
            "H",
            "weight",
            "Row by row",
            "How spread out each row is, and how far it still reacts.",
            r"H = -\textstyle\sum_j a_j \log_2 a_j, \quad \lVert \mathrm{diag}(a) - a a^\top \rVert_F",
        )
        both = (("Entropy, in bits", found.entropies), ("Gradient", found.gradients))
        pairs = [Pair(title, divided.tolist(), undivided.tolist()) for title, (divided, undivided) in both]
        spec = pairs_spec(pairs, names, view.query, view.palette)
        chart(spec, "chart-entropy", "attention-entropy", f"Two bars a word, with and without the division. {_say_rows(found)}")
    st.html(f'<p class="says weight-edge alone">{_say_rows(found)}</p>')
    with st.container(key="lab-place", horizontal=True, vertical_alignment="bottom"):
        pair_pickers(view)
    members = [[position] for position in range(len(tokens))]
    listen(view, [Picture("chart-weights", "weights", members), Picture("chart-undivided", "weights", members)])
    tables = {
        "A": Table("attention-weights", partial(table, "weights", found.weights, tokens)),
        "softmax(QKᵀ)": Table("attention-undivided", partial(table, "weights", found.undivided, tokens)),
        "rows": Table("attention-rows", partial(_rows_table, found, names)),
    }
    numbers("division", tables, about=about(view))


def _say_division(view: View, found: Undivided) -> Phrase:
    asking = view.cell.asking
    said: Phrase = ()
    for when, weights in (("With the division ", found.weights), (" Without it ", found.undivided)):
        key = int(weights[view.query].argmax())
        share = Mark(percent(weights[view.query, key].item()), "strong")
        said += (when, asking, " gives ", named(view.trace.tokens, key, "key"), " ", share, ".")
    return said


def _say_rows(found: Undivided) -> str:
    """What the division does to all rows, in numbers."""
    (with_it, without), T = found.entropies, found.weights.size(0)
    sure = [int((weights.amax(dim=-1) > _SATURATED).sum()) for weights in (found.weights, found.undivided)]
    most = found.weights.size(1)
    gradients = [gradient.mean().item() for gradient in found.gradients]
    return (
        f"Without the division the mean entropy goes from {number(with_it.mean())} to {number(without.mean())} bits "
        f"(equal shares of {most} words have {number(math.log2(most))}); rows with over {_SATURATED:.0%} on one word: "
        f"{sure[0]} of {T} become {sure[1]}. "
        f"The gradient’s mean size goes from {number(gradients[0], 3)} to {number(gradients[1], 3)}."
    )


def _rows_table(found: Undivided, names: list[str]) -> DataFrame:
    columns = {
        "entropy, divided": found.entropies[0].tolist(),
        "entropy, undivided": found.entropies[1].tolist(),
        "gradient, divided": found.gradients[0].tolist(),
        "gradient, undivided": found.gradients[1].tolist(),
    }
    return DataFrame(columns, index=Index([f"{place} {name}" for place, name in enumerate(names, 1)], name="token"))
