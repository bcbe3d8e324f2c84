"""Inside the encoder: every station on a sentence's way from words to final vectors, and what these are for."""

from pages.shared.frame.opening import begin, of_sentence
from pages.shared.inside.fields import inside_fields

view = begin(
    "inside",
    "Inside the encoder",
    "The whole way of your sentence, and where attention stands in it.",
    of_sentence(inside_fields, mixes=False, switches=False, any_model=False),
)

from pages.shared.inside.stations import flow, stations
from pages.shared.inside.vectors import likeness, walk

flow(view)
stations(view)
walk(view)
likeness(view)
