"""Answers to members who asked for a mail, and the tidying of what signing in leaves behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, limits, queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.groups.sight import invitations_seen_by
from tenants.mail.actions import sender
from tenants.people import actions, bouncing, mending, queries
from tenants.people.inviting import Host
from tenants.people.models import Ask, Invitation, Member, MemberToken, StartCode
from tenants.people.signing import sessions

INVITATION_KEPT = timedelta(days=90)
LISTENS_TO_MAIL = bouncing  # the worker that sends letters tells people's own rows what came of them


@queue.job("people.answer")
def answer(ask_id: str) -> None:
    """Mail a link for a new password if the address is a member's, and forget that it was asked."""
    row = db.session.get(Ask, UUID(ask_id))
    if row is None:
        return
    slug, language = queries.own_academy()
    actions.mail_reset_link(row.email or "", slug, language)
    db.session.delete(row)


@queue.job("people.remind", limit_s=300)
def remind(by_id: str, before: int, after: str = str(UUID(int=0))) -> None:
    """Mail up to 100 invitations anew that were sent before `before` (seconds); the rest follows in a job of its own."""
    by = db.session.get(Member, UUID(by_id))
    if by is None:
        return
    slug, language = queries.own_academy()
    last = mending.remind_some(by, before, UUID(after), Host(sender().name, slug, language), invitations_seen_by(by))
    if last is not None:
        queue.later("people.remind", by_id=by.id, before=before, after=last, priority=5)


@queue.job("people.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each answering academy."""
    for number in db.session.scalars(sa.select(Academy.number).where(Academy.state.in_(("active", "closing")))):
        queue.later("people.sweep", number=number, once="people.sweep", priority=9)


@queue.job("people.sweep")
def sweep() -> None:
    """Delete ended sessions, used links, counts, and invitations and start codes 90 days after their end."""
    sessions.sweep()
    limits.sweep()
    now = clock.now()
    db.session.execute(sa.delete(MemberToken).where(MemberToken.expires_at < now - timedelta(days=7)))
    db.session.execute(sa.delete(Ask).where(Ask.made_at < now - timedelta(days=7)))
    db.session.execute(sa.delete(Invitation).where(Invitation.expires_at < now - INVITATION_KEPT))
    db.session.execute(sa.delete(StartCode).where(StartCode.expires_at < now - INVITATION_KEPT))


every(timedelta(days=1), "people.sweep_all")
