"""What if? A laboratory for attention: without the division, additive instead of dot product, masked, sharpened, silenced."""

from pages.shared.frame.opening import begin, of_sentence
from pages.shared.what_if.fields import what_if_fields

view = begin(
    "what_if",
    "What if? A laboratory",
    "Change how attention computes, and see what happens.",
    of_sentence(what_if_fields, mixes=False, any_model=False),
)

from pages.shared.what_if.experiments import experiment

experiment(view)
