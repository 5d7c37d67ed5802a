"""Statements that a page costs."""

from __future__ import annotations

from core.figures import Figure, numbers_of

HOST_ASKED = "wanted.asked_slug"


def note(seen: list[str], statement: str) -> None:
    """Add the statement, unless it asks whose host this is: that is remembered for seconds, so it comes when it comes."""
    if HOST_ASKED not in statement:
        seen.append(statement)


def number_of(figure: Figure) -> int:
    """Return the number of one figure."""
    return numbers_of({"one": figure})["one"]
