"""Reads of the catalogue for members, of the terms of entry and the requests for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased, lazyload

from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.catalogue import places, rules
from tenants.catalogue.lasting import full_names
from tenants.catalogue.models import CourseEntry, EntryRequest
from tenants.courses.models import Course, Publication
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import STAFF, has_expired
from tenants.people.models import Member

PER_PAGE = 25


@dataclass(frozen=True)
class Offered:
    """A course as the catalogue shows it to one member."""

    course_id: UUID
    title: str
    summary: str
    cover: str
    language: str
    lessons: int
    minutes: int
    left: int | None
    offer: rules.Offer
    entry: CourseEntry | None
    enrolment: Enrolment | None


@dataclass(frozen=True)
class Before:
    """A course page before one takes it: the offer, the outline as published, and how one's request stands."""

    offered: Offered
    outline: Mapping[str, Any]
    trainer: Member | None
    request: EntryRequest | None
    declined: EntryRequest | None
    ahead: int


def _columns(member: Member) -> sa.Select[Any]:
    minutes = sa.func.jsonb_path_query_array(Publication.outline, sa.cast("$.modules[*].lessons[*].minutes", JSONPATH))
    taken = places.taken_of_course()
    mine = aliased(Enrolment)
    asked = sa.and_(EntryRequest.course_id == Course.id, EntryRequest.member_id == member.id, EntryRequest.state == "open")
    return (
        sa.select(
            Course.id, *(Publication.outline[name].astext for name in ("title", "summary", "cover", "language")),
            minutes, taken, CourseEntry, mine, EntryRequest.kind,
        )
        .select_from(Course)
        .join(Publication, Publication.id == Course.publication_id)
        .outerjoin(CourseEntry, CourseEntry.course_id == Course.id)
        .outerjoin(mine, sa.and_(mine.course_id == Course.id, mine.member_id == member.id, mine.state != "reset"))
        .outerjoin(EntryRequest, asked)
        .where(Course.state == "published")
    )  # fmt: skip


def catalogue(member: Member, today: date, search: str = "", language: str = "", show: str = "") -> list[Offered]:
    """Return the courses that the catalogue shows, by title, filtered. One statement.

    `show`: "open" leaves those that one can enter now, "mine" those that one takes, took, asked or waits for.
    """
    rows = db.session.execute(_columns(member).where(CourseEntry.is_listed))
    found = [_offered(row, today) for row in rows]
    sought = normalised(search)
    kept = [
        one for one in found
        if sought in normalised(f"{one.title} {one.summary}") and language in ("", one.language) and one.offer in _shown(show)
    ]
    return sorted(kept, key=lambda one: normalised(one.title))


def _shown(show: str) -> frozenset[str]:
    if show == "open":
        return frozenset({"enrol", "ask", "wait", "renew"})
    mine = frozenset({"continue", "waiting", "asked", "renew", "over"})
    return mine if show == "mine" else mine | {"enrol", "ask", "wait", "not_yet", "closed", "by_invitation"}


def _offered(row: Any, today: date) -> Offered:
    course_id, title, summary, cover, language, minutes, taken, entry, enrolment, asked = row
    left = rules.places_left(entry.places if entry else None, taken)
    offer = rules.offer(entry, _standing(enrolment, asked), left, today)
    return Offered(course_id, title, summary or "", cover or "circles", language or "", len(minutes), sum(minutes), left,
                   offer, entry, enrolment)  # fmt: skip


def _standing(enrolment: Enrolment | None, asked: str | None) -> rules.Standing:
    if enrolment is not None and enrolment.is_open:
        return "learning"
    if asked is not None:
        return "waiting" if asked == "place" else "asked"
    return "expired" if enrolment is not None and enrolment.state != "ended" else "outside"


def before(member: Member, course_id: UUID, today: date) -> Before:
    """Return a published course before one takes it. Raises NotFound unless the catalogue shows it, one has or had
    to do with it, or one is staff."""
    row = db.session.execute(_columns(member).where(Course.id == course_id)).one_or_none()
    if row is None:
        raise NotFound("no such course")
    offered, requests = _offered(row, today), _requests_of(member, course_id)
    is_known = offered.entry is not None and offered.entry.is_listed
    if not (is_known or offered.enrolment or requests or member.roles & STAFF):
        raise NotFound("no such course")
    outline, trainer = db.session.execute(
        sa.select(Publication.outline, Member).join(Course, Course.publication_id == Publication.id)
        .outerjoin(Member, Member.id == Course.trainer_id).where(Course.id == course_id)
        .options(lazyload(Member.role_rows))
    ).one()
    request = next((one for one in requests if one.state == "open"), None)
    last = requests[0] if requests and requests[0].state == "declined" else None
    return Before(offered, outline, trainer, request, last, places.ahead_of(request) if request else 0)


def _requests_of(member: Member, course_id: UUID) -> list[EntryRequest]:
    wanted = sa.select(EntryRequest).where(EntryRequest.member_id == member.id, EntryRequest.course_id == course_id)
    return list(db.session.scalars(wanted.order_by(EntryRequest.turn.desc())))


def course_offered(member: Member, course_id: UUID) -> Course:
    """Return a published course that the member may know of, to act on it. Raises NotFound."""
    course = db.session.scalar(sa.select(Course).where(Course.id == course_id, Course.state == "published"))
    if course is None:
        raise NotFound("no such course")
    knows = (
        sa.select(sa.literal(1)).where(sa.or_(
            sa.exists().where(CourseEntry.course_id == course_id, CourseEntry.is_listed),
            sa.exists().where(Enrolment.course_id == course_id, Enrolment.member_id == member.id),
            sa.exists().where(EntryRequest.course_id == course_id, EntryRequest.member_id == member.id),
        ))
    )  # fmt: skip
    if not member.roles & STAFF and db.session.scalar(knows) is None:
        raise NotFound("no such course")
    return course


def course_to_set(member: Member, course_id: UUID) -> tuple[Course, CourseEntry | None]:
    """Return a course with its terms of entry, for those who set them. Raises NotFound."""
    row = db.session.execute(
        sa.select(Course, CourseEntry).outerjoin(CourseEntry, CourseEntry.course_id == Course.id)
        .where(Course.id == course_id)
    ).one_or_none()
    if row is None or not member.roles & rules.SETTERS:
        raise NotFound("no such course")
    return row[0], row[1]


@dataclass(frozen=True)
class Asked:
    """Somebody's request or turn, as staff see it."""

    request: EntryRequest
    name: str
    title: str
    reason: str
    left: int | None


def requests_open(by: Member, course_id: UUID | None = None) -> list[Asked]:
    """Return requests and turns that are open, in their order; of one course if named. One statement."""
    if not by.roles & rules.DECIDERS:
        raise NotFound("requests")
    taken = places.taken_of_course()
    wanted = (
        sa.select(
            EntryRequest, stored(Member, "first_name"), stored(Member, "last_name"), Course.title,
            stored(EntryRequest, "reason"), CourseEntry.places, taken,
        )
        .join(Member, Member.id == EntryRequest.member_id)
        .join(Course, Course.id == EntryRequest.course_id)
        .outerjoin(CourseEntry, CourseEntry.course_id == Course.id)
        .where(EntryRequest.state == "open", Member.state == "active", visible_to(by))
        .order_by(EntryRequest.kind.desc(), Course.title, EntryRequest.turn)
    )  # fmt: skip
    if course_id is not None:
        wanted = wanted.where(EntryRequest.course_id == course_id)
    rows = db.session.execute(wanted).all()
    names = full_names([(row[0].member_id, row[1], row[2]) for row in rows])
    reasons = unseal_rows(EntryRequest, "reason", [(row[0].id, row[4]) for row in rows])
    return [
        Asked(row[0], name, row[3], reason or "", rules.places_left(row[5], row[6]))
        for row, name, reason in zip(rows, names, reasons, strict=True)
    ]


def requests_figure(by: Member) -> sa.ScalarSelect[Any]:
    """Return the number of people whom they see and who ask to join a course, to be asked for with others."""
    wanted = (
        sa.select(sa.func.count(EntryRequest.id)).join(Member, Member.id == EntryRequest.member_id)
        .where(EntryRequest.state == "open", EntryRequest.kind == "request", Member.state == "active", visible_to(by))
    )  # fmt: skip
    return wanted.scalar_subquery()


def request_to_decide(by: Member, request_id: UUID) -> EntryRequest:
    """Return somebody's request. Raises NotFound."""
    wanted = sa.select(EntryRequest).where(EntryRequest.id == request_id, visible_to(by, EntryRequest.member_id))
    found = db.session.scalar(wanted) if by.roles & rules.DECIDERS else None
    if found is None:
        raise NotFound("no such request")
    return found


def requests_named(by: Member, ids: list[UUID]) -> list[EntryRequest]:
    """Return the open requests with these ids, of people whom they see."""
    if not by.roles & rules.DECIDERS:
        raise NotFound("requests")
    wanted = sa.select(EntryRequest).where(EntryRequest.id.in_(ids), EntryRequest.state == "open")
    return list(db.session.scalars(wanted.where(visible_to(by, EntryRequest.member_id))))


@dataclass(frozen=True)
class Over:
    """A course whose time has passed for the member."""

    course_id: UUID
    title: str
    cover: str


def over_for(member: Member) -> list[Over]:
    """Return the published courses whose time has passed for the member. One statement."""
    rows = db.session.execute(
        sa.select(Course.id, Publication.outline["title"].astext, Publication.outline["cover"].astext)
        .join(Publication, Publication.id == Course.publication_id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.member_id == member.id, has_expired(), Course.state == "published").order_by(Course.title)
    )
    return [Over(*row) for row in rows]
