"""Statements that a page costs."""

from __future__ import annotations

HOST_ASKED = "wanted.asked_slug"


def note(seen: list[str], statement: str) -> None:
    """Add the statement, unless it asks whose host this is: that is remembered for seconds, so it comes when it comes."""
    if HOST_ASKED not in statement:
        seen.append(statement)
