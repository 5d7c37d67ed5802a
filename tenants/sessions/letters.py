"""Letters about sessions: a seat, a freed seat, a move, a cancellation; each carries the calendar entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from babel.dates import format_date, format_time

from core import clock
from core.db import db
from core.urls import academy_url
from tenants.mail.actions import write_letter
from tenants.notifications.choices import stop_url, wants_letter
from tenants.people.models import Member
from tenants.people.queries import own_academy
from tenants.sessions.calendar import Guest, invitation
from tenants.sessions.feeds import entry_of, organiser
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.notices import tell_seat

What = Literal["seat", "promoted", "left", "moved", "cancelled"]


def write_to_one(seat_id: UUID, what: str) -> None:
    """Write to the person of this seat, unless the seat has become another since."""
    row = db.session.execute(_letters().where(Seat.id == seat_id)).unique().one_or_none()
    wanted = "left" if what == "left" else "seated"
    if row is not None and row[0].state == wanted and not row[1].is_cancelled:
        _write(row, what, own_academy())


def write_to_all(session_id: UUID, what: str) -> int:
    """Write to everybody with a seat or on the waiting list; return how many. A move that was overtaken by a
    cancellation is not told."""
    rows = db.session.execute(_letters().where(Seat.session_id == session_id, Seat.state != "left")).unique().all()
    told = [row for row in rows if row[1].is_cancelled == (what == "cancelled")]
    academy = own_academy()
    for row in told:
        _write(row, what, academy)
    return len(told)


def _letters() -> sa.Select[Seat, LiveSession, Member]:
    return (
        sa.select(Seat, LiveSession, Member)
        .join(LiveSession, LiveSession.id == Seat.session_id).join(Member, Member.id == Seat.member_id)
        .where(Member.state == "active")
    )


def _write(row: Any, what: str, academy: tuple[str, str]) -> None:
    seat, session, member = row
    has_letter = wants_letter(member, "session")
    if has_letter:
        _write_letter(row, what, academy)
    tell_seat(seat, session, what, has_letter=has_letter)


def _write_letter(row: Any, what: str, academy: tuple[str, str]) -> None:
    seat, session, member = row
    slug, default = academy
    language = member.language or default
    entry = entry_of(session, seat, slug)
    calendar = invitation(
        entry, organiser(), Guest(member.name, member.email), clock.now(), withdraw=what in ("left", "cancelled")
    )
    write_letter(
        member.email, f"session_{what}", language, calendar=None if seat.state == "waiting" else calendar.decode(),
        thread=f"session.{session.id}",
        name=member.first_name, title=session.title, when=when_words(session, language), where=entry.location,
        reason=" ".join((session.reason or "").split()), url=academy_url(slug, f"/agenda/{session.id}"),
        unsubscribe=stop_url(member.id, "session", slug),
    )  # fmt: skip


def when_words(session: LiveSession, language: str) -> str:
    """Return `Friday 27 November 2026, 09:30-11:00`, by the clock on the wall."""
    day = format_date(session.starts_wall, "EEEE d MMMM y", locale=language)
    return f"{day}, {_clock(session.starts_wall, language)}-{_clock(session.ends_wall, language)}"


def _clock(wall: datetime, language: str) -> str:
    return format_time(wall.time(), "HH:mm", locale=language)
