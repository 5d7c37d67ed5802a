"""What a reset of somebody's progress means for tests: nobody is thrown out of one, and extra time stays theirs."""

from __future__ import annotations

import sqlalchemy as sa

from core import ids
from core.db import db
from core.errors import Refused
from tenants.assessments.models import Sitting, SittingAllowance
from tenants.learning import turns
from tenants.learning.models import Enrolment

KEPT = ("lesson_id", "extra_minutes", "factor", "extra_attempts", "reason", "given_by")


@turns.on("resetting")
def _wait_for_the_end(enrolment: Enrolment) -> None:
    """Refuse while a test runs. Raises Refused("test runs")."""
    if db.session.scalar(sa.select(sa.exists().where(Sitting.enrolment_id == enrolment.id, Sitting.state == "open"))):
        raise Refused("test runs")


@turns.on("reset")
def _keep_allowances(enrolment: Enrolment) -> None:
    """Give the attempt what the one before it had for each test, unless it has something of its own."""
    before = (
        sa.select(Enrolment.id)
        .where(Enrolment.member_id == enrolment.member_id, Enrolment.course_id == enrolment.course_id, Enrolment.state == "reset")
        .order_by(Enrolment.reset_at.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    row = SittingAllowance
    own = set(db.session.scalars(sa.select(row.lesson_id).where(row.enrolment_id == enrolment.id)))
    for one in db.session.scalars(sa.select(row).where(row.enrolment_id == before)).all():
        if one.lesson_id not in own:
            values = {name: getattr(one, name) for name in KEPT}
            db.session.add(SittingAllowance(id=ids.uuid7(), enrolment_id=enrolment.id, **values))
    db.session.flush()
