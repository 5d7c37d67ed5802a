"""The people of a course, filtered and in order: what every report of a course begins with. One statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.crypto import normalised
from core.db import db
from core.sealed import stored, unseal_rows
from tenants.groups.sight import in_group
from tenants.learning.models import Enrolment, Progress
from tenants.learning.queries import is_current
from tenants.learning.rules import needs_help_key, standing
from tenants.organisations.sight import from_organisation
from tenants.people.models import Member
from tenants.reports.asking import Asked
from tenants.reports.sight import Followed

PER_PAGE = 50
STANDINGS = ("quiet", "waiting", "busy", "done", "ended")


@dataclass(frozen=True)
class Learner:
    """Somebody in a course: how far they are, since when, and how they stand (see STANDINGS)."""

    enrolment_id: UUID
    member_id: UUID
    name: str
    standing: str
    enrolled_at: datetime
    active_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    lesson_id: UUID | None
    done: int
    total: int

    @property
    def is_finished(self) -> bool:
        """Return whether every lesson is done."""
        return self.total > 0 and self.done >= self.total

    @property
    def quiet_days(self) -> int:
        """Return for how many whole days they have not learned here, or not begun."""
        return max(0, (clock.now() - (self.active_at or self.enrolled_at)).days)


@dataclass(frozen=True)
class People:
    """The people of a course that the filters let through, in order; and how many there are of each standing."""

    here: Followed
    asked: Asked
    learners: list[Learner]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many people take the course now, whatever the filters."""
        return sum(number for name, number in self.counts.items() if name != "ended")

    def page(self, number: int) -> list[Learner]:
        """Return one page of them, from 1."""
        return self.learners[(number - 1) * PER_PAGE : number * PER_PAGE]


def people_of(here: Followed, asked: Asked) -> People:
    """Return the people of the course as filtered; names are compared after decryption."""
    everyone = _learners(here, asked)
    counts = {name: sum(one.standing == name for one in everyone) for name in STANDINGS}
    sought = normalised(asked.search)
    wanted = [one for one in everyone if _shown(one, asked.show) and _within(one, asked, here.zone) and sought in normalised(one.name)]
    return People(here, asked, _sorted(wanted, asked.sort), counts)


def _shown(one: Learner, show: str) -> bool:
    return one.standing != "ended" if show == "all" else one.standing == show


def _within(one: Learner, asked: Asked, zone: str) -> bool:
    """Return whether the moment that the period is about lies in it, by the days of the zone."""
    if asked.since is None and asked.until is None:
        return True
    moment = {"enrolled": one.enrolled_at, "active": one.active_at, "done": one.done_at}[asked.by]
    if moment is None:
        return False
    day = moment.astimezone(ZoneInfo(zone)).date()
    return (asked.since or date.min) <= day <= (asked.until or date.max)


def _sorted(learners: list[Learner], order: str) -> list[Learner]:
    by_name = sorted(learners, key=lambda one: normalised(one.name))
    if order == "name":
        return by_name
    if order == "done":
        return sorted(by_name, key=lambda one: one.done, reverse=True)
    if order == "active":
        return sorted(by_name, key=lambda one: one.active_at.timestamp() if one.active_at else 0.0, reverse=True)
    now = clock.now()
    return sorted(by_name, key=lambda one: needs_help_key(one.done, one.total, one.active_at, one.enrolled_at, now))


def _learners(here: Followed, asked: Asked) -> list[Learner]:
    done = (
        sa.select(sa.func.count()).select_from(Progress)
        .where(Progress.enrolment_id == Enrolment.id, Progress.done_at.is_not(None), is_in(Progress.lesson_id, here.lesson_ids))
        .correlate(Enrolment).scalar_subquery()
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.member_id, Enrolment.state, Enrolment.enrolled_at, Enrolment.active_at,
                  Enrolment.done_at, Enrolment.ended_at, Enrolment.ends_at, Enrolment.lesson_id, done.label("done"),
                  stored(Member, "first_name").label("first"), stored(Member, "last_name").label("last"))
        .join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.course_id == here.course.id, is_current(), Member.state == "active", here.who, *chosen(asked))
    ).all()  # fmt: skip
    names = names_in([(row.member_id, row.first, row.last) for row in rows])
    total, now = len(here.lesson_ids), clock.now()
    return [_learner(row, name, total, now) for row, name in zip(rows, names, strict=True)]


def chosen(asked: Asked) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on members that the filters by group and organisation are."""
    found = [in_group(asked.group_id)] if asked.group_id else []
    return [*found, from_organisation(asked.organisation_id)] if asked.organisation_id else found


def _learner(row: Any, name: str, total: int, now: datetime) -> Learner:
    over = row.ends_at is not None and row.ends_at <= now
    stands = "ended" if row.state != "active" or over else standing(row.done, total, row.active_at, row.enrolled_at, now)
    return Learner(
        row.id, row.member_id, name, stands, row.enrolled_at, row.active_at, row.done_at,
        row.ended_at or (row.ends_at if over else None), row.lesson_id, row.done, total,
    )  # fmt: skip


def names_in(rows: Sequence[tuple[UUID, bytes | None, bytes | None]]) -> list[str]:
    """Return the names of many (member id, sealed first name, sealed last name), decrypted in chunks."""
    first = unseal_rows(Member, "first_name", [(member_id, blob) for member_id, blob, _ in rows])
    last = unseal_rows(Member, "last_name", [(member_id, blob) for member_id, _, blob in rows])
    return [" ".join(filter(None, pair)) for pair in zip(first, last, strict=True)]


def is_in(column: Any, ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    """Return the condition "the column is one of these ids", as one array: thousands cost no more to send than a few."""
    found: sa.ColumnElement[bool] = column == sa.any_(sa.cast(sa.literal(list(ids), ARRAY(sa.Uuid)), ARRAY(sa.Uuid)))
    return found


def days_between(earlier: datetime, later: datetime, zone: str) -> int:
    """Return how many days of the zone lie between two moments, 0 on the same day."""
    place = ZoneInfo(zone)
    return max(timedelta(), later.astimezone(place).date() - earlier.astimezone(place).date()).days
