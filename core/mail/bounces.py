"""What becomes of a letter of the platform that came back. Features that sent it register what they do then."""

from __future__ import annotations

from collections.abc import Callable

from core import clock
from core.db import db
from core.mail.models import Letter

Listener = Callable[[Letter], None]
_on_bounce: list[Listener] = []


def on_bounce(listener: Listener) -> Listener:
    """Call `listener(letter)` when a letter of the platform has come back for good; use as a decorator."""
    if listener not in _on_bounce:
        _on_bounce.append(listener)
    return listener


def record_bounce(letter: Letter, code: str) -> None:
    """Note that a letter came back, and why, as mail servers number it."""
    letter.bounced_at, letter.bounce_code = clock.now(), code
    for listener in _on_bounce:
        listener(letter)
    db.session.flush()
