"""Which courses an invitation may name: courses stand above people, so they register here."""

from __future__ import annotations

from collections.abc import Callable

Choices = Callable[[], list[tuple[str, str]]]
_offers: list[Choices] = []


def offers(choices: Choices) -> Choices:
    """Let `choices()` name courses that people may be invited to: (id as text, title); use as a decorator."""
    _offers.append(choices)
    return choices


def choices() -> list[tuple[str, str]]:
    """Return every course that people may be invited to."""
    return [pair for offer in _offers for pair in offer()]
