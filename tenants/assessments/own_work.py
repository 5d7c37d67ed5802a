"""The tests that somebody sat belong to their own work: what was asked and answered, and the result as they may see it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from core import clock
from core.db import db
from tenants.assessments import queries
from tenants.assessments.models import Sitting, SittingAnswer
from tenants.assessments.rules import View, view_of
from tenants.assessments.settings import settings_of
from tenants.learning.answering import lines_of
from tenants.learning.models import Enrolment
from tenants.learning.own_work import adds_work, stamp


@adds_work
def tests_of(enrolment: Enrolment) -> dict[str, Any]:
    """Return {tests: [...]} of one course: every sitting with its questions and answers, late ones too; points as far as
    the author shows them. Three statements however much there is."""
    wanted = sa.select(Sitting).where(Sitting.enrolment_id == enrolment.id).options(undefer(Sitting.paper))
    sittings = list(db.session.scalars(wanted.order_by(Sitting.started_at)))
    if not sittings:
        return {}
    zone, rows = queries.zone(), queries.answers_in(sittings)
    return {"tests": [_sitting(one, rows.get(one.id, []), zone) for one in sittings]}


def _sitting(sitting: Sitting, rows: list[SittingAnswer], zone: str) -> dict[str, Any]:
    view = view_of(settings_of(sitting.settings), sitting.state, clock.now(), zone)
    score = {"points": str(sitting.points), "of": str(sitting.most), "percent": str(sitting.percent), "is_passed": sitting.is_passed}
    return {
        "test": sitting.title, "attempt": sitting.number, "state": sitting.state, "started_at": stamp(sitting.started_at),
        "handed_in_at": stamp(sitting.handed_in_at), **(score if view.score else {}), "note": sitting.note or "",
        "answers": [_answer(sitting, row, view) for row in rows],
    }  # fmt: skip


def _answer(sitting: Sitting, row: SittingAnswer, view: View) -> dict[str, Any]:
    question = sitting.paper["questions"][row.position]["question"]
    late = {"late": lines_of(question, queries.late_in(row)), "late_at": stamp(row.late_at)} if row.late else {}
    earned = {"points": str(row.points), "of": str(row.worth)} if view.verdicts else {}
    return {"question": question["prompt"], "answered": lines_of(question, queries.given_in(row) or {}), **earned, **late}
