"""Writes the academy's audit: ids and numbers of acts, never content."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.db import db
from tenants.audit.models import Event


def record(act: str, *, actor_id: UUID | None = None, **facts: Any) -> Event:
    """Add one act to the academy's audit, in the caller's transaction; `facts` are ids and numbers."""
    event = Event(act=act, actor_id=actor_id, facts=facts)
    db.session.add(event)
    return event
