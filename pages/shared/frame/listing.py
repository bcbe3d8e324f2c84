"""A person's own list of sentences, and what is known of it: kept in the session alone, gone with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a page draws its head before anything heavy is imported
    from attention_core.lists.options import ReadingOptions
    from attention_core.lists.sentences import ListFacts, SentenceList
    from attention_core.survey.strongest import Strongest
    from attention_core.survey.totals import Means, Survey
    from attention_core.survey.word_links import LinkSearch
    from pages.shared.base.work import Work

_CUT_FROM = 500  # characters: a shorter text has no more tokens than a model reads


@dataclass(frozen=True, eq=False)
class Candidate:
    """What was uploaded or pasted and looked at, but is not used yet; its bytes are kept to be read in another way."""

    source: bytes | str
    name: str | None  # of a file
    asked: ReadingOptions  # how it is to be read; the rest is guessed
    found: SentenceList | None  # None as long as no way of reading it was found
    facts: ListFacts | None = None  # of a file that could be opened, though no sentence was found in it


@dataclass(eq=False)
class ListTable:
    """How the list is shown: which sentence is open, which are to be compared, and in what order they stand."""

    at: int = 0  # the open one
    a: int | None = None  # those that are to be compared
    b: int | None = None
    order: tuple[str, bool] = ("line", False)  # by what, and whether the largest come first
    ordered: tuple[tuple, list[int]] | None = None  # what the table was last ordered and searched by, and what came of it

    def mark(self, side: str, number: int) -> None:
        """Mark a sentence as side 'a' or 'b' of a comparison, or take the mark off."""
        if side == "a":
            self.a = None if self.a == number else number
        elif side == "b":
            self.b = None if self.b == number else number


@dataclass(eq=False)
class TokenCounts:
    """How many tokens each sentence has, as far as they are counted."""

    tokens: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)  # fewer where a sentence is longer than the model reads
    work: Work | None = None


@dataclass(eq=False)
class Listing:
    """A list of sentences, what is known of each, and what was computed over all; sentences count from 0."""

    read: SentenceList
    set_id: str = ""  # of the set that it is, if it is one
    notes: str = ""  # of that set
    table: ListTable = field(default_factory=ListTable)
    lengths: TokenCounts = field(default_factory=TokenCounts)
    places: dict[str, int] | None = None  # where each sentence stands first
    surveying: Work | None = None
    survey: Survey | None = None
    so_far: Means | None = None  # of the survey, while it goes on
    linking: Work | None = None
    links: Strongest | None = None
    asked: LinkSearch | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.read.sentences

    def find(self, text: str) -> bool:
        """Whether a text is a sentence of the list, or the part of it that the model reads; that one is open then."""
        sentence = self.sentences[self.table.at]
        if text == sentence or (len(text) > _CUT_FROM and sentence.startswith(text)):
            return True
        if self.places is None:
            self.places = {}
            for number, sentence in enumerate(self.sentences):
                self.places.setdefault(sentence, number)
        if text in self.places:
            self.table.at = self.places[text]
        return text in self.places

    def end(self) -> None:
        """Let no work go on for a list that is given up."""
        for work in (getattr(self.lengths, "work", None), self.surveying, self.linking):
            if hasattr(work, "stop"):
                work.stop()

    def anew(self) -> Listing:
        """The list as it was when it was opened: its sentences, and nothing that was done with them."""
        return Listing(self.read, self.set_id, self.notes)
