"""Reads of study time: what one person did, and sums over many people. Six statements, whatever the size."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core.db import db
from core.sealed import stored, unseal_rows
from tenants.certificates.models import Certificate
from tenants.certificates.queries import own_academy
from tenants.courses.models import Course, Publication
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.past.models import PastResult
from tenants.past.queries import results_of
from tenants.people.models import Member
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.rules import CAME
from tenants.study import rules
from tenants.study.rules import Certified, Finished, Studied, Sums


@dataclass(frozen=True)
class StudyRecord:
    """What a person did, the newest first; what came from elsewhere by its id."""

    member: Member
    rows: list[Studied]
    past: dict[UUID, PastResult]

    @property
    def sums(self) -> Sums:
        """Return the minutes by source."""
        return rules.sums_of(self.rows)

    @property
    def years(self) -> list[tuple[int, Sums]]:
        """Return the minutes by source of each year, the newest first."""
        return rules.by_year(self.rows)

    @property
    def points(self) -> Decimal:
        """Return the study points from elsewhere."""
        return sum((one.points or Decimal() for one in self.past.values()), Decimal())

    def of_year(self, year: int | None) -> StudyRecord:
        """Return what was done in one year, or all of it."""
        if year is None:
            return self
        rows = rules.within(self.rows, *rules.year_of(year))
        return StudyRecord(self.member, rows, {one.row_id: self.past[one.row_id] for one in rows if one.row_id in self.past})


def record_of(member: Member) -> StudyRecord:
    """Return what somebody did here and elsewhere, with titles."""
    past, zone, only = {one.id: one for one in results_of(member)}, own_academy().zone, [member.id]
    revoked = set(db.session.scalars(_revoked(only)))
    elsewhere = [
        Studied(member.id, one.finished_on, "past", 0 if one.id in revoked else one.minutes or 0, one.id, one.course_id, one.title or "")
        for one in past.values()
    ]
    rows = rules.counted(_certificates(only, zone), _finished(only, zone), _sessions(only, zone), elsewhere)
    return StudyRecord(member, rows, past)


def studied(members: Iterable[UUID]) -> list[Studied]:
    """Return what all these people did, without the titles of what came from elsewhere."""
    wanted, zone = list(members), own_academy().zone
    rows = db.session.execute(
        sa.select(PastResult.member_id, PastResult.finished_on, PastResult.minutes, PastResult.id, PastResult.course_id)
        .where(is_in(PastResult.member_id, wanted), PastResult.minutes.is_not(None), PastResult.id.not_in(_revoked(wanted)))
    )
    past = [Studied(who, day, "past", minutes or 0, row_id, course_id) for who, day, minutes, row_id, course_id in rows]
    return rules.counted(_certificates(wanted, zone), _finished(wanted, zone), _sessions(wanted, zone), past)


def _revoked(members: list[UUID]) -> sa.Select[UUID]:
    """Return the SELECT of past results whose certificate was revoked here: they are told, and count for nothing."""
    joined = sa.select(PastResult.id).join(Certificate, Certificate.id == PastResult.certificate_id)
    return joined.where(is_in(PastResult.member_id, members), Certificate.state == "revoked")


def is_in(column: Any, wanted: list[UUID]) -> sa.ColumnElement[bool]:
    """Return the condition "the column is one of these ids", as one array."""
    found: sa.ColumnElement[bool] = column == sa.any_(sa.cast(sa.literal(wanted, ARRAY(sa.Uuid)), ARRAY(sa.Uuid)))
    return found


def _certificates(members: list[UUID], zone: str) -> list[Certified]:
    """Return what tells of study: earned or given, revoked too. Hours are sealed with what else stands on a certificate."""
    one = Certificate
    rows = db.session.execute(
        sa.select(one.id, one.member_id, one.course_id, one.enrolment_id, one.earned_at, one.issued_on, one.origin, one.state,
                  stored(one, "facts_json").label("facts"))
        .where(is_in(one.member_id, members), one.origin.in_(("earned", "given")), one.state != "replaced")
    ).all()  # fmt: skip
    texts = unseal_rows(one, "facts_json", [(row.id, row.facts) for row in rows])
    return [_certified(row, json.loads(text or "{}"), zone) for row, text in zip(rows, texts, strict=True)]


def _certified(row: Any, facts: dict[str, Any], zone: str) -> Certified:
    hours = facts.get("hours")
    day = _day(row.earned_at, zone) if row.origin == "earned" else row.issued_on
    return Certified(row.id, row.member_id, row.course_id, (row.enrolment_id, row.earned_at), day,
                     _minutes(Decimal(hours)) if hours is not None else None, row.origin, row.state, facts.get("course") or "")  # fmt: skip


def _finished(members: list[UUID], zone: str) -> list[Finished]:
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.member_id, Enrolment.course_id, Enrolment.done_at, Course.study_hours, Course.title,
                  Publication.outline["title"].astext)
        .join(Course, Course.id == Enrolment.course_id).outerjoin(Publication, Publication.id == Course.publication_id)
        .where(is_in(Enrolment.member_id, members), Enrolment.done_at.is_not(None), is_current())
    )  # fmt: skip
    return [
        Finished(one, who, what, (one, at), _day(at, zone), _minutes(hours) if hours is not None else None, shown or title)
        for one, who, what, at, hours, title, shown in rows if at
    ]  # fmt: skip


def _sessions(members: list[UUID], zone: str) -> list[Studied]:
    """Return the sessions that these people came to, with the minutes that were noted for each."""
    rows = db.session.execute(
        sa.select(Seat.id, Seat.member_id, Seat.minutes, LiveSession.starts_at, LiveSession.course_id, LiveSession.title)
        .join(LiveSession, LiveSession.id == Seat.session_id)
        .where(is_in(Seat.member_id, members), Seat.state == "seated", Seat.attendance.in_(CAME), LiveSession.state == "planned")
    )  # fmt: skip
    return [Studied(who, _day(at, zone), "session", minutes or 0, seat, course, title) for seat, who, minutes, at, course, title in rows]


def _minutes(hours: Decimal) -> int:
    return int(hours * 60)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
