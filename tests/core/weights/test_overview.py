"""The overview shows every head's weights and its strongest link."""

import pytest
import torch

from attention_core.weights.link_strength import strongest_link
from attention_core.weights.overview import PIXELS, strongest_links, tiles
from tests.core.made import random, shares, tokens, words

TEXTS = {
    "opening": "A dog ate the food because it was hungry",
    "one word": "dog",
    "repeated": "My cat likes fish, and your cat likes milk",
    "pieces": "Internationalisation of tokenizers, naïvely",
    "long": "the old lighthouse has stood on the cliff " * 40,
}


def heads(T: int, L: int = 2, H: int = 3) -> torch.Tensor:
    """Weights of made-up heads, (L, H, T, T)."""
    return (3 * random(L, H, T, T)).softmax(dim=-1)


@pytest.fixture(params=TEXTS)
def read(request, model):
    """The tokens of a sentence and the weights of all heads."""
    trace = model.trace(TEXTS[request.param])
    return trace.tokens, torch.stack([trace.weights(layer) for layer in range(len(trace.layers))])


@pytest.mark.parametrize("T", [1, 2, 12, PIXELS])
def test_a_short_sentence_has_a_pixel_a_weight(T):
    weights = heads(T)
    shown = tiles(weights)
    assert shown.block == 1
    assert shown.pixels.shape == weights.shape
    assert (shown.pixels / 255 - weights).abs().max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize(("T", "block", "side"), [(65, 2, 33), (128, 2, 64), (130, 3, 44), (512, 8, 64)])
def test_a_pixel_is_the_largest_weight_of_its_block(T, block, side):
    weights = heads(T)
    shown = tiles(weights)
    assert shown.block == block
    assert shown.pixels.shape == (2, 3, side, side)
    exact = (255 * weights).round().to(torch.uint8)
    for row in range(side):
        for column in range(side):
            covered = exact[..., row * block : (row + 1) * block, column * block : (column + 1) * block]
            assert torch.equal(shown.pixels[..., row, column], covered.amax(dim=(2, 3)))


@pytest.mark.parametrize("T", [12, 100, 257])
def test_no_single_weight_is_lost(T):
    for query, key in ((0, 0), (T - 1, 0), (0, T - 1), (T // 2, T // 3)):
        weights = torch.zeros(1, 1, T, T)
        weights[0, 0, query, key] = 1
        shown = tiles(weights)
        assert shown.pixels.sum() == 255
        assert shown.pixels[0, 0, query // shown.block, key // shown.block] == 255


def test_any_sentence_of_72_heads_stays_below_300_kilobytes():
    for T in (PIXELS, PIXELS + 1, 200, 512):
        assert tiles(torch.zeros(6, 12, T, T)).pixels.numel() < 300_000


def test_tiles_leave_the_weights_as_they_were():
    weights = heads(70)
    before = weights.clone()
    tiles(weights)
    strongest_links(weights, words(70))
    assert torch.equal(weights, before)


def test_strongest_is_the_strongest_link_of_every_head(read):
    among, weights = read
    links = strongest_links(weights, among)
    for layer, of_layer in enumerate(weights):
        for head, of_head in enumerate(of_layer):
            query, key = strongest_link(of_head, among)
            assert (links.query[layer, head], links.key[layer, head]) == (query, key)
            assert links.weight[layer, head] == of_head[query, key]


@pytest.mark.parametrize(
    "among",
    [
        tokens("[CLS]", "dog", "[SEP]"),
        tokens("[CLS]", "[SEP]"),
        tokens("[CLS]"),
        tokens("dog"),
        tokens("dog", "cat"),
        tokens("dog", "[SEP]", "cat", "[CLS]"),
    ],
    ids=lambda among: " ".join(token.text for token in among),
)
def test_strongest_follows_the_same_rule_where_words_are_few(among):
    weights = torch.stack([shares(len(among), seed) for seed in range(8)])[:, None]
    links = strongest_links(weights, among)
    for layer, (of_head,) in enumerate(weights):
        assert (int(links.query[layer, 0]), int(links.key[layer, 0])) == strongest_link(of_head, among)


def test_the_first_of_equal_links_is_taken_as_ever():
    among = words(5)
    weights = torch.full((1, 1, 5, 5), 0.2)
    links = strongest_links(weights, among)
    assert (int(links.query), int(links.key)) == strongest_link(weights[0, 0], among) == (0, 1)
