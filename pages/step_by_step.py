"""Step by step: how one head lets a word find its word, as one moving picture, and every matrix behind it."""

from pages.shared.frame.opening import begin, of_sentence
from pages.shared.step_by_step.fields import stage_fields

view = begin(
    "step_by_step",
    "Attention, step by step",
    "A small transformer reads your sentence: every matrix it computes, with its own numbers.",
    of_sentence(stage_fields),
)

if view.is_watched:
    from pages.shared.step_by_step.watched import draw_watched

    draw_watched(view)
else:
    from pages.shared.step_by_step.picture import draw_stage, findings

    draw_stage(view)
    findings(view)

# What stands below the picture is brought along once that is on its way.
from pages.shared.parts.cells import cell_bar
from pages.shared.parts.take_home import take_home
from pages.shared.step_by_step.matrices import draw_matrices

are_open = draw_matrices(view)
take_home(view)
if are_open:
    cell_bar(view)
