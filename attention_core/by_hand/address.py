"""A sheet as a part of an address."""

from attention_core.by_hand.sheet import LONGEST_CELL, MATRICES_OF, SCORES, SYMBOLS, VECTORS, Sheet, shapes
from attention_core.errors import ChoiceError


def to_address(sheet: Sheet) -> str:
    """The sheet as one short text for an address: words, d_k where it is given, then each matrix by rows."""

    def number(text: str) -> str:
        return text.strip().replace("−", "-").replace(",", ".").replace("+", "")

    matrices = ["~".join("_".join(map(number, line)) for line in texts) for texts in sheet.cells.values()]
    d_k = [str(sheet.given_d_k)] if sheet.start == SCORES else []
    return "~~".join([" ".join(sheet.words), *d_k, *matrices])


def from_address(text: str) -> Sheet:
    """The sheet of such a text. Raises ChoiceError where the text is none, or of a size that no sheet has."""
    words, *parts = text.split("~~")
    start = SCORES if len(parts) == 3 else VECTORS
    d_k = parts.pop(0) if start == SCORES else ""
    names = MATRICES_OF[start]
    if len(parts) != len(names) or not (d_k or "0").isascii() or not (d_k or "0").isdecimal() or len(d_k) > 4:
        raise ChoiceError("it has not the parts of a sheet")
    cells = {name: tuple(tuple(line.split("_")) for line in part.split("~")) for name, part in zip(names, parts, strict=True)}
    sheet = Sheet(tuple(words.split(" ")), cells, int(d_k or 0))
    wanted = shapes(start, sheet.sizes)
    for name, texts in cells.items():
        if len(texts) != wanted[name][0] or {len(line) for line in texts} != {wanted[name][1]}:
            raise ChoiceError(f"{SYMBOLS[name]} is not [{wanted[name][0]} × {wanted[name][1]}]")
        if any(len(cell) > LONGEST_CELL for line in texts for cell in line):
            raise ChoiceError(f"{SYMBOLS[name]} has a cell of more than {LONGEST_CELL} characters")
    return sheet.with_sizes()
