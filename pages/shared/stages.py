"""One stage of the computation: its title, formula, picture, and what the picture says here."""

from functools import partial
from html import escape

import streamlit as st
from torch import Tensor

from attention_core.export import matrices as export
from attention_core.figures.matrix import matrix_spec, projection_spec
from attention_core.matrices.formulas import formula
from attention_core.matrices.names import MATRICES, values
from attention_core.matrices.words import message
from attention_core.weights.link_strength import strongest_link
from attention_core.weights.units import Units
from attention_core.writing.numbers import number, percent
from attention_core.writing.text import label
from pages.shared.charts import chart
from pages.shared.markup import heading, phrase_html
from pages.shared.numbers import Table, numbers
from pages.shared.opening import View


def stage(view: View, name: str) -> None:
    """Draw one of the MATRICES as a stage."""
    matrix = MATRICES[name]
    tex = formula(name, view.trace.layers[view.layer], view.stages, view.layer + 1, view.palette)
    heading(matrix.badge, matrix.role, matrix.title, matrix.sentence, tex)
    said = message(name, view.trace, view.layer, view.stages)
    if name == "weights" and not view.shown.units.is_plain:
        said = _largest(view)
    _picture(view, name, f"{matrix.title} {matrix.symbol} of {whose(view, name)}. {said}")
    said = phrase_html(view.cell.say(name)) + (_left_out(view) if name == "weights" else "")
    st.html(f'<p class="says {matrix.role}-edge">{said}</p>')


def mixture(view: View) -> None:
    """The weights of a mean or of rollout, which no head computed: there is nothing before them and nothing after."""
    weight, choice = view.palette.weight.ink, view.choice
    if choice.mix == "mean":
        sentence = "Each cell is the mean of the same cell of all chosen heads."
        count = len(choice.layers) * len(choice.heads)
        tex = rf"\bar{{A}} = \tfrac{{1}}{{{count}}}\textstyle\sum_{{l,h}} \textcolor{{{weight}}}{{A_{{l,h}}}}"
    else:
        sentence = "The layers’ mean weights, with the word itself as half, multiplied from the first to the last."
        tex = (
            rf"R = \textstyle\prod_{{l={choice.layer + 1}}}^{{1}}\tfrac12\big(I + \tfrac{{1}}{{H}}\sum_h "
            rf"\textcolor{{{weight}}}{{A_{{l,h}}}}\big)"
        )
    heading("A", "weight", "Weights", f"{sentence} Queries, keys, scores and values belong to one head each.", tex)
    _picture(view, "weights", f"Weights of {choice.whose()}. {_largest(view)}")


def _largest(view: View) -> str:
    """The largest link of the weights as they are shown, and what was done to them: their alternative text."""
    query, key = strongest_link(view.shown.weights, view.shown.units.tokens)
    words = [label(token) for token in view.shown.units.tokens]
    share = percent(view.shown.weights[query, key].item())
    changes = "".join(f" {what.capitalize()}: {how}." for what, how in view.choice.changes().items())
    return f"The largest shown is from {words[query]} to {words[key]}: {share}.{changes}"


def tables(view: View, *names: str) -> None:
    """The numbers of some of the MATRICES, as far as they are shown, as tables and as CSV, made only when they are opened."""
    ready = {}
    for name in names:
        matrix, units = _shown(view, name)
        make = partial(export.table, name, matrix, units.tokens, [members[0] for members in units.members])
        ready[MATRICES[name].symbol] = Table(f"{file_name(view, name)}-{name}", make)
    numbers("-".join(names), ready, about=about(view))


def about(view: View) -> dict:
    """Where a file's numbers come from."""
    if view.is_head:
        return export.about(view.model, view.trace, view.layer, view.head) | view.choice.changes()
    return export.about(view.model, view.trace) | {"weights": view.choice.whose()} | view.choice.changes()


def _picture(view: View, name: str, alt: str) -> None:
    matrix, units = _shown(view, name)
    places = None if units.is_plain else [members[0] for members in units.members]
    spec = matrix_spec(name, matrix, units.tokens, view.palette, places)
    chart(spec, key=f"chart-{name}", file=f"{file_name(view, name)}-{name}", alt=alt)


def _shown(view: View, name: str) -> tuple[Tensor, Units]:
    """What is shown of a matrix, and what its rows stand for."""
    if name == "weights":
        return view.shown.weights, view.shown.units
    matrix = values(name, view.trace.layers[view.layer], view.stages)
    return view.shown.matrix(name, matrix), view.shown.pieces


def _left_out(view: View) -> str:
    """Where the switches changed what a cell shows, its shown number beside the model's own."""
    if view.shown.units.is_plain:
        return ""
    row, column = (view.shown.units.at(position) for position in (view.query, view.key))
    return f" The picture shows {percent(view.shown.weights[row, column].item())}, by the switches above."


def projections(view: View) -> None:
    """The learned matrices of the head, opened on demand."""
    with st.expander(
        "The learned matrices W and b of this head", icon=":material/grid_on:", on_change="rerun", key="projections"
    ) as body:
        if not body.open:
            return
        parts = {}
        for part, place in zip("qkv", st.columns(3), strict=True):
            weight, bias = view.model.projection(view.layer, view.head, part)
            letter = part.upper()
            file = f"{file_name(view)}-w_{part}"
            parts[f"W_{letter}, b_{letter}"] = Table(file, partial(export.projection_table, weight, bias))
            with place:
                st.latex(rf"W_{letter}\;[{weight.size(0)}{{\times}}{weight.size(1)}] \quad b_{letter}\;[{bias.size(0)}]")
                chart(
                    projection_spec(part, weight, bias, view.palette),
                    key=f"chart-w-{part}",
                    file=file,
                    alt=f"The learned matrix W_{letter} and bias b_{letter} of {whose(view)}. "
                    f"Weights from {number(weight.min())} to {number(weight.max())}, biases to {number(bias.abs().max())}.",
                )
        numbers("projections", parts, about=about(view))


def mix(view: View) -> None:
    """How one row of weights and all values make one row of Z: the largest shares, and the rest."""
    asking = phrase_html((view.cell.asking,))
    weight, value = view.palette.weight.ink, view.palette.value.ink
    tex = rf"z_i = \textstyle\sum_j \textcolor{{{weight}}}{{a_{{ij}}}}\,\textcolor{{{value}}}{{v_j}}"
    heading(
        "A·V", "weight", "The mix", "How the chosen word gets its new vector: of each value as much as its weight says.", tex
    )
    largest, rest, left = view.cell.mix(8)
    if view.key not in dict(largest):
        lost, rest = largest.pop(), rest - view.cell.weight
        rest += lost[1]
        largest.append((view.key, view.cell.weight))
    lines = ""
    for key, share in largest:
        chosen = ' class="chosen"' if key == view.key else ""
        word = escape(view.cell.word(key, "key").text)
        lines += _mix_line(chosen, share, f"v(<b>{word}</b>)")
    if left:
        lines += _mix_line("", rest, "1 other" if left == 1 else f"{left} others")
    st.html(
        f'<table class="mix"><thead><tr><th>weight</th><th></th><th>× value of</th></tr></thead><tbody>{lines}'
        f'<tr class="sum"><td>{percent(1.0)}</td><td class="bar"></td>'
        f"<td>= z({asking})</td></tr></tbody></table>"
    )


def _mix_line(attributes: str, share: float, word: str) -> str:
    bar = f'<span style="width:{100 * share:.2f}%"></span>'
    return f'<tr{attributes}><td>{percent(share)}</td><td class="bar">{bar}</td><td>{word}</td></tr>'


def whose(view: View, name: str = "") -> str:
    """Whose matrix it is: x belongs to all heads of its layer, so that another head leaves its chart as it is."""
    if not view.is_head:
        return view.choice.whose()
    return f"layer {view.layer + 1}" + (f", head {view.head + 1}" if name != "x" else "")


def file_name(view: View, name: str = "") -> str:
    return "attention-" + whose(view, name).replace(", ", "-").replace(" ", "")
