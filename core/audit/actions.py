"""Write down who did what on the platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.audit.models import Event
from core.db import db


def record(act: str, *, actor_id: UUID | None = None, number: int | None = None, **facts: Any) -> Event:
    """Add one act to the platform's audit, in the caller's transaction; `facts` are ids and numbers."""
    event = Event(act=act, actor_id=actor_id, number=number, facts=facts)
    db.session.add(event)
    return event
