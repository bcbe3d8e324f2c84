"""The colours can be read: contrast as WCAG 2 measures it, in both themes, and one source for what the theme repeats."""

import tomllib
from pathlib import Path

import pytest

from attention_core.palette import DARK, LIGHT, ROLES, css_variables

THEME = tomllib.loads(Path(__file__).parents[2].joinpath(".streamlit/config.toml").read_text("utf-8"))["theme"]
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3


def luminance(colour: str) -> float:
    """The relative luminance of '#rrggbb'."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request):
    return request.param


@pytest.fixture(params=ROLES)
def role(request, palette):
    return getattr(palette, request.param)


def test_contrast_has_the_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_inks_are_readable_on_the_page(palette, role):
    assert contrast(role.ink, palette.page) >= READABLE


def test_inks_are_readable_on_their_own_tint(role):
    assert contrast(role.ink, role.tint) >= READABLE


def test_text_is_readable_on_the_page_and_on_every_tint(palette):
    for ground in (palette.page, *(getattr(palette, name).tint for name in ROLES)):
        assert contrast(palette.text, ground) >= READABLE


def test_faint_text_is_readable_on_the_page(palette):
    assert contrast(palette.faint, palette.page) >= READABLE


def test_roles_have_colours_of_their_own(palette):
    assert len({getattr(palette, name).ink for name in ROLES}) == len({getattr(palette, name).tint for name in ROLES}) == 5


def test_scales_hold_no_ink_of_a_role(palette):
    """Else a frame would vanish on the picture."""
    assert not {getattr(palette, name).ink for name in ROLES} & {*palette.signed, *palette.share}


def test_signed_scale_leaves_the_page_the_further_from_zero(palette):
    middle = len(palette.signed) // 2
    assert len(palette.signed) % 2 == 1
    steps = [contrast(colour, palette.page) for colour in palette.signed]
    assert steps[: middle + 1] == sorted(steps[: middle + 1], reverse=True)
    assert steps[middle:] == sorted(steps[middle:])
    assert steps[middle] < 1.3


def test_share_scale_leaves_the_page_the_larger_the_share(palette):
    steps = [contrast(colour, palette.page) for colour in palette.share]
    assert steps == sorted(steps)
    assert steps[0] < 1.3


def test_the_two_ends_of_the_signed_scale_are_equally_strong(palette):
    low, high = (contrast(palette.signed[end], palette.page) for end in (0, -1))
    assert 0.6 < low / high < 1.7


def test_the_page_is_dark_in_the_dark_theme_only(palette):
    assert palette.dark == (luminance(palette.page) < luminance(palette.text))


def test_the_theme_of_the_page_is_the_palette(palette):
    theme = THEME["dark" if palette.dark else "light"]
    assert (theme["backgroundColor"], theme["textColor"]) == (palette.page, palette.text)


def test_style_sheets_get_every_colour_of_words_and_frames(palette):
    rule = css_variables(palette)
    assert rule.startswith(":root{")
    assert rule.endswith(";}")
    named = dict(one.split(":") for one in rule.removeprefix(":root{").removesuffix(";}").split(";"))
    expected = {"--page": palette.page, "--text": palette.text, "--faint": palette.faint}
    for name in ROLES:
        pair = getattr(palette, name)
        expected |= {f"--{name}-ink": pair.ink, f"--{name}-tint": pair.tint}
    assert named == expected
