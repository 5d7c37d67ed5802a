"""Study hours of everybody whose progress the viewer sees, in a period: who, how much, from where, and when."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.crypto import normalised
from core.db import db
from core.sealed import stored
from tenants.groups.sight import visible_to
from tenants.people.models import Member, MemberRole
from tenants.reports.asking import Asked
from tenants.reports.people import chosen, names_in
from tenants.reports.sight import follows
from tenants.study import rules
from tenants.study.queries import studied
from tenants.study.rules import Bar, Sums

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One person and their minutes in the period."""

    member_id: UUID
    name: str
    sums: Sums


@dataclass(frozen=True)
class StudyHours:
    """Everybody that the filters let through, in order; the sums of all of them; and the drawing."""

    asked: Asked
    lines: list[Line]
    sums: Sums
    bars: list[Bar]


def study_hours(viewer: Member, asked: Asked) -> StudyHours:
    """Return the study hours of a period. Participants without any are listed too; others only with some. Raises NotFound."""
    people = _people(viewer, asked)
    rows = rules.within(studied(list(people)), asked.since, asked.until)
    sums = rules.by_person(rows)
    lines = [
        Line(who, name, sums.get(who, Sums())) for who, (name, is_participant) in people.items() if is_participant or who in sums
    ]
    shown = sorted(lines, key=lambda one: (-one.sums.total if asked.sort == "hours" else 0, normalised(one.name)))
    return StudyHours(asked, shown, rules.sums_of(rows), rules.bars_of(rows, asked.since, asked.until))


def _people(viewer: Member, asked: Asked) -> dict[UUID, tuple[str, bool]]:
    """Return name and whether somebody learns here, by id, of the people whom the filters let through. One statement."""
    learns = sa.select(MemberRole.member_id).where(MemberRole.member_id == Member.id, MemberRole.role == "participant").exists()
    rows = db.session.execute(
        sa.select(Member.id, learns, stored(Member, "first_name"), stored(Member, "last_name"))
        .where(follows(viewer), Member.state == "active", visible_to(viewer), *chosen(asked))
    ).all()
    names, sought = names_in([(row[0], row[2], row[3]) for row in rows]), normalised(asked.search)
    return {row[0]: (name, row[1]) for row, name in zip(rows, names, strict=True) if sought in normalised(name)}
