"""Which part of a photo becomes somebody's face; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

SIZES = (96, 192, 512)
MIDDLE = 0.5
LEAST_SIDE = 0.05


@dataclass(frozen=True)
class Part:
    """The square to keep: its middle as parts of width and height (0-1), its side as a part of the shorter edge (0-1)."""

    across: float = MIDDLE
    down: float = MIDDLE
    side: float = 1.0


def part_of(across: str, down: str, side: str) -> Part:
    """Return the part that a form asks for; what is missing or no number is the middle, whole."""
    return Part(_number(across, MIDDLE), _number(down, MIDDLE), max(_number(side, 1.0), LEAST_SIDE))


def _number(text: str, otherwise: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return otherwise
    return min(max(number, 0.0), 1.0) if math.isfinite(number) else otherwise


def box_of(part: Part, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the square in pixels as (left, top, right, bottom), moved inside the image where it would leave it."""
    side = max(1, min(round(min(width, height) * part.side), width, height))
    left = min(max(round(width * part.across - side / 2), 0), width - side)
    top = min(max(round(height * part.down - side / 2), 0), height - side)
    return left, top, left + side, top + side
