"""What if the division by √d_k were left out?"""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.export.matrices import table
from attention_core.figures.matrix import matrix_spec
from attention_core.figures.paired_bars import Pair, pairs_spec
from attention_core.lab.division import without_division
from attention_core.lab.tables import rows_table
from attention_core.lab.words import say_division, say_rows
from attention_core.writing.phrases import named, plain
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.frame.view import View
from pages.shared.parts.cells import MarkedChart, listen, pair_pickers
from pages.shared.parts.provenance import origin, whose
from pages.shared.what_if.sources import VASWANI


def division(view: View) -> None:
    """The head's weights with the division and without it."""
    found, tokens = without_division(view.stages), view.trace.tokens
    said, rows_said = say_division(found, tokens, view.query), say_rows(found)
    st.html(Markup('<p class="answer">%s</p>') % phrase_html(said))
    st.html(
        '<p class="look-for">Softmax of large scores gives nearly everything to one word, and then hardly reacts when a score '
        f"changes: its gradient becomes “extremely small” ({VASWANI}). The model was trained with the division; this "
        "shows only what the same scores would give without it.</p>"
    )
    names = [named(tokens, position, "query").text for position in range(len(tokens))]
    root = view.stages.q.size(-1) ** 0.5
    one, other, rows = st.columns([1, 1, 1.1], gap="medium")
    Q, K = rf"\textcolor{{{view.palette.query.ink}}}{{Q}}", rf"\textcolor{{{view.palette.key.ink}}}{{K}}"
    with one:
        heading(
            "A", "weight", "With the division", "The model’s own weights.", rf"\mathrm{{softmax}}({Q}{K}^\top / {root:.2f})"
        )
        spec = matrix_spec("weights", found.weights, tokens, view.palette)
        chart(spec, "chart-weights", "attention-weights", f"Weights of {whose(view)}. {plain(said)}")
    with other:
        heading("A′", "weight", "Without it", "Softmax of the raw scores.", rf"\mathrm{{softmax}}({Q}{K}^\top)")
        spec = matrix_spec("weights", found.undivided, tokens, view.palette)
        chart(spec, "chart-undivided", "attention-undivided", f"Softmax of the raw scores of {whose(view)}. {rows_said}")
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
        chart(spec, "chart-entropy", "attention-entropy", f"Two bars a word, with and without the division. {rows_said}")
    st.html(Markup('<p class="says weight-edge alone">%s</p>') % rows_said)
    with st.container(key="lab-place", horizontal=True, vertical_alignment="bottom"):
        pair_pickers(view)
    members = [[position] for position in range(len(tokens))]
    listen(view, [MarkedChart("chart-weights", "weights", members), MarkedChart("chart-undivided", "weights", members)])
    tables = {
        "A": LazyTable("attention-weights", partial(table, "weights", found.weights, tokens)),
        "softmax(QKᵀ)": LazyTable("attention-undivided", partial(table, "weights", found.undivided, tokens)),
        "rows": LazyTable("attention-rows", partial(rows_table, found, names)),
    }
    numbers("division", tables, about=origin(view))
