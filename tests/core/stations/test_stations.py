"""Every station of a sentence's way is what the model computes, and the end of it is what sentence-transformers gives."""

from contextlib import contextmanager
from dataclasses import fields

import pytest
import torch
from sentence_transformers import SentenceTransformer
from torch.nn.functional import cosine_similarity
from torch.testing import assert_close

from attention_core import ChoiceError, TracedModel, load_model
from attention_core.model.checkpoint import embedded_folder
from attention_core.palette import LIGHT
from attention_core.stations.figures import journey_spec, likeness_spec, station_spec
from attention_core.stations.formulas import station_formula
from attention_core.stations.stations import embedding, head_parts, layer
from attention_core.stations.vectors import after, journey, nearest_words, sentence_vector, similarities
from attention_core.stations.words import say_journey, say_likeness, say_station, station_message
from attention_core.writing.phrases import plain
from tests.core.official import open_official, run_official

SENTENCES = [
    "A dog ate the food because it was hungry",
    "dog",
    "Tokenization of the unbelievable: naïve café, 東京, 3.14!",
    "The cat and the dog and the cat sat on the mat with the dog",
]
EMBEDDING = ["words", "positions", "types", "embedded", "normed"]
LAYER = ["received", "concatenated", "mixed", "attention_sum", "attended", "hidden", "forward", "forward_sum", "output"]


def exactly(actual, expected):
    assert_close(actual, expected, rtol=0, atol=0)


def close(actual, expected):
    assert_close(actual, expected, rtol=1e-5, atol=1e-5)


@contextmanager
def watched(bert, number: int):
    """What Transformers' own modules of a layer hand out, by the name of the station."""
    block, seen = bert.encoder.layer[number], {}
    watch = {
        "mixed": block.attention.output.dense,
        "attended": block.attention.output.LayerNorm,
        "hidden": block.intermediate,
        "forward": block.output.dense,
        "output": block.output.LayerNorm,
    }
    sums = {"attention_sum": block.attention.output.LayerNorm, "forward_sum": block.output.LayerNorm}
    hooks = []
    for name, module in watch.items():
        hooks.append(module.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output[0]})))
    for name, module in sums.items():
        hooks.append(module.register_forward_hook(lambda _, inputs, __, name=name: seen.update({name: inputs[0][0]})))
    dense = block.attention.output.dense
    hooks.append(dense.register_forward_hook(lambda _, inputs, __: seen.update(concatenated=inputs[0][0])))
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def assert_all_stations_match(model, bert, text: str):
    trace = model.trace(text)
    ids = [token.id for token in trace.tokens]
    for number in range(len(trace.layers)):
        with watched(bert, number) as expected:
            hidden = run_official(bert, ids).hidden_states
        found = {station.name: station.matrix for station in layer(model, trace, number)}
        assert list(found) == LAYER
        close(found.pop("received"), hidden[number][0])
        close(found["output"], hidden[number + 1][0])
        assert set(found) == set(expected)
        for name, matrix in found.items():
            close(matrix, expected[name])


@pytest.mark.parametrize("text", SENTENCES)
def test_every_station_is_what_transformers_computes(model, official_model, text):
    assert_all_stations_match(model, official_model, text)


def test_every_station_of_a_model_of_other_sizes_is_what_transformers_computes(tiny):
    assert_all_stations_match(load_model(tiny), open_official(tiny), "dog cab food bad")


@pytest.mark.parametrize("text", SENTENCES)
def test_the_end_of_a_layer_is_exactly_what_the_next_receives(model, text):
    trace = model.trace(text)
    for number in range(len(trace.layers)):
        first, *_, last = layer(model, trace, number)
        exactly(first.matrix, trace.layers[number].x)
        exactly(last.matrix, trace.output if number == len(trace.layers) - 1 else trace.layers[number + 1].x)


@pytest.mark.parametrize("text", SENTENCES)
def test_the_embedding_is_the_sum_of_word_place_and_type(model, official_model, text):
    trace = model.trace(text)
    found = {station.name: station.matrix for station in embedding(model, trace)}
    assert list(found) == EMBEDDING
    parts = official_model.embeddings
    exactly(found["words"], parts.word_embeddings.weight[[token.id for token in trace.tokens]].detach())
    exactly(found["positions"], parts.position_embeddings.weight[: len(trace.tokens)].detach())
    exactly(found["types"], parts.token_type_embeddings.weight[:1].expand(len(trace.tokens), -1).detach())
    exactly(found["embedded"], found["words"] + found["positions"] + found["types"])
    exactly(found["normed"], trace.layers[0].x)


def test_the_heads_stand_side_by_side_in_their_order(model, trace):
    for number in range(6):
        side_by_side = layer(model, trace, number)[1].matrix
        for head in range(12):
            close(side_by_side[:, 32 * head : 32 * (head + 1)], trace.stages(number, head).z)


def test_what_the_heads_add_sums_to_what_w_o_makes_of_them(model, trace):
    for number in range(6):
        parts = head_parts(model, trace, number)
        assert parts.shape == (12, 11, 384)
        bias = model.encoder.blocks[number].attention_output.bias
        close(parts.sum(dim=0) + bias, layer(model, trace, number)[2].matrix)


def test_the_widened_part_has_d_ff_columns_and_never_falls_below_what_gelu_can_give(model, trace):
    for number in range(6):
        hidden = {station.name: station.matrix for station in layer(model, trace, number)}["hidden"]
        assert hidden.shape == (11, 1536)
        assert hidden.min() >= -0.17005


@pytest.mark.parametrize("number", [-1, 6])
def test_a_layer_that_there_is_not_is_refused(model, trace, number):
    for ask in (layer, head_parts):
        with pytest.raises(ChoiceError, match=f"no layer {number}.*0 to 5"):
            ask(model, trace, number)


def test_the_formulas_have_the_shapes_of_the_sentence(model, trace):
    stations = (*embedding(model, trace), *layer(model, trace, 3))
    for station in stations:
        tex = station_formula(station, trace, model, 4, LIGHT)
        rows, columns = station.matrix.shape
        assert rf"[{rows}{{\times}}{columns}]" in tex, station.name
    assert r"[384{\times}1536]" in station_formula(stations[5 + 5], trace, model, 4, LIGHT)
    assert "X_{5}" in station_formula(stations[-1], trace, model, 4, LIGHT)
    assert "Y" in station_formula(stations[-1], trace, model, 6, LIGHT)


def test_after_no_layer_stands_the_first_input_and_after_all_the_output(trace):
    exactly(after(trace, 0), trace.layers[0].x)
    exactly(after(trace, 3), trace.layers[3].x)
    exactly(after(trace, 6), trace.output)
    for layers in (-1, 7):
        with pytest.raises(ChoiceError, match="0 to 6"):
            after(trace, layers)


def test_a_words_way_is_made_of_cosines(trace):
    for position in range(11):
        way = journey(trace, position)
        assert way.to_start.shape == (7,)
        assert way.to_words.shape == (7, 11)
        for layers in range(7):
            vectors = after(trace, layers)
            own = vectors[position]
            close(way.to_start[layers], cosine_similarity(own, after(trace, 0)[position], dim=0))
            close(way.to_words[layers], cosine_similarity(own[None], vectors, dim=1))
        close(way.to_start[0], torch.tensor(1.0))
        close(way.to_words[:, position], torch.ones(7))
    with pytest.raises(ChoiceError, match="no token 11"):
        journey(trace, 11)


@pytest.fixture(scope="module")
def sentence_transformer() -> SentenceTransformer:
    return SentenceTransformer(str(embedded_folder()), device="cpu")


def test_sentence_vectors_equal_those_of_sentence_transformers(model, sentence_transformer, prose):
    texts = [*SENTENCES, " ".join(prose.split()[:150])]
    expected = torch.tensor(sentence_transformer.encode(texts))
    traces = [model.trace(text) for text in texts]
    assert len(traces[-1].tokens) > 150
    close(torch.stack([sentence_vector(trace) for trace in traces]), expected)
    close(similarities(traces), sentence_transformer.similarity(expected, expected))


def test_sentences_of_like_meaning_are_more_alike(model):
    texts = ["A dog ate the food because it was hungry", "The animal had its meal", "Stock prices fell on Monday"]
    found = similarities([model.trace(text) for text in texts])
    assert found[0, 1] > 0.7 > 0.1 > found[0, 2]
    close(found.diagonal(), torch.ones(3))
    with pytest.raises(ChoiceError, match="at least one"):
        similarities([])


def test_a_trace_keeps_no_station(trace):
    assert set(vars(trace)) <= {field.name for field in fields(trace)} | {"layers"}
    assert set(vars(trace.layers[0])) == {field.name for field in fields(trace.layers[0])}


# What is said and drawn of them.


@pytest.mark.parametrize("text", SENTENCES)
def test_every_station_says_something_of_every_word(model, text):
    trace = model.trace(text)
    for number in (0, 5):
        for stations in (embedding(model, trace), layer(model, trace, number)):
            way = {station.name: station for station in stations}
            for name in way:
                for position in range(len(trace.tokens)):
                    said = plain(say_station(name, way, model, trace, position, number, 3))
                    assert said.endswith((".",)), said
                    assert "nan" not in said


def said(model: TracedModel, trace, name: str, position: int, number: int = 3, head: int = 1) -> str:
    stations = embedding(model, trace) if name in EMBEDDING else layer(model, trace, number)
    return plain(say_station(name, {station.name: station for station in stations}, model, trace, position, number, head))


def test_the_words_numbers_are_the_models(model, trace):
    way = {station.name: station.matrix for station in layer(model, trace, 3)}
    x, o = way["received"][7], way["mixed"][7]
    added, kept = (o.norm() / x.norm()).item(), cosine_similarity(x, x + o, dim=0).item()
    expected = f"it was {x.norm():.2f} long; attention adds {added:.2f} times that. Before and after: cosine {kept:.2f}."
    assert said(model, trace, "attention_sum", 7) == expected
    on = int((way["hidden"][7] > 0).sum())
    assert said(model, trace, "hidden", 7).startswith(f"it: {on} of 1,536 numbers are above 0")
    z = way["concatenated"][7].view(12, 32).norm(dim=-1)
    first = int(z.argmax())
    expected = f"In the row of it head {first + 1} writes the longest part: length {z[first]:.2f}; head 2: {z[1]:.2f}."
    assert said(model, trace, "concatenated", 7) == expected
    parts = head_parts(model, trace, 3)[:, 7].norm(dim=-1)
    first = int(parts.argmax())
    assert f"head {first + 1} adds most: length {parts[first]:.2f}" in said(model, trace, "mixed", 7)
    assert "is number 2,009 of 30,522 words" in said(model, trace, "words", 7)


def test_a_repeated_word_has_one_vector_at_all_its_places(model):
    trace = model.trace("The cat and the dog")
    assert said(model, trace, "words", 1).endswith("The same vector stands at places 2 and 5.")
    words = embedding(model, trace)[0].matrix
    exactly(words[1], words[4])


def test_a_way_is_said_with_its_end_and_its_nearest_word(trace):
    way = journey(trace, 7)
    expected = f"After 6 layers, it has cosine {way.to_start[6]:.2f} to its own start. It is most like [SEP] (0.78)."
    assert plain(say_journey(way, trace, 7, 6)) == expected
    assert plain(say_journey(way, trace, 7, 1)).startswith("After 1 layer, it has cosine 0.89")
    assert plain(say_journey(way, trace, 7, 0)).startswith("Before the first layer, it is itself")
    assert nearest_words(way, 7, 6)[0] == 10
    assert 7 not in nearest_words(way, 7, 6)


def test_likeness_names_the_most_and_the_least_alike():
    found = torch.tensor([[1.0, 0.8, 0.1], [0.8, 1.0, -0.2], [0.1, -0.2, 1.0]])
    assert plain(say_likeness(found, "ABC")) == "Most alike are A and B: cosine 0.80. Least alike are B and C: −0.20."
    assert plain(say_likeness(found[:2, :2], "AB")) == "Most alike are A and B: cosine 0.80."


def test_station_pictures_hold_the_stations_numbers(model, trace):
    for stations in (embedding(model, trace), layer(model, trace, 3)):
        for station in stations:
            spec = station_spec(station, trace.tokens, LIGHT, 1, 12)
            exactly(torch.from_numpy(spec["data"][0]["z"]), station.matrix)
            assert spec["layout"]["yaxis"]["range"] == [10.5, -0.5]
            assert station_message(station, trace).startswith(f"11 rows of {station.matrix.size(1):,}")


def test_the_chosen_head_is_framed_where_the_heads_stand_side_by_side(model, trace):
    spec = station_spec(layer(model, trace, 3)[1], trace.tokens, LIGHT, head=4, heads=12)
    *edges, frame = spec["layout"]["shapes"]
    assert len(edges) == 11
    assert (frame["x0"], frame["x1"]) == (4 * 32 + 0.5, 5 * 32 + 0.5)
    assert spec["layout"]["xaxis"]["ticktext"][4] == "<b>5</b>"


@pytest.mark.parametrize("layers", [0, 3, 6])
def test_the_picture_of_a_way_has_a_line_for_the_start_and_one_for_each_other_word(trace, layers):
    way = journey(trace, 7)
    names = [token.text for token in trace.tokens]
    spec = journey_spec(way, trace.tokens, 7, layers, names, LIGHT)
    assert len(spec["data"]) == 11
    assert spec["data"][-1]["y"] == way.to_start.tolist()
    drawn = {tuple(line["y"]) for line in spec["data"][:-1]}
    assert drawn == {tuple(way.to_words[:, other].tolist()) for other in range(11) if other != 7}
    shown = [note["text"] for note in spec["layout"]["annotations"]]
    assert set(shown) == {"<b>its own start</b>", *(names[other] for other in nearest_words(way, 7, layers)[:3])}
    assert spec["layout"]["shapes"][0]["x0"] == layers


def test_names_on_the_pictures_are_escaped(model):
    trace = model.trace("a <b>bold</b> word & more")
    way = journey(trace, 2)
    spec = journey_spec(way, trace.tokens, 2, 6, [token.text for token in trace.tokens], LIGHT)
    texts = [note["text"] for note in spec["layout"]["annotations"]] + [line["hovertemplate"] for line in spec["data"]]
    likeness = likeness_spec(torch.eye(2), "AB", ["<b>x</b>", "&lt;"], LIGHT)
    texts += likeness["layout"]["yaxis"]["ticktext"] + [name for row in likeness["data"][0]["customdata"] for name in row]
    for text in texts:
        rest = text.replace("<b>its own start</b>", "").replace("<br>", "").replace("<extra></extra>", "")
        assert "<" not in rest, text
