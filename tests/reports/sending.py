"""What tests of report files and schedules share: a course with people in it, and the work that waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.config import config
from core.db import CORE, db
from core.outbox.models import Work
from jobs import perform, registry
from tenants.learning import actions
from tenants.reports.models import ReportFile, ReportSchedule
from tests.cast import Cast
from tests.courses.writing import member, publish, write_course


def write_taken_course(cast: Cast) -> UUID:
    """Return a published course that both participants take."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = publish(author, write_course(author).course)
        for who in ("participant", "second"):
            actions.enrol(member(cast, who), course, author)
        return course.id


def work() -> None:
    """Do the work that waits."""
    registry.load()
    perform.drain(most=60)


def forget_work() -> None:
    """Lose everything that waits."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))


def waiting(job: str) -> list[Work]:
    """Return the rows of a job that nobody has done, the first due first."""
    with db.scope(CORE):
        rows = db.session.scalars(sa.select(Work).where(Work.job == job, Work.done_at.is_(None)).order_by(Work.due_at)).all()
        db.session.expunge_all()
        return list(rows)


def files(cast: Cast) -> list[ReportFile]:
    """Return every report file, the oldest first."""
    return _all(cast, ReportFile)


def schedules(cast: Cast) -> list[ReportSchedule]:
    """Return every schedule, the oldest first."""
    return _all(cast, ReportSchedule)


def _all(cast: Cast, model: Any) -> list[Any]:
    with db.scope(cast.academy.scope):
        rows = db.session.scalars(sa.select(model).order_by(model.id)).all()
        db.session.expunge_all()
        return list(rows)


def stored(cast: Cast) -> set[str]:
    """Return the names of the files that the academy keeps."""
    return {path.name for path in (config().files_dir / cast.academy.scope.role).iterdir()}
