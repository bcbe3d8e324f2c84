"""Sheets to begin with."""

from attention_core.by_hand.sheet import Sheet, Texts


def _rows(*lines: str) -> Texts:
    return tuple(tuple(line.split()) for line in lines)


_I_AM_GOOD = ("I", "am", "good")
_X = _rows("1 0 1 0", "0 2 0 1", "2 1 0 1")
PRESETS = {
    "Small whole numbers": Sheet(
        _I_AM_GOOD,
        {
            "x": _X,
            "w_q": _rows("0 0 0 1", "0 0 1 0", "1 0 0 0", "1 0 2 0"),
            "w_k": _rows("0 1 1 0", "2 0 0 0", "0 0 1 2", "0 0 0 0"),
            "w_v": _rows("1 0 0", "0 1 0", "0 0 1", "1 0 1"),
        },
    ),
    "From raw scores": Sheet(
        _I_AM_GOOD,
        {"scores": _rows("110 90 80", "70 99 70", "90 70 100"), "v": _rows("1 0 0", "0 1 0", "0 0 1")},
        given_d_k=64,
    ),
    "Identity": Sheet(
        _I_AM_GOOD,
        {"x": _X} | dict.fromkeys(("w_q", "w_k", "w_v"), _rows("1 0 0 0", "0 1 0 0", "0 0 1 0", "0 0 0 1")),
    ),
}
OPENING = PRESETS["Small whole numbers"]
ABOUT_PRESETS = {
    "Small whole numbers": "Every product can be checked on paper, and √d_k = √4 = 2.",
    "From raw scores": "The scores are given and d_k = 64, so each is divided by 8; V is the identity, so Z shows the weights.",
    "Identity": "W_Q, W_K and W_V change nothing: each word asks for itself, and words that share large entries attract.",
}
