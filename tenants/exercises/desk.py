"""Reads of the review desk: the queue, one hand-in with all that was said of it. The number of statements is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from core import clock
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.courses.models import Course, Page
from tenants.exercises.models import WAITING, HandIn, Review, SavedPhrase
from tenants.exercises.queries import Thread, exercise_on, faces_of, thread_of
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.learning.rules import TAUGHT_BY
from tenants.people.faces import NOBODY
from tenants.people.models import Member

PER_PAGE = 25
SHOWN = ("waiting", "again", "approved", "all")
WHOSE = ("mine", "all")


@dataclass(frozen=True)
class Filters:
    """What the queue shows: `course` by id or all, `state` of SHOWN, `whose` of WHOSE, `page` from 1."""

    course: UUID | None = None
    state: str = "waiting"
    whose: str = "mine"
    page: int = 1


@dataclass(frozen=True)
class InQueue:
    """One hand-in in the queue, by what a trainer needs to choose."""

    id: UUID
    title: str
    number: int
    state: str
    handed_in_at: datetime
    name: str
    course_title: str
    claimed_by: UUID | None
    leased_until: datetime | None
    photo_id: UUID | None = None


@dataclass(frozen=True)
class Queue:
    """A page of the queue, the oldest first, and what there is to choose from."""

    items: list[InQueue]
    total: int
    counts: dict[str, int]
    courses: list[tuple[UUID, str]]

    @property
    def ids(self) -> list[UUID]:
        """Return the ids of this page, in order."""
        return [one.id for one in self.items]


def may_review(member: Member) -> bool:
    """Return whether the member sees the desk."""
    return bool(member.roles & TAUGHT_BY)


def queue_for(member: Member, filters: Filters) -> Queue:
    """Return the queue as filtered. Three statements; names are decrypted for one page."""
    _check(member)
    chosen = _chosen(member, filters)
    rows = db.session.execute(
        sa.select(HandIn.id, HandIn.title, HandIn.number, HandIn.state, HandIn.handed_in_at, HandIn.claimed_by,
                  HandIn.leased_until, Course.title.label("course_title"), Member.id.label("member_id"), Member.photo_id,
                  stored(Member, "first_name").label("first"), stored(Member, "last_name").label("last"))
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id).join(Course, Course.id == Enrolment.course_id)
        .join(Member, Member.id == Enrolment.member_id).where(*chosen).order_by(HandIn.handed_in_at, HandIn.id)
        .offset((filters.page - 1) * PER_PAGE).limit(PER_PAGE)
    ).all()  # fmt: skip
    first = unseal_rows(Member, "first_name", [(row.member_id, row.first) for row in rows])
    last = unseal_rows(Member, "last_name", [(row.member_id, row.last) for row in rows])
    items = [
        InQueue(row.id, row.title, row.number, row.state, row.handed_in_at, " ".join(filter(None, name)),
                row.course_title, row.claimed_by, row.leased_until, row.photo_id)
        for row, name in zip(rows, zip(first, last, strict=True), strict=True)
    ]  # fmt: skip
    counts = _counts(member, filters)
    return Queue(items, counts[filters.state], counts, _courses())


def _check(member: Member) -> None:
    if not may_review(member):
        raise NotFound("not yours to see")


def _chosen(member: Member, filters: Filters) -> list[sa.ColumnElement[bool]]:
    chosen: list[sa.ColumnElement[bool]] = [*_mine(member, filters), _in_state(filters.state)]
    if filters.course is not None:
        chosen.append(Enrolment.course_id == filters.course)
    return chosen


def _mine(member: Member, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of one's own queue: what waits for this trainer, what waits for anybody, what one holds.
    Nobody reviews their own work."""
    others = (Enrolment.member_id != member.id, is_current(), visible_to(member, Enrolment.member_id))
    if filters.whose == "all":
        return [*others]
    return [*others, sa.or_(HandIn.trainer_id == member.id, HandIn.trainer_id.is_(None), HandIn.claimed_by == member.id)]


def _in_state(state: str) -> sa.ColumnElement[bool]:
    if state == "waiting":
        return HandIn.state.in_(WAITING)
    return HandIn.state != "draft" if state == "all" else HandIn.state == state


def _counts(member: Member, filters: Filters) -> dict[str, int]:
    """Return how many hand-ins there are of each state, by the other filters."""
    wanted = sa.select(*(sa.func.count().filter(_in_state(state)) for state in SHOWN)).select_from(HandIn)
    wanted = wanted.join(Enrolment, Enrolment.id == HandIn.enrolment_id).where(*_mine(member, filters))
    if filters.course is not None:
        wanted = wanted.where(Enrolment.course_id == filters.course)
    return dict(zip(SHOWN, db.session.execute(wanted).one(), strict=True))


def _courses() -> list[tuple[UUID, str]]:
    """Return the courses that somebody handed something in for, by title."""
    used = sa.select(Enrolment.course_id).join(HandIn, HandIn.enrolment_id == Enrolment.id).where(HandIn.state != "draft")
    rows = db.session.execute(sa.select(Course.id, Course.title).where(Course.id.in_(used)).order_by(Course.title))
    return [(course_id, title) for course_id, title in rows]


def waiting_figure(member: Member) -> sa.ScalarSelect[Any]:
    """Return the number of hand-ins that wait in the member's own queue, to be asked for with others."""
    wanted = sa.select(sa.func.count(HandIn.id)).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
    return wanted.where(_in_state("waiting"), *_mine(member, Filters())).scalar_subquery()


def hand_in_for(member: Member, hand_in_id: UUID, lock: bool = False) -> HandIn:
    """Return something handed in that the member may review; `lock` when they write. Raises NotFound."""
    wanted = (
        sa.select(HandIn).join(HandIn.enrolment).options(contains_eager(HandIn.enrolment))
        .where(HandIn.id == hand_in_id, HandIn.state != "draft", Enrolment.member_id != member.id)
        .where(visible_to(member, Enrolment.member_id))
    )
    if lock:
        wanted = wanted.with_for_update(of=HandIn, key_share=True).execution_options(populate_existing=True)
    found = db.session.scalar(wanted) if may_review(member) else None
    if found is None:
        raise NotFound("no such hand-in")
    return found


def criteria_of(hand_in: HandIn) -> list[dict[str, Any]]:
    """Return the rubric by which the hand-in is judged: that of the version that its author saw."""
    criteria: list[dict[str, Any]] = exercise_on(db.session.get_one(Page, hand_in.page_id), hand_in.block_id)["criteria"]
    return criteria


@dataclass(frozen=True)
class OnDesk:
    """A hand-in open on the desk: the exercise as its author saw it, the thread, the trainer's draft, who holds it."""

    hand_in: HandIn
    exercise: Mapping[str, Any]
    participant: Member
    course_title: str
    thread: Thread
    draft: Review | None
    holder: str | None
    phrases: list[SavedPhrase]


def on_desk(member: Member, hand_in: HandIn) -> OnDesk:
    """Return everything about the hand-in that the desk shows. The number of statements does not depend on how much."""
    page, participant, course_title, draft = db.session.execute(
        sa.select(Page, Member, Course.title, Review).select_from(HandIn).join(Page, Page.id == HandIn.page_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id).join(Course, Course.id == Enrolment.course_id)
        .join(Member, Member.id == Enrolment.member_id)
        .outerjoin(Review, sa.and_(Review.hand_in_id == HandIn.id, Review.by_id == member.id, Review.kind == "trainer"))
        .where(HandIn.id == hand_in.id)
    ).unique().one()  # fmt: skip
    other = hand_in.claimed_by if hand_in.claimed_by != member.id else None
    return OnDesk(
        hand_in, exercise_on(page, hand_in.block_id), participant, course_title,
        thread_of(hand_in.enrolment, hand_in.block_id, member), draft, faces_of([other]).get(other, NOBODY).name or None,
        phrases_of(member),
    )  # fmt: skip


def next_waiting(member: Member, filters: Filters, after: HandIn) -> UUID | None:
    """Return the next hand-in that waits in the queue as filtered, from the start again if need be; None at the end.

    One that another trainer holds is passed over.
    """
    now = clock.now()
    free = sa.or_(HandIn.claimed_by.is_(None), HandIn.claimed_by == member.id, HandIn.leased_until <= now,
                  HandIn.leased_until.is_(None))  # fmt: skip
    waiting = replace(filters, state="waiting")
    behind = sa.tuple_(HandIn.handed_in_at, HandIn.id) <= sa.tuple_(
        sa.literal(after.handed_in_at, sa.DateTime(timezone=True)), sa.literal(after.id, sa.Uuid)
    )
    wanted = sa.select(HandIn.id).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
    wanted = wanted.where(*_chosen(member, waiting), free, HandIn.id != after.id)
    return db.session.scalar(wanted.order_by(behind, HandIn.handed_in_at, HandIn.id).limit(1))


def phrase_text(member: Member, phrase_id: UUID) -> str:
    """Return one of the member's own phrases. Raises NotFound."""
    mine = (SavedPhrase.id == phrase_id, SavedPhrase.member_id == member.id)
    found = db.session.scalar(sa.select(SavedPhrase).where(*mine))
    if found is None:
        raise NotFound("no such phrase")
    return found.text or ""


def phrases_of(member: Member) -> list[SavedPhrase]:
    """Return the member's own phrases, the oldest first."""
    wanted = sa.select(SavedPhrase).where(SavedPhrase.member_id == member.id).order_by(SavedPhrase.id)
    return list(db.session.scalars(wanted))
