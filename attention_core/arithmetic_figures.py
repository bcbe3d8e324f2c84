"""Single numbers as pictures: the products that make a sum, a softmax row, and the words that make z.

Plain dicts as lean as those of `figures`. Places on the x-axis are numbers, so no token can be taken for a number, a date or
the same place twice. Every bar has its arithmetic as hover text, and as `customdata` which dimension, input or key it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from attention_core.arithmetic import Contributions, Softmax, Sum, Term
from attention_core.digits import DECIMALS, adding, fixed, multiplying, shown
from attention_core.figures import _FONT, ALL_LABELS_UP_TO, LABELS, _room, _short, plotly_text
from attention_core.ledger import largest, others
from attention_core.narration import percent
from attention_core.palette import Palette

VALUES_UP_TO = 16  # bars; more would be too narrow for a number above each
WORDS = 5  # that have a colour of their own in the stack
# Two qualitative schemes by Paul Tol, "muted" for the light theme and "light" for the dark one, made to stay apart for every
# kind of colour vision; the last colour is for all other words. None of them is the ink of a role.
WORD_COLOURS = {
    False: ("#332288", "#44aa99", "#ddcc77", "#cc6677", "#882255", "#c9ccd3"),
    True: ("#77aadd", "#eedd88", "#ee8866", "#44bb99", "#ffaabb", "#5a5f6b"),
}
_TITLE, _LEFT = 34, 44  # pixels: above a panel for its title, left of it for its numbers
_DIMENSIONS_UP_TO = 40  # that are all numbered


@dataclass(frozen=True)
class Panel:
    """One picture among several above each other."""

    title: str  # the page's own text
    height: int  # pixels
    traces: list[dict]
    axis: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Panels that share an x-axis."""

    panels: list[Panel]
    ticks: Sequence[str]
    chosen: int | None = None  # the marked place
    words: bool = False  # the ticks are words, not short numbers


def products_spec(
    sum: Sum, symbols: tuple[str, str, str], roles: tuple[str, str, str], chosen: int | None, palette: Palette
) -> dict:
    """A sum of products as four pictures: both factors, their products, and the sum as it grows, in the order of its terms.

    `symbols` (the page's own text) and `roles` are those of the two factors and the result; `chosen` is the marked place.
    """
    return _figure([_products(sum, symbols, roles, chosen, palette)], palette)


def mixed_spec(
    sum: Sum,
    symbols: tuple[str, str, str],
    parts: Contributions,
    names: Sequence[str],
    key: int,
    dimension: int,
    palette: Palette,
) -> dict:
    """An entry of z as the sum over words that it is, and below it all of z as a stack of a·v in every dimension.

    In the stack the words of the longest a·v and the key have colours of their own; the legend says each word's share of all
    lengths ‖a·v‖. One figure, because a page takes half as long for it as for two.
    """
    one = _products(sum, symbols, ("weight", "value", "value"), key, palette)
    spec = _figure([one, _stack(parts, names, key, dimension, palette)], palette, legend=46)
    spec["layout"]["barmode"] = "relative"
    return spec


def rows_spec(rows: Sequence[tuple[str, str, Sequence[float]]], palette: Palette) -> dict:
    """Rows of X as bars over d_model inputs; each row has a symbol (the page's own text) and the role of its word."""
    panels = []
    for symbol, role, values in rows:
        hover = [f"input {index}: {fixed(value, 4)}" for index, value in enumerate(values, 1)]
        bars = _bars(values, palette.input.ink, hover, range(len(values)))
        panels.append(Panel(_coloured(getattr(palette, role).ink, symbol), 150, [bars]))
    return _panels(panels, [str(index) for index in range(1, len(rows[0][2]) + 1)], None, palette)


def softmax_spec(row: Softmax, names: Sequence[str], order: Sequence[int], chosen: int, palette: Palette) -> dict:
    """A softmax row in its three steps, the keys in the given order, the chosen one in the key's colour."""
    colours = [palette.key.ink if key == chosen else palette.weight.ink for key in order]
    total = fixed(row.total, 4)
    hover = [
        f"{names[key]}: e^({fixed(row.shifted[key], 3)}) = {shown(row.powers[key], 4)}, ÷ {total} = {percent(row.weights[key])}"
        for key in order
    ]

    def bars(values: Sequence[float], text) -> list[dict]:
        drawn = [values[key] for key in order]
        trace = _bars(drawn, colours, hover, order)
        if len(order) <= VALUES_UP_TO:
            trace |= {"text": [text(value) for value in drawn], "textposition": "outside", "textangle": 0, "cliponaxis": False}
        return [trace]

    low, high = min(0.0, *row.scaled), max(0.0, *row.scaled)
    room = 0.2 * ((high - low) or 1.0)
    scaled = {"range": [low - (room if low < 0 else 0), high + (room if high > 0 else 0)]}
    panels = [
        Panel("scaled scores ŝ", 110, bars(row.scaled, lambda value: fixed(value, 2)), scaled),
        Panel("e<sup>ŝ − m</sup>: the largest becomes 1", 100, bars(row.powers, lambda p: fixed(p, 3)), {"range": [0, 1.2]}),
        Panel(
            f"÷ their sum {total}: <b>weights</b>",
            100,
            bars(row.weights, percent),
            {"range": [0, 1.2 * max(row.weights)], "tickformat": ".0%"},
        ),
    ]
    return _panels(panels, [names[key] for key in order], list(order).index(chosen), palette, words=True)


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
            _bars([first[key] for key in order], before, hover, order) | {"opacity": 0.6},
            _bars([second[key] for key in order], after, hover, order),
        ]

    scores_title = f"{_square(before)} raw scores s   {_square(after)} scaled scores ŝ = s ÷ {fixed(root, 2)}"
    weights_title = f"softmax of each:   {_square(before)} of s   {_square(after)} of ŝ, the <b>weights</b>"
    panels = [
        Panel(scores_title, 150, pair(scores, row.scaled, lambda value: fixed(value, 3)), {}),
        Panel(weights_title, 150, pair(undivided, row.weights, percent), {"range": [0, 1.05], "tickformat": ".0%"}),
    ]
    return _panels(panels, [names[key] for key in order], list(order).index(chosen), palette, words=True)


def _products(
    sum: Sum, symbols: tuple[str, str, str], roles: tuple[str, str, str], chosen: int | None, palette: Palette
) -> Group:
    """Both factors of a sum's terms, their products, and the sum as it grows."""
    one, other, result = (getattr(palette, role) for role in roles)
    extra = [("rest", f"{others(sum.rest.count)}: {fixed(sum.rest.value, 4)}")] if sum.rest else []
    extra += [("bias", f"bias: {fixed(sum.bias, 4)}")] if sum.bias is not None else []
    ticks = [*(term.label for term in sum.terms), *(label for label, _ in extra)]
    places: list[int | None] = [*(term.place for term in sum.terms), *(None for _ in extra)]
    hover = [*(_product(sum.what, term) for term in sum.terms), *(text for _, text in extra)]
    so_far = [0.0, *accumulate(sum.values)]
    count = len(sum.terms)
    factors = [
        _bars([term.factors[at] for term in sum.terms], role.ink, hover[:count], places[:count])
        for at, role in enumerate((one, other))
    ]
    total = fixed(sum.result, adding(sum.values, sum.result)[1])
    signs = [palette.signed[-2] if value > 0 else palette.signed[1] for value in sum.values]
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
    panels = [
        Panel(_coloured(one.ink, symbols[0]), 68, [factors[0]]),
        Panel("× " + _coloured(other.ink, symbols[1]), 68, [factors[1]]),
        Panel("= products", 110, [_bars(sum.values, signs, hover, places)]),
        Panel(f"added up: {_coloured(result.ink, f'{symbols[2]} = <b>{total}</b>')}", 80, [grown]),
    ]
    return Group(panels, ticks, None if chosen is None else places.index(chosen), words=sum.what == "word")


def _stack(parts: Contributions, names: Sequence[str], key: int, dimension: int, palette: Palette) -> Group:
    """All dimensions of z, each the stack of what the words bring."""
    told = largest(parts.lengths.tolist(), WORDS, key)
    if len(names) > WORDS + 1:  # otherwise the colour of the rest is free for the last word
        told = [*told[: WORDS - 1], told[-1]]
    left = [place for place in range(len(names)) if place not in told]
    groups = [(names[place], [place]) for place in told] + ([(others(len(left)), left)] if left else [])
    *colours, rest = WORD_COLOURS[palette.dark]
    dimensions = list(range(parts.z.numel()))
    traces = []
    for (name, places), colour in zip(groups, (*colours[: len(told)], rest), strict=False):
        values = parts.vectors[places].sum(dim=0).tolist()
        hover = [f"dimension {d}, {name}: {fixed(value, 4)}" for d, value in enumerate(values, 1)]
        label = plotly_text(f"{_short(name)} {percent(parts.shares[places].sum().item())}")
        label = f"<b>{label}</b>" if places == [key] else label
        traces.append(_bars(values, colour, hover, dimensions) | {"name": label, "showlegend": True})
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
    title = "all of <b>z</b>: each word’s a·v, and its share of their lengths"
    return Group([Panel(title, 230, traces)], [str(d + 1) for d in dimensions], dimension)


def _product(what: str, term: Term) -> str:
    name = term.label if what == "word" else f"{what} {term.label}"
    digits = multiplying([term.factors], 3)
    one, other = (fixed(factor, digits) for factor in term.factors)
    return f"{name}: {one} × {other} = {fixed(term.value, 3)}"


def _bars(values: Sequence[float], colour: str | list[str], hover: list[str], places: Sequence[int | None]) -> dict:
    return {
        "type": "bar",
        "x": list(range(len(values))),
        "y": list(values),
        "marker": {"color": colour, "line": {"width": 0}},
        "customdata": list(places),
        "hovertext": [plotly_text(text) for text in hover],
        "hoverinfo": "text",
        "showlegend": False,
    }


def _coloured(colour: str, text: str) -> str:
    return f'<span style="color:{colour}">{text}</span>'


def _square(colour: str) -> str:
    return f'<span style="color:{colour};font-size:17px">■</span>'


def _panels(panels: list[Panel], ticks: Sequence[str], chosen: int | None, palette: Palette, words: bool = False) -> dict:
    """A figure of panels that all share one x-axis."""
    return _figure([Group(panels, ticks, chosen, words)], palette)


def _figure(groups: list[Group], palette: Palette, legend: int = 0) -> dict:
    """Groups above each other, with a band behind the chosen place of each; so many pixels are for a legend below."""
    below = [_room_below(group) for group in groups]
    # Plotly counts places from the bottom of the plots, in parts of the height that all of them take.
    height = sum(panel.height + _TITLE for group in groups for panel in group.panels) + sum(below[:-1])
    layout = {
        "height": height + below[-1] + legend,
        "margin": {"l": _LEFT, "r": 8, "t": 0, "b": below[-1] + legend},
        "font": {"family": _FONT, "size": 11, "color": palette.text},
        "paper_bgcolor": palette.page,
        "plot_bgcolor": palette.page,
        "dragmode": False,  # a finger on the chart scrolls the page
        "bargap": 0.15,
        "hoverlabel": {"font": {"family": _FONT, "size": 13}},
        "legend": {"orientation": "h", "x": 0, "y": -below[-1] / height, "yanchor": "top", "font": {"size": 13}},
    }
    plain = {"showgrid": False, "ticks": "", "ticklabeloverflow": "allow", "automargin": False, "zerolinecolor": palette.faint}
    traces, titles, bands, top, number = [], [], [], height, 0
    for group, room in zip(groups, below, strict=True):
        x = "x" if not number else f"x{number + 1}"
        for panel in group.panels:
            number += 1
            y = "y" if number == 1 else f"y{number}"
            high, top = (top - _TITLE) / height, top - _TITLE - panel.height
            axis = plain | {
                "anchor": x,
                "domain": [top / height, high],
                "nticks": 5,
                "tickfont": {"size": 10},
                "zeroline": True,
            }
            layout[f"yaxis{y[1:]}"] = axis | panel.axis
            place = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "y": high, "yanchor": "bottom", "yshift": 5}
            titles.append(place | {"text": panel.title, "showarrow": False, "font": {"size": 13}})
            if group.chosen is not None:
                edges = {"x0": group.chosen - 0.5, "x1": group.chosen + 0.5, "y0": 0, "y1": 1, "xref": x, "yref": f"{y} domain"}
                bands.append(edges | {"type": "rect", "layer": "below", "fillcolor": palette.input.tint, "line": {"width": 0}})
            traces += [trace | {"xaxis": x, "yaxis": y} for trace in panel.traces]
        layout[f"xaxis{x[1:]}"] = plain | {"anchor": y} | _ticks(group)
        top -= room
    return {"data": traces, "layout": layout | {"annotations": titles, "shapes": bands}}


def _ticks(group: Group) -> dict:
    """The x-axis of a group, with as many labels as there is room for."""
    drawn = _labelled(group)
    return {
        "range": [-0.5, len(group.ticks) - 0.5],
        "zeroline": False,
        "tickvals": drawn,
        "ticktext": [plotly_text(_short(group.ticks[position])) for position in drawn],
    } | ({"tickangle": -90} if group.words else {"tickfont": {"size": 10}})


def _labelled(group: Group) -> list[int]:
    count, most = len(group.ticks), ALL_LABELS_UP_TO if group.words else _DIMENSIONS_UP_TO
    return list(range(0, count, 1 if count <= most else -(-count // LABELS)))


def _room_below(group: Group) -> int:
    """Pixels that the labels of the x-axis take."""
    return _room([group.ticks[position] for position in _labelled(group)]) if group.words else 26
