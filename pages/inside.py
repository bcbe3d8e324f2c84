"""Inside the encoder: every station on a sentence's way from words to final vectors, and what these are for."""

from pages import shared

view = shared.begin(
    "inside",
    "Inside the encoder",
    lead="The whole way of your sentence, and where attention stands in it.",
    mixes=False,
    switches=False,
)
shared.flow(view)
shared.stations(view)
shared.walk(view)
shared.likeness(view)
