"""What a sheet computes, step by step: formula, picture, and the chosen number written out."""

from functools import partial

import streamlit as st
from markupsafe import Markup
from pandas import DataFrame, Index

from attention_core.by_hand.figures import sheet_texts
from attention_core.by_hand.sheet import SYMBOLS
from attention_core.by_hand.words import plain_number, say_mix, say_number
from attention_core.export.matrices import table
from attention_core.matrices.formulas import step_formula
from attention_core.matrices.names import MATRICES
from attention_core.writing.numbers import number, percent
from attention_core.writing.phrases import named, plain
from attention_core.writing.text import labels
from pages.shared.base.markup import heading, phrase_html
from pages.shared.base.tables import LazyTable, numbers
from pages.shared.by_hand.sheet import Paper, places
from pages.shared.frame.session import session
from pages.shared.parts.matrix_picture import AxisWords, Look, draw_matrix, picked

_NUMBERS = 4  # of a vector that are written out


def sheet_step(paper: Paper, name: str) -> None:
    """Draw one matrix of the sheet: what it is, its formula in shapes, its picture, and the chosen number written out."""
    matrix, values = MATRICES[name], getattr(paper.worked.stages, name)
    given = paper.from_scores and name == "scores"
    of_x = len(paper.worked.tokens), paper.sheet.sizes.get("d_model", 0)
    tex = step_formula(name, of_x, paper.worked.stages, paper.palette, bias=False)
    heading(matrix.symbol, matrix.role, matrix.title, "As given." if given else matrix.sentence, tex)
    entry = min(paper.entry, values.size(1) - 1)
    said = say_number(paper.worked, name, paper.query, paper.key, entry)
    alt = f"{matrix.title} of the sheet, {values.size(0)} by {values.size(1)}. {plain(said)}"
    look = Look(
        f"{matrix.title} of the sheet",
        alt,
        f"by-hand-{name}",
        " ".join(paper.used.words),
        matrix.symbol,
        name == "weights",
        matrix.decimals,
        is_whole=True,  # of a few numbers none is an outlier
        texts=sheet_texts(name, values),
        numbers_columns=True,
    )
    words = AxisWords(paper.worked.tokens, [[position] for position in range(len(paper.worked.tokens))])
    chosen = {"query": paper.query, "key": paper.key, "dimension": entry}
    draw_matrix(f"chart-{name}", name, values.float(), words, chosen, paper.palette, look, partial(_choose, f"chart-{name}"))
    st.html(Markup('<p class="says %s-edge by-hand">%s</p>') % (matrix.role, phrase_html(said)))


def sheet_mix(paper: Paper) -> None:
    """How one row of weights and all values make one row of Z."""
    weight, value = paper.palette.weight.ink, paper.palette.value.ink
    tex = rf"z_i = \textstyle\sum_j \textcolor{{{weight}}}{{a_{{ij}}}}\,\textcolor{{{value}}}{{v_j}}"
    heading("A·V", "weight", "The mix", "The chosen word’s new vector: of each value as much as its weight says.", tex)
    stages, words = paper.worked.stages, paper.worked.tokens
    lines = Markup()
    line = Markup('<tr%s><td>%s</td><td class="bar"><span style="width:%.2f%%"></span></td><td>× %s</td></tr>')
    for key, share in enumerate(stages.weights[paper.query].tolist()):
        chosen = Markup(' class="chosen"') if key == paper.key else ""
        vector = phrase_html(("v(", named(words, key, "value"), f") = {_vector(stages.v[key].tolist())}"))
        lines += line % (chosen, number(share, 4), 100 * share, vector)
    total = phrase_html(("= z(", named(words, paper.query, "query"), f") = {_vector(stages.z[paper.query].tolist())}"))
    html = Markup('<table class="mix by-hand">%s<tr class="sum"><td>1</td><td class="bar"></td><td>%s</td></tr></table>')
    st.html(html % (lines, total))
    st.html(Markup('<p class="whole-mix">%s</p>') % phrase_html(say_mix(paper.worked, paper.query)))


def _vector(values: list[float]) -> str:
    shown = [plain_number(value) for value in values[:_NUMBERS]]
    return "[" + ", ".join(shown) + (", …" if len(values) > _NUMBERS else "") + "]"


def sheet_place(paper: Paper) -> None:
    """Which query, key and dimension are written out: by pickers, or by a click on any picture."""
    shown = labels(paper.worked.tokens)
    with st.container(key="sheet-place", horizontal=True, vertical_alignment="bottom"):
        for name, title in (("row", "Query word (row)"), ("column", "Key word (column)")):
            options = range(1, len(shown) + 1)
            st.selectbox(title, options, key=name, format_func=lambda at: f"{at} · {shown[at - 1]}", width=190)
        count = next(count for name, count, _ in places(paper.used) if name == "entry")
        st.number_input("Dimension", 1, count, key="entry", width=118)
        st.html(Markup('<p class="answer">%s</p>') % _answer(paper))


def _answer(paper: Paper) -> Markup:
    """Where the chosen word looks most."""
    row = paper.worked.stages.weights[paper.query]
    most = int(row.argmax())
    asking, asked = named(paper.worked.tokens, paper.query, "query"), named(paper.worked.tokens, most, "key")
    equal = int((row == row[most]).sum())
    if equal > 1:
        return phrase_html((asking, f" gives {equal} words the same share, {percent(row[most].item())}."))
    return phrase_html((asking, " looks most at ", asked, f": {percent(row[most].item())}."))


def _choose(key: str) -> None:
    sheet = session().sheet
    count = next(count for name, count, _ in places(sheet) if name == "entry")
    chosen = picked(key, len(sheet.words), count, MATRICES)
    for kept, position in (("row", chosen.query), ("column", chosen.key), ("entry", chosen.dimension)):
        if position is not None:
            st.session_state[kept] = position + 1


def sheet_tables(paper: Paper, *names: str) -> None:
    """The numbers of some matrices, as tables and as CSV, in full precision."""
    ready = {
        MATRICES[name].symbol: LazyTable(
            f"by-hand-{name}", partial(table, name, getattr(paper.worked.stages, name), paper.worked.tokens)
        )
        for name in names
    }
    typed = {
        SYMBOLS[name]: LazyTable(f"by-hand-{name}", partial(_as_table, lines)) for name, lines in paper.worked.matrices.items()
    }
    numbers("sheet", typed | ready, about={"words": " ".join(paper.used.words)})


def _as_table(lines: list[list[float]]) -> DataFrame:
    columns = [f"{column}" for column in range(1, len(lines[0]) + 1)]
    return DataFrame(lines, index=Index([f"row {row}" for row in range(1, len(lines) + 1)], name="row"), columns=columns)
