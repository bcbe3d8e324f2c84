"""Dot product or additive attention: what both agree on, how they saturate, and what they cost."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from attention_core.figures.curves import Axis, Curve, curves_spec
from attention_core.lab.additive import CHANCE, FIXED_D, FIXED_T, UNITS, Agreement, Cost, agreements, costs
from attention_core.lab.division import KEYS, SIZES
from attention_core.lab.tables import ATTENTIONS, agreement_table, cost_table
from attention_core.lab.words import say_agreement, say_cost, say_costs, say_saturation
from attention_core.palette import Palette
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.base.terms import mark_terms
from pages.shared.frame.session import session
from pages.shared.frame.view import View
from pages.shared.what_if.root import draw_again
from pages.shared.what_if.sources import ACROSS, BAHDANAU, JACOBIAN, VASWANI


@st.cache_resource(show_spinner=False, max_entries=4)
def _agreements(draw: int) -> list[Agreement]:
    return agreements(draw)


@st.cache_resource(show_spinner=False, max_entries=1)
def _costs(measured: int) -> tuple[list[Cost], list[Cost]]:
    return costs()


def dot_or_additive(view: View) -> None:
    """Both kinds of attention on the same random vectors: what they agree on, how they saturate, and what they cost."""
    measured = _agreements(view.own["draw"])
    by_length, by_size = _costs(session().measured)
    html = Markup(
        '<p class="answer">%s</p><p class="look-for random-vectors">Random vectors, no sentence. Additive attention asks '
        "a small network: v·tanh(W q + U k + b) (%s). %s</p>"
    )
    built = mark_terms(
        f"It is built twice. In 1 its numbers are fitted to imitate q·k with {UNITS} hidden units, whatever d is; in 2 and 3 "
        "they are random, as before any training. Neither is an attention that was trained on a task."
    )
    st.html(html % (phrase_html(say_cost(by_length)), BAHDANAU, built))

    def measure() -> None:
        session().measured += 1

    with st.container(key="measure-bar", horizontal=True, vertical_alignment="bottom"):
        draw_again(view)
        st.button("Measure the time again", icon=":material/timer:", on_click=measure, key="measure-again")
        against = st.segmented_control("Time against", ["T", "d"], key="cost-against", default="T", required=True)
    agreement_place, saturation_place, cost_place = st.columns(3, gap="medium")
    with agreement_place:
        _agreement(measured, view.palette)
    with saturation_place:
        _saturation(measured, view.palette)
    with cost_place:
        _cost(against, by_length if against == "T" else by_size, view.palette)
    tables = {
        "agreement": LazyTable("attention-agreement", partial(agreement_table, measured)),
        "time": LazyTable("attention-cost", partial(cost_table, [*by_length, *by_size])),
    }
    numbers("additive", tables)


def _agreement(measured: list[Agreement], palette: Palette) -> None:
    tex = r"v^\top \tanh(W q + U k + b)"
    built = f"How often both prefer the same of {KEYS} keys. It falls where {UNITS} units are too few, not because d is large."
    heading("q·k", "weight", "Can it imitate q·k?", built, tex)
    curves = [
        Curve("the same first key", [one.same for one in measured], palette.weight.ink, "square"),
        Curve("by chance", [CHANCE] * len(SIZES), palette.faint, "none", "dash"),
    ]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("agreement", log=False, ends=(0, 1.05), shares=True), palette)
    said = say_agreement(measured)
    chart(spec, "chart-agreement", "attention-agreement", f"Curves over d. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')


def _saturation(measured: list[Agreement], palette: Palette) -> None:
    sentence = (
        "The softmax’s gradient before any training. This is what the paper speaks of: <q>additive attention outperforms dot "
        f"product attention without scaling for larger values of d_k</q> ({VASWANI})."
    )
    heading("J", "weight", "Without scaling", sentence, JACOBIAN)
    looks = (
        (palette.faint, "circle", "dot"),
        (palette.weight.ink, "square", "solid"),
        (palette.text, "diamond", "solid"),
    )
    gradients = zip(*(one.gradients for one in measured), strict=True)
    curves = [Curve(name, values, *look) for name, values, look in zip(ATTENTIONS, gradients, looks, strict=True)]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("gradient", log=False, ends=(0, 0.5)), palette)
    said = say_saturation(measured)
    chart(spec, "chart-saturation", "attention-saturation", f"Curves over d. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')


def _cost(against: str, found: list[Cost], palette: Palette) -> None:
    sentence = "Time for all T × T scores, measured on this server just now."
    heading("T²", "weight", "What it costs", sentence, r"T^2 d \;\text{products}\;\text{or}\; T^2 d \tanh")
    across = f"T, words, at d = {FIXED_D}" if against == "T" else f"d, at T = {FIXED_T} words"
    curves = [
        Curve("additive", [cost.additive * 1e6 for cost in found], palette.text, "diamond"),
        Curve("dot product", [cost.dot * 1e6 for cost in found], palette.weight.ink, "square"),
    ]
    x = [cost.T if against == "T" else cost.d for cost in found]
    spec = curves_spec(x, curves, across, Axis("microseconds"), palette)
    said = say_costs(against, found)
    chart(spec, "chart-cost", "attention-cost", f"Curves over {against}. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')
