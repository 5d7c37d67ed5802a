"""Reads of the library for authors: names are sealed, so a search opens at most 5,000 of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from core.paging import Page, page_of
from core.sealed import stored, unseal_rows
from tenants.courses.rules import may_edit
from tenants.files.models import File
from tenants.media import uses
from tenants.media.rules import UNCAPTIONED, UNPLAYABLE, UNUSED, Filter, fits
from tenants.people.models import Member

PER_PAGE = 24
MOST_SEARCHED = 5_000
NEWEST = (File.made_at.desc(), File.id)


@dataclass(frozen=True)
class Found(Page[File]):
    """One page of the library. `is_cut`: there are more files than a search looks through; the newest were."""

    per_page: ClassVar[int] = PER_PAGE
    used: Mapping[UUID, int] = field(default_factory=dict)
    uploaders: Mapping[UUID, str] = field(default_factory=dict)
    is_cut: bool = False



def shelf(member: Member) -> sa.Select[File]:
    """Return the SELECT of what the library holds; nothing for who does not write courses."""
    return sa.select(File).where(File.in_library, File.made_for.is_(None), File.deleted_at.is_(None), sa.literal(may_edit(member.roles)))


def files_page(member: Member, wanted: Filter, number: int = 1) -> Found:
    """Return the files that fit, newest first, 24 a page, in four statements."""
    fitting = _fitting(member, wanted)
    is_cut = False
    if wanted.words:
        ids, is_cut = _named(fitting, wanted.words)
        total, fitting = len(ids), sa.select(File)
        number, start = page_of(total, number, PER_PAGE)
        page = fitting.where(File.id.in_(ids[start : start + PER_PAGE])).order_by(*NEWEST)
    else:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(fitting.subquery())) or 0
        number, start = page_of(total, number, PER_PAGE)
        page = fitting.order_by(*NEWEST).limit(PER_PAGE).offset(start)
    rows = list(db.session.scalars(page))
    return Found(rows, total, number, uses.counts(rows), uploaders(rows), is_cut)


def _named(fitting: sa.Select[File], words: str) -> tuple[list[UUID], bool]:
    """Return the ids of the files whose name has the words, and whether there were more than could be looked at."""
    rows = db.session.execute(fitting.with_only_columns(File.id, stored(File, "name")).order_by(*NEWEST).limit(MOST_SEARCHED + 1)).all()
    looked = [(row_id, blob) for row_id, blob in rows[:MOST_SEARCHED]]
    names = unseal_rows(File, "name", looked)
    found = [row_id for (row_id, _blob), name in zip(looked, names, strict=True) if fits(name or "", words)]
    return found, len(rows) > MOST_SEARCHED


def _fitting(member: Member, wanted: Filter) -> sa.Select[File]:
    query = shelf(member)
    if wanted.kind:
        query = query.where(File.kind == wanted.kind)
    if wanted.state == UNUSED:
        query = query.where(sa.not_(uses.is_used()))
    if wanted.state == UNCAPTIONED:
        query = query.where(File.kind == "video", uses.without_captions())
    if wanted.state == UNPLAYABLE:
        query = query.where(File.state != "ready")
    return query


def uploaders(files: Iterable[File]) -> dict[UUID, str]:
    """Return the names of who uploaded the files, by member id, in one statement."""
    ids = {file.uploaded_by for file in files if file.uploaded_by}
    found = db.session.scalars(sa.select(Member).where(Member.id.in_(ids))).unique() if ids else ()
    return {member.id: member.name for member in found}


def file_of(member: Member, file_id: UUID, removed: bool = False, lock: bool = False) -> File:
    """Return a file of the library; a deleted one only if asked for. Raises NotFound."""
    query = sa.select(File).where(File.id == file_id, File.in_library, File.made_for.is_(None), sa.literal(may_edit(member.roles)))
    if not removed:
        query = query.where(File.deleted_at.is_(None))
    query = query.execution_options(populate_existing=True)
    found: File | None = db.session.scalar(query.with_for_update(of=File) if lock else query)
    if found is None:
        raise NotFound("no such file")
    return found
