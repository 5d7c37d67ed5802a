"""Reads of sessions: a person's agenda, the planners' list, one session with its people. Each goes through the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from core import clock
from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.courses.models import Course, Publication
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.people.models import Member
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.rules import doors_open, may_leave, may_plan
from tenants.sessions.seats import leave_until, signup_until

PER_PAGE = 25


@dataclass(frozen=True)
class Shown:
    """A session as one person sees it: their own seat, how full it is, who leads it."""

    session: LiveSession
    course_title: str | None
    seat: Seat | None
    seated: int
    waiting: int
    trainers: tuple[str, ...]
    is_trainer: bool

    @property
    def state(self) -> str:
        """Return "seated", "waiting" or "" for the person."""
        return self.seat.state if self.seat is not None and self.seat.state != "left" else ""

    @property
    def is_full(self) -> bool:
        """Return whether somebody who comes now has to wait."""
        places = self.session.places
        return places is not None and (self.seated >= places or self.waiting > 0)

    @property
    def places_left(self) -> int | None:
        """Return how many places are free, None without a limit."""
        places = self.session.places
        return None if places is None else max(0, places - self.seated)

    @property
    def turn(self) -> int | None:
        """Return the person's place in the order of coming; see `place_in_line`."""
        return self.seat.turn if self.seat is not None else None

    @property
    def is_over(self) -> bool:
        """Return whether it has ended."""
        return self.session.ends_at <= clock.now()

    @property
    def signup_until(self) -> datetime:
        """Return until when participants sign up."""
        return signup_until(self.session)

    @property
    def leave_until(self) -> datetime:
        """Return until when a seat can be given up."""
        return leave_until(self.session)

    @property
    def can_join(self) -> bool:
        """Return whether the person may sign up now."""
        return not self.state and not self.session.is_cancelled and clock.now() < self.signup_until

    @property
    def can_leave(self) -> bool:
        """Return whether the person may give up what they have."""
        in_time = may_leave(self.state, self.leave_until, self.session.starts_at, clock.now())
        return bool(self.state) and not self.session.is_cancelled and in_time

    @property
    def link(self) -> str | None:
        """Return the link into an online session: to who has a seat, from 30 minutes before; to who leads it, always."""
        session = self.session
        if session.kind != "online" or session.is_cancelled or self.is_over:
            return None
        is_time = self.state == "seated" and doors_open(session.starts_at, session.ends_at, clock.now())
        return session.join_url if self.is_trainer or is_time else None


@dataclass(frozen=True)
class Listed:
    """One page of sessions."""

    sessions: list[Shown]
    has_next: bool


def agenda_of(member: Member, past: bool = False, number: int = 1) -> Listed:
    """Return the sessions that the member has to do with or could come to, 25 a page. Three statements."""
    wanted = _shown(member).where(_may_know(member))
    wanted = wanted.where(sa.or_(LiveSession.state == "planned", Seat.state != "left", _leads(member)))
    return _page(member, wanted, past, number)


def sessions_to_plan(member: Member, course_id: UUID | None = None, past: bool = False, number: int = 1) -> Listed:
    """Return every session of the academy, or of one course, to those who plan. Raises NotFound."""
    _planner(member)
    wanted = _shown(member)
    if course_id is not None:
        wanted = wanted.where(LiveSession.course_id == course_id)
    return _page(member, wanted, past, number)


def session_for(member: Member, session_id: UUID, lock: bool = False) -> Shown:
    """Return one session that the member may know of; `lock` when a seat is to be changed. Raises NotFound."""
    if lock:
        _lock(session_id)
    wanted = _shown(member).where(LiveSession.id == session_id, _may_know(member))
    return _one(member, wanted)


def session_to_change(member: Member, session_id: UUID, lock: bool = False) -> Shown:
    """Return one session to somebody who plans. Raises NotFound."""
    _planner(member)
    if lock:
        _lock(session_id)
    return _one(member, _shown(member).where(LiveSession.id == session_id))


def _lock(session_id: UUID) -> None:
    """Wait until nobody else changes this session or its seats."""
    row = sa.select(LiveSession.id).where(LiveSession.id == session_id).with_for_update()
    if db.session.scalar(row) is None:
        raise NotFound("no such session")


def _planner(member: Member) -> None:
    if not may_plan(member.roles):
        raise NotFound("not yours to plan")


def _shown(member: Member) -> sa.Select[Any]:
    mine = sa.and_(Seat.session_id == LiveSession.id, Seat.member_id == member.id)
    title = sa.func.coalesce(Publication.outline["title"].astext, Course.title)
    return (
        sa.select(LiveSession, title, Seat, _number("seated"), _number("waiting"))
        .outerjoin(Course, Course.id == LiveSession.course_id)
        .outerjoin(Publication, Publication.id == Course.publication_id)
        .outerjoin(Seat, mine)
        .execution_options(populate_existing=True)
    )


def _number(state: str) -> Any:
    other = sa.alias(Seat.__table__)
    count = sa.select(sa.func.count()).where(other.c.session_id == LiveSession.id, other.c.state == state)
    return count.correlate(LiveSession).scalar_subquery()


def _may_know(member: Member) -> sa.ColumnElement[bool]:
    """Return the condition: open to everybody here, a course that they take, a seat, or theirs to lead or plan."""
    if may_plan(member.roles):
        return sa.true()
    return sa.or_(LiveSession.course_id.is_(None), Seat.id.is_not(None), _leads(member), _takes(member))


def _takes(member: Member) -> sa.ColumnElement[bool]:
    taken = sa.select(Enrolment.id).where(
        Enrolment.course_id == LiveSession.course_id, Enrolment.member_id == member.id, Enrolment.state == "active"
    )
    return sa.and_(Course.state == "published", taken.exists())


def _leads(member: Member) -> sa.ColumnElement[bool]:
    return LiveSession.trainer_rows.any(member_id=member.id)


def may_take_seat(member: Member, session: LiveSession) -> bool:
    """Return whether the member is one of those whom the session is for."""
    if session.course_id is None:
        return member.is_active
    wanted = sa.select(Enrolment.id).where(
        Enrolment.course_id == session.course_id, Enrolment.member_id == member.id, Enrolment.state == "active"
    )
    return db.session.scalar(wanted) is not None


def _page(member: Member, wanted: sa.Select[Any], past: bool, number: int) -> Listed:
    now, start = clock.now(), LiveSession.starts_at
    wanted = wanted.where(LiveSession.ends_at <= now if past else LiveSession.ends_at > now)
    order = (start.desc(), LiveSession.id) if past else (start, LiveSession.id)
    rows = db.session.execute(wanted.order_by(*order).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)).all()
    return Listed(_views(member, rows[:PER_PAGE]), len(rows) > PER_PAGE)


def _one(member: Member, wanted: sa.Select[Any]) -> Shown:
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound("no such session")
    return _views(member, [row])[0]


def _views(member: Member, rows: Sequence[Any]) -> list[Shown]:
    names = names_of({one for row in rows for one in row[0].trainer_ids})
    return [
        Shown(session, title, seat, seated, waiting,
              tuple(sorted(names[one] for one in session.trainer_ids if one in names)), member.id in session.trainer_ids)
        for session, title, seat, seated, waiting in rows
    ]  # fmt: skip


def names_of(member_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of these active members, decrypted in chunks."""
    if not member_ids:
        return {}
    rows = db.session.execute(
        sa.select(Member.id, stored(Member, "first_name"), stored(Member, "last_name"))
        .where(Member.id.in_(member_ids), Member.state == "active")
    ).all()
    first = unseal_rows(Member, "first_name", [(row[0], row[1]) for row in rows])
    last = unseal_rows(Member, "last_name", [(row[0], row[2]) for row in rows])
    return {row[0]: " ".join(filter(None, pair)) for row, pair in zip(rows, zip(first, last, strict=True), strict=True)}


@dataclass(frozen=True)
class Sitter:
    """Somebody on the list of a session."""

    seat: Seat
    name: str


def people_of(viewer: Member, session: LiveSession) -> list[Sitter]:
    """Return whom the viewer sees: who has a seat by name, then who waits in order. Two statements."""
    wanted = sa.select(Seat).where(Seat.session_id == session.id, Seat.state != "left", visible_to(viewer, Seat.member_id)).order_by(Seat.turn)
    seats = list(db.session.scalars(wanted))
    names = names_of({seat.member_id for seat in seats})
    people = [Sitter(seat, names[seat.member_id]) for seat in seats if seat.member_id in names]
    rank = {"seated": 0, "waiting": 1}
    by_name = lambda one: (rank[one.seat.state], normalised(one.name) if one.seat.state == "seated" else "")  # noqa: E731
    return sorted(people, key=by_name)


def unreached(viewer: Member, session: LiveSession) -> list[str]:
    """Return the names of who is on the list, of those whom the viewer sees, and gets no mail: without an address, or it comes
    back from there."""
    listed = sa.select(Seat.member_id).where(Seat.session_id == session.id, Seat.state.in_(("seated", "waiting")))
    without = sa.or_(Member.email_index.is_(None), Member.bounced_at.is_not(None))  # type: ignore[attr-defined]
    people = db.session.scalars(sa.select(Member).where(Member.id.in_(listed), Member.state == "active", visible_to(viewer), without)).unique()
    return sorted((one.name for one in people), key=normalised)


def place_in_line(shown: Shown) -> int:
    """Return the person's place on the waiting list, from 1."""
    ahead = sa.select(sa.func.count()).select_from(Seat).where(
        Seat.session_id == shown.session.id, Seat.state == "waiting", Seat.turn <= shown.turn
    )
    return db.session.scalar(ahead) or 1


def addable(viewer: Member, session: LiveSession) -> list[tuple[UUID, str]]:
    """Return (id, name) of those whom the viewer sees, who could come and are not on the list, by name. Two statements."""
    sits = sa.select(Seat.id).where(Seat.session_id == session.id, Seat.member_id == Member.id, Seat.state != "left")
    wanted = sa.select(Member.id).where(Member.state == "active", ~sits.exists(), visible_to(viewer))
    if session.course_id is not None:
        takes = sa.select(Enrolment.id).where(
            Enrolment.course_id == session.course_id, Enrolment.member_id == Member.id, Enrolment.state == "active"
        )
        wanted = wanted.where(takes.exists())
    names = names_of(set(db.session.scalars(wanted)))
    return sorted(names.items(), key=lambda one: normalised(one[1]))


def seat_in(viewer: Member, session: LiveSession, seat_id: UUID) -> Seat:
    """Return a seat of this session of somebody whom the viewer sees. Raises NotFound."""
    wanted = sa.select(Seat).where(Seat.id == seat_id, Seat.session_id == session.id, visible_to(viewer, Seat.member_id))
    seat = db.session.scalar(wanted)
    if seat is None:
        raise NotFound("no such seat")
    return seat


def members_named(viewer: Member, session: LiveSession, member_ids: list[UUID]) -> list[Member]:
    """Return those of the members whom the viewer sees and who may come to the session."""
    able = {one for one, _ in addable(viewer, session)}
    wanted = sa.select(Member).options(lazyload(Member.role_rows)).where(Member.id.in_(able & set(member_ids)))
    return list(db.session.scalars(wanted))


def courses_to_choose() -> list[tuple[str, str]]:
    """Return (id as text, title) of the courses that a session can belong to."""
    rows = db.session.execute(sa.select(Course.id, Course.title).where(Course.state != "archived").order_by(Course.title))
    return [(str(course_id), title) for course_id, title in rows]
