"""One figure: the median of what was measured, its spread, and the floor of the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any


def figure(name: str, taken: Sequence[float], floor: Sequence[float], unit: str = "ms") -> dict[str, Any]:
    """Return the figure; `ratio` is median over the floor's median."""
    bottom = median(floor)
    return {
        "name": name, "median": round(median(taken), 2), "unit": unit, "min": round(min(taken), 2),
        "max": round(max(taken), 2), "floor": round(bottom, 2), "ratio": round(median(taken) / bottom, 2),
    }  # fmt: skip


def ms(act: Callable[[], object]) -> float:
    """Return the milliseconds that one call takes."""
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def in_turns(rounds: int, *acts: Callable[[], object]) -> list[list[float]]:
    """Return the milliseconds of each act; they take turns, so that all share the machine's weather."""
    taken: list[list[float]] = [[] for _ in acts]
    for number in range(rounds + 1):
        for series, act in zip(taken, acts, strict=True):
            spent = ms(act)
            if number:  # the first round only warms up
                series.append(spent)
    return taken
