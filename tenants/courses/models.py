"""Courses as authors edit them, and the published snapshots that participants read.

Authors work on the rows course -> module -> lesson -> block -> question -> choice. Publishing writes a
`Publication` (the outline) and one `Page` per changed lesson: immutable JSON, read in one row. So
unpublished changes never reach participants, and a page costs one query however many blocks it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref

BLOCK_KINDS = (
    "text", "image", "video", "audio", "file", "callout", "checklist", "accordion", "embed", "package", "divider",
    "question", "draw", "exercise", "survey",
)
QUESTION_KINDS = (
    "single", "multiple", "truefalse", "short", "number", "matching", "ordering", "gaps", "hotspot", "open", "file",
)
CHOICE_KINDS = ("single", "multiple", "truefalse")
DONE_WHEN = ("viewed", "marked", "question", "passed", "approved")
Placed = TypeVar("Placed", "Module", "Lesson", "Block")


def _live(rows: Iterable[Placed]) -> list[Placed]:
    return sorted((row for row in rows if row.deleted_at is None), key=lambda row: row.position)


class Course(AcademyBase):
    """A course: its outline is edited as rows and read as its latest publication."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("state in ('draft','published','archived')", name="state"),
        CheckConstraint("study_hours between 0.5 and 9999", name="study_hours"),
    )

    id: Mapped[UUID] = key()
    title: Mapped[str] = column(Text, purpose="title")
    summary: Mapped[str] = column(Text, purpose="what one learns here", default="")
    cover: Mapped[str] = column(Text, purpose="name of the cover drawing", default="circles")
    language: Mapped[str] = column(Text, purpose="language of the content", default="nl")
    state: Mapped[str] = column(Text, purpose="draft, published or archived", default="draft")
    trainer_id: Mapped[UUID | None] = ref(
        "members.id", purpose="trainer whom participants see", ondelete="SET NULL", nullable=True
    )
    rules: Mapped[dict[str, Any]] = column(
        JSONB, purpose="whether lessons open in order; deadline", default=dict, server_default=text("'{}'")
    )
    position: Mapped[int] = column(purpose="order in lists", default=0)
    is_template: Mapped[bool] = column(
        purpose="whether new courses may begin as a copy of it", default=False, server_default=text("false")
    )
    study_hours: Mapped[Decimal | None] = column(
        Numeric(6, 1), purpose="hours of study that the whole course takes, its sessions too", nullable=True
    )
    publication_id: Mapped[UUID | None] = column(
        Uuid, ForeignKey("publications.id", use_alter=True, ondelete="SET NULL"),
        purpose="what participants see now", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change by an author", default=clock.now)
    modules: Mapped[list[Module]] = relationship(
        back_populates="course", order_by="Module.position", cascade="all, delete-orphan"
    )

    @property
    def live_modules(self) -> list[Module]:
        """Return the modules that no author removed, in order."""
        return _live(self.modules)


class Module(AcademyBase):
    """A part of a course."""

    __tablename__ = "modules"

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses.id", purpose="course it belongs to", index=True)
    title: Mapped[str] = column(Text, purpose="title")
    position: Mapped[int] = column(purpose="order in the course", default=0)
    deleted_at: Mapped[datetime | None] = optional_moment(purpose="when an author removed it; undo restores it")
    course: Mapped[Course] = relationship(back_populates="modules")
    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="module", order_by="Lesson.position", cascade="all, delete-orphan"
    )

    @property
    def live_lessons(self) -> list[Lesson]:
        """Return the lessons that no author removed, in order."""
        return _live(self.lessons)


class Lesson(AcademyBase):
    """A lesson as its authors edit it."""

    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint(f"done_when in {DONE_WHEN}", name="done_when"),
        CheckConstraint("minutes between 1 and 600", name="minutes"),
    )

    id: Mapped[UUID] = key()
    module_id: Mapped[UUID] = ref("modules.id", purpose="module it belongs to", index=True)
    title: Mapped[str] = column(Text, purpose="title")
    minutes: Mapped[int] = column(purpose="time needed, in minutes", default=5)
    done_when: Mapped[str] = column(Text, purpose="what makes it done", default="marked")
    rules: Mapped[dict[str, Any]] = column(
        JSONB, purpose="test settings and release rules", default=dict, server_default=text("'{}'")
    )
    position: Mapped[int] = column(purpose="order in the module", default=0)
    changed_at: Mapped[datetime] = moment(purpose="last change by an author", default=clock.now)
    deleted_at: Mapped[datetime | None] = optional_moment(purpose="when an author removed it; undo restores it")
    module: Mapped[Module] = relationship(back_populates="lessons")
    blocks: Mapped[list[Block]] = relationship(
        back_populates="lesson", order_by="Block.position", cascade="all, delete-orphan"
    )

    @property
    def live_blocks(self) -> list[Block]:
        """Return the blocks that no author removed, in order."""
        return _live(self.blocks)


class Block(AcademyBase):
    """One piece of a lesson. `body` by kind: text {markdown}; image {file_id, alt, caption};
    video {file_id, title, captions: [{file_id, language}], transcript, silent}; question {} (see Question);
    exercise: see courses/exercise.py; file, audio, callout, checklist, accordion, embed, divider, package: see courses/pieces.py."""

    __tablename__ = "blocks"
    __table_args__ = (CheckConstraint(f"kind in {BLOCK_KINDS}", name="kind"),)

    id: Mapped[UUID] = key()
    lesson_id: Mapped[UUID] = ref("lessons.id", purpose="lesson it belongs to", index=True)
    kind: Mapped[str] = column(Text, purpose="what it shows")
    body: Mapped[dict[str, Any]] = column(JSONB, purpose="content by kind", default=dict)
    position: Mapped[int] = column(purpose="order in the lesson", default=0)
    changed_at: Mapped[datetime] = moment(purpose="last change, so that two authors notice", default=clock.now)
    deleted_at: Mapped[datetime | None] = optional_moment(purpose="when an author removed it; undo restores it")
    lesson: Mapped[Lesson] = relationship(back_populates="blocks")
    question: Mapped[Question | None] = relationship(
        back_populates="block", cascade="all, delete-orphan", single_parent=True
    )


class Question(AcademyBase):
    """A question; it outlives its block when answers refer to it. `rule` by kind:

    multiple {partial: bool}; short {accepted: [text], typos: 0-2, case: bool}; number {value, tolerance, unit: texts},
    decimals written with a point; matching {pairs: [{id, left, right}], extra: [{id, text}]}; ordering {items: [{id,
    text}]}, in the right order; gaps {text, typos, case}, each gap of the text as [[answer|also right]] or, to choose
    from a list, [[right|~wrong|~wrong]]; hotspot {file_id, alt, width, height, areas: [{id, label, x, y, w, h,
    is_right}]}, places and sizes in percent of the image; file {most: 1-10}. Ids are texts, unique in their question."""

    __tablename__ = "questions"
    __table_args__ = (CheckConstraint(f"kind in {QUESTION_KINDS}", name="kind"),)

    id: Mapped[UUID] = key()
    block_id: Mapped[UUID] = ref("blocks.id", purpose="block that shows it", unique=True)
    kind: Mapped[str] = column(Text, purpose="what is asked for: choices, a word, a number, a text", default="single")
    prompt: Mapped[str] = column(Text, purpose="the question", default="")
    feedback_right: Mapped[str] = column(Text, purpose="said when right", default="")
    feedback_again: Mapped[str] = column(Text, purpose="said when not yet right", default="")
    hint: Mapped[str] = column(Text, purpose="help that participants may open", default="", server_default=text("''"))
    rule: Mapped[dict[str, Any]] = column(
        JSONB, purpose="what counts as right, by kind", default=dict, server_default=text("'{}'")
    )
    block: Mapped[Block] = relationship(back_populates="question")
    choices: Mapped[list[Choice]] = relationship(
        back_populates="question", order_by="Choice.position", cascade="all, delete-orphan"
    )


class Choice(AcademyBase):
    """One answer that can be chosen."""

    __tablename__ = "choices"

    id: Mapped[UUID] = key()
    question_id: Mapped[UUID] = ref("questions.id", purpose="question it belongs to", index=True)
    text: Mapped[str] = column(Text, purpose="the answer", default="")
    is_right: Mapped[bool] = column(purpose="whether it counts as right", default=False)
    feedback: Mapped[str] = column(Text, purpose="said when chosen", default="")
    position: Mapped[int] = column(purpose="order in the question", default=0)
    question: Mapped[Question] = relationship(back_populates="choices")


class Publication(AcademyBase):
    """One published version of a course. `outline`: {title, summary, cover, language, files: [id],
    modules: [{id, title, lessons: [{id, title, minutes, done_when, kind, questions: [id], page_id, exercises?, release?,
    deadline?}]}], in_order?, deadline?, again?}. For release and deadline see learning/release.py; `again` {lessons: {id:
    moment}, questions: {id: moment}} is what authors asked participants to redo, and when, over all versions."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("course_id", "version"),)

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses.id", purpose="course it publishes")
    version: Mapped[int] = column(purpose="1, 2, 3 ...")
    outline: Mapped[dict[str, Any]] = column(JSONB, purpose="modules and lessons as published")
    published_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who published", ondelete="SET NULL", nullable=True
    )
    published_at: Mapped[datetime] = moment(purpose="when", default=clock.now)


class Page(AcademyBase):
    """A lesson as published: immutable, shared by publications that did not change it."""

    __tablename__ = "pages"

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses.id", purpose="course it belongs to", index=True)
    lesson_id: Mapped[UUID] = column(Uuid, purpose="lesson it shows", index=True)
    digest: Mapped[str] = column(Text, purpose="SHA-256 of the content")
    content: Mapped[dict[str, Any]] = column(JSONB, purpose="title and blocks as published")
    made_at: Mapped[datetime] = made_at()
