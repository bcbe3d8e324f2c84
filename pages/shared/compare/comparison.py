"""Two sentences, or two heads, side by side: what corresponds, and what changed from A to B."""

import streamlit as st
from markupsafe import Markup

from attention_core.weights.words import say_looks
from pages.shared.base.markup import note, phrase_html
from pages.shared.compare.difference import chosen_cell, difference_tables, pictures_of_both
from pages.shared.compare.ranking import ranking
from pages.shared.compare.sides import both_sides
from pages.shared.compare.strip import strip
from pages.shared.frame.view import View
from pages.shared.parts.switches import remark


def compare(view: View) -> None:
    """Both sides, what corresponds, and the difference of one matrix over that."""
    both = both_sides(view)
    if not both.rows.shares_a_word:
        message = "These two sentences have no word in common, so nothing of one corresponds to anything of the other."
        note(st, f"{message} Give two sentences that share some words.")
        return
    chosen = both.words.a.at(view.query)
    strip(both.words, chosen)
    said = say_looks(both.words, both.a.shown.weights, both.b.shown.weights, chosen)
    st.html(Markup('<p class="answer">%s</p>%s') % (phrase_html(said), remark(view)))
    pictures_of_both(view, both)
    difference_tables(view, both)
    ranking(view, both)
    chosen_cell(view, both)
