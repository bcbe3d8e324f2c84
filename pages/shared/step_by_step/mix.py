"""How one row of weights and all values make one row of Z."""

import streamlit as st
from markupsafe import Markup

from attention_core.weights.contributions import added_lengths
from attention_core.writing.numbers import number, percent
from pages.shared.base.markup import heading, phrase_html
from pages.shared.frame.view import View

_ADDED = "The length of weight times value (Kobayashi et al. 2020): a large weight on a short value adds little."


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
    lengths = added_lengths(view.stages, view.query)
    shows_added = st.toggle("Bars show what each adds: |weight · value|", key="mix-added", help=_ADDED)
    longest = max(lengths.max().item(), 1e-12)
    lines = Markup()
    for key, share in largest:
        word = Markup("v(<b>%s</b>)") % view.cell.word(key, "key").text
        added = lengths[key].item()
        bar = (added / longest, "value", number(added)) if shows_added else (share, "weight", "")
        lines += _mix_line(share, word, bar, is_chosen=key == view.key)
    if left:
        lines += _mix_line(
            rest, "1 other" if left == 1 else f"{left} others", (0, "value", "") if shows_added else (rest, "weight", "")
        )
    html = Markup(
        '<table class="mix"><thead><tr><th>weight</th><th>%s</th><th>× value of</th></tr></thead><tbody>%s'
        '<tr class="sum"><td>%s</td><td class="bar"></td><td>= z(%s)</td></tr></tbody></table>'
    )
    st.html(html % ("|a·v|" if shows_added else "", lines, percent(1.0), asking))


def _mix_line(share: float, word: str | Markup, bar: tuple[float, str, str], is_chosen: bool = False) -> Markup:
    """One value of the sum; the bar has a length from 0 to 1, a role, and its number."""
    size, role, said = bar
    drawn = Markup('<span style="width:%.2f%%;background:var(--%s-ink)"></span>') % (100 * size, role)
    html = Markup('<tr%s><td>%s</td><td class="bar">%s%s</td><td>%s</td></tr>')
    number_said = Markup("<small>%s</small>") % said if said else ""
    return html % (Markup(' class="chosen"') if is_chosen else "", percent(share), drawn, number_said, word)
