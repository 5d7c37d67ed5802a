"""Work of the chat: tell people of messages, clear what is kept no longer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.chat import keeping, telling


@queue.job("chat.notify")
def notify(message_id: str) -> None:
    """Tell who is in the room of a message, and of what was said after it, that they have not seen."""
    telling.tell_people(UUID(message_id))


@queue.job("chat.clear_all", scope="core")
def clear_all() -> None:
    """Queue the clearing of each academy that stands."""
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("chat.clear", number=number, once="chat.clear", priority=9)


@queue.job("chat.clear")
def clear() -> None:
    """Delete the messages that are kept no longer, in several goes if they are many."""
    if keeping.clear() >= keeping.MOST:
        queue.later("chat.clear", priority=9)


every(timedelta(days=1), "chat.clear_all")
