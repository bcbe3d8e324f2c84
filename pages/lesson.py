"""Lesson: attention card by card, on the person's own sentence, for a projector."""

from pages.shared.frame.opening import begin
from pages.shared.lesson.opening import card

view, stand = begin("lesson", "Lesson", "", card)

from pages.shared.lesson.presentation import present

present(view, stand)
