"""The lesson files: the app's own, and those that a teacher puts beside it."""

import re
from pathlib import Path

import streamlit as st

from attention_core.lesson.cards import Lesson, LessonError
from attention_core.lesson.lesson_file import check_sentences, read_lesson
from attention_core.model.traced import TracedModel
from attention_core.writing.text import visible
from pages.shared.base.assets import ICON

FOLDER = ICON.parent
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")  # no path can be written with these


def opened(name: str, model: TracedModel) -> Lesson:
    """The lesson of that name, the app's own for none. Raises LessonError for a lesson that there is not, or that is bad."""
    path = FOLDER / "lesson.toml"
    if name:
        path = FOLDER / "lessons" / f"{name}.toml"
        if not _NAME.fullmatch(name) or not path.is_file():
            there = ", ".join(sorted(found.stem for found in (FOLDER / "lessons").glob("*.toml"))) or "none yet"
            raise LessonError(f"There is no lesson “{visible(name[:40])}”; under assets/lessons there is: {there}.")
    return _read(name or "lesson", str(path), path.stat().st_mtime_ns, model)


@st.cache_resource(show_spinner=False, max_entries=16)
def _read(name: str, path: str, changed: int, _model: TracedModel) -> Lesson:
    """A file as it was at its last change, so that a teacher sees at once what was written."""
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"Lesson {name} cannot be read as UTF-8 text: {error}.") from error
    lesson = read_lesson(text, name, _model.config.layers, _model.config.heads)
    check_sentences(lesson, name, _model)
    return lesson
