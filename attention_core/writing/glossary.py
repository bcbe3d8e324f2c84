"""The words of the field, each in one or two plain sentences, and where they stand in a text."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class GlossaryTerm:
    """One entry of the glossary."""

    term: str
    text: str  # one or two sentences
    page: str  # the file of the page that shows it
    also: tuple[str, ...] = ()  # other forms of it
    card: str = ""  # the title of the lesson's card that explains it, where the page is the lesson


@dataclass(frozen=True)
class Glossary:
    """All terms, and a way to find them in a text."""

    terms: tuple[GlossaryTerm, ...]

    def split(self, text: str, known: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """The text in parts, each with the term that it is a form of, or with ''; of each term only the first is found.

        The longest form counts: “special token” is no “token”. Terms that are `known` are left out.
        """
        seen, end = set(known), 0
        for found in self._forms.finditer(text):
            term = self._owners[found[0].casefold()]
            if term in seen:
                continue
            seen.add(term)
            if found.start() > end:
                yield text[end : found.start()], ""
            yield found[0], term
            end = found.end()
        if end < len(text):
            yield text[end:], ""

    @cached_property
    def _owners(self) -> dict[str, str]:
        return {form.casefold(): one.term for one in self.terms for form in (one.term, *one.also)}

    @cached_property
    def _forms(self) -> re.Pattern:
        longest_first = sorted(self._owners, key=len, reverse=True)
        forms = "|".join(re.escape(form) for form in longest_first if form != "z")
        # Z alone, with a capital: z(…) and z of the formulas are rows of it.
        return re.compile(rf"(?<![\w\[|-])(?:(?i:{forms})|Z)(?![\w\]|-])")


def read_glossary(text: str) -> Glossary:
    """The glossary in a TOML text. Raises TypeError or KeyError for a file of another kind."""
    entries = tomllib.loads(text)["terms"]
    return Glossary(tuple(GlossaryTerm(**entry | {"also": tuple(entry.get("also", ()))}) for entry in entries))
