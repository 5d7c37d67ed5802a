"""Where files are shown: drafts, what participants see now, the question bank, tests that were sat, designs.

A block, a question and a bank item name their files as `file_id`, at any depth: one JSON path finds all of them, also in
kinds of blocks that come later. What an author removed counts for 30 days, because undo brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH

from core import clock
from core.db import db
from tenants.assessments.models import Sitting
from tenants.bank.models import BankItem
from tenants.certificates.models import CertificateDesign
from tenants.courses.models import Block, Course, Lesson, Module, Page, Publication, Question
from tenants.files.models import File

BIN_DAYS = 30
AS_TEXT: sa.ColumnElement[Any] = sa.literal_column("'{}'::text[]")


@dataclass(frozen=True)
class Use:
    """One place that shows a file. `where`: draft, published, bin (removed, undo brings it back), bank, test or design;
    `place_id` is the block, the item of the bank or the design."""

    where: str
    title: str = ""
    lesson: str = ""
    course_id: UUID | None = None
    lesson_id: UUID | None = None
    place_id: UUID | None = None


def used_ids() -> sa.Subquery:
    """Return one column `file_id` (text): a row for each place that shows a file."""
    in_blocks = [_in_blocks(_named(Block.body)), _in_blocks(_named(Question.rule)).join(Question, Question.block_id == Block.id)]
    published = _in_live(sa.func.jsonb_array_elements_text(Publication.outline["files"]))
    elsewhere = [
        sa.select(_named(BankItem.content).label("file_id")).where(_kept(BankItem.deleted_at)),
        sa.select(sa.func.jsonb_array_elements_text(Sitting.files).label("file_id")),
        sa.select(sa.cast(CertificateDesign.logo_id, sa.Text).label("file_id")),
    ]
    everything = sa.union_all(*in_blocks, published, *elsewhere).subquery()
    return sa.select(everything.c.file_id).where(everything.c.file_id.is_not(None)).subquery("used")


def is_used() -> sa.ColumnElement[bool]:
    """Return the condition that something shows the file."""
    used = used_ids()
    return sa.cast(File.id, sa.Text).in_(sa.select(used.c.file_id))


def counts(files: Iterable[File]) -> dict[UUID, int]:
    """Return in how many places each file is shown, in one statement; files shown nowhere are left out."""
    used, wanted = used_ids(), [str(file.id) for file in files]
    query = sa.select(used.c.file_id, sa.func.count()).where(used.c.file_id.in_(wanted)).group_by(used.c.file_id)
    return {UUID(file_id): number for file_id, number in db.session.execute(query)} if wanted else {}


def without_captions() -> sa.ColumnElement[bool]:
    """Return the condition that a lesson shows the film without captions although somebody speaks in it."""
    bare = sa.func.coalesce(sa.func.jsonb_array_length(Block.body["captions"]), 0) == 0
    silent = sa.func.coalesce(Block.body["silent"].as_boolean(), sa.false())
    shown = _in_blocks(Block.body["file_id"].astext).where(Block.kind == "video", Block.deleted_at.is_(None), bare, sa.not_(silent))
    return sa.cast(File.id, sa.Text).in_(shown)


def uses_of(file: File) -> list[Use]:
    """Return every place that shows the file, in four statements; drafts first."""
    return [*_drafts(file), *_published(file), *_others(file)]


def _drafts(file: File) -> list[Use]:
    gone = sa.or_(*(row.deleted_at.is_not(None) for row in (Block, Lesson, Module)))
    where = sa.case((gone, "bin"), else_="draft")
    content = sa.func.jsonb_build_array(Block.body, Question.rule)
    named = (
        _in_blocks(_named(content), where, Course.title, Lesson.title, Course.id, Lesson.id, Block.id)
        .outerjoin(Question, Question.block_id == Block.id).join(Course, Course.id == Module.course_id).subquery()
    )
    rows = db.session.execute(sa.select(named).where(named.c.file_id == str(file.id)).distinct())
    return [Use(*row[1:]) for row in sorted(rows, key=lambda row: (row[1] == "bin", row[2], row[3]))]


def _published(file: File) -> list[Use]:
    steps = sa.func.jsonb_path_query(Publication.outline, _path("$.modules[*].lessons[*].page_id")).op("#>>")(AS_TEXT)
    live = _in_live(steps, Course.title, Course.id).where(Publication.outline["files"].has_key(str(file.id))).subquery()
    query = (
        sa.select(live.c.title, Page.content["title"].astext, live.c.id, Page.lesson_id).join(Page, sa.cast(Page.id, sa.Text) == live.c.file_id)
        .where(sa.func.jsonb_path_exists(Page.content, _path("$.**.file_id ? (@ == $id)"), sa.func.jsonb_build_object("id", str(file.id))))
    )  # fmt: skip
    return [Use("published", *row) for row in db.session.execute(query)]


def _others(file: File) -> list[Use]:
    key = str(file.id)
    named = sa.func.jsonb_path_exists(BankItem.content, _path("$.**.file_id ? (@ == $id)"), sa.func.jsonb_build_object("id", key))
    rows = sa.union_all(
        sa.select(sa.literal("bank"), BankItem.title, BankItem.id).where(named, _kept(BankItem.deleted_at)),
        sa.select(sa.literal("design"), CertificateDesign.title, CertificateDesign.id).where(CertificateDesign.logo_id == file.id),
    )
    found = [Use(where, title, place_id=place) for where, title, place in db.session.execute(rows)]
    sat = db.session.scalar(sa.select(sa.func.count()).select_from(Sitting).where(Sitting.files.has_key(key)))
    return [*found, *([Use("test")] if sat else [])]


def _in_blocks(first: sa.ColumnElement[Any], *more: Any) -> sa.Select[Any]:
    """Return the SELECT of `first` as file_id from every block that is in a draft, or was until lately."""
    chosen = sa.select(first.label("file_id"), *more).select_from(Block).join(Lesson, Lesson.id == Block.lesson_id)
    return chosen.join(Module, Module.id == Lesson.module_id).where(*(_kept(row.deleted_at) for row in (Block, Lesson, Module)))


def _in_live(first: sa.ColumnElement[Any], *more: Any) -> sa.Select[Any]:
    """Return the SELECT of `first` as file_id from what participants see now."""
    return sa.select(first.label("file_id"), *more).select_from(Course).join(Publication, Publication.id == Course.publication_id)


def _kept(deleted_at: Any) -> sa.ColumnElement[bool]:
    return sa.or_(deleted_at.is_(None), deleted_at > clock.now() - timedelta(days=BIN_DAYS))


def _named(content: Any) -> sa.ColumnElement[Any]:
    """Return the ids of all files that the JSON names, a row for each."""
    return sa.func.jsonb_path_query(content, _path("strict $.**.file_id")).op("#>>")(AS_TEXT)


def _path(text: str) -> sa.ColumnElement[Any]:
    return sa.cast(text, JSONPATH)
