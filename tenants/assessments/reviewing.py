"""Verbs of trainers on tests: give points, decide whether a failure counts, give one person more time or attempts.

They flush; the edge commits. Load the sitting with `desk.sitting_for(..., lock=True)`: two trainers follow each other, and
`seen` (when somebody last looked) keeps the second from overwriting the first unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Refused
from core.sealed import columns_for
from tenants.assessments import queries, rules
from tenants.assessments.actions import finish, look_again, settle
from tenants.assessments.models import Sitting, SittingAllowance
from tenants.assessments.rules import Allowance
from tenants.assessments.settings import settings_of
from tenants.audit.actions import record
from tenants.learning.models import Enrolment
from tenants.people.models import Member

MAX_NOTE = 5_000
MAX_REASON = 500
Verdict = Literal["stands", "passed"]


class LookedMeanwhile(Refused):
    """Somebody else gave points or decided since the page was drawn."""


class BadPoints(Refused):
    """Points that a question cannot earn; `questions` are the ids of those."""

    def __init__(self, questions: list[UUID]) -> None:
        super().__init__("bad points")
        self.questions = questions


class NoReason(Refused):
    """More time or attempts are given with a reason."""


def give_points(
    sitting: Sitting, by: Member, points: Mapping[UUID, Decimal | None], note: str, seen: datetime | None
) -> None:
    """Give questions points (None: as they are graded by themselves), and count anew. Raises BadPoints, LookedMeanwhile.

    A result that is final already changes with them; an open answer without points keeps the sitting waiting.
    """
    _begin(sitting, seen)
    answers = {row.question_id: row for row in queries.answers_of(sitting)}
    bad = [key for key, given in points.items() if key not in answers or not _fits(given, answers[key].worth)]
    if bad:
        raise BadPoints(bad)
    for key, given in points.items():
        answers[key].given_points = given
    was_final = sitting.state == "final"
    _sign(sitting, by, note)
    record("assessments.points", actor_id=by.id, sitting=str(sitting.id))
    settle(sitting, decided=was_final)


def _fits(given: Decimal | None, worth: Decimal) -> bool:
    return given is None or (given.is_finite() and 0 <= given <= worth)


def decide(sitting: Sitting, by: Member, verdict: Verdict, note: str, seen: datetime | None) -> None:
    """Let a failure count ("stands"), or count the test as passed. Raises LookedMeanwhile when nothing is to be decided."""
    _begin(sitting, seen)
    if sitting.state != "judging":
        raise LookedMeanwhile("decided")
    _sign(sitting, by, note)
    record("assessments.decide", actor_id=by.id, sitting=str(sitting.id), verdict=verdict)
    finish(sitting, verdict == "passed")


def _begin(sitting: Sitting, seen: datetime | None) -> None:
    if sitting.is_open or sitting.reviewed_at != seen:
        raise LookedMeanwhile("looked")


def _sign(sitting: Sitting, by: Member, note: str) -> None:
    sitting.reviewed_by, sitting.reviewed_at = by.id, clock.now()
    sitting.note = note.replace("\x00", "").strip()[:MAX_NOTE] or None


@dataclass(frozen=True)
class Given:
    """What a trainer gives one person for one test."""

    allowance: Allowance
    reason: str


def allow(enrolment: Enrolment, lesson_id: UUID, given: Given, by: Member) -> None:
    """Give more time or attempts from now on; a sitting that is open ends later at once, never sooner. Raises NoReason."""
    reason = given.reason.replace("\x00", "").strip()[:MAX_REASON]
    if not reason:
        raise NoReason("reason")
    known = queries.allowance_row(enrolment.id, lesson_id)
    row_id = known.id if known else ids.uuid7()
    more = given.allowance
    values = {"extra_minutes": more.extra_minutes, "factor": more.factor, "extra_attempts": more.extra_attempts,
              "given_by": by.id, "made_at": clock.now(), **columns_for(SittingAllowance, row_id, reason=reason)}  # fmt: skip
    made = insert(SittingAllowance).values(id=row_id, enrolment_id=enrolment.id, lesson_id=lesson_id, **values)
    db.session.execute(made.on_conflict_do_update(index_elements=["id"], set_=values))
    db.session.expire_all()
    record("assessments.allow", actor_id=by.id, member=str(enrolment.member_id), lesson=str(lesson_id))
    _prolong(enrolment, lesson_id, more)


def _prolong(enrolment: Enrolment, lesson_id: UUID, more: Allowance) -> None:
    """Let the open sitting, if there is one whose time is not over, end as late as this gives."""
    running = next((one for one in queries.sittings_of(enrolment.id, lesson_id) if one.is_open), None)
    sitting = queries.locked_sitting(running.id) if running else None
    if sitting is None or not sitting.is_open or sitting.is_overdue or sitting.ends_at is None:
        return
    settings = settings_of(sitting.settings)
    later = rules.ends_at(settings, more, sitting.started_at, queries.zone())
    if later is not None and later > sitting.ends_at:
        sitting.ends_at, sitting.extension_s = later, int(rules.extension(settings, more).total_seconds())
        look_again(sitting)
    db.session.flush()
