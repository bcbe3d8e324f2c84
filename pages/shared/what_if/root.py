"""Why scores are divided by √d_k: random vectors of growing length."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.figures.curves import Axis, Curve, Here, curves_spec
from attention_core.figures.paired_bars import Pair, pairs_spec
from attention_core.lab.division import KEYS, ROWS, SIZES, Spread, measure_spread, random_rows
from attention_core.lab.tables import spread_table
from attention_core.lab.words import say_deviations, say_gradients, say_softmax, say_spread
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.base.terms import mark_terms
from pages.shared.frame.view import View
from pages.shared.what_if.fields import DRAWS
from pages.shared.what_if.sources import ACROSS, JACOBIAN, VASWANI


@st.cache_resource(show_spinner=False, max_entries=4)
def _spreads(draw: int) -> list[Spread]:
    return [measure_spread(d, draw) for d in SIZES]


def draw_again(view: View) -> None:
    """A button for other random vectors."""

    def anew() -> None:
        st.session_state["draw"] = view.own["draw"] % DRAWS + 1

    st.button("Draw other vectors", icon=":material/casino:", on_click=anew, key="draw-again")


def why_root(view: View) -> None:
    """How the spread of q·k grows with d, and how the softmax's gradient vanishes unless it is divided away."""
    spreads, size = _spreads(view.own["draw"]), int(view.own["size"])
    here = next(spread for spread in spreads if spread.d == size)
    html = Markup('<p class="answer">%s</p><p class="look-for random-vectors">%s</p>')
    built = mark_terms(
        f"Built from random vectors, not from your sentence: the numbers of q and k are drawn independently, with mean 0 and "
        f"variance 1. In 1, pairs of q and k; in 2 and 3, queries with {KEYS} keys each, {ROWS} of them. No number here is the "
        f"model’s but d_k = {view.stages.q.size(-1)}, which the charts mark."
    )
    st.html(html % (phrase_html(say_spread(here)), built))
    with st.container(key="size-bar", horizontal=True, vertical_alignment="bottom"):
        st.select_slider("d, numbers in a vector", [str(d) for d in SIZES], key="size", width=420)
        draw_again(view)
    spread_place, gradient_place, softmax_place = st.columns(3, gap="medium")
    with spread_place:
        _deviation(spreads, view)
    with gradient_place:
        _gradient(spreads, view)
    with softmax_place:
        _one_softmax(size, view)
    numbers("root", {"all sizes": LazyTable("attention-why-root", partial(spread_table, spreads))})


def _this_model(view: View) -> Here:
    d_k = view.stages.q.size(-1)
    return Here(d_k, f"this model: {d_k}")


def _deviation(spreads: list[Spread], view: View) -> None:
    heading(
        "q·k",
        "weight",
        "The spread grows",
        f"A product of two such numbers has variance 1, so a sum of d of them has variance d ({VASWANI}, footnote 4).",
        r"\mathrm{Var}(q \cdot k) = d",
    )
    colours = view.palette
    curves = [
        Curve("theory: √d", [d**0.5 for d in SIZES], colours.faint, "none", "dash"),
        Curve("measured: q·k", [spread.deviation for spread in spreads], colours.text, dash="none"),
        Curve("measured: q·k ÷ √d", [spread.deviation / spread.d**0.5 for spread in spreads], colours.weight.ink, "square"),
    ]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("standard deviation"), colours, _this_model(view))
    said = say_deviations(spreads)
    chart(spec, "chart-spread", "attention-spread", f"Curves over d. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')


def _gradient(spreads: list[Spread], view: View) -> None:
    sentence = f"Size of softmax’s Jacobian: how far weights move when scores do. “Extremely small gradients” ({VASWANI})."
    heading("J", "weight", "The gradient vanishes", sentence, JACOBIAN)
    curves = [
        Curve("divided by √d", [spread.gradient[0] for spread in spreads], view.palette.weight.ink, "square"),
        Curve("undivided", [spread.gradient[1] for spread in spreads], view.palette.faint, "circle", "dot"),
    ]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("gradient", log=False, ends=(0, 0.5)), view.palette, _this_model(view))
    said = say_gradients(spreads)
    chart(spec, "chart-gradient", "attention-gradient", f"Curves over d. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')


def _one_softmax(size: int, view: View) -> None:
    tex = r"\mathrm{softmax}(s) \;\;\text{and}\;\; \mathrm{softmax}(s/\!\sqrt d)"
    heading("A", "weight", f"One softmax, d = {size:,}", f"One of the random queries, with {KEYS} keys.", tex)
    rows = random_rows(size, view.own["draw"])
    weights, undivided = rows.weights[0, 0].tolist(), rows.scores[0, 0].softmax(dim=-1).tolist()
    said = say_softmax(weights, undivided)
    keys = [f"key {place}" for place in range(1, KEYS + 1)]
    pair = Pair("weights of one query", weights, undivided, shares=True)
    spec = pairs_spec([pair], keys, None, view.palette, height=190)
    chart(spec, "chart-softmax", "attention-softmax", f"Two bars a key. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')
