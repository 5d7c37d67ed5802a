"""Reads of exercises for participants: the exercises of a lesson, the thread of one, what is new. No N+1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from core.db import db
from core.errors import NotFound
from tenants.courses.models import Course, Page
from tenants.exercises.models import HandIn, HandInFile, HandInMessage, Review
from tenants.exercises.rules import Points, may_write, points_of
from tenants.files.models import File
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import OpenLesson, is_current
from tenants.learning.rules import TAUGHT_BY
from tenants.people.faces import NOBODY, Face, face_of
from tenants.people.models import Member, MemberRole


def exercise_on(page: Page, block_id: UUID) -> dict[str, Any]:
    """Return an exercise of the page. Raises NotFound."""
    for block in page.content["blocks"]:
        if block["kind"] == "exercise" and block["id"] == str(block_id):
            return block
    raise NotFound("no such exercise")


def still_asks(open_: OpenLesson, block_id: UUID) -> bool:
    """Return whether the lesson, as it is now, asks for the exercise."""
    blocks = open_.now.content["blocks"] if open_.now else []
    return any(block["kind"] == "exercise" and block["id"] == str(block_id) for block in blocks)


def latest_of(enrolment: Enrolment, block_id: UUID) -> HandIn | None:
    """Return the latest version of what the participant made, a draft too, or None."""
    mine = (HandIn.enrolment_id == enrolment.id, HandIn.block_id == block_id)
    return db.session.scalar(sa.select(HandIn).where(*mine).order_by(HandIn.number.desc()).limit(1))


def links_of(hand_in: HandIn) -> list[HandInFile]:
    """Return the links from the hand-in to its files, in the order in which they were added."""
    wanted = sa.select(HandInFile).where(HandInFile.hand_in_id == hand_in.id).order_by(HandInFile.id)
    return list(db.session.scalars(wanted))


def files_of(hand_in_ids: Iterable[UUID]) -> defaultdict[UUID, list[File]]:
    """Return the files of these hand-ins, by hand-in, in the order in which they were added."""
    found: defaultdict[UUID, list[File]] = defaultdict(list)
    wanted = sa.select(HandInFile.hand_in_id, File).join(File, File.id == HandInFile.file_id)
    for hand_in_id, file in db.session.execute(
        wanted.where(HandInFile.hand_in_id.in_(list(hand_in_ids))).order_by(HandInFile.id)
    ):
        found[hand_in_id].append(file)
    return found


@dataclass(frozen=True)
class Said:
    """A review as a thread shows it; `name` is None where it is hidden, and no photo is shown there."""

    review: Review
    name: str | None
    levels: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    points: Points | None = None
    photo_id: UUID | None = None


@dataclass(frozen=True)
class Line:
    """A message as a thread shows it."""

    text: str
    name: str
    made_at: datetime
    is_own: bool
    photo_id: UUID | None = None


@dataclass(frozen=True)
class Version:
    """One version of a participant's work with everything that was said of it, oldest first."""

    hand_in: HandIn
    files: list[File]
    said: list[Said]
    lines: list[Line]


@dataclass(frozen=True)
class Thread:
    """An exercise with all versions that somebody handed in, and the draft that they are writing."""

    versions: list[Version]
    draft: HandIn | None = None
    draft_files: list[File] = field(default_factory=list)

    @property
    def latest(self) -> HandIn | None:
        """Return the last version that was handed in."""
        return self.versions[-1].hand_in if self.versions else None

    @property
    def state(self) -> str | None:
        """Return how it stands: None before the first hand-in, else that of the last one."""
        return self.latest.state if self.latest else None

    @property
    def may_write(self) -> bool:
        """Return whether the participant may write (on)."""
        return may_write(self.state)

    @property
    def text(self) -> str:
        """Return what stands in the form: the draft, or the version that is to be tried again."""
        source = self.draft or self.latest
        return (source.text or "") if source else ""

    @property
    def files(self) -> list[File]:
        """Return the files that stand in the form."""
        if self.draft is not None:
            return self.draft_files
        return self.versions[-1].files if self.versions else []

    @property
    def has_news(self) -> bool:
        """Return whether something was said that the participant has not seen."""
        return any(version.hand_in.has_news for version in self.versions)


def threads_on(open_: OpenLesson) -> dict[str, Thread]:
    """Return the thread of each exercise of the lesson, by block id, without reviews and messages. Two statements."""
    rows = _rows(open_.taken.enrolment, None, UUID(open_.step.id))
    files = files_of(row.id for row in rows)
    exercises = [block["id"] for block in open_.page.content["blocks"] if block["kind"] == "exercise"]
    return {key: _bare([row for row in rows if str(row.block_id) == key], files) for key in exercises}


def _rows(enrolment: Enrolment, block_id: UUID | None, lesson_id: UUID | None = None) -> list[HandIn]:
    wanted = sa.select(HandIn).where(HandIn.enrolment_id == enrolment.id).order_by(HandIn.number)
    if block_id is not None:
        wanted = wanted.where(HandIn.block_id == block_id)
    if lesson_id is not None:
        wanted = wanted.where(HandIn.lesson_id == lesson_id)
    return list(db.session.scalars(wanted))


def _bare(rows: Sequence[HandIn], files: Mapping[UUID, list[File]]) -> Thread:
    versions = [Version(row, files.get(row.id, []), [], []) for row in rows if row.state != "draft"]
    draft = rows[-1] if rows and rows[-1].state == "draft" else None
    return Thread(versions, draft, files.get(draft.id, []) if draft else [])


def thread_of(enrolment: Enrolment, block_id: UUID, viewer: Member) -> Thread:
    """Return everything that was handed in and said, as the viewer may see it: a participant sees no name of a peer
    where the exercise hides it, and nobody sees what was not sent. Six statements however much there is."""
    rows = _rows(enrolment, block_id)
    files = files_of([row.id for row in rows])
    bare = _bare(rows, files)
    full = _full([version.hand_in for version in bare.versions], files, enrolment, viewer)
    return Thread(full, bare.draft, bare.draft_files)


def _full(
    rows: Sequence[HandIn], files: Mapping[UUID, list[File]], enrolment: Enrolment, viewer: Member
) -> list[Version]:
    """Return these versions with what was said of them."""
    keys = [row.id for row in rows]
    reviews = list(db.session.scalars(
        sa.select(Review).where(Review.hand_in_id.in_(keys), Review.sent_at.is_not(None)).order_by(Review.sent_at)
    ))  # fmt: skip
    messages = list(db.session.scalars(
        sa.select(HandInMessage).where(HandInMessage.hand_in_id.in_(keys)).order_by(HandInMessage.made_at)
    ))  # fmt: skip
    hides = viewer.id == enrolment.member_id
    faces = faces_of([*(one.by_id for one in reviews), *(one.by_id for one in messages)], None if hides else viewer)
    pages = {page.id: page for page in db.session.scalars(sa.select(Page).where(Page.id.in_([r.page_id for r in rows])))}
    full = []
    for row in rows:
        exercise = exercise_on(pages[row.page_id], row.block_id)
        said = [_said(one, exercise, faces, hides) for one in reviews if one.hand_in_id == row.id]
        lines = [
            _line(one, faces.get(one.by_id, NOBODY), viewer) for one in messages if one.hand_in_id == row.id
        ]
        full.append(Version(row, files.get(row.id, []), said, lines))
    return full


def handed_in_by(enrolment: Enrolment) -> list[Version]:
    """Return every version of every exercise of a course that its participant made, drafts too, by exercise, as they
    may see it. Six statements however much there is."""
    rows = sorted(_rows(enrolment, None), key=lambda row: (str(row.block_id), row.number))
    viewer = db.session.get_one(Member, enrolment.member_id)
    return _full(rows, files_of([row.id for row in rows]), enrolment, viewer)


def _said(review: Review, exercise: Mapping[str, Any], faces: Mapping[UUID | None, Face], hides: bool) -> Said:
    hidden = hides and review.kind == "peer" and exercise["anonymous"]
    face = None if hidden else faces.get(review.by_id, None if review.kind == "peer" else NOBODY)
    chosen = [
        (criterion["title"], level)
        for criterion in exercise["criteria"] for level in criterion["levels"]
        if review.levels.get(criterion["id"]) == level["id"]
    ]  # fmt: skip
    points = points_of(exercise["criteria"], review.levels) if chosen else None
    return Said(review, face.name if face else None, chosen, points, face.photo_id if face else None)


def _line(message: HandInMessage, face: Face, viewer: Member) -> Line:
    return Line(message.text or "", face.name, message.made_at, message.by_id == viewer.id, face.photo_id)


def faces_of(member_ids: Iterable[UUID | None], viewer: Member | None = None) -> dict[UUID | None, Face]:
    """Return names and photos of these members; for a viewer who is limited, of whom they see and of those who teach."""
    wanted = {one for one in member_ids if one is not None}
    if not wanted:
        return {}
    rows = sa.select(Member).where(Member.id.in_(wanted)).options(lazyload(Member.role_rows))
    if viewer is not None and viewer.is_limited:
        teaches = sa.select(MemberRole.member_id).where(MemberRole.role.in_(TAUGHT_BY))
        rows = rows.where(sa.or_(visible_to(viewer), Member.id.in_(teaches)))
    return {member.id: face_of(member) for member in db.session.scalars(rows)}


@dataclass(frozen=True)
class ToDo:
    """A review that the participant is to write for a fellow participant."""

    review_id: UUID
    is_sent: bool
    is_begun: bool


def peer_tasks(member: Member, block_id: UUID, course_id: UUID) -> list[ToDo]:
    """Return the reviews of this exercise that were given to the member, in the order in which they came."""
    rows = db.session.execute(
        sa.select(Review.id, Review.sent_at, Review.saved_at).join(HandIn, HandIn.id == Review.hand_in_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(Review.kind == "peer", Review.by_id == member.id, HandIn.block_id == block_id)
        .where(Enrolment.course_id == course_id, is_current()).order_by(Review.id)
    )
    return [ToDo(row.id, row.sent_at is not None, row.saved_at is not None) for row in rows]


@dataclass(frozen=True)
class News:
    """Something that waits for a participant: new feedback on an exercise of theirs, or a peer's work to look at."""

    kind: str
    title: str
    course_id: UUID
    lesson_id: UUID
    block_id: UUID
    review_id: UUID | None
    at: datetime


def news_for(member: Member) -> list[News]:
    """Return what is new, the latest first: unseen feedback, and reviews to write. One statement."""
    columns = (HandIn.title, Enrolment.course_id, HandIn.lesson_id, HandIn.block_id)
    unseen = (
        sa.select(sa.literal("feedback").label("kind"), *columns, sa.null().cast(sa.Uuid).label("review_id"),
                  sa.func.max(HandIn.feedback_at).label("at"))
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id).join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.member_id == member.id, Enrolment.state == "active", Course.state == "published")
        .where(HandIn.feedback_at > sa.func.coalesce(HandIn.seen_at, HandIn.handed_in_at)).group_by(*columns)
    )  # fmt: skip
    to_write = (
        sa.select(sa.literal("peer"), *columns, Review.id, Review.made_at)
        .join(HandIn, HandIn.id == Review.hand_in_id).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Review.by_id == member.id, Review.kind == "peer", Review.sent_at.is_(None), Course.state == "published", is_current())
    )
    rows = db.session.execute(unseen.union_all(to_write)).all()
    return sorted((News(*row) for row in rows), key=lambda one: one.at, reverse=True)
