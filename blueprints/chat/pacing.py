"""How fast one person may write, read, type and ask in the chat, over all rooms and pages; counted in this process, without a
statement. Nobody who talks comes near."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from blueprints.me import me
from core.db import db
from core.pace import Pace

WRITES: Final = Pace(120, 60)
READS: Final = Pace(240, 60)
ASKS: Final = Pace(240, 60)
OPENS: Final = Pace(60, 60)
TYPING: Final = Pace(3, 6)


def writes() -> None:
    """Count a message, a change, a removal or a sign. Raises TooMany."""
    WRITES.keep(_key())


def reads() -> None:
    """Count a mark of how far the person has read. Raises TooMany."""
    READS.keep(_key())


def asks() -> None:
    """Count a page that asks what it lacks. Raises TooMany."""
    ASKS.keep(_key())


def opens() -> None:
    """Count a stream that begins. Raises TooMany."""
    OPENS.keep(_key())


def may_type() -> bool:
    """Count a sign that the person types; return whether it is to be told."""
    return TYPING.has_room(_key())


def _key() -> tuple[str, UUID]:
    return db.current().holder, me().id
