"""Reads for participants: their courses, a lesson with their answers. Each goes through the person."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from core import clock
from core.db import db
from core.errors import Gone, NotFound, Refused
from tenants.courses.models import Course, Page, Publication
from tenants.files.access import readable
from tenants.files.models import File
from tenants.groups.models import Group, GroupMember
from tenants.learning.models import Answer, Approval, Enrolment, Progress, Tick
from tenants.learning.release import Here
from tenants.learning.rules import Mark, Result, Step, Way, lesson_done, way_of
from tenants.people.models import Member

STAFF = frozenset({"trainer", "author", "manager", "owner"})
READABLE = ("published", "archived")


class Expired(Gone):
    """The member's time for a course has passed; `course_id` says for which. Their progress stays."""

    def __init__(self, course_id: UUID) -> None:
        super().__init__("enrolment expired")
        self.course_id = course_id


class Archived(Refused):
    """The course was archived: its participants read it and write nothing."""

    def __init__(self) -> None:
        super().__init__("archived course")


class Locked(Refused):
    """The lesson is closed to this participant for now; `taken` and `step` say why and what else there is."""

    def __init__(self, taken: Taken, step: Step) -> None:
        super().__init__("closed for now")
        self.taken, self.step = taken, step


@dataclass(frozen=True)
class Taken:
    """A course that someone takes: the enrolment, what is published, the trainer, and the way through it."""

    enrolment: Enrolment
    course: Course
    outline: Mapping[str, Any]
    trainer: Member | None
    way: Way

    @property
    def title(self) -> str:
        """Return the title as published."""
        return str(self.outline["title"])

    @property
    def is_archived(self) -> bool:
        """Return whether it can only be read."""
        return self.course.state == "archived"


@dataclass
class Given:
    """A participant's answer as the page shows it; `verdict` is None unless checked just as it stands."""

    choices: frozenset[str] = frozenset()
    text: str = ""
    is_checked: bool = False
    is_right: bool | None = None
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenLesson:
    """One lesson open before a participant; `page` is the version that they see, `now` the one that others see now."""

    taken: Taken
    step: Step
    page: Page
    answers: Mapping[str, Given] = field(default_factory=dict)
    rows: dict[str, Answer] = field(default_factory=dict)
    approvals: Mapping[str, str] = field(default_factory=dict)
    ticks: dict[str, Tick] = field(default_factory=dict)
    now: Page | None = None

    @property
    def is_old(self) -> bool:
        """Return whether an author published another version of the lesson, or took it out, since it was opened."""
        return self.now is None or self.now.id != self.page.id

    @property
    def is_gone(self) -> bool:
        """Return whether the course does not have the lesson any more."""
        return self.now is None

    @property
    def is_approved(self) -> bool:
        """Return whether every exercise of the lesson is approved; a lesson without exercises never is."""
        return lesson_done("approved", False, results_of(self.page, self.rows, self.approvals))


def courses_of(member: Member, archived: bool = False) -> list[Taken]:
    """Return the courses that the member takes, the latest active first; archived ones only if asked. Two statements."""
    rows: Sequence[Any] = db.session.execute(
        _taken().where(Enrolment.member_id == member.id, Course.state.in_(READABLE if archived else READABLE[:1]))
        .order_by(Enrolment.active_at.desc().nulls_last(), Enrolment.enrolled_at.desc())
    ).all()
    marks = marks_of([enrolment.id for enrolment, *_ in rows])
    return [_view(row, marks[row[0].id]) for row in rows]


def course_for(member: Member, course_id: UUID, lock: bool = False) -> Taken:
    """Return one course that the member takes, in one statement; `lock` when something is to be written.

    An archived course can still be read, never written. Raises Expired when the member's time has passed, NotFound when
    they do not take it, Archived.
    """
    *row, marks = _row_of(member, course_id, _one(member, course_id), lock)
    return _view(row, marks_read(marks))


def _one(member: Member, course_id: UUID) -> sa.Select[Any]:
    return _taken().add_columns(marks_here()).where(Enrolment.member_id == member.id, Enrolment.course_id == course_id)


def _row_of(member: Member, course_id: UUID, wanted: sa.Select[Any], lock: bool) -> Any:
    if lock:
        wanted = wanted.with_for_update(of=Enrolment).execution_options(populate_existing=True)
    row: Any = db.session.execute(wanted).one_or_none()
    if row is None:
        raise _why_not(member, course_id)
    if lock and row[1].state == "archived":
        raise Archived
    return row


def _why_not(member: Member, course_id: UUID) -> Expired | NotFound:
    over = (
        sa.select(Enrolment.id).join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.member_id == member.id, Enrolment.course_id == course_id, Course.state == "published")
        .where(has_expired())
    )
    return NotFound("no such course") if db.session.scalar(over) is None else Expired(course_id)


def is_open_now() -> sa.ColumnElement[bool]:
    """Return the condition "the enrolment lets its member read the course now"."""
    return sa.and_(Enrolment.state == "active", sa.or_(Enrolment.ends_at.is_(None), Enrolment.ends_at > clock.now()))


def is_current() -> sa.ColumnElement[bool]:
    """Return the condition "it is the member's present attempt at the course, not one that was reset"."""
    return Enrolment.state != "reset"


def has_expired() -> sa.ColumnElement[bool]:
    """Return the condition "the enrolment's time has passed", whether or not the day's job has noted it."""
    passed = sa.and_(Enrolment.state == "active", Enrolment.ends_at <= clock.now())
    return sa.or_(Enrolment.state == "expired", passed)


def _taken() -> sa.Select[Any]:
    return (
        sa.select(Enrolment, Course, Publication.outline, Member, zone_here(), groups_here())
        .join(Course, Course.id == Enrolment.course_id)
        .join(Publication, Publication.id == Course.publication_id)
        .outerjoin(Member, Member.id == Course.trainer_id)
        .options(lazyload(Member.role_rows))
        .where(is_open_now(), Course.state.in_(READABLE))
    )


def zone_here() -> sa.ScalarSelect[str]:
    """Return the SELECT of the academy's zone, as core tells the asking role."""
    return sa.select(sa.column("zone", sa.Text)).select_from(sa.text("local.own_academy()")).scalar_subquery()


def groups_here() -> sa.ScalarSelect[Any]:
    """Return the SELECT of the ids of the active groups of whoever an enrolment is of, as an array."""
    wanted = sa.select(sa.func.array_agg(GroupMember.group_id)).join(Group, Group.id == GroupMember.group_id)
    return wanted.where(GroupMember.member_id == Enrolment.member_id, Group.state == "active").correlate(Enrolment).scalar_subquery()


def marks_here() -> sa.ScalarSelect[Any]:
    """Return the SELECT of what was done of each lesson of an enrolment, as JSON for `marks_read`."""
    one = sa.func.json_build_array(
        Progress.lesson_id, Progress.part, Progress.done_at.is_not(None), Progress.place, sa.cast(Progress.percent, sa.Text)
    )
    return sa.select(sa.func.json_agg(one)).where(Progress.enrolment_id == Enrolment.id).correlate(Enrolment).scalar_subquery()


def marks_read(rows: list[list[Any]] | None) -> dict[str, Mark]:
    """Return what was done, by lesson id."""
    return {
        lesson_id: Mark(part, is_done, place, Decimal(percent) if percent is not None else None)
        for lesson_id, part, is_done, place, percent in rows or ()
    }


def is_page_of(lesson_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition "it is the page of this lesson in the publication"."""
    path = sa.cast("$.modules[*].lessons[*] ? (@.id == $id).page_id", sa.Text).op("::")(sa.text("jsonpath"))
    page_id = sa.func.jsonb_path_query_first(Publication.outline, path, sa.func.jsonb_build_object("id", str(lesson_id)))
    return Page.id == sa.cast(page_id.op("#>>")(sa.text("'{}'")), sa.Uuid)


def named(groups: Iterable[UUID] | None) -> frozenset[str]:
    """Return the ids of groups as the rules of lessons name them."""
    return frozenset(str(one) for one in groups or ())


def _view(row: Any, marks: Mapping[str, Mark]) -> Taken:
    enrolment, course, outline, trainer, zone, groups = row
    stopped_at = str(enrolment.lesson_id) if enrolment.lesson_id else None
    here = Here(enrolment.enrolled_at, clock.now(), zone, named(groups))
    return Taken(enrolment, course, outline, trainer, way_of(outline, marks, stopped_at, here))


def marks_of(enrolments: Iterable[UUID]) -> defaultdict[UUID, dict[str, Mark]]:
    """Return what was done of each lesson, by enrolment and lesson id."""
    row = Progress
    columns = (row.enrolment_id, row.lesson_id, row.part, row.done_at, row.place, row.percent)
    found: defaultdict[UUID, dict[str, Mark]] = defaultdict(dict)
    wanted = list(enrolments)
    if wanted:
        for enrolment_id, lesson_id, part, done_at, place, percent in db.session.execute(
            sa.select(*columns).where(Progress.enrolment_id.in_(wanted))
        ):
            found[enrolment_id][str(lesson_id)] = Mark(part, done_at is not None, place, percent)
    return found


def lesson_for(
    member: Member, course_id: UUID, lesson_id: UUID, lock: bool = False, even_locked: bool = False, seen: UUID | None = None
) -> OpenLesson:
    """Return a published lesson with the member's own answers, in two statements, three with exercises or checklists.
    Raises NotFound, and Locked while it is closed.

    `seen`: the page that stands before the member. When an author published meanwhile, what they do belongs to that
    version, even when the lesson is no longer in the course: nobody loses what they were writing.
    """
    wanted = _one(member, course_id).add_columns(Page).outerjoin(Page, is_page_of(lesson_id))
    *row, marks, now = _row_of(member, course_id, wanted, lock)
    taken = _view(row, marks_read(marks))
    step = taken.way.step(str(lesson_id))
    if step is None and seen is None:
        raise NotFound("no such lesson")
    if step is not None and step.is_locked and not even_locked:
        raise Locked(taken, step)
    page = now if now is not None and seen in (None, now.id) else _earlier_page(course_id, lesson_id, seen)
    step = step or _step_gone(taken, page)
    rows = _answers(taken.enrolment, page, now) if questions_of(page.content) or step.questions else {}
    approvals = approvals_of(taken.enrolment, step.id) if step.exercises else {}
    ticks = ticks_of(taken.enrolment, UUID(step.id)) if checklists_of(page.content) else {}
    return OpenLesson(taken, step, page, {key: given_of(row) for key, row in rows.items()}, rows, approvals, ticks, now)


def _earlier_page(course_id: UUID, lesson_id: UUID, page_id: UUID | None) -> Page:
    """Return a page of the lesson as it was once published. Raises NotFound."""
    page = db.session.get(Page, page_id) if page_id else None
    if page is None or (page.course_id, page.lesson_id) != (course_id, lesson_id):
        raise NotFound("no such page")
    return page


def _step_gone(taken: Taken, page: Page) -> Step:
    """Return a step for a lesson that the member was in when an author took it out. Raises NotFound if they never were."""
    if not was_in(taken, page.lesson_id):
        raise NotFound("no such lesson")
    content = page.content
    return Step(
        id=str(page.lesson_id), number=taken.way.total + 1, title=content["title"], minutes=content["minutes"], kind="text",
        done_when=content["done_when"], page_id=str(page.id), module_number=0, module_title="", mark=Mark(),
        questions=len(questions_of(content)), exercises=sum(block["kind"] == "exercise" for block in content["blocks"]),
    )


def was_in(taken: Taken, lesson_id: UUID) -> bool:
    """Return whether the member was ever in a lesson of the course, be it there still or not."""
    mine = (Progress.enrolment_id == taken.enrolment.id, Progress.lesson_id == lesson_id)
    return bool(db.session.scalar(sa.select(sa.exists().where(*mine))))


def ticks_of(enrolment: Enrolment, lesson_id: UUID | None = None) -> dict[str, Tick]:
    """Return what the participant ticked, in one lesson or everywhere in the course, by block id."""
    wanted = sa.select(Tick).where(Tick.enrolment_id == enrolment.id)
    if lesson_id is not None:
        wanted = wanted.where(Tick.lesson_id == lesson_id)
    return {str(row.block_id): row for row in db.session.scalars(wanted)}


def ticked(row: Tick | None) -> frozenset[str]:
    """Return the ids of the items that were ticked."""
    return frozenset(json.loads(row.items or "[]")) if row is not None else frozenset()


def checklists_of(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the checklists of a published lesson by block id."""
    return {block["id"]: block for block in content["blocks"] if block["kind"] == "checklist"}


def approvals_of(enrolment: Enrolment, lesson_id: str) -> dict[str, str]:
    """Return how the participant stands with the exercises of a lesson, by block id."""
    wanted = sa.select(Approval.block_id, Approval.state).where(
        Approval.enrolment_id == enrolment.id, Approval.lesson_id == UUID(lesson_id)
    )
    return {str(block_id): state for block_id, state in db.session.execute(wanted)}


def _answers(enrolment: Enrolment, *pages: Page | None) -> dict[str, Answer]:
    ids = {UUID(question["id"]) for page in pages if page is not None for question in questions_of(page.content)}
    wanted = sa.select(Answer).where(Answer.enrolment_id == enrolment.id, Answer.question_id.in_(ids))
    return {str(row.question_id): row for row in db.session.scalars(wanted)}


def questions_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the questions of a published lesson, in order."""
    return [block["question"] for block in content["blocks"] if block["kind"] == "question"]


def question_on(page: Page, question_id: UUID) -> dict[str, Any]:
    """Return a question of the page. Raises NotFound."""
    for question in questions_of(page.content):
        if question["id"] == str(question_id):
            return question
    raise NotFound("no such question")


def given_of(answer: Answer) -> Given:
    """Return what the answer holds; its verdict only if nothing was changed since the check."""
    stored = json.loads(answer.given or "{}")
    is_checked = answer.checked_at is not None and answer.saved_at <= answer.checked_at
    return Given(
        frozenset(stored.get("choices", ())), stored.get("text", ""), is_checked,
        answer.is_right if is_checked else None, stored.get("places") or {},
    )


def results_of(page: Page, rows: Mapping[str, Answer], approvals: Mapping[str, str] | None = None) -> list[Result]:
    """Return how the participant stands with each question and each exercise of the page."""
    known = approvals or {}
    results = [
        Result("exercise", known.get(block["id"]) == "approved", block["id"] in known)
        for block in page.content["blocks"] if block["kind"] == "exercise"
    ]
    for question in questions_of(page.content):
        row = rows.get(question["id"])
        results.append(
            Result(question["kind"], row.is_right, row.checked_at is not None) if row else Result(question["kind"])
        )
    return results


def file_for(member: Member, file_id: UUID) -> File:
    """Return a file that the member may see. Raises NotFound.

    Staff see any, others those of the courses they take; what a feature claims (handed-in work) it decides itself.
    """
    otherwise: sa.ColumnElement[bool] = sa.true()
    if not member.roles & STAFF:
        shown = (
            sa.select(sa.literal(1)).select_from(Enrolment)
            .join(Course, Course.id == Enrolment.course_id)
            .join(Publication, Publication.id == Course.publication_id)
            .where(Enrolment.member_id == member.id, is_open_now(), Course.state.in_(READABLE))
            .where(Publication.outline["files"].has_key(str(file_id)))
        )
        otherwise = shown.exists()
    file = db.session.scalar(
        sa.select(File).where(File.id == file_id, File.made_for.is_(None), File.state == "ready", File.deleted_at.is_(None), readable(member, otherwise))
    )
    if file is None:
        raise NotFound("no such file")
    return file
