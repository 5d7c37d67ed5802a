"""How much an academy holds, as numbers only: for its owner's and the operator's pages, and before a closing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core.academies.models import Academy
from core.academies.rules import serves
from core.db import academy_scope, db

COUNTS = sa.text("""
SELECT (SELECT count(*) FROM members WHERE state = 'active') AS members,
       (SELECT count(*) FROM courses) AS courses,
       (SELECT count(*) FROM enrolments) AS enrolments,
       (SELECT count(*) FROM answers) AS answers,
       (SELECT count(*) FROM files) AS files
""")
PATIENCE_S = 3


@dataclass(frozen=True)
class Counts:
    """How many of each an academy holds."""

    members: int
    courses: int
    enrolments: int
    answers: int
    files: int


def counts_of(academy: Academy) -> Counts | None:
    """Return the academy's counts, asked in its own scope, or None where nobody can ask now."""
    if not (serves(academy.state) or academy.state == "suspended"):
        return None
    try:
        with db.scope(academy_scope(academy.number, academy.cluster, PATIENCE_S)):
            return Counts(**db.session.execute(COUNTS).one()._mapping)
    except DBAPIError:
        return None


def counts_by_number(academies: Iterable[Academy]) -> dict[int, Counts | None]:
    """Return the counts of a page of academies by number."""
    return {academy.number: counts_of(academy) for academy in academies}
