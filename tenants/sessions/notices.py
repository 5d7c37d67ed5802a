"""What sessions tell: a seat, a freed seat, a move, a cancellation, and the day before. The letters are sessions' own, because
they carry the calendar entry; who wants no mail about sessions gets none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from babel.dates import format_time

from core import clock
from core.db import db
from core.i18n import format_day, language
from tenants.notifications.actions import notify
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes
from tenants.people.models import Member
from tenants.sessions.models import LiveSession, Seat

AHEAD = timedelta(hours=24)
OVER = frozenset({"left", "cancelled"})


def tell_seat(seat: Seat, session: LiveSession, what: str, *, has_letter: bool) -> None:
    """Tell the seat's member, unless the session is over; `has_letter` says that a letter with the calendar entry was written."""
    if session.ends_at <= clock.now():
        return
    mark = uuid5(seat.id, f"{what}.{session.sequence}.{seat.revision}")
    mailed = [seat.member_id] if has_letter else []
    notify("session", [seat.member_id], subject_id=mark, thread_id=session.id, detail=what, link=f"/agenda/{session.id}", mailed_ids=mailed)


def remind_all() -> int:
    """Tell everybody with a seat in a session that begins within a day; return how many are new. Looking again tells nothing
    twice, a session that was moved is told anew."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(Seat, LiveSession).join(LiveSession, LiveSession.id == Seat.session_id)
        .where(Seat.state == "seated", LiveSession.state == "planned", LiveSession.starts_at > now, LiveSession.starts_at <= now + AHEAD)
        .where(Seat.made_at < LiveSession.starts_at - AHEAD)
        .order_by(Seat.id)
    ).all()
    return sum(
        notify("session", [seat.member_id], subject_id=uuid5(seat.id, f"soon.{int(session.starts_at.timestamp())}"), thread_id=session.id,
               detail="soon", link=f"/agenda/{session.id}")
        for seat, session in rows
    )  # fmt: skip


@describes("session")
def of_sessions(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say which session it is, to who has or had a seat in it; it is open until it begins."""
    rows = db.session.execute(
        sa.select(LiveSession, Seat.state).join(Seat, Seat.session_id == LiveSession.id)
        .where(Seat.member_id == reader.id, LiveSession.id.in_([one.thread_id for one in notices]))
    )
    found = {session.id: (session, state) for session, state in rows}
    return {one.id: _said(found[one.thread_id][0]) for one in notices if _fits(one, found)}


def _fits(notice: Notice, found: Mapping[UUID, tuple[LiveSession, str]]) -> bool:
    """Return whether the notice still holds: nobody is told of a seat that they gave up, or reminded of what is cancelled."""
    if notice.thread_id not in found:
        return False
    session, state = found[notice.thread_id]
    return notice.detail in OVER or (state != "left" and not session.is_cancelled)


def _said(session: LiveSession) -> Said:
    when = f"{format_day(session.starts_wall.date())}, {format_time(session.starts_wall.time(), 'HH:mm', locale=language())}"
    return Said(session.title, more=when, is_open=session.starts_at > clock.now())
