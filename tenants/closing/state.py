"""What core.closings says of one closing, read and written by the owner inside a step's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from core.db import schema_name
from core.owner import Connection

READ = """
SELECT id, academy_id, number, step, asked_by, undo_until, export_holder, export_until, export_path, export_sha256,
       receipt, done_at
  FROM core.closings WHERE number = %s AND undone_at IS NULL ORDER BY asked_at DESC LIMIT 1 FOR UPDATE
"""
WRITE = """
UPDATE core.closings SET step = %(step)s, export_until = %(export_until)s, export_path = %(export_path)s,
       export_sha256 = %(export_sha256)s, receipt = %(receipt)s, done_at = %(done_at)s WHERE id = %(id)s
"""


@dataclass
class State:
    """One closing."""

    id: UUID
    academy_id: UUID
    number: int
    step: str
    asked_by: UUID | None
    undo_until: datetime
    export_holder: UUID | None
    export_until: datetime | None
    export_path: str | None
    export_sha256: str | None
    receipt: dict[str, Any]
    done_at: datetime | None

    @property
    def schema(self) -> str:
        """Return the name of schema and role."""
        return schema_name(self.number)


def locked(owner: Connection, number: int) -> State | None:
    """Return the academy's closing, its row locked, or None if there is none that was not undone."""
    with owner.cursor(row_factory=class_row(State)) as cursor:
        return cursor.execute(READ, [number]).fetchone()


def written(owner: Connection, state: State) -> None:
    """Write the closing back."""
    owner.execute(WRITE, {**vars(state), "receipt": Jsonb(state.receipt)})
