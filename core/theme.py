"""Brand colour in, accessible palette out.

One hex value from the academy's owner becomes thirteen custom properties for light and dark mode.
Every pair that carries text reaches 4.5:1 and every pair that carries meaning without text 3:1
(WCAG 2.2: 1.4.3, 1.4.11), measured on the rounded hex values that are sent. The sheet's address
holds the colour itself and a version of the algorithm, so serving it needs no look-up.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.errors import NotFound

TEXT, UI, MARGIN = 4.5, 3.0, 0.08
BACKGROUNDS = ("canvas", "surface", "sunken", "accent-soft")
HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")
SHEET = re.compile(r"([0-9a-f]{6})-[0-9a-f]{8}\Z")

Palette = dict[str, str]
Triple = tuple[float, float, float]


def theme_url(colour: str) -> str:
    """Return the address of the theme sheet of `colour` (#rrggbb). Raises ValueError for anything else."""
    return f"/theme/{hex_of(colour)[1:]}-{version()}.css"


def theme_css(name: str) -> str:
    """Return the sheet named `<rrggbb>-<version>` (an older version gets today's sheet). Raises NotFound."""
    match = SHEET.match(name)
    if match is None:
        raise NotFound(name)
    return css(f"#{match[1]}")


def hex_of(colour: str) -> str:
    """Return `colour` as #rrggbb in lower case. Raises ValueError unless it is six hex digits."""
    match = HEX.match(colour.strip())
    if match is None:
        raise ValueError(f"a colour is # and six hex digits, not {colour!r}")
    return f"#{match[1].lower()}"


@lru_cache(maxsize=512)
def css(brand: str) -> str:
    """Return the theme sheet of `brand`: one custom property per colour, for both modes."""
    both = palette(brand)
    rows = "".join(f"  --{k}: light-dark({both['light'][k]}, {both['dark'][k]});\n" for k in both["light"])
    return f"/* generated from {brand} */\n:root {{\n{rows}}}\n"


@lru_cache(maxsize=1)
def version() -> str:
    """Return eight hex digits that change when the algorithm does: sheets are kept by browsers for ever."""
    sample = "".join(css(brand) for brand in ("#14685a", "#f5c400", "#777777"))
    return hashlib.sha256(sample.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Advice:
    """What the owner should know about a brand colour: was it changed, and how are its labels."""

    colour: str
    fill: str
    is_adjusted: bool
    has_dark_label: bool
    light: Palette
    dark: Palette


@lru_cache(maxsize=512)
def advise(brand: str) -> Advice:
    """Return what becomes of `brand` (#rrggbb) as the fill of buttons in light mode, and both palettes."""
    both = palette(brand)
    fill = both["light"]["accent"]
    return Advice(
        colour=brand,
        fill=fill,
        is_adjusted=fill != brand,
        has_dark_label=both["light"]["on-accent"] != "#ffffff",
        light=both["light"],
        dark=both["dark"],
    )


def palette(brand: str) -> dict[str, Palette]:
    """Return the colours of `brand` by mode (`light`, `dark`) and name."""
    brand = hex_of(brand)
    return {"light": one_mode(brand, dark=False), "dark": one_mode(brand, dark=True)}


def one_mode(brand: str, *, dark: bool) -> Palette:
    """Return the thirteen colours of one mode: grounds, inks, lines, then the accent."""
    lightness, chroma, hue = to_oklch(brand)
    tint = min(chroma, 0.15) / 0.15  # a grey brand keeps grey neutrals
    step = 0.004 if dark else -0.004

    def neutral(light: float, strength: float) -> str:
        return to_hex(light, strength * tint, hue)

    colours = {
        "canvas": neutral(0.195, 0.010) if dark else neutral(0.984, 0.004),
        "surface": neutral(0.232, 0.011) if dark else "#ffffff",
        "sunken": neutral(0.168, 0.009) if dark else neutral(0.962, 0.006),
        "line": neutral(0.33, 0.012) if dark else neutral(0.905, 0.008),
        "accent-soft": neutral(0.30, 0.045) if dark else neutral(0.945, 0.032),
    }
    grounds = [colours[name] for name in BACKGROUNDS]
    mild = min(chroma, 0.15)
    colours["ink"] = neutral(0.945, 0.006) if dark else neutral(0.235, 0.018)
    colours["ink-2"] = reach(0.70 if dark else 0.52, 0.014 * tint, hue, grounds, TEXT, step)
    colours["line-strong"] = reach(0.50 if dark else 0.68, 0.014 * tint, hue, grounds, UI, step)
    text_start, line_start = (
        (max(lightness, 0.70), max(lightness, 0.55)) if dark else (min(lightness, 0.56), min(lightness, 0.70))
    )
    colours["accent-text"] = reach(text_start, mild, hue, grounds, TEXT, step)
    colours["accent-line"] = reach(line_start, chroma, hue, grounds, UI, step)
    return colours | fill_colours(brand, dark=dark)


def fill_colours(brand: str, *, dark: bool) -> Palette:
    """Return the fill of buttons, its label and its hover; the exact brand colour when it can carry a label."""
    lightness, chroma, hue = to_oklch(brand)
    tint = min(chroma, 0.15) / 0.15
    fill_lightness = min(max(lightness, 0.50), 0.86) if dark else lightness
    fill = to_hex(fill_lightness, chroma, hue) if dark else brand
    white, black = "#ffffff", to_hex(0.18, 0.02 * tint, hue)
    label = white if contrast(fill, white) >= TEXT + MARGIN else black
    if contrast(fill, label) < TEXT + MARGIN:
        fill = reach(fill_lightness, chroma, hue, [label], TEXT, 0.004)
    up = 1 if label == black else -1
    fill_l, fill_c, fill_h = to_oklch(fill)
    hover = reach(fill_l + up * 0.03, fill_c, fill_h, [label], TEXT, up * 0.004)
    return {"accent": fill, "on-accent": label, "accent-hover": hover}


def pairs() -> Iterator[tuple[str, str, float]]:
    """Yield every pair of colours that must differ, with the ratio it must reach."""
    for ground in BACKGROUNDS:
        yield from ((front, ground, TEXT) for front in ("ink", "ink-2", "accent-text"))
        yield from ((front, ground, UI) for front in ("line-strong", "accent-line"))
    yield "on-accent", "accent", TEXT
    yield "on-accent", "accent-hover", TEXT


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two hex colours, 1-21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour, 0-1."""
    red, green, blue = (linear(v) for v in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def reach(lightness: float, chroma: float, hue: float, against: list[str], need: float, step: float) -> str:
    """Return the first colour, walking lightness by `step`, that reaches `need` on every ground."""
    while 0 < lightness < 1:
        colour = to_hex(lightness, chroma, hue)
        if min(contrast(colour, ground) for ground in against) >= need + MARGIN:
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def channels(colour: str) -> Triple:
    """Return red, green and blue of #rrggbb, each 0-1."""
    digits = colour.lstrip("#")
    return int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255


def linear(value: float) -> float:
    """Return an sRGB channel without its gamma."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def gamma(value: float) -> float:
    """Return a linear channel with sRGB's gamma."""
    return 12.92 * value if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def to_oklch(colour: str) -> Triple:
    """Return lightness 0-1, chroma and hue in degrees of a hex colour, in OKLCH."""
    red, green, blue = (linear(v) for v in channels(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_rgb(lightness: float, chroma: float, hue: float) -> Triple:
    """Return linear red, green and blue of an OKLCH colour; outside 0-1 where sRGB cannot show it."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def fits(lightness: float, chroma: float, hue: float) -> bool:
    """Return whether sRGB can show the colour."""
    return all(-1e-4 <= v <= 1.0001 for v in to_rgb(lightness, chroma, hue))


def to_hex(lightness: float, chroma: float, hue: float) -> str:
    """Return an OKLCH colour as hex; its chroma is lowered until sRGB can show it."""
    if not fits(lightness, chroma, hue):
        low, high = 0.0, chroma
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(lightness, middle, hue) else (low, middle)
        chroma = low
    rgb = to_rgb(lightness, chroma, hue)
    return "#" + "".join(f"{round(gamma(min(1.0, max(0.0, v))) * 255):02x}" for v in rgb)
