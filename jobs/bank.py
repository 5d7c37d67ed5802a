"""Background work of the question bank."""

from __future__ import annotations

from uuid import UUID

from core import queue
from core.db import academy_scope, db
from tenants.bank import importing, uploads
from tenants.bank.formats.question import Unreadable

ROWS_AT_ONCE = 250


@queue.job("bank.read", owner=True)
def read(import_id: str, number: int) -> None:
    """Read an uploaded file, a commit per 250 questions. Run twice, it begins again; nothing is in the bank before
    somebody confirms."""
    key, scope = UUID(import_id), academy_scope(number)
    with db.scope(scope, commit=True):
        source = uploads.begin(key)
    if source is None:
        return
    try:
        form, rows = uploads.read(source)
    except Unreadable as why:
        with db.scope(scope, commit=True):
            uploads.refuse(key, why)
        return
    for start in range(0, len(rows), ROWS_AT_ONCE):
        with db.scope(scope, commit=True):
            if not uploads.proceed(key, form, rows[start : start + ROWS_AT_ONCE], start, len(rows)):
                return


@queue.job("bank.forget")
def forget(import_id: str) -> None:
    """Delete an import with its report, 30 days after the upload."""
    importing.forget(UUID(import_id))
