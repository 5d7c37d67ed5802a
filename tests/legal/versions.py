"""Versions for tests, made from drafts of their own; taken away at the end of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from core.config import config
from core.db import CORE, db
from core.legal import actions, queries
from core.legal.models import Version
from core.legal.reading import Draft, drafts
from core.owner import connect


def next_drafts(name: str, change: str = "major", add: str = "And one thing more.", notice_days: int = 0) -> list[Draft]:
    """Return a next version of a document that is there, with a paragraph more."""
    with db.scope(CORE):
        number = queries.versions(name)[0].number + 1
    twins = next(one for one in drafts() if one[0].name == name)
    return [replace(one, number=number, change=change, notice_days=notice_days, summary=f"New in {number}.", markdown=f"{one.markdown}\n{add}\n")
            for one in twins]  # fmt: skip


@contextmanager
def loaded(name: str, change: str = "major", add: str = "And one thing more.", notice_days: int = 0) -> Iterator[UUID]:
    """Load a next version for the length of the block; yield its id."""
    twins = next_drafts(name, change, add, notice_days)
    with db.scope(CORE, commit=True):
        (version,) = actions.load([twins])
        version_id = version.id
    try:
        yield version_id
    finally:
        forget(version_id)


def forget(version_id: UUID) -> None:
    """Take a version away with what was accepted of it: only the tables' owner can."""
    with connect(config().owner_database_url or "") as owner:
        owner.execute("DELETE FROM core.legal_acceptances WHERE version_id = %s", [version_id])
        owner.execute("DELETE FROM core.legal_versions WHERE id = %s", [version_id])


def number_of(version_id: UUID) -> int:
    """Return the number of a version."""
    with db.scope(CORE):
        return db.session.scalars(sa.select(Version.number).where(Version.id == version_id)).one()
