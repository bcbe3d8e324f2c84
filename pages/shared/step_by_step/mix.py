"""How one row of weights and all values make one row of Z."""

import streamlit as st
from markupsafe import Markup

from attention_core.writing.numbers import percent
from pages.shared.base.markup import heading, phrase_html
from pages.shared.frame.view import View


def draw_mix(view: View) -> None:
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
    lines = Markup()
    for key, share in largest:
        lines += _mix_line(share, Markup("v(<b>%s</b>)") % view.cell.word(key, "key").text, is_chosen=key == view.key)
    if left:
        lines += _mix_line(rest, "1 other" if left == 1 else f"{left} others")
    html = Markup(
        '<table class="mix"><thead><tr><th>weight</th><th></th><th>× value of</th></tr></thead><tbody>%s'
        '<tr class="sum"><td>%s</td><td class="bar"></td><td>= z(%s)</td></tr></tbody></table>'
    )
    st.html(html % (lines, percent(1.0), asking))


def _mix_line(share: float, word: str | Markup, is_chosen: bool = False) -> Markup:
    html = Markup('<tr%s><td>%s</td><td class="bar"><span style="width:%.2f%%"></span></td><td>%s</td></tr>')
    return html % (Markup(' class="chosen"') if is_chosen else "", percent(share), 100 * share, word)
