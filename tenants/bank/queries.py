"""Reads of the bank for authors; who does not write courses finds nothing here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from core.db import db
from core.errors import NotFound
from core.paging import PER_PAGE, Page, page_of
from tenants.bank.content import problem_of
from tenants.bank.formats.question import CHANGED, LEFT, WHOLE
from tenants.bank.models import BankImport, BankImportRow, BankItem
from tenants.courses.models import Block, Course, Lesson, Module
from tenants.courses.rules import may_edit
from tenants.people.models import Member

ROWS_PER_PAGE = 100
MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class Filter:
    """What a list of the bank shows: words that must occur, a tag, a kind."""

    words: str = ""
    tag: str = ""
    kind: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.tag or self.kind)


class ReportRows(Page[BankImportRow]):
    """One page of the lines of a report."""

    per_page: ClassVar[int] = ROWS_PER_PAGE



def items_page(member: Member, wanted: Filter, number: int = 1) -> Page[BankItem]:
    """Return items that fit the filter, last changed first, 25 a page. Costs two statements."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(_fitting(member, wanted).subquery())) or 0
    number, start = page_of(total, number)
    page = _fitting(member, wanted).order_by(*NEWEST).limit(PER_PAGE).offset(start)
    return Page(list(db.session.scalars(page)), total, number)


NEWEST = (BankItem.changed_at.desc(), BankItem.id)


def _fitting(member: Member, wanted: Filter) -> sa.Select[BankItem]:
    query = sa.select(BankItem).where(BankItem.deleted_at.is_(None), sa.literal(may_edit(member.roles)))
    for word in wanted.words.lower().split()[:10]:
        query = query.where(BankItem.words.contains(word[:100], autoescape=True))
    if wanted.tag:
        query = query.where(BankItem.tags.contains([wanted.tag]))
    if wanted.kind:
        query = query.where(BankItem.kind == wanted.kind)
    return query


def all_items(member: Member, wanted: Filter) -> list[BankItem]:
    """Return every item that fits the filter, oldest first, for an export."""
    query = _fitting(member, wanted).order_by(BankItem.changed_at, BankItem.id).limit(MOST_EXPORTED)
    return list(db.session.scalars(query))


def item(member: Member, item_id: UUID, removed: bool = False, lock: bool = False) -> BankItem:
    """Return an item of the bank; a removed one only if asked for. Raises NotFound."""
    query = sa.select(BankItem).where(BankItem.id == item_id).execution_options(populate_existing=True)
    if not removed:
        query = query.where(BankItem.deleted_at.is_(None))
    found = db.session.scalar(query.with_for_update() if lock else query) if may_edit(member.roles) else None
    if found is None:
        raise NotFound("no such question")
    return found


def items_by_id(member: Member, ids: Iterable[UUID]) -> list[BankItem]:
    """Return the items with these ids in their order; those that are gone are left out."""
    order = list(dict.fromkeys(ids))
    query = sa.select(BankItem).where(BankItem.id.in_(order), BankItem.deleted_at.is_(None))
    found = {one.id: one for one in db.session.scalars(query)} if may_edit(member.roles) else {}
    return [found[one] for one in order if one in found]


def facets(member: Member) -> tuple[list[tuple[str, int]], dict[str, int]]:
    """Return the tags with how often each is given, and how many items each kind has. Costs two statements."""
    live = (BankItem.deleted_at.is_(None), sa.literal(may_edit(member.roles)))
    given = sa.select(sa.func.jsonb_array_elements_text(BankItem.tags).label("tag")).where(*live).subquery()
    tags = sa.select(given.c.tag, sa.func.count()).group_by(given.c.tag).order_by(given.c.tag)
    kinds = sa.select(BankItem.kind, sa.func.count()).where(*live).group_by(BankItem.kind)
    return [(tag, n) for tag, n in db.session.execute(tags)], {kind: n for kind, n in db.session.execute(kinds)}


def drawable(tags: Iterable[str], kinds: Sequence[str] = ()) -> list[BankItem]:
    """Return the items that a test may draw from: live, ready to be asked, with every one of these tags; none without tags.

    `item.question` is the question as lessons publish it. Ordered by id, so that a seeded draw can be repeated.
    """
    wanted = list(tags)
    if not wanted:
        return []
    query = sa.select(BankItem).where(BankItem.deleted_at.is_(None), BankItem.tags.contains(wanted)).order_by(BankItem.id)
    found = db.session.scalars(query.where(BankItem.kind.in_(kinds)) if kinds else query)
    return [one for one in found if problem_of(one.question) is None]


@dataclass(frozen=True)
class Use:
    """A lesson that shows a copy of an item."""

    course_id: UUID
    course: str
    lesson_id: UUID
    lesson: str
    block_id: UUID


def uses(found: BankItem) -> list[Use]:
    """Return the lessons that show a copy of the item, by course and place."""
    query = (
        sa.select(Course.id, Course.title, Lesson.id, Lesson.title, Block.id)
        .join(Module, Module.course_id == Course.id).join(Lesson, Lesson.module_id == Module.id)
        .join(Block, Block.lesson_id == Lesson.id)
        .where(Block.kind == "question", Block.body["bank_id"].astext == str(found.id), Block.deleted_at.is_(None))
        .where(Lesson.deleted_at.is_(None), Module.deleted_at.is_(None))
        .order_by(Course.title, Module.position, Lesson.position, Block.position)
    )  # fmt: skip
    return [Use(*row) for row in db.session.execute(query)]


def bank_import(member: Member, import_id: UUID, lock: bool = False) -> BankImport:
    """Return an import. Raises NotFound."""
    query = sa.select(BankImport).where(BankImport.id == import_id).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query) if may_edit(member.roles) else None
    if found is None:
        raise NotFound("no such import")
    return found


@dataclass(frozen=True)
class Counts:
    """How many questions came over whole and with changes, what did not, and remarks on the file."""

    whole: int = 0
    changed: int = 0
    left: int = 0
    remarks: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def questions(self) -> int:
        """Return how many questions the import brings."""
        return self.whole + self.changed


def import_counts(found: BankImport) -> Counts:
    """Return the import in numbers. Costs one statement."""
    row = BankImportRow
    query = sa.select(row.fate, row.kind, sa.func.count()).where(row.import_id == found.id).group_by(row.fate, row.kind)
    rows = [(fate, kind, n) for fate, kind, n in db.session.execute(query)]
    kinds: dict[str, int] = {}
    for _fate, kind, number in rows:
        if kind:
            kinds[kind] = kinds.get(kind, 0) + number
    return Counts(
        sum(n for fate, _k, n in rows if fate == WHOLE), sum(n for fate, k, n in rows if fate == CHANGED and k),
        sum(n for fate, _k, n in rows if fate == LEFT), sum(n for fate, k, n in rows if fate == CHANGED and not k), kinds,
    )  # fmt: skip


def import_rows(found: BankImport, fate: str = "", number: int = 1) -> ReportRows:
    """Return the lines of the report in the order of the file, 100 a page. Costs two statements."""
    row = BankImportRow
    query = sa.select(row).where(row.import_id == found.id)
    if fate:
        query = query.where(row.fate == fate)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    number, start = page_of(total, number, ROWS_PER_PAGE)
    seen = load_only(row.line, row.fate, row.title, row.kind, row.notes)
    page = query.options(seen).order_by(row.position).limit(ROWS_PER_PAGE).offset(start)
    return ReportRows(list(db.session.scalars(page)), total, number)


def open_imports(member: Member, most: int = 5) -> list[BankImport]:
    """Return imports that wait for confirmation, newest first."""
    query = sa.select(BankImport).where(BankImport.confirmed_at.is_(None), sa.literal(may_edit(member.roles)))
    return list(db.session.scalars(query.order_by(BankImport.made_at.desc()).limit(most)))
