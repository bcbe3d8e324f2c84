"""What is known of the real weights: heads that resolve a pronoun, and one that looks at the token before."""

import pytest

# Layers and heads as people count them, from 1.
DOG = "A dog ate the food because it was hungry"
BILL = "Bill is going to the theatre to watch a new movie"


@pytest.mark.parametrize(
    ("text", "layer", "head", "query", "key", "weight"),
    [
        (DOG, 6, 12, "it", "dog", 0.599),
        (DOG, 6, 12, "it", "food", 0.117),
        (DOG, 4, 2, "it", "dog", 0.529),
        (DOG, 4, 2, "it", "food", 0.051),
        (BILL, 6, 5, "watch", "theatre", 0.570),
    ],
)
def test_a_head_gives_a_word_its_known_weight(model, text, layer, head, query, key, weight):
    trace = model.trace(text)
    pieces = [token.text for token in trace.tokens]
    found = trace.stages(layer - 1, head - 1).weights[pieces.index(query), pieces.index(key)].item()
    assert found == pytest.approx(weight, abs=0.0006)


@pytest.mark.parametrize(
    "text",
    [
        DOG,
        BILL,
        "dog",
        "Hello, world!",
        "The quick brown fox jumps over the lazy dog",
        "We hold these truths to be self-evident, that all men are created equal.",
        "1 2 3 4 5 6 7 8 9 10",
        "你好 🙂 antidisestablishmentarianism",
    ],
)
def test_layer_1_head_3_looks_at_the_token_before(model, text):
    weights = model.trace(text).stages(0, 2).weights
    assert (weights.diagonal(-1) > 0.98).all()
