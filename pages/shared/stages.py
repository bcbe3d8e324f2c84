"""One stage of the computation: its title, formula, picture, and what the picture says here."""

from functools import partial
from html import escape

import streamlit as st

from attention_core import export
from attention_core.figures import matrix_spec, number, projection_spec
from attention_core.matrices import MATRICES, formula, values
from attention_core.narration import message, percent
from pages.shared.charts import chart
from pages.shared.markup import heading, phrase_html
from pages.shared.numbers import Table, numbers
from pages.shared.opening import View


def stage(view: View, name: str) -> None:
    """Draw one of the MATRICES as a stage."""
    matrix = MATRICES[name]
    layer = view.trace.layers[view.layer]
    numbers = values(name, layer, view.stages)
    heading(
        matrix.badge,
        matrix.role,
        matrix.title,
        matrix.sentence,
        formula(name, layer, view.stages, view.layer + 1, view.palette),
    )
    chart(
        matrix_spec(name, numbers, view.trace.tokens, view.palette),
        key=f"chart-{name}",
        file=f"{_file(view, name)}-{name}",
        alt=f"{matrix.title} {matrix.symbol} of {_place(view, name)}. {message(name, view.trace, view.layer, view.stages)}",
    )
    st.html(f'<p class="says {matrix.role}-edge">{phrase_html(view.cell.say(name))}</p>')


def tables(view: View, *names: str) -> None:
    """The numbers of some of the MATRICES as tables and as CSV, made only when they are opened."""
    layer, tokens = view.trace.layers[view.layer], view.trace.tokens
    numbers(
        "-".join(names),
        {
            MATRICES[name].symbol: Table(
                f"{_file(view, name)}-{name}", partial(export.table, name, values(name, layer, view.stages), tokens)
            )
            for name in names
        },
    )


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
            file = f"{_file(view)}-w_{part}"
            parts[f"W_{letter}, b_{letter}"] = Table(file, partial(export.projection_table, weight, bias))
            with place:
                st.latex(rf"W_{letter}\;[{weight.size(0)}{{\times}}{weight.size(1)}] \quad b_{letter}\;[{bias.size(0)}]")
                chart(
                    projection_spec(part, weight, bias, view.palette),
                    key=f"chart-w-{part}",
                    file=file,
                    alt=f"The learned matrix W_{letter} and bias b_{letter} of {_place(view)}. "
                    f"Weights from {number(weight.min())} to {number(weight.max())}, biases to {number(bias.abs().max())}.",
                )
        numbers("projections", parts)


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


def downloads(view: View) -> None:
    """Everything of this head in one file."""
    st.download_button(
        "All stages of this head as .npz",
        lambda: export.npz(view.model, view.trace, view.layer, view.head),
        f"{_file(view)}.npz",
        "application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(
        f"{view.model.name} · {view.model.config.layers} layers × {view.model.config.heads} heads · "
        f"d_model {view.model.config.d_model} · d_k {view.model.config.d_k} · weights SHA-256 {view.model.sha256[:12]}…"
    )


def _place(view: View, name: str = "") -> str:
    """Whose matrix it is: x belongs to all heads of its layer, so that another head leaves its chart as it is."""
    return f"layer {view.layer + 1}" + (f", head {view.head + 1}" if name != "x" else "")


def _file(view: View, name: str = "") -> str:
    return "attention-" + _place(view, name).replace(", ", "-").replace(" ", "")
