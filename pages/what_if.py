"""What if? A laboratory for attention: without the division, additive instead of dot product, masked, sharpened, silenced."""

from pages import shared

view = shared.begin(
    "what_if",
    "What if? A laboratory",
    lead="Change how attention computes, and see what happens.",
    mixes=False,
)
shared.experiment(view)
