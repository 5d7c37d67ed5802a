"""Verbs of sessions: plan, change, cancel. They flush; the edge commits.

What changes seats or places is done with the session's row locked (`queries.session_to_change`,
`queries.session_for(..., lock=True)`): people come one after the other, so nobody is booked twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.people.models import Member
from tenants.sessions.models import KINDS, MAX_PLACES, LiveSession, SessionTrainer
from tenants.sessions.rules import AHEADS, NoSuchSpan, NoSuchTime, span_of
from tenants.sessions.seats import fill

MAX_LINE = 200
MAX_NOTE = 4_000
MAX_URL = 2_000
MAX_REASON = 1_000
SHOWN = ("title", "kind", "zone", "starts_wall", "ends_wall", "starts_at", "ends_at", "place", "address", "note")
MOVED = ("kind", "starts_at", "ends_at", "place", "address")


class NeedsReason(Refused):
    """Time or place changed, and nobody wrote why."""


@dataclass
class Draft:
    """A session as the form sent it; times by the wall clock of `zone`."""

    title: str
    kind: str
    zone: str
    day: date
    begins: time
    ends: time
    course_id: UUID | None = None
    place: str = ""
    address: str = ""
    join_url: str = ""
    note: str = ""
    places: int | None = None
    signup_ahead: int = 0
    leave_ahead: int = 0
    study_minutes: int | None = None
    trainer_ids: list[UUID] = field(default_factory=list)


def plan_session(draft: Draft, by: Member, session_id: UUID | None = None) -> LiveSession:
    """Return a new session. Raises Refused."""
    session = LiveSession(id=session_id or ids.uuid7(), made_by=by.id, course_id=draft.course_id)
    _fill_in(session, draft)
    db.session.add(session)
    db.session.flush()
    record("sessions.plan", actor_id=by.id, session=str(session.id))
    return session


def plan_session_once(session_id: UUID, draft: Draft, by: Member) -> LiveSession:
    """Return the session that a form of this id made, now or when it was sent before: a double click makes one."""
    try:
        with db.session.begin_nested():
            return plan_session(draft, by, session_id)
    except IntegrityError:
        return db.session.get_one(LiveSession, session_id)


def change_session(session: LiveSession, draft: Draft, by: Member, reason: str = "") -> bool:
    """Make the session what the draft says; return whether it was moved. Raises NeedsReason, Refused.

    Who has a seat is told of a move; new places go to who waits longest.
    """
    if session.is_cancelled:
        raise Refused("session cancelled")
    before = _facts(session, SHOWN)
    moved_before = _facts(session, MOVED)
    _fill_in(session, draft)
    moved = _facts(session, MOVED) != moved_before
    if moved and not reason.strip():
        raise NeedsReason("why is it moved")
    if moved:
        session.reason = reason.strip()[:MAX_REASON]
    if _facts(session, SHOWN) != before:
        session.sequence += 1
    session.changed_at = clock.now()
    record("sessions.move" if moved else "sessions.change", actor_id=by.id, session=str(session.id))
    db.session.flush()
    fill(session)
    if moved:
        queue.later("sessions.tell_all", session_id=session.id, what="moved")
    return moved


def cancel_session(session: LiveSession, reason: str, by: Member) -> None:
    """Call the session off and tell everybody with a seat or on the list. Raises Refused."""
    if session.is_cancelled:
        return
    if session.ends_at <= clock.now():
        raise Refused("session over")
    if not reason.strip():
        raise NeedsReason("why is it cancelled")
    session.state, session.reason = "cancelled", reason.strip()[:MAX_REASON]
    session.sequence += 1
    session.changed_at = clock.now()
    record("sessions.cancel", actor_id=by.id, session=str(session.id))
    db.session.flush()
    queue.later("sessions.tell_all", session_id=session.id, what="cancelled")


def _facts(session: LiveSession, names: tuple[str, ...]) -> list[object]:
    return [getattr(session, name) for name in names]


def _fill_in(session: LiveSession, draft: Draft) -> None:
    """Put the draft into the row. Raises Refused."""
    if draft.kind not in KINDS or {draft.signup_ahead, draft.leave_ahead} - set(AHEADS):
        raise Refused("session kind")
    if draft.places is not None and not 1 <= draft.places <= MAX_PLACES:
        raise Refused("places")
    session.title, session.kind, session.zone = _line(draft.title), draft.kind, draft.zone
    session.starts_wall, session.ends_wall, session.starts_at, session.ends_at = _span(draft)
    is_online = draft.kind == "online"
    session.place = "" if is_online else " ".join(draft.place.split())[:MAX_LINE]
    session.address = "" if is_online else " ".join(draft.address.split())[:MAX_LINE]
    session.join_url = _link(draft.join_url) if is_online else None
    session.note, session.places = draft.note.strip()[:MAX_NOTE], draft.places
    session.signup_ahead, session.leave_ahead = draft.signup_ahead, draft.leave_ahead
    session.study_minutes = session.minutes if draft.study_minutes is None else _minutes(draft.study_minutes)
    kept = {row.member_id: row for row in session.trainer_rows}
    session.trainer_rows = [kept.get(one) or SessionTrainer(member_id=one) for one in dict.fromkeys(draft.trainer_ids)]


def _span(draft: Draft) -> tuple[datetime, datetime, datetime, datetime]:
    try:
        return span_of(draft.day, draft.begins, draft.ends, draft.zone)
    except NoSuchTime:
        raise Refused("no such time") from None
    except NoSuchSpan:
        raise Refused("no such span") from None


def _line(title: str) -> str:
    line = " ".join(title.split())
    if not line or len(line) > MAX_LINE:
        raise Refused("title")
    return line


def _link(url: str) -> str | None:
    """Return the link, or None when there is none yet. Raises Refused for anything but https."""
    url = url.strip()
    if not url:
        return None
    if not url.startswith("https://") or len(url) > MAX_URL or any(sign.isspace() or ord(sign) < 33 for sign in url):
        raise Refused("join link")
    return url


def _minutes(minutes: int) -> int:
    if not 0 <= minutes <= 24 * 60:
        raise Refused("study minutes")
    return minutes
