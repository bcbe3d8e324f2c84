"""Sentences from files of many kinds, with what was read and what could not be."""
