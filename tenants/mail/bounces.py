"""What mail servers say of a letter: taken, refused for good, come back. Features that sent it register what they do then.

The job that sends calls these with what the server answered at once. A bounce message that comes later (read from a
mailbox) ends in the same `record_bounce`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from core import clock
from core.db import db
from tenants.mail.models import Letter

# 550 as in a reply of a server, 5.1.1 as in a bounce message; 4.4.7 is a server that gave up after days of trying.
CODE = re.compile(r"5\d\d|[45]\.\d{1,3}\.\d{1,3}", re.ASCII)
Listener = Callable[[Letter], None]
_on_bounce: list[Listener] = []
_on_taken: list[Listener] = []


def on_bounce(listener: Listener) -> Listener:
    """Call `listener(letter)` when a letter has come back; use as a decorator."""
    _on_bounce.append(listener)
    return listener


def on_taken(listener: Listener) -> Listener:
    """Call `listener(letter)` when a mail server has taken a letter; use as a decorator."""
    _on_taken.append(listener)
    return listener


def record_bounce(letter_id: UUID, code: str) -> bool:
    """Note that a letter came back, and why; return whether that is news. Raises ValueError for what is no code.

    The code is all that is kept: the server's own words may hold the address.
    """
    if not CODE.fullmatch(code):
        raise ValueError("not a code of a mail server")
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.bounced_at is not None:
        return False
    letter.bounced_at, letter.bounce_code = clock.now(), code
    for listener in _on_bounce:
        listener(letter)
    db.session.flush()
    return True


def record_delay(letter_id: UUID) -> bool:
    """Count that a mail server waits with a letter (full mailbox, server away); return whether there is such a letter."""
    letter = db.session.get(Letter, letter_id)
    if letter is None:
        return False
    letter.delays += 1
    db.session.flush()
    return True


def record_taken(letter: Letter) -> None:
    """Note that a mail server took the letter."""
    letter.sent_at = clock.now()
    for listener in _on_taken:
        listener(letter)
    db.session.flush()
