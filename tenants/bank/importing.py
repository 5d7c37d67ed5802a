"""A file that was read is kept as a draft with its report; confirming puts all of its questions in the bank at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.bank import queries
from tenants.bank.content import content_read, words_of
from tenants.bank.formats.fit import tags_of
from tenants.bank.formats.question import CHANGED, LEFT, WHOLE, Line, Reading, ReadQuestion
from tenants.bank.models import BankImport, BankImportRow, BankItem
from tenants.files.actions import remove_file
from tenants.files.models import File
from tenants.people.models import Member

KEPT = timedelta(days=30)
ROWS_AT_ONCE = 1_000

Row = dict[str, Any]


def keep_draft(
    reading: Reading, *, name: str, form: str, language: str, tags: Iterable[str], true_false: tuple[str, str], by: Member
) -> BankImport:
    """Return the import that waits for confirmation: its questions and the report, and nothing in the bank yet."""
    draft = new_draft(name=name, form=form, language=language, tags=tags, true_false=true_false, by=by)
    rows = report_rows(reading, draft.options)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        keep_rows(draft, rows[start : start + ROWS_AT_ONCE], start)
    draft.total = len(rows)
    db.session.flush()
    return draft


def new_draft(
    *, name: str, form: str, language: str, tags: Iterable[str], true_false: tuple[str, str], by: Member
) -> BankImport:
    """Return an import without rows, forgotten after 30 days."""
    options = {"tags": list(tags_of(tags)), "true_false": list(true_false)}
    draft = BankImport(id=ids.uuid7(), file_name=name[-200:], format=form, language=language, made_by=by.id, options=options)
    db.session.add(draft)
    db.session.flush()
    queue.later("bank.forget", due=clock.now() + KEPT, priority=9, import_id=draft.id)
    return draft


def keep_rows(draft: BankImport, rows: Sequence[Row], start: int) -> None:
    """Keep rows of the report, from the place `start` on."""
    if rows:
        kept = [{"import_id": draft.id, "position": place, **row} for place, row in enumerate(rows, start)]
        db.session.execute(sa.insert(BankImportRow), kept)
    draft.done = start + len(rows)
    db.session.flush()


def report_rows(reading: Reading, options: Mapping[str, Any]) -> list[Row]:
    """Return what is kept of each question, and of each piece that did not come over, in the order of the file."""
    tags, (true, false) = tuple(options["tags"]), options["true_false"]
    rows: list[Row] = []
    at: dict[int, Row] = {}
    for line in reading.lines:
        if line.question is None:
            rows.append(_piece(line))
            continue
        if line.question not in at:
            at[line.question] = _question(line.line, reading.questions[line.question], tags, (true, false))
            rows.append(at[line.question])
        if line.what != WHOLE:
            at[line.question]["fate"] = CHANGED
            at[line.question]["notes"].append(_note(line))
    return rows


def _note(line: Line) -> dict[str, Any]:
    return {"what": line.what, "code": line.code, "facts": dict(line.facts)}


def _piece(line: Line) -> Row:
    title = str(line.facts.get("title", ""))
    return {"id": ids.uuid7(), "line": line.line, "fate": LEFT if line.what == LEFT else CHANGED, "title": title, "kind": None,
            "content": None, "tags": [], "words": "", "notes": [_note(line)]}  # fmt: skip


def _question(line: int, read: ReadQuestion, tags: tuple[str, ...], true_false: tuple[str, str]) -> Row:
    content, all_tags = content_read(read, true_false), list(tags_of((*read.tags, *tags)))
    return {"id": ids.uuid7(), "line": line, "fate": WHOLE, "title": read.name, "kind": read.kind, "content": content,
            "tags": all_tags, "words": words_of(read.name, all_tags, content), "notes": []}  # fmt: skip


def confirm(member: Member, import_id: UUID) -> int:
    """Put every question of the import in the bank, in one statement; return how many. A second time does nothing.

    Raises NotFound, Refused while the file is still being read.
    """
    draft = queries.bank_import(member, import_id, lock=True)
    if draft.state != "read":
        raise Refused("still read")
    if draft.confirmed_at is not None:
        return queries.import_counts(draft).questions
    now = clock.now()
    row = BankImportRow
    same = ("id", "title", "kind", "content", "tags", "words")
    chosen = sa.select(
        *(getattr(row, name) for name in same), sa.literal(draft.language), sa.literal(draft.id), sa.literal(member.id),
        sa.literal(now), sa.literal(now),
    ).where(row.import_id == draft.id, row.content.is_not(None))  # fmt: skip
    into = sa.insert(BankItem).from_select([*same, "language", "import_id", "made_by", "made_at", "changed_at"], chosen)
    db.session.execute(into)
    draft.confirmed_at = now
    number = queries.import_counts(draft).questions
    record("bank.imported", actor_id=member.id, import_id=str(draft.id), questions=number)
    db.session.flush()
    return number


def forget(import_id: UUID) -> None:
    """Delete the import with its report and its file; what it brought to the bank stays."""
    drop_file(db.session.get(BankImport, import_id))
    db.session.execute(sa.delete(BankImport).where(BankImport.id == import_id))


def drop_file(draft: BankImport | None) -> None:
    """Delete the file of an import: what it holds is kept as rows by then."""
    file = db.session.get(File, draft.file_id) if draft and draft.file_id else None
    if draft and file:
        draft.file_id = None
        db.session.flush()
        remove_file(file)
