"""The one family of exceptions: each message names the bad value, the limit and the way out."""


class AttentionError(ValueError):
    """Something that the caller gave cannot be used as it is."""


class CheckpointError(AttentionError):
    """A checkpoint folder is missing, incomplete, altered or of another kind."""


class ChoiceError(AttentionError):
    """A layer, head or token that this model or sentence does not have."""


class TextError(AttentionError):
    """A text that cannot be read at all."""


class TextTooLongError(TextError):
    """A text with more tokens than the model has positions; `readable` is the part that fits."""

    def __init__(self, message: str, readable: str):
        super().__init__(message)
        self.readable = readable


class ListError(AttentionError):
    """A file or text that no list of sentences can be read from, or that holds more than is read at once.

    `facts` are the ListFacts of a file that could be opened, so that it can be read in another way; None for any other.
    """

    facts = None


def no_such(what: str, value: object, count: int, owner: str = "") -> ChoiceError:
    """The error for an index that is none of 0 to `count` − 1; `owner` is whose it would be: 'this model'."""
    has = f"{owner} has" if owner else "there are"
    return ChoiceError(f"There is no {what} {value}: {has} {what}s 0 to {count - 1}, counted from 0.")
