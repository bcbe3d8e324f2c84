"""Single numbers as pictures: the products that make a sum, a softmax row, and the words that make z.

Plain dicts, as `panels` makes them.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from attention_core.arithmetic.ledger import largest, others
from attention_core.arithmetic.sums import Contributions, Softmax, Sum, Term
from attention_core.figures.layout import plotly_text, shortened
from attention_core.figures.panels import Group, Panel, bars, coloured, groups_spec, panels_spec, square
from attention_core.palette import Palette
from attention_core.writing.digits import DECIMALS, adding, fixed, multiplying, short
from attention_core.writing.numbers import percent

VALUES_UP_TO = 16  # bars; more would be too narrow for a number above each
WORDS_DRAWN = 5  # that have a colour of their own in the stack
# Two qualitative schemes by Paul Tol, "muted" for the light theme and "light" for the dark one, made to stay apart for every
# kind of colour vision; the last colour is for all other words. None of them is the ink of a role.
WORD_COLOURS = {
    False: ("#332288", "#44aa99", "#ddcc77", "#cc6677", "#882255", "#c9ccd3"),
    True: ("#77aadd", "#eedd88", "#ee8866", "#44bb99", "#ffaabb", "#5a5f6b"),
}


def products_spec(
    sum: Sum, symbols: tuple[str, str, str], roles: tuple[str, str, str], chosen: int | None, palette: Palette
) -> dict:
    """A sum of products as four pictures: both factors, their products, and the sum as it grows, in the order of its terms.

    `symbols` (the page's own text) and `roles` are those of the two factors and the result; `chosen` is the marked place.
    """
    products, result = _products(sum, symbols, roles, chosen, palette), getattr(palette, roles[2])
    so_far = [0.0, *accumulate(sum.values)]
    grown = {
        "type": "scatter",
        "mode": "lines",
        "x": [position - 0.5 for position in range(len(so_far))],
        "y": so_far,
        "line": {"shape": "vh", "color": result.ink, "width": 2},
        "fill": "tozeroy",
        "fillcolor": result.tint,
        "hovertext": ["", *(f"sum so far: {fixed(value, DECIMALS)}" for value in so_far[1:])],
        "hoverinfo": "text",
        "showlegend": False,
    }
    panel = Panel(f"added up: {_total(sum, symbols[2], result.ink)}", 80, [grown])
    return groups_spec([replace(products, panels=[*products.panels, panel])], palette)


def mixed_spec(
    sum: Sum,
    symbols: tuple[str, str, str],
    parts: Contributions,
    names: Sequence[str],
    key: int,
    dimension: int,
    palette: Palette,
) -> dict:
    """An entry of z as the products of weights and values, and below it all of z as a stack of a·v in every dimension.

    In the stack the words of the longest a·v and the key have colours of their own; the legend says each word's share of all
    lengths ‖a·v‖. One figure of few axes, because these are what a page waits for.
    """
    products = _products(sum, symbols, ("weight", "value", "value"), key, palette)
    last = replace(products.panels[-1], title=f"= products, together {_total(sum, symbols[2], palette.value.ink)}")
    groups = [replace(products, panels=[*products.panels[:-1], last]), _stack(parts, names, key, dimension, palette)]
    spec = groups_spec(groups, palette, legend=46)
    spec["layout"]["barmode"] = "relative"
    return spec


def rows_spec(rows: Sequence[tuple[str, str, Sequence[float]]], palette: Palette) -> dict:
    """Rows of X as bars over d_model inputs; each row has a symbol (the page's own text) and the role of its word."""
    panels = []
    for symbol, role, values in rows:
        hover = [f"input {index}: {fixed(value, 4)}" for index, value in enumerate(values, 1)]
        row = bars(values, palette.input.ink, hover, range(len(values)))
        panels.append(Panel(coloured(getattr(palette, role).ink, symbol), 150, [row]))
    return panels_spec(panels, [str(index) for index in range(1, len(rows[0][2]) + 1)], None, palette)


def softmax_spec(row: Softmax, names: Sequence[str], order: Sequence[int], chosen: int, palette: Palette) -> dict:
    """A softmax row in its three steps, the keys in the given order, the chosen one in the key's colour."""
    colours = [palette.key.ink if key == chosen else palette.weight.ink for key in order]
    total = fixed(row.total, 4)
    hover = [
        f"{names[key]}: e^({fixed(row.shifted[key], 3)}) = {short(row.powers[key], 4)}, ÷ {total} = {percent(row.weights[key])}"
        for key in order
    ]

    def step(values: Sequence[float], text) -> list[dict]:
        drawn = [values[key] for key in order]
        trace = bars(drawn, colours, hover, order)
        if len(order) <= VALUES_UP_TO:
            trace |= {"text": [text(value) for value in drawn], "textposition": "outside", "textangle": 0, "cliponaxis": False}
        return [trace]

    low, high = min(0.0, *row.scaled), max(0.0, *row.scaled)
    room = 0.2 * ((high - low) or 1.0)
    scaled = {"range": [low - (room if low < 0 else 0), high + (room if high > 0 else 0)]}
    panels = [
        Panel("scaled scores ŝ", 110, step(row.scaled, lambda value: fixed(value, 2)), scaled),
        Panel("e<sup>ŝ − m</sup>: the largest becomes 1", 100, step(row.powers, lambda p: fixed(p, 3)), {"range": [0, 1.2]}),
        Panel(
            f"÷ their sum {total}: <b>weights</b>",
            100,
            step(row.weights, percent),
            {"range": [0, 1.2 * max(row.weights)], "tickformat": ".0%"},
        ),
    ]
    return panels_spec(panels, [names[key] for key in order], list(order).index(chosen), palette, words=True)


def scaled_spec(
    scores: Sequence[float],
    row: Softmax,
    undivided: Sequence[float],
    root: float,
    names: Sequence[str],
    order: Sequence[int],
    chosen: int,
    palette: Palette,
) -> dict:
    """What the division by √d_k does to a row: its scores, and what softmax makes of them, without it and with it."""
    before, after = palette.faint, palette.weight.ink

    def pair(first: Sequence[float], second: Sequence[float], text) -> list[dict]:
        hover = [f"{names[key]}: {text(first[key])} → {text(second[key])}" for key in order]
        return [
            bars([first[key] for key in order], before, hover, order) | {"opacity": 0.6, "hoverinfo": "skip"},
            bars([second[key] for key in order], after, hover, order),
        ]

    scores_title = f"{square(before)} raw scores s   {square(after)} scaled scores ŝ = s ÷ {fixed(root, 2)}"
    weights_title = f"softmax of each:   {square(before)} of s   {square(after)} of ŝ, the <b>weights</b>"
    panels = [
        Panel(scores_title, 150, pair(scores, row.scaled, lambda value: fixed(value, 3)), {}),
        Panel(weights_title, 150, pair(undivided, row.weights, percent), {"range": [0, 1.05], "tickformat": ".0%"}),
    ]
    return panels_spec(panels, [names[key] for key in order], list(order).index(chosen), palette, words=True)


def _products(
    sum: Sum, symbols: tuple[str, str, str], roles: tuple[str, str, str], chosen: int | None, palette: Palette
) -> Group:
    """Both factors of a sum's terms, and their products."""
    one, other = (getattr(palette, role) for role in roles[:2])
    extra = [("rest", f"{others(sum.rest.count)}: {fixed(sum.rest.value, 4)}")] if sum.rest else []
    extra += [("bias", f"bias: {fixed(sum.bias, 4)}")] if sum.bias is not None else []
    ticks = [*(term.label for term in sum.terms), *(label for label, _ in extra)]
    places: list[int | None] = [*(term.place for term in sum.terms), *(None for _ in extra)]
    hover = [*(_product(sum.what, term) for term in sum.terms), *(text for _, text in extra)]
    count = len(sum.terms)
    factors = [
        bars([term.factors[at] for term in sum.terms], role.ink, hover[:count], places[:count])
        for at, role in enumerate((one, other))
    ]
    signs = [palette.signed[-2] if value > 0 else palette.signed[1] for value in sum.values]
    panels = [
        Panel(coloured(one.ink, symbols[0]), 68, [factors[0]]),
        Panel("× " + coloured(other.ink, symbols[1]), 68, [factors[1]]),
        Panel("= products", 110, [bars(sum.values, signs, hover, places)]),
    ]
    return Group(panels, ticks, None if chosen is None else places.index(chosen), words=sum.what == "word")


def _stack(parts: Contributions, names: Sequence[str], key: int, dimension: int, palette: Palette) -> Group:
    """All dimensions of z, each the stack of what the words bring."""
    told = largest(parts.lengths.tolist(), WORDS_DRAWN, key)
    if len(names) > WORDS_DRAWN + 1:  # otherwise the colour of the rest is free for the last word
        told = [*told[: WORDS_DRAWN - 1], told[-1]]
    left = [place for place in range(len(names)) if place not in told]
    groups = [(names[place], [place]) for place in told] + ([(others(len(left)), left)] if left else [])
    *colours, rest = WORD_COLOURS[palette.dark]
    dimensions = list(range(parts.z.numel()))
    traces = []
    for (name, places), colour in zip(groups, (*colours[: len(told)], rest), strict=False):
        values = parts.vectors[places].sum(dim=0).tolist()
        hover = [f"dimension {d}, {name}: {fixed(value, 4)}" for d, value in enumerate(values, 1)]
        label = plotly_text(f"{shortened(name)} {percent(parts.shares[places].sum().item())}")
        label = f"<b>{label}</b>" if places == [key] else label
        traces.append(bars(values, colour, hover, dimensions) | {"name": label, "showlegend": True})
    z = parts.z.tolist()
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "z, their sum",
            "x": dimensions,
            "y": z,
            "customdata": dimensions,
            "marker": {"symbol": "diamond", "size": 8, "color": palette.text, "line": {"color": palette.page, "width": 1}},
            "hovertext": [f"dimension {d}: z = {fixed(value, 4)}" for d, value in enumerate(z, 1)],
            "hoverinfo": "text",
        }
    )
    # Labels cost more than bars; in order, few are enough.
    ticks = [str(d + 1) if d in (0, dimension) or d % 4 == 3 else "" for d in dimensions]
    title = "all of <b>z</b>: each word’s a·v, and its share of their lengths"
    return Group([Panel(title, 230, traces)], ticks, dimension)


def _product(what: str, term: Term) -> str:
    name = term.label if what == "word" else f"{what} {term.label}"
    digits = multiplying([term.factors], 3)
    one, other = (fixed(factor, digits) for factor in term.factors)
    return f"{name}: {one} × {other} = {fixed(term.value, 3)}"


def _total(sum: Sum, symbol: str, ink: str) -> str:
    return coloured(ink, f"{symbol} = <b>{fixed(sum.result, adding(sum.values, sum.result)[1])}</b>")
