"""The page “Lesson”."""
