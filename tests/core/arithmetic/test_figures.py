"""A picture of a sum shows each term at its place and ends at the result; a stack shows whose value makes z."""

import itertools
import json
import math
import re
from decimal import Decimal

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from attention_core import attend
from attention_core.arithmetic.figures import (
    VALUES_UP_TO,
    WORD_COLOURS,
    WORDS_DRAWN,
    mixed_spec,
    products_spec,
    rows_spec,
    scaled_spec,
    softmax_spec,
)
from attention_core.arithmetic.sums import contributions, mixed, score, softmax, undivided
from attention_core.palette import DARK, LIGHT, ROLES
from attention_core.writing.digits import fixed
from attention_core.writing.numbers import percent
from tests.core.made import random, read_number

SYMBOLS, ROLES_OF_SCORE = ("q", "k", "s"), ("query", "key", "weight")
MARKUP = ["<b>bold</b>", "&amp;", '<a href="u">', "a & b", "<br>", "</span>", "<sub>x</sub>"]


def made(count: int, d_v: int = 6):
    """Stages of a made-up head."""
    return attend(2 * random(count, 32), random(count, 32, seed=1), random(count, d_v, seed=2))


def words(count: int) -> list[str]:
    return [f"word{index}" for index in range(count)]


def products(sum, chosen=0, palette=LIGHT, symbols=SYMBOLS, roles=ROLES_OF_SCORE):
    return products_spec(sum, symbols, roles, chosen, palette)


def of_z(stages, names, key, palette=LIGHT, dimension=2):
    """Query 0's entry of z, and all of its z."""
    sum, parts = mixed(stages, 0, dimension, names), contributions(stages, 0)
    return mixed_spec(sum, ("a", "v", "z"), parts, names, key, dimension, palette)


def stacked(spec: dict) -> list[dict]:
    """The parts of the stack and, last, z itself."""
    return [trace for trace in spec["data"] if trace["xaxis"] == "x4"]


def all_specs(count: int, names=None, palette=LIGHT) -> dict[str, dict]:
    """Every kind of picture of one made-up head."""
    stages, names = made(count), names or words(count)
    row, order = softmax(stages, 0), list(range(count))
    whole = mixed(stages, 0, 1, names)
    scores = stages.scores[0].tolist()
    return {
        "score": products(score(stages, 0, 1), palette=palette),
        "z": products(whole.shortened(16, 1).by_size(), 1, palette, roles=("weight", "value", "value")),
        "softmax": softmax_spec(row, names, order, 1, palette),
        "scaled": scaled_spec(scores, row, undivided(stages, 0), 32**0.5, names, order, 1, palette),
        "mixed": of_z(stages, names, 1, palette),
        "rows": rows_spec([("x<sub>1</sub>", "query", scores)], palette),
    }


def bars(spec: dict) -> list[dict]:
    return [trace for trace in spec["data"] if trace["type"] == "bar"]


def bands(spec: dict, x: str = "x") -> set[tuple[float, float]]:
    """Which place of an x-axis is marked, in all its panels alike."""
    found = [band for band in spec["layout"]["shapes"] if band["xref"] == x]
    drawn = {f"{trace['yaxis']} domain" for trace in spec["data"] if trace["xaxis"] == x}
    assert {band["yref"] for band in found} in (set(), drawn)
    return {(band["x0"], band["x1"]) for band in found}


def texts(value) -> list[str]:
    """Every text in a figure."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    return [text for part in value for text in texts(part)] if isinstance(value, list | type({}.values())) else []


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("count", [1, 2, 12, 40, 512])
def test_plotly_accepts_every_picture(count, palette):
    if count == 1:
        stages = made(1)
        names = words(1)
        row = softmax(stages, 0)
        specs = [
            softmax_spec(row, names, [0], 0, palette),
            of_z(stages, names, 0, palette, dimension=0),
            products(mixed(stages, 0, 0, names), 0, palette, roles=("weight", "value", "value")),
        ]
    else:
        specs = all_specs(count, palette=palette).values()
    for spec in specs:
        figure = go.Figure(spec)  # raises for a property that does not exist
        json.loads(figure.to_json())
        assert 100 < figure.layout.height < 900
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == palette.page
        assert figure.layout.font.color == palette.text
        assert figure.layout.dragmode is False


def test_products_are_factors_times_factors_and_grow_to_the_result():
    stages = made(9)
    one, other, product, grown = products(score(stages, 4, 2))["data"]
    assert one["y"] == stages.q[4].tolist()
    assert other["y"] == stages.k[2].tolist()
    np.testing.assert_allclose(product["y"], np.multiply(one["y"], other["y"]), rtol=1e-12)
    np.testing.assert_allclose(grown["y"], [0, *np.cumsum(product["y"])], atol=1e-12)
    assert grown["y"][-1] == pytest.approx(stages.scores[4, 2].item(), abs=1e-5)
    assert one["x"] == other["x"] == product["x"] == list(range(32))
    assert grown["x"] == [position - 0.5 for position in range(33)]  # each step spans the bar above it
    assert len({trace["yaxis"] for trace in (one, other, product, grown)}) == 4


def test_the_rest_and_the_bias_stand_last_and_have_no_factors():
    sum = score(made(9), 4, 2).shortened(5, 30)
    sum = type(sum)(sum.what, sum.terms, sum.result, 0.75, sum.rest)
    spec = products(sum, 30)
    one, _, product, grown = spec["data"]
    assert len(product["y"]) == len(one["y"]) + 2
    assert product["y"][-2:] == [sum.rest.value, 0.75]
    assert product["customdata"][-2:] == [None, None]
    assert spec["layout"]["xaxis"]["ticktext"][-2:] == ["rest", "bias"]
    assert grown["y"][-1] == pytest.approx(sum.total)
    assert [text.partition(":")[0] for text in product["hovertext"][-2:]] == [f"{sum.rest.count} others", "bias"]


@pytest.mark.parametrize("by_size", [False, True])
def test_bars_stand_in_the_order_of_the_terms_and_know_their_place(by_size):
    sum = score(made(9), 4, 2)
    sum = sum.by_size() if by_size else sum
    spec = products(sum, 7)
    places = [term.place for term in sum.terms]
    assert all(trace["customdata"] == places for trace in bars(spec))
    assert spec["layout"]["xaxis"]["ticktext"] == [str(place + 1) for place in places]
    assert bands(spec) == {(places.index(7) - 0.5, places.index(7) + 0.5)}
    assert (np.diff(np.abs(spec["data"][2]["y"])) <= 0).all() == by_size


def test_nothing_is_marked_where_nothing_is_chosen():
    sum = score(made(9), 4, 2)
    assert products(sum, None)["layout"]["shapes"] == []


def test_hovering_says_the_product_as_a_calculator_has_it():
    sum = score(made(9), 4, 2)
    for trace in bars(products(sum)):
        for term, text in zip(sum.terms, trace["hovertext"], strict=True):
            name, one, other, product = re.fullmatch(r"(.*): (\S+) × (\S+) = (\S+)", text).groups()
            assert name == f"dimension {term.place + 1}"
            one, other = (Decimal(number.replace("−", "-")) for number in (one, other))
            assert fixed(one * other, 3) == product == fixed(term.value, 3)
            assert fixed(term.factors[0], 3) == fixed(one, 3)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_factors_and_result_have_the_inks_of_their_roles_and_products_those_of_their_sign(palette):
    one, other, product, grown = products(score(made(9), 4, 2), palette=palette)["data"]
    assert (one["marker"]["color"], other["marker"]["color"]) == (palette.query.ink, palette.key.ink)
    assert (grown["line"]["color"], grown["fillcolor"]) == (palette.weight.ink, palette.weight.tint)
    low, high = palette.signed[1], palette.signed[-2]
    assert product["marker"]["color"] == [high if value > 0 else low for value in product["y"]]


def test_the_picture_says_the_result(trace):
    stages = trace.stages(3, 1)
    said = " ".join(texts(products(score(stages, 7, 2))["layout"]["annotations"]))
    assert "s = <b>18.219</b>" in said
    sum, parts, names = mixed(stages, 7, 4, words(11)), contributions(stages, 7), words(11)
    spec = mixed_spec(sum, ("a", "v", "z"), parts, names, 2, 4, LIGHT)
    assert "z = <b>−0.136</b>" in " ".join(texts(spec["layout"]["annotations"]))


def test_an_entry_of_z_is_weights_times_values():
    stages = made(9)
    weights, values, products = of_z(stages, words(9), 3)["data"][:3]
    assert weights["y"] == stages.weights[0].tolist()
    assert values["y"] == stages.v[:, 2].tolist()
    np.testing.assert_allclose(products["y"], np.multiply(weights["y"], values["y"]), rtol=1e-12)
    assert math.fsum(products["y"]) == pytest.approx(stages.z[0, 2].item(), abs=1e-6)
    assert (weights["marker"]["color"], values["marker"]["color"]) == (LIGHT.weight.ink, LIGHT.value.ink)


def test_softmax_is_drawn_in_three_steps():
    stages = made(9)
    row = softmax(stages, 3)
    scaled, powers, weights = bars(softmax_spec(row, words(9), range(9), 4, LIGHT))
    assert scaled["y"] == stages.scaled[3].tolist()
    assert max(powers["y"]) == 1
    assert weights["y"] == stages.weights[3].tolist()
    np.testing.assert_allclose(np.array(powers["y"]) / math.fsum(powers["y"]), weights["y"], atol=1e-6)
    for trace in (scaled, powers, weights):
        assert trace["marker"]["color"] == [LIGHT.key.ink if key == 4 else LIGHT.weight.ink for key in range(9)]


def test_softmax_can_be_drawn_in_another_order():
    stages = made(5)
    order = [3, 0, 4, 1, 2]
    spec = softmax_spec(softmax(stages, 1), words(5), order, 4, LIGHT)
    for trace in bars(spec):
        assert trace["customdata"] == order
        assert trace["marker"]["color"][2] == LIGHT.key.ink
    assert bars(spec)[2]["y"] == stages.weights[1][order].tolist()
    assert spec["layout"]["xaxis"]["ticktext"] == [f"word{key}" for key in order]
    assert bands(spec) == {(1.5, 2.5)}


@pytest.mark.parametrize("count", [2, VALUES_UP_TO, VALUES_UP_TO + 1, 512])
def test_bars_carry_their_numbers_as_long_as_there_are_few(count):
    stages = made(count)
    weights = bars(softmax_spec(softmax(stages, 0), words(count), range(count), 0, LIGHT))[2]
    if count > VALUES_UP_TO:
        assert "text" not in weights
    else:
        assert weights["text"] == [percent(weight) for weight in stages.weights[0].tolist()]


def test_every_bar_and_its_number_are_within_their_panel():
    for seed in range(5):
        stages = made(9 + seed)
        spec = softmax_spec(softmax(stages, seed), words(9 + seed), range(9 + seed), 0, LIGHT)
        for trace in bars(spec):
            low, high = spec["layout"]["yaxis" + trace["yaxis"][1:]]["range"]
            # Room for a number of 11 pixels above a bar, or below one, in a panel of some 100.
            assert low <= min(trace["y"]) - (0.1 * (high - low) if min(trace["y"]) < 0 else 0)
            assert high >= max(trace["y"]) + (0.1 * (high - low) if max(trace["y"]) > 0 else 0)


def test_division_is_drawn_before_and_after():
    stages = made(9)
    row, raw = softmax(stages, 3), stages.scores[3].tolist()
    spec = scaled_spec(raw, row, undivided(stages, 3), 32**0.5, words(9), range(9), 4, LIGHT)
    before, after, without, weights = bars(spec)
    np.testing.assert_allclose(np.array(before["y"]) / 32**0.5, after["y"], rtol=1e-5)
    assert before["yaxis"] == after["yaxis"]  # one scale, so that one sees how much smaller
    np.testing.assert_allclose(without["y"], stages.scores[3].softmax(0).numpy(), atol=1e-6)
    assert weights["y"] == stages.weights[3].tolist()
    assert max(without["y"]) > max(weights["y"])
    assert spec["layout"]["yaxis2"]["range"][1] >= 1


@pytest.mark.parametrize("count", [2, 5, 6, 7, 40, 200])
@pytest.mark.parametrize("key", [0, 1])
def test_a_stack_adds_up_to_z_in_every_dimension(count, key):
    parts = contributions(made(count), 0)
    spec = of_z(made(count), words(count), key)
    *stack, z = stacked(spec)
    np.testing.assert_allclose(np.sum([trace["y"] for trace in stack], axis=0), z["y"], atol=1e-6)
    assert z["y"] == parts.z.tolist()
    assert spec["layout"]["barmode"] == "relative"
    assert bands(spec) == {(key - 0.5, key + 0.5)}
    assert bands(spec, "x4") == {(1.5, 2.5)}


def test_a_stack_labels_some_dimensions_and_the_chosen_one():
    stages = made(5, d_v=32)
    axis = of_z(stages, words(5), 0, dimension=4)["layout"]["xaxis4"]
    assert axis["ticktext"] == ["1", "4", "5", "8", "12", "16", "20", "24", "28", "32"]
    assert [position + 1 for position in axis["tickvals"]] == [int(text) for text in axis["ticktext"]]


@pytest.mark.parametrize("count", [2, 5, 6, 7, 40, 200])
def test_a_stack_names_the_longest_and_the_chosen_word_and_counts_the_others(count):
    parts = contributions(made(count), 0)
    order = parts.lengths.argsort(descending=True).tolist()
    for key in (order[0], order[-1]):
        *stack, _ = stacked(of_z(made(count), words(count), key))
        named = [re.sub("</?b>", "", trace["name"]).split()[0] for trace in stack if "other" not in trace["name"]]
        assert f"word{key}" in named
        assert named[0] == f"word{order[0]}"
        assert len(named) <= WORDS_DRAWN + 1
        assert [trace["name"] for trace in stack if trace["name"].startswith("<b>")] == [
            f"<b>word{key} {percent(parts.shares[key].item())}</b>"
        ]
        left = count - len(named)
        assert (stack[-1]["name"].split()[0] == str(left)) == (left > 0)
        assert left != 1
        colours = [trace["marker"]["color"] for trace in stack]
        assert len(set(colours)) == len(colours)
        assert (colours[-1] == WORD_COLOURS[False][-1]) == (left > 0 or len(named) > WORDS_DRAWN)


def test_a_stack_says_each_words_share_of_all_lengths():
    *stack, _ = stacked(of_z(made(40), words(40), 3))
    shares = [read_number(re.search(r"([\d.]+) %", trace["name"])[1]) for trace in stack]
    assert math.fsum(shares) == pytest.approx(100, abs=0.4)


def luminous(colour: str) -> np.ndarray:
    """Linear RGB of '#rrggbb'."""
    parts = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65), in which colours at a distance of 2 can just be told apart side by side."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# What is left of linear RGB to people who lack one kind of cone (Machado et al. 2009, severity 1).
VISIONS = {
    "full": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_words_of_a_stack_can_be_told_apart_with_any_colour_vision(vision, palette):
    seen = [lab(np.array(VISIONS[vision]) @ luminous(colour)) for colour in (*WORD_COLOURS[palette.dark], palette.page)]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 12


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_no_word_of_a_stack_wears_the_colour_of_a_role(palette):
    taken = {getattr(palette, role).ink for role in ROLES} | {*palette.signed, *palette.share}
    assert not taken & {*WORD_COLOURS[palette.dark]}
    assert len(WORD_COLOURS[palette.dark]) == WORDS_DRAWN + 1


@pytest.mark.parametrize("count", [len(MARKUP), 30])
def test_markup_in_words_is_escaped_wherever_it_is_drawn(count):
    names = (MARKUP * 5)[:count]
    plain = all_specs(count)
    for kind, spec in all_specs(count, names).items():
        ours = set(re.findall("<[^>]*>", " ".join(texts(plain[kind]))))  # the page's own markup
        for text in texts(spec):
            assert set(re.findall("<[^>]*>", text)) <= ours - {"<br>"}, text
            assert not re.search("&(?!(amp|lt|gt);)", text)


def test_tokens_that_look_like_numbers_and_dates_are_only_labels():
    names = ["1", "2", "10", "1", "2024-05-01", "nan"]
    for spec in all_specs(6, names).values():
        for trace in spec["data"]:
            assert all(isinstance(position, int | float) for position in trace["x"])
    axis = all_specs(6, names)["softmax"]["layout"]["xaxis"]
    assert axis["ticktext"] == names
    assert axis["tickvals"] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("count", [24, 25, 47, 200, 512])
def test_many_words_have_few_labels_each_at_its_place(count):
    axis = all_specs(count)["softmax"]["layout"]["xaxis"]
    assert axis["ticktext"] == [f"word{position}" for position in axis["tickvals"]]
    assert len(axis["tickvals"]) == (24 if count == 24 else pytest.approx(14, abs=3))
    assert axis["range"] == [-0.5, count - 0.5]


def test_rows_of_x_are_drawn_whole(trace):
    x = trace.layers[3].x
    spec = rows_spec([("x<sub>8</sub>", "query", x[7].tolist()), ("x<sub>3</sub>", "key", x[2].tolist())], DARK)
    first, second = bars(spec)
    assert (first["y"], second["y"]) == (x[7].tolist(), x[2].tolist())
    assert first["hovertext"][223].startswith("input 224: ")
    assert DARK.query.ink in spec["layout"]["annotations"][0]["text"]


@pytest.mark.parametrize("count", [2, 12, 200])
def test_panels_stand_below_each_other_within_the_figure(count):
    for spec in all_specs(count).values():
        layout = spec["layout"]
        plots = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
        domains = [axis["domain"] for name, axis in layout.items() if name.startswith("yaxis")]
        assert domains == sorted(domains, reverse=True)
        edges = [1.0, *itertools.chain.from_iterable((high, low) for low, high in domains)]
        assert edges == sorted(edges, reverse=True)
        assert edges[-1] == pytest.approx(0)
        for above, (_, high) in zip(edges[::2], domains, strict=False):
            assert (above - high) * plots >= 30  # room for a title
        for trace in spec["data"]:  # every trace has its axes, and every x-axis stands below the last of its panels
            assert f"yaxis{trace['yaxis'][1:]}" in layout
            anchor = layout[f"xaxis{trace['xaxis'][1:]}"]["anchor"]
            assert int(anchor[1:] or 1) >= int(trace["yaxis"][1:] or 1)


def test_a_word_has_room_for_its_label_between_two_pictures():
    spec = of_z(made(5), ["internationalisation", "a", "b", "c", "d"], 0)
    layout = spec["layout"]
    plots = layout["height"] - layout["margin"]["b"]
    gap = layout["yaxis3"]["domain"][0] - layout["yaxis4"]["domain"][1]
    assert gap * plots > 34 + 14 * 6


def test_making_a_picture_leaves_the_numbers_as_they_were():
    stages = made(12)
    before = [getattr(stages, name).clone() for name in ("q", "k", "v", "scores", "scaled", "weights", "z")]
    of_z(stages, words(12), 1)
    products(score(stages, 0, 1))
    after = [getattr(stages, name) for name in ("q", "k", "v", "scores", "scaled", "weights", "z")]
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
