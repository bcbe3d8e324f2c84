"""Dot product or additive attention: what both agree on, how they saturate, and what they cost."""

from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st
from pandas import DataFrame, Index

from attention_core.figures.curves import Axis, Curve, curves_spec
from attention_core.lab.additive import CHANCE, FIXED_D, FIXED_T, UNITS, Agreement, Cost, agreements, costs
from attention_core.lab.division import KEYS, SIZES
from attention_core.palette import Palette
from attention_core.writing.numbers import number, percent, significant
from pages.shared.base.charts import chart
from pages.shared.base.markup import heading
from pages.shared.base.tables import Table, numbers
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
    st.html(
        f'<p class="answer">{_say_cost(by_length)}</p><p class="look-for">Random vectors, no sentence. Additive attention asks '
        f"a small network: v·tanh(W q + U k + b) ({BAHDANAU}). “While for small values of d_k the two mechanisms perform "
        "similarly, additive attention outperforms dot product attention without scaling for larger values of d_k” "
        f"({VASWANI}).</p>"
    )

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
        "agreement": Table("attention-agreement", partial(_agreement_table, measured)),
        "time": Table("attention-cost", partial(_cost_table, [*by_length, *by_size])),
    }
    numbers("additive", tables)


def _agreement(measured: list[Agreement], palette: Palette) -> None:
    tex = r"v^\top \tanh(W q + U k + b)"
    heading("1", "weight", "Do they agree?", f"How often both prefer the same of {KEYS} keys.", tex)
    curves = [
        Curve("the same first key", [one.same for one in measured], palette.weight.ink, "square"),
        Curve("by chance", [CHANCE] * len(SIZES), palette.faint, "none", "dash"),
    ]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("agreement", log=False, ends=(0, 1.05), shares=True), palette)
    reach = UNITS // 4
    small, far, last = (next(one for one in measured if one.d == d) for d in (2, reach, SIZES[-1]))
    said = (
        f"Built to imitate q·k with {UNITS} hidden units, additive attention prefers the same key in {percent(small.same)} of "
        f"rows at d = {small.d} and {percent(far.same)} at d = {reach}. Built so, it needs four units a dimension, and beyond "
        f"that it cannot follow: {percent(last.same)} at d = {last.d:,}."
    )
    chart(spec, "chart-agreement", "attention-agreement", f"Curves over d. {said}")
    st.html(f'<p class="says weight-edge">{said}</p>')


def _saturation(measured: list[Agreement], palette: Palette) -> None:
    sentence = "The softmax’s gradient before any training, on the same vectors."
    heading("2", "weight", "Without scaling", sentence, JACOBIAN)
    looks = (
        ("dot product", palette.faint, "circle", "dot"),
        ("dot product ÷ √d", palette.weight.ink, "square", "solid"),
        ("additive", palette.key.ink, "diamond", "solid"),
    )
    curves = [Curve(name, [one.gradients[at] for one in measured], *look) for at, (name, *look) in enumerate(looks)]
    spec = curves_spec(SIZES, curves, ACROSS, Axis("gradient", log=False, ends=(0, 0.5)), palette)
    (dot, scaled, additive), last = (number(value) for value in measured[0].gradients), measured[-1].gradients
    said = (
        f"At d = 1 all three react alike ({dot}, {scaled}, {additive}). At d = {SIZES[-1]:,} the plain dot product hardly does "
        f"({number(last[0])}), additive attention still does ({number(last[2])}): tanh keeps its scores small. Dividing by √d "
        f"does the same for the dot product ({number(last[1])})."
    )
    chart(spec, "chart-saturation", "attention-saturation", f"Curves over d. {said}")
    st.html(f'<p class="says key-edge">{said}</p>')


def _cost(against: str, found: list[Cost], palette: Palette) -> None:
    sentence = "Time for all T × T scores, measured on this server just now."
    heading("3", "weight", "What it costs", sentence, r"T^2 d \;\text{products}\;\text{or}\; T^2 d \tanh")
    across = f"T, words, at d = {FIXED_D}" if against == "T" else f"d, at T = {FIXED_T} words"
    curves = [
        Curve("additive", [cost.additive * 1e6 for cost in found], palette.key.ink, "diamond"),
        Curve("dot product", [cost.dot * 1e6 for cost in found], palette.weight.ink, "square"),
    ]
    x = [cost.T if against == "T" else cost.d for cost in found]
    spec = curves_spec(x, curves, across, Axis("microseconds"), palette)
    last = found[-1]
    said = f"At {against} = {x[-1]} the dot products take {_time(last.dot)}, additive attention {_time(last.additive)}. "
    said += "One matrix product is what computers are built for; tanh of every pair is not."
    chart(spec, "chart-cost", "attention-cost", f"Curves over {against}. {said}")
    st.html(f'<p class="says key-edge">{said}</p>')


def _say_cost(by_length: list[Cost]) -> str:
    last = by_length[-1]
    return (
        f"For {last.T} words and d = {last.d}, additive attention just took <b>{_times(last)}</b> as long as the dot product: "
        f"{_time(last.additive)} against {_time(last.dot)}."
    )


def _times(cost: Cost) -> str:
    return f"{cost.additive / cost.dot:,.0f} times"


def _time(seconds: float) -> str:
    return f"{significant(seconds * 1e6)} µs" if seconds < 1e-3 else f"{significant(seconds * 1e3)} ms"


def _agreement_table(measured: list[Agreement]) -> DataFrame:
    columns: dict[str, Any] = {
        "same first key": [one.same for one in measured],
        "correlation": [one.correlation for one in measured],
    }
    for at, name in enumerate(("dot product", "dot product ÷ √d", "additive")):
        columns |= {
            f"spread, {name}": [one.spreads[at] for one in measured],
            f"gradient, {name}": [one.gradients[at] for one in measured],
        }
    return DataFrame(columns, index=Index([f"d = {one.d}" for one in measured], name="size"))


def _cost_table(found: list[Cost]) -> DataFrame:
    rows = [asdict(cost) for cost in found]
    columns = {"dot product, seconds": [row["dot"] for row in rows], "additive, seconds": [row["additive"] for row in rows]}
    return DataFrame(columns, index=Index([f"T = {row['T']}, d = {row['d']}" for row in rows], name="sizes"))
