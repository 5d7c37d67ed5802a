"""What becomes of somebody's words when they are removed: the words go, that something was said stays.

What others said stays theirs, and is read as an answer to "Former participant". A question at a lesson goes whole, with the
answers: it is about the person who asked.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.chat.models import Message, MessageReport
from tenants.people.models import Member


def forget(member: Member) -> int:
    """Empty what the member said, and why others reported it, which tells of them; return how many messages that were."""
    rows = db.session.scalars(sa.select(Message).where(Message.sender_id == member.id).execution_options(yield_per=500)).all()
    now = clock.now()
    for row in rows:
        row.carries = None
        row.body, row.removed_at, row.changed_at, row.version = "", row.removed_at or now, now, row.version + 1
    for report in db.session.scalars(sa.select(MessageReport).where(MessageReport.message_id.in_(_said_by(member)))):
        report.reason = ""
    db.session.flush()
    quoting = sa.update(Message).where(Message.reply_to.in_(_said_by(member)), Message.sender_id.is_distinct_from(member.id))
    db.session.execute(quoting.values(version=Message.version + 1, changed_at=now).execution_options(synchronize_session=False))
    return len(rows)


def _said_by(member: Member) -> sa.Select[UUID]:
    return sa.select(Message.id).where(Message.sender_id == member.id)
