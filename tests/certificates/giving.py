"""What tests of certificates share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.audit.models import Event
from tenants.certificates.models import Certificate
from tests.cast import Cast
from tests.statements import note as note_statement

BODY = "This is to certify that\n\n{name}\n\nhas completed {course} on {date}.\n\nStudy load: {hours}."


@dataclass(frozen=True)
class Given:
    """A course that gives a certificate, and whose academy it is in."""

    cast: Cast
    course_id: UUID
    lesson_id: UUID
    design_id: UUID

    @contextmanager
    def inside(self, commit: bool = True) -> Iterator[None]:
        """Open the academy's frame."""
        with db.scope(self.cast.academy.scope, commit=commit):
            yield

    def certificate(self, certificate_id: UUID) -> Certificate:
        """Return the certificate, in the open frame."""
        return db.session.get_one(Certificate, certificate_id, populate_existing=True)

    def all(self) -> list[Certificate]:
        """Return every certificate of the academy, oldest first, in the open frame."""
        return list(db.session.scalars(sa.select(Certificate).order_by(Certificate.id)))

    def events(self, act: str) -> list[dict[str, Any]]:
        """Return the facts of the acts of this kind, in the open frame."""
        return list(db.session.scalars(sa.select(Event.facts).where(Event.act == act).order_by(Event.id)))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent inside the block."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        note_statement(sent, statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
