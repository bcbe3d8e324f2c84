"""What heads are known for: each pattern with its definition and source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """One number that says how much a head does something, on one sentence."""

    name: str
    title: str
    definition: str  # what is computed, with its formula; a[i, j] is the weight that query i gives key j
    source: str  # where the notion comes from, and how that differs
    unit: str  # 'share' (0 to 1), 'nats' or 'tokens'
    high: str  # what a head with a high number does
    low: str


_BESIDE = (
    "The positional heads of Voita et al. 2019, section 5.1, which count how often the largest weight falls there; "
    "the diagonal heads of Kovaleva et al. 2019; Clark et al. 2019, section 3.1."
)
_CORNER = "The vertical heads of Kovaleva et al. 2019; Clark et al. 2019, section 3.2, who average by kind of token."
PATTERNS = {
    pattern.name: pattern
    for pattern in (
        Pattern(
            "previous",
            "Previous token",
            "The weight a token gives the one before it: the mean of a[i, i−1] over all queries i but the first.",
            _BESIDE,
            "share",
            "looks one token back",
            "looks elsewhere",
        ),
        Pattern(
            "next",
            "Next token",
            "The weight a token gives the one after it: the mean of a[i, i+1] over all queries i but the last.",
            _BESIDE,
            "share",
            "looks one token ahead",
            "looks elsewhere",
        ),
        Pattern(
            "same",
            "Same token",
            "The weight a token gives itself and its repetitions: the mean over all queries i of the sum of a[i, j] over "
            "all j whose token equals that of i.",
            "Clark et al. 2019, section 3.1, on the current token alone; repetitions after the duplicate token heads of "
            "Wang et al. 2022.",
            "share",
            "looks at the word itself, wherever it stands",
            "looks at other words",
        ),
        Pattern(
            "first",
            "First token",
            "The weight given to the first token, mostly [CLS]: the mean of a[i, 1] over all queries i.",
            _CORNER,
            "share",
            "rests on the first token",
            "looks elsewhere",
        ),
        Pattern(
            "last",
            "Last token",
            "The weight given to the last of T tokens, mostly [SEP]: the mean of a[i, T] over all queries i.",
            _CORNER,
            "share",
            "rests on the last token",
            "looks elsewhere",
        ),
        Pattern(
            "separators",
            "Separators",
            "The weight given to [SEP] and punctuation: the mean over all queries i of the sum of a[i, j] over all j that "
            "are [SEP] or punctuation.",
            "Clark et al. 2019, section 3.2, who keep [SEP] apart from periods and commas; Kovaleva et al. 2019.",
            "share",
            "rests on [SEP], full stops and commas",
            "looks at words",
        ),
        Pattern(
            "broad",
            "Broad attention",
            "How widely a token spreads its weight: the mean over all queries i of the entropy −Σ a[i, j] ln a[i, j] over "
            "all j; 0 for all weight on one token, ln T for equal weight on all T.",
            "Clark et al. 2019, section 3.3, there averaged over a corpus.",
            "nats",
            "spreads its weight over many tokens",
            "puts its weight on one token",
        ),
        Pattern(
            "distance",
            "Distance",
            "How far away a token looks: the mean over all queries i of Σ a[i, j] · |i − j| over all j.",
            "Vig & Belinkov 2019, there over a corpus and for a model that looks back only.",
            "tokens",
            "looks far away",
            "looks near, or at the word itself",
        ),
    )
}
