"""How many tokens each sentence of a list has, counted beside everything else."""

from attention_core.model.lengths import fitted
from attention_core.model.traced import TracedModel
from pages.shared.base.work import Work
from pages.shared.frame.listing import Listing


def count_tokens(model: TracedModel, listing: Listing) -> Work:
    """The work that counts a list's tokens, from its first sentence on; it is not begun."""

    def count(texts) -> None:
        _, lengths = fitted(model, texts)
        listing.lengths.read += lengths.read
        listing.lengths.tokens += lengths.tokens

    listing.lengths.read, listing.lengths.tokens = [], []
    listing.lengths.work = Work(listing.sentences, count)
    return listing.lengths.work
