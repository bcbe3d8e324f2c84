"""The stage: how a word finds its word, as one picture that moves at the speed of the hand."""

from pages.shared.frame.opening import begin, of_sentence
from pages.shared.stage.fields import stage_fields

view = begin(
    "stage",
    "The stage",
    "How a word finds its word: one picture, seven beats, all heads at hand.",
    of_sentence(stage_fields),
)

from pages.shared.parts.take_home import take_home
from pages.shared.stage.picture import draw_stage, findings, way_to_matrices

draw_stage(view)
findings(view)
way_to_matrices()
take_home(view)
