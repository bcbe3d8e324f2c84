"""All heads: what every head of the model does with a sentence, and which one makes a link."""

from pages import shared

view = shared.begin(
    "all_heads",
    "All heads at a glance",
    lead="Every head of every layer reads the same sentence in its own way. Choose one to see its steps.",
    mixes=False,
)
shared.all_heads(view)
shared.find_head(view)
