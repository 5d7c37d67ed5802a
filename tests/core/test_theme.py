"""One brand colour becomes readable pages in both modes, whatever the colour."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import theme
from core.errors import NotFound

FIXED = ["#ffffff", "#000000", "#ffff00", "#00ff00", "#00ffff", "#0000ff", "#ff0000", "#ff00ff", "#777777"]


def failures(brand: str) -> list[str]:
    """Return the pairs of `brand` that do not reach their contrast."""
    return [
        f"{brand} {mode}: {front} on {ground}"
        for mode, colours in theme.palette(brand).items()
        for front, ground, need in theme.pairs()
        if theme.contrast(colours[front], colours[ground]) < need
    ]


@pytest.mark.parametrize("brand", [*FIXED, "#14685a", "#f5c400", "#e4572e"])
def test_extreme_brands_stay_readable(brand: str) -> None:
    assert failures(brand) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_any_brand_stays_readable(number: int) -> None:
    assert failures(f"#{number:06x}") == []


def test_most_brands_stay_exact_as_the_button_fill() -> None:
    pick = random.Random(7)
    brands = [f"#{pick.randrange(1 << 24):06x}" for _ in range(200)]
    kept = sum(theme.palette(brand)["light"]["accent"] == brand for brand in brands)
    assert kept >= 0.9 * len(brands)


def test_sheet_holds_thirteen_colours_for_both_modes() -> None:
    sheet = theme.css("#14685a")
    assert sheet.count("light-dark(") == 13
    assert "--accent: light-dark(#14685a, #227264);" in sheet
    assert "--on-accent: light-dark(#151107, #151107);" in theme.css("#f5c400")


def test_address_holds_the_colour_and_a_version() -> None:
    assert theme.theme_url("#14685A") == f"/theme/14685a-{theme.version()}.css"


def test_sheet_is_found_by_its_address_also_after_a_new_version() -> None:
    assert theme.theme_css("14685a-00000000") == theme.css("#14685a")


@pytest.mark.parametrize("name", ["", "14685a", "zzzzzz-00000000", "14685a-00000000/..", "14685a-0000000\n"])
def test_other_addresses_are_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        theme.theme_css(name)


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#1234567", "#14685a;}"])
def test_what_is_not_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="six hex digits"):
        theme.hex_of(colour)


def test_advice_tells_when_the_label_turns_dark_and_when_the_colour_changes() -> None:
    assert theme.advise("#f5c400").has_dark_label
    assert not theme.advise("#14685a").has_dark_label
    assert not theme.advise("#14685a").is_adjusted
    changed = next(b for b in (f"#{n:02x}{n:02x}{n:02x}" for n in range(256)) if theme.advise(b).is_adjusted)
    assert theme.contrast(theme.advise(changed).fill, theme.advise(changed).light["on-accent"]) >= theme.TEXT
