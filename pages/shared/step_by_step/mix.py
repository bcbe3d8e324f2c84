"""How one row of weights and all values make one row of Z."""

from html import escape

import streamlit as st

from attention_core.writing.numbers import percent
from pages.shared.base.markup import heading, phrase_html
from pages.shared.frame.view import View


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
