"""Which of the western code pages of one byte a letter bytes were written in: the one in which letters stand among letters."""

import unicodedata

_CANDIDATES = ("cp1252", "mac_roman", "cp850", "cp437")  # of equally likely ones the first
_MARKS = set("‘’“”„«»‹›–—…°§€£·¿¡ªº")
_ENOUGH = 20_000  # letters beyond ASCII


def likeliest(sample: bytes) -> str:
    """The codec of text in a western language. What is read as a symbol between letters speaks against a codec."""
    scores = {codec: _score(sample, codec) for codec in _CANDIDATES}
    best = max(_CANDIDATES, key=scores.get)
    # The usual one is given up only for one that is clearly better.
    return best if scores[best] > scores["cp1252"] + 0.15 else "cp1252"


def is_better(sample: bytes, codec: str, other: str) -> bool:
    """Whether a code page of a computer by Apple or with DOS fits clearly better than another one."""
    return codec != "cp1252" and _score(sample, codec) > _score(sample, other) + 0.15


def _score(sample: bytes, codec: str) -> float:
    """The mean over all letters beyond ASCII of how well each stands where it does, from −1 to 1."""
    text = sample.decode(codec, "replace")
    total, count = 0.0, 0
    for place, character in enumerate(text):
        if character.isascii():
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        total += _fit(before, character, after)
        count += 1
        if count == _ENOUGH:
            break
    return total / max(count, 1)


def _fit(before: str, character: str, after: str) -> float:
    category = unicodedata.category(character)
    if character in _MARKS:
        between = before.isalpha() and after.isalpha()
        return (1.0 if character == "’" else -0.5) if between else 0.5
    if category == "Ll":
        return 1.0 if before.isalpha() or after.isalpha() else -0.5 if character not in "àéèòùyíóú" else 0.3
    if category == "Lu":
        if before.islower():
            return -1.0
        return 0.7 if not before.isalpha() or before.isupper() else -0.5
    if category in ("Zs", "Sc"):
        return 0.0
    return -1.0
