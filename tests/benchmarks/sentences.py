"""Sentences of a chosen number of tokens: common words, each of which is one token."""

import random

_COMMON = """
the a dog cat man woman child river mountain house garden window door street city train boat letter book song story
morning evening winter summer light shadow voice question answer friend teacher doctor king soldier farmer market bread
water fire stone tree bird horse fish apple silver golden small large quiet loud early late never always often walks
runs reads writes sings sleeps eats finds loses opens closes sees hears knows gives takes with without under over
between because while after before and but or
"""
WORDS = _COMMON.split()
MARKS = 2  # tokens that the model adds around every sentence


def sentences(tokens: int, count: int, seed: int = 0) -> list[str]:
    """So many different sentences of so many tokens each; the same seed gives the same ones."""
    chance = random.Random(f"{seed} {tokens}")
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(chance.choices(WORDS, k=tokens - MARKS))] = None
    return list(found)
