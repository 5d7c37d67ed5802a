"""Reads for trainers: what waits for them, how a test went, one sitting. Who may follow courses may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.assessments import queries
from tenants.assessments.models import Sitting, SittingAllowance, SittingAnswer
from tenants.assessments.rules import Past, counted
from tenants.assessments.settings import Settings, settings_of
from tenants.courses.models import Course, Publication
from tenants.groups.sight import check_sees, visible_to
from tenants.learning.models import Enrolment
from tenants.learning.overview import VIEWERS
from tenants.learning.queries import is_current
from tenants.people.models import Member

WAITING = ("marking", "judging")
MOST_WAITING = 200


def may_look(viewer: Member) -> None:
    """Raise NotFound for who does not follow participants."""
    if not viewer.roles & VIEWERS:
        raise NotFound("not yours to see")


@dataclass(frozen=True)
class Waits:
    """A sitting that a trainer has to look at, and whose it is."""

    sitting: Sitting
    name: str
    course: str


def waiting(viewer: Member) -> list[Waits]:
    """Return what waits for trainers, the oldest first, 200 at most. One statement."""
    may_look(viewer)
    rows = db.session.execute(
        sa.select(Sitting, Enrolment.member_id, stored(Member, "first_name"), stored(Member, "last_name"), Course.title)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id).join(Member, Member.id == Enrolment.member_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Sitting.state.in_(WAITING), is_current(), visible_to(viewer)).order_by(Sitting.handed_in_at, Sitting.id).limit(MOST_WAITING)
    ).all()  # fmt: skip
    names = _names([(row[1], row[2], row[3]) for row in rows])
    return [Waits(row[0], name, row[4]) for row, name in zip(rows, names, strict=True)]


def waiting_count(viewer: Member) -> int:
    """Return how many sittings of people whom the viewer sees wait for trainers."""
    wanted = sa.select(sa.func.count(Sitting.id)).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
    return db.session.scalar(wanted.where(Sitting.state.in_(WAITING), is_current(), visible_to(viewer, Enrolment.member_id))) or 0


def _names(rows: Sequence[tuple[UUID, bytes | None, bytes | None]]) -> list[str]:
    first = unseal_rows(Member, "first_name", [(member_id, blob) for member_id, blob, _ in rows])
    last = unseal_rows(Member, "last_name", [(member_id, blob) for member_id, _, blob in rows])
    return [" ".join(filter(None, pair)) for pair in zip(first, last, strict=True)]


@dataclass(frozen=True)
class Listed:
    """A published test, and how many took it so far."""

    course_id: UUID
    course: str
    lesson_id: UUID
    title: str
    people: int


def tests(viewer: Member) -> list[Listed]:
    """Return every published test, by course and place. Two statements."""
    may_look(viewer)
    outlines = db.session.execute(
        sa.select(Course.id, Course.title, Publication.outline).join(Publication, Publication.id == Course.publication_id)
        .where(Course.state == "published").order_by(Course.title)
    ).all()  # fmt: skip
    count = sa.select(Sitting.lesson_id, sa.func.count(sa.distinct(Enrolment.member_id))).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
    count = count.where(visible_to(viewer, Enrolment.member_id)).group_by(Sitting.lesson_id)
    taken = {lesson_id: number for lesson_id, number in db.session.execute(count)}
    return [
        Listed(course_id, title, UUID(lesson["id"]), lesson["title"], taken.get(UUID(lesson["id"]), 0))
        for course_id, title, outline in outlines for lesson in lessons_of(outline) if lesson.get("test")
    ]  # fmt: skip


def lessons_of(outline: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the lessons of an outline in order."""
    return [lesson for module in outline["modules"] for lesson in module["lessons"]]


@dataclass(frozen=True)
class Person:
    """Somebody who takes the course of a test: their sittings, the one that counts, and what they get besides."""

    enrolment: Enrolment
    name: str
    sittings: list[Sitting]
    result: Past | None
    allowance: SittingAllowance | None

    @property
    def state(self) -> str:
        """Return how they stand: none, open, marking, judging, passed or failed."""
        if not self.sittings:
            return "none"
        last = self.sittings[-1].state
        if last != "final":
            return last
        return "passed" if self.result and self.result.is_passed else "failed"


@dataclass(frozen=True)
class Asked:
    """How a question went over all ended sittings: asked, answered, and the share of its points that was earned."""

    question_id: UUID
    prompt: str
    kind: str
    asked: int
    answered: int
    percent: Decimal | None


@dataclass(frozen=True)
class TestHere:
    """One test: who takes it, and how its questions went."""

    course: Course
    lesson: Mapping[str, Any]
    settings: Settings
    people: list[Person] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)

    __test__ = False  # for pytest: a value, not a test


def test_here(viewer: Member, course_id: UUID, lesson_id: UUID, whole: bool = True) -> TestHere:
    """Return a published test; with `whole`, how everybody and every question did. Six statements. Raises NotFound."""
    may_look(viewer)
    row = db.session.execute(
        sa.select(Course, Publication.outline).join(Publication, Publication.id == Course.publication_id).where(Course.id == course_id)
    ).one_or_none()
    lesson = next((one for one in lessons_of(row[1]) if one["id"] == str(lesson_id)), None) if row else None
    if row is None or lesson is None or not lesson.get("test"):
        raise NotFound("no such test")
    settings = settings_of(lesson["test"])
    if not whole:
        return TestHere(row[0], lesson, settings)
    return TestHere(row[0], lesson, settings, _people(viewer, course_id, lesson_id, settings), _questions(viewer, lesson_id))


def _people(viewer: Member, course_id: UUID, lesson_id: UUID, settings: Settings) -> list[Person]:
    rows = db.session.execute(
        sa.select(Enrolment, stored(Member, "first_name"), stored(Member, "last_name"), SittingAllowance)
        .join(Member, Member.id == Enrolment.member_id)
        .outerjoin(SittingAllowance, sa.and_(SittingAllowance.enrolment_id == Enrolment.id, SittingAllowance.lesson_id == lesson_id))
        .where(Enrolment.course_id == course_id, Enrolment.state == "active", Member.state == "active", visible_to(viewer))
    ).all()  # fmt: skip
    names = _names([(row[0].member_id, row[1], row[2]) for row in rows])
    wanted = (
        sa.select(Sitting).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(Sitting.lesson_id == lesson_id, Enrolment.course_id == course_id, is_current()).order_by(Sitting.number)
    )  # fmt: skip
    sat: dict[UUID, list[Sitting]] = {}
    for sitting in db.session.scalars(wanted):
        sat.setdefault(sitting.enrolment_id, []).append(sitting)
    people = [
        Person(row[0], name, mine := sat.get(row[0].id, []), counted([one.past for one in mine], settings.counts), row[3])
        for row, name in zip(rows, names, strict=True)
    ]
    return sorted(people, key=lambda one: one.name.casefold())


def _questions(viewer: Member, lesson_id: UUID) -> list[Asked]:
    """Return each question that an ended sitting of somebody whom the viewer sees asked; the hardest first."""
    seen = sa.select(Enrolment.id).where(visible_to(viewer, Enrolment.member_id))
    ended = [Sitting.lesson_id == lesson_id, Sitting.state != "open", *([Sitting.enrolment_id.in_(seen)] if viewer.is_limited else [])]
    row = SittingAnswer
    counts = db.session.execute(
        sa.select(row.question_id, sa.func.count(), sa.func.count(row.save_id), sa.func.avg(row.points / row.worth) * 100)
        .join(Sitting, Sitting.id == row.sitting_id).where(*ended).group_by(row.question_id)
    ).all()  # fmt: skip
    asked = sa.func.jsonb_array_elements(Sitting.paper["questions"], type_=JSONB()).table_valued(sa.column("value", JSONB()), name="asked")
    question = asked.c.value["question"]
    key = question["id"].astext
    words = db.session.execute(
        sa.select(key, question["prompt"].astext, question["kind"].astext).select_from(Sitting).join(asked, sa.true()).where(*ended)
        .ext(distinct_on(key)).order_by(key, Sitting.started_at.desc())
    )  # fmt: skip
    known = {UUID(key): (prompt, kind) for key, prompt, kind in words}
    found = [
        Asked(key, *known[key], number, answered, None if percent is None else Decimal(percent).quantize(Decimal("0.1")))
        for key, number, answered, percent in counts
    ]
    return sorted(found, key=lambda one: (one.percent is None, one.percent or Decimal(0), one.prompt))


@dataclass(frozen=True)
class OnDesk:
    """A sitting before a trainer, whose it is, and its course."""

    sitting: Sitting
    answers: list[SittingAnswer]
    participant: Member
    course: Course
    reviewer: str


def sitting_for(viewer: Member, sitting_id: UUID, lock: bool = False) -> OnDesk:
    """Return a sitting with its paper and answers. Raises NotFound."""
    may_look(viewer)
    sitting = queries.locked_sitting(sitting_id) if lock else queries.sitting_with_paper(sitting_id)
    if sitting is None:
        raise NotFound("no such sitting")
    enrolment = db.session.get_one(Enrolment, sitting.enrolment_id)
    check_sees(viewer, enrolment.member_id)
    reviewer = db.session.get(Member, sitting.reviewed_by) if sitting.reviewed_by else None
    return OnDesk(
        sitting, queries.answers_of(sitting), db.session.get_one(Member, enrolment.member_id),
        db.session.get_one(Course, enrolment.course_id), reviewer.name if reviewer else "",
    )  # fmt: skip


def enrolment_for(viewer: Member, course_id: UUID, member_id: UUID, lock: bool = False) -> tuple[Enrolment, Member]:
    """Return who takes a course. Raises NotFound."""
    may_look(viewer)
    wanted = (
        sa.select(Enrolment, Member).join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.course_id == course_id, Enrolment.member_id == member_id, Enrolment.state == "active", visible_to(viewer))
    )  # fmt: skip
    if lock:
        wanted = wanted.with_for_update(of=Enrolment)
    row = db.session.execute(wanted).unique().one_or_none()
    if row is None:
        raise NotFound("nobody here")
    return row[0], row[1]
