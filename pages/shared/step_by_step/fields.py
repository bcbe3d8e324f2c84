"""What only Step by step lets people choose."""

from pages.shared.frame.fields import option

BEATS = ("0", "1", "2", "3", "4", "5", "6")


def stage_fields(_model) -> dict[str, str]:
    """The beat at which the picture stands, as the address says it."""
    return {"beat": option("beat", BEATS)}
