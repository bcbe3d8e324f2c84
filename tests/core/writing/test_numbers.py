"""Shares are written as people read them."""

import pytest

from attention_core.writing.numbers import percent
from tests.core.said import agrees


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.529, "52.9 %"),
        (0.0, "0.0 %"),
        (1.0, "100.0 %"),
        (1e-9, "under 0.1 %"),
        (0.00049, "under 0.1 %"),
        (0.0006, "0.1 %"),
        (0.9994, "99.9 %"),
        (0.9996, "over 99.9 %"),
        (0.999999, "over 99.9 %"),
        (0.5, "50.0 %"),
    ],
)
def test_percent_is_read_as_people_read_it(share, text):
    assert percent(share) == text


def test_percent_says_none_or_all_only_of_none_and_all():
    for step in range(1, 20_000):
        share = step / 20_000
        assert percent(share) not in ("0.0 %", "100.0 %"), share
        assert agrees(percent(share), share)


@pytest.mark.parametrize("noise", [-1e-7, -6e-8, -1e-12])
def test_percent_of_rounding_noise_below_zero_has_no_sign(noise):
    assert percent(noise) in ("0.0 %", "under 0.1 %")
