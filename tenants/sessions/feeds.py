"""The private calendar address of a member, and what stands in it. Only the token's hash is stored."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.config import config
from core.db import db
from core.errors import NotFound
from core.tokens import hash_of, is_token, new_token
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.mail.actions import sender
from tenants.people.models import Member
from tenants.sessions.calendar import Entry, Guest, Organiser, feed, invitation
from tenants.sessions.models import CalendarFeed, LiveSession, Seat
from tenants.sessions.queries import Shown

KEPT = timedelta(days=90)
MOST_ENTRIES = 500


def make_feed(member: Member) -> str:
    """Return the token of the member's new calendar address; an earlier address ends."""
    end_feed(member)
    token = new_token()
    db.session.add(CalendarFeed(member_id=member.id, token_hash=hash_of(token)))
    record("sessions.feed", actor_id=member.id)
    db.session.flush()
    return token


def end_feed(member: Member) -> None:
    """End the member's calendar address."""
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.member_id == member.id))


def feed_of(member: Member) -> CalendarFeed | None:
    """Return the member's calendar address, which cannot be read again, or None."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.member_id == member.id))


def calendar_by_token(token: str, slug: str) -> bytes:
    """Return the calendar of this address. Raises NotFound for a wrong token and for who is no active member."""
    if not is_token(token):
        raise NotFound("no such calendar")
    wanted = sa.select(CalendarFeed.member_id).join(Member, Member.id == CalendarFeed.member_id)
    member_id = db.session.scalar(wanted.where(CalendarFeed.token_hash == hash_of(token), Member.state == "active"))
    if member_id is None:
        raise NotFound("no such calendar")
    return feed(_entries(member_id, slug), organiser(), clock.now())


def _entries(member_id: UUID, slug: str) -> list[Entry]:
    mine = sa.and_(Seat.session_id == LiveSession.id, Seat.member_id == member_id)
    leads = LiveSession.trainer_rows.any(member_id=member_id)
    rows = db.session.execute(
        sa.select(LiveSession, Seat).outerjoin(Seat, mine)
        .where(sa.or_(Seat.state.in_(("seated", "waiting")), leads), LiveSession.ends_at > clock.now() - KEPT)
        .order_by(LiveSession.starts_at).limit(MOST_ENTRIES)
    ).all()
    return [entry_of(session, seat, slug) for session, seat in rows]


def invitation_for(shown: Shown, member: Member, slug: str) -> bytes:
    """Return the calendar file of a session for who has a seat, waits, or leads it. Raises NotFound for others."""
    if not (shown.state or shown.is_trainer):
        raise NotFound("no seat")
    entry = entry_of(shown.session, shown.seat, slug)
    return invitation(entry, organiser(), Guest(member.name, member.email or ""), clock.now(),
                      withdraw=shown.session.is_cancelled)  # fmt: skip


def entry_of(session: LiveSession, seat: Seat | None, slug: str) -> Entry:
    """Return the session as it stands in one person's calendar. The join link is no part of it."""
    where = ", ".join(part for part in (session.place, session.address) if part)
    changed = max(session.changed_at, session.made_at)
    return Entry(
        session.id, session.title, session.zone, session.starts_wall, session.ends_wall, session.starts_at,
        session.ends_at, changed, session.sequence + (seat.revision if seat else 0), where, session.note,
        academy_url(slug, f"/agenda/{session.id}"), session.is_cancelled,
        is_waiting=seat is not None and seat.state == "waiting",
    )  # fmt: skip


def organiser() -> Organiser:
    """Return the academy as the one who invites."""
    return Organiser(sender().name, config().mail_from, config().domains[0].name)


