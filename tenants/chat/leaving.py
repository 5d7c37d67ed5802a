"""What becomes of somebody's words when they are removed: the words go, that something was said stays.

What others said stays theirs, and is read as an answer to "Former participant". A question at a lesson goes whole, with the
answers: it is about the person who asked.
"""

from __future__ import annotations

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.chat.models import Message
from tenants.people.models import Member


def forget(member: Member) -> int:
    """Empty what the member said; return how many messages that were."""
    rows = db.session.scalars(sa.select(Message).where(Message.sender_id == member.id).execution_options(yield_per=500)).all()
    now = clock.now()
    for row in rows:
        row.body, row.removed_at, row.changed_at, row.version = "", row.removed_at or now, now, row.version + 1
    db.session.flush()
    return len(rows)
