"""Lesson: attention card by card, on the person's own sentence, for a projector."""

from pages import shared

shared.present()
