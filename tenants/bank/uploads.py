"""A large file is kept until the background has read it; each step commits, so that the page can show how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from core import queue
from core.db import db
from core.errors import place
from tenants.bank.formats.question import Reading, Unreadable
from tenants.bank.formats.reading import read_file
from tenants.bank.importing import Row, drop_file, keep_rows, report_rows
from tenants.bank.models import BankImport, BankImportRow
from tenants.files import storage
from tenants.files.actions import store_made

MADE_FOR = "bank"
log = structlog.get_logger("kweek.bank")


@dataclass(frozen=True)
class Source:
    """What is to be read: the file and what its uploader said of it."""

    data: bytes
    name: str
    form: str
    options: Mapping[str, Any]


def read_later(draft: BankImport, data: bytes) -> None:
    """Keep the file and have it read in the background."""
    draft.state, draft.file_id = "reading", store_made(data, "application/octet-stream", "questions", MADE_FOR).id
    db.session.flush()
    queue.later("bank.read", priority=2, import_id=draft.id)


def begin(import_id: UUID) -> Source | None:
    """Return what is to be read, its report emptied of what an earlier try kept; None when nothing is left to do."""
    draft = _reading(import_id)
    if draft is None or draft.file_id is None:
        return None
    db.session.execute(sa.delete(BankImportRow).where(BankImportRow.import_id == draft.id))
    draft.done = draft.total = 0
    db.session.flush()
    return Source(b"".join(storage.read(draft.file_id)), draft.file_name or "", draft.format, draft.options)


def read(source: Source) -> tuple[str, list[Row]]:
    """Return the format and the report, without the database. Raises Unreadable."""
    form, reading = understood(source.data, source.name, source.form)
    return form, report_rows(reading, source.options)


def understood(data: bytes, name: str, wanted: str) -> tuple[str, Reading]:
    """Return the format and what the file holds. Raises Unreadable, and nothing else: a file that breaks the reader (or
    takes it too long) is refused, not tried twenty times, and nobody sees an error page."""
    try:
        return read_file(data, name, wanted)
    except Unreadable:
        raise
    except Exception as error:
        log.error("cannot read questions", error=type(error).__name__, at=place(error))
        raise Unreadable("not_understood") from None


def proceed(import_id: UUID, form: str, rows: Sequence[Row], start: int, total: int) -> bool:
    """Keep the next rows; return False when another worker or a deletion came between. The last rows end the reading."""
    draft = _reading(import_id)
    if draft is None or draft.done != start:
        return False
    draft.format, draft.total = form, total
    keep_rows(draft, rows, start)
    if draft.done >= total:
        draft.state = "read"
        drop_file(draft)
    return True


def refuse(import_id: UUID, why: Unreadable) -> None:
    """Say why the file cannot be read; nothing of it is kept."""
    draft = _reading(import_id)
    if draft is not None:
        db.session.execute(sa.delete(BankImportRow).where(BankImportRow.import_id == draft.id))
        draft.state, draft.why = "refused", {"code": why.code, "facts": dict(why.facts)}
        draft.done = draft.total = 0
        drop_file(draft)
        db.session.flush()


def _reading(import_id: UUID) -> BankImport | None:
    query = sa.select(BankImport).where(BankImport.id == import_id, BankImport.state == "reading").with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))
