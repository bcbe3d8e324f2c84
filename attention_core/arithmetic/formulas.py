"""The formulas of single numbers in TeX: in symbols first, then with the model's own numbers put in.

Indices count from 1. No text of a token is ever part of a formula. Lines are narrow enough for a telephone.
"""

import math

from attention_core.arithmetic.ledger import Ledger
from attention_core.arithmetic.sums import Softmax, Sum, Term
from attention_core.matrices.formulas import by_root
from attention_core.model.attention import Stages
from attention_core.palette import Palette
from attention_core.writing.digits import adding, fixed, multiplying, quotient, tex, written


def score_formula(sum: Sum, query: int, key: int, dimension: int, palette: Palette) -> str:
    """s_ij = Σ_d q_i[d] k_j[d], one of its products, and the sum in numbers."""
    s = _score(query, key, palette)
    q, k = _ink("query", f"q_{{{query + 1}}}[d]", palette), _ink("key", f"k_{{{key + 1}}}[d]", palette)
    one = _product(sum.terms[dimension], f"d={dimension + 1}", ("query", "key"), palette)
    return _lines(rf"{s} = {_over('d', len(sum.terms))} {q}\,{k}", one, rf"{s} = {_added(sum)}")


def scaled_formula(stages: Stages, query: int, key: int, palette: Palette) -> str:
    """ŝ_ij = s_ij / √d_k, or divided by the model's own number, in symbols and in numbers."""
    d_k = stages.q.size(-1)
    root, score, result = float(stages.divisor), stages.scores[query, key].item(), stages.scaled[query, key].item()
    top, bottom, decimals = quotient([(score, result)], root)
    raw, scaled = _score(query, key, palette), _score(query, key, palette, scaled=True)
    score = tex(fixed(score, top))
    numbers = rf"\frac{{{score}}}{{{tex(fixed(root, bottom))}}}"
    symbol = "c"
    if by_root(stages):
        symbol, numbers = r"\sqrt{d_k}", rf"\frac{{{score}}}{{\sqrt{{{d_k}}}}} = {numbers}"
    return _lines(rf"{scaled} = {raw} \big/ {symbol}", rf"= {numbers} = \mathbf{{{tex(fixed(result, decimals))}}}")


def weight_formula(row: Softmax, ledger: Ledger, query: int, key: int, palette: Palette) -> str:
    """a_ij = e^(ŝ_ij − m) / Σ_l e^(ŝ_il − m), with the numbers of the key's line in the row's ledger."""
    line = next(line for line in ledger.lines if line.place == key)
    scaled, shifted, power, weight = (tex(cell) for cell in line.cells)
    largest = tex(fixed(row.largest, -written(line.cells[0]).as_tuple().exponent), after_operator=True)
    total = tex(ledger.total[2])
    i, j = query + 1, key + 1
    a = _ink("weight", f"a_{{{i},{j}}}", palette)
    fraction = rf"\frac{{e^{{\hat{{s}}_{{{i},{j}}} - m}}}}{{\sum_{{l=1}}^{{{len(row.weights)}}} e^{{\hat{{s}}_{{{i},l}} - m}}}}"
    return _lines(
        rf"{a} = {fraction},\quad m = \max_l \hat{{s}}_{{{i},l}}",
        rf"\hat{{s}}_{{{i},{j}}} - m = {scaled} - {largest} = {shifted}",
        rf"{a} = \frac{{e^{{{shifted}}}}}{{{total}}} = \frac{{{power}}}{{{total}}} = \mathbf{{{weight}}}",
    )


def mixed_formula(sum: Sum, query: int, key: int, dimension: int, palette: Palette) -> str:
    """z_i[d] = Σ_j a_ij v_j[d], one of its products, and the sum in numbers."""
    i, d = query + 1, dimension + 1
    z, v = _ink("value", f"z_{{{i}}}[{d}]", palette), _ink("value", f"v_j[{d}]", palette)
    a = _ink("weight", f"a_{{{i},j}}", palette)
    one = _product(sum.terms[key], f"j={key + 1}", ("weight", "value"), palette)
    return _lines(rf"{z} = {_over('j', len(sum.terms))} {a}\,{v}", one, rf"{z} = {_added(sum)}")


def entry_formula(part: str, sum: Sum, row: int, dimension: int, palette: Palette, source: str = "x") -> str:
    """q_i[d] = Σ_c x_i[c] W_Q[c, d] + b_Q[d], its largest product, and the sum in numbers.

    part is 'q', 'k' or 'v'; `source` is the letter of what it is made from.
    """
    role = {"q": "query", "k": "key", "v": "value"}[part]
    i, d, letter = row + 1, dimension + 1, part.upper()
    number, x = _ink(role, f"{part}_{{{i}}}[{d}]", palette), _ink("input", f"{source}_{{{i}}}[c]", palette)
    w, b = _ink(role, f"W_{letter}[c,{d}]", palette), _ink(role, f"b_{letter}[{d}]", palette)
    largest = max(sum.terms, key=lambda term: abs(term.value))
    one = _product(largest, f"c={largest.place + 1}", ("input", role), palette)
    return _lines(
        rf"{number} = {_over('c', len(sum.terms))} {x}\,{w} + {b}", one, rf"{_ink(role, part, palette)} = {_added(sum)}"
    )


def _over(index: str, count: int) -> str:
    return rf"\textstyle\sum_{{{index}=1}}^{{{count}}}"


def _product(term: Term, which: str, roles: tuple[str, str], palette: Palette) -> str:
    """One product with its numbers, in the colours of its factors."""
    digits = multiplying([term.factors], 4)
    one, other = (
        _ink(role, tex(fixed(factor, digits), after_operator=index > 0), palette)
        for index, (role, factor) in enumerate(zip(roles, term.factors, strict=True))
    )
    return rf"{which}{{:}}\quad {one}\cdot {other} = {tex(fixed(term.value, 4))}"


def _added(sum: Sum) -> str:
    """What the products above 0, those below, and the bias add up to."""
    above, below = sum.above, sum.below
    parts = [(math.fsum(above), rf"{len(above)}\text{{ above }}0"), (math.fsum(below), rf"{len(below)}\text{{ below }}0")]
    if sum.bias is not None:
        parts.append((sum.bias, r"\text{bias}"))
    finer, coarser = adding((value for value, _ in parts), sum.result)
    said = ""
    for value, name in parts:
        text = fixed(value, finer)
        sign = "-" if text.startswith("−") else "+" if said else ""
        said += rf"{sign}\underbrace{{{tex(text.removeprefix('−'))}}}_{{{name}}}"
    return rf"{said} = \mathbf{{{tex(fixed(sum.result, coarser))}}}"


def _score(query: int, key: int, palette: Palette, scaled: bool = False) -> str:
    letter = r"\hat{s}" if scaled else "s"
    return _ink("weight", rf"{letter}_{{{query + 1},{key + 1}}}", palette)


def _ink(role: str, symbol: str, palette: Palette) -> str:
    return rf"\textcolor{{{getattr(palette, role).ink}}}{{{symbol}}}"


def _lines(*lines: str) -> str:
    return r"\begin{gathered}" + r"\\[8pt] ".join(lines) + r"\end{gathered}"
