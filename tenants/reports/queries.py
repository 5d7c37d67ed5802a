"""Reads of somebody's own report files and schedules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core import clock
from core.db import db
from core.errors import NotFound
from tenants.courses.models import Course
from tenants.files.models import File
from tenants.people.models import Member
from tenants.reports.files import may_see
from tenants.reports.models import ReportFile, ReportSchedule

Row = TypeVar("Row", ReportFile, ReportSchedule)


def files_of(member: Member) -> list[ReportFile]:
    """Return the member's report files that have not expired, the newest first."""
    wanted = sa.select(ReportFile).where(ReportFile.member_id == member.id, ReportFile.expires_at > clock.now())
    return list(db.session.scalars(wanted.options(joinedload(ReportFile.file)).order_by(ReportFile.made_at.desc())))


def file_of(member: Member, file_id: UUID, lock: bool = False) -> ReportFile:
    """Return one of the member's own. Raises NotFound."""
    return _own(ReportFile, member, file_id, lock)


def content_of(member: Member, file_id: UUID) -> tuple[ReportFile, File]:
    """Return a file that can be downloaded, and what is stored. Raises NotFound: it is somebody else's, or gone."""
    found = _own(ReportFile, member, file_id)
    if not found.is_ready or found.file is None:
        raise NotFound("no such file")
    return found, found.file


def schedules_of(member: Member) -> list[ReportSchedule]:
    """Return the member's schedules, what is mailed first first."""
    wanted = sa.select(ReportSchedule).where(ReportSchedule.member_id == member.id)
    return list(db.session.scalars(wanted.order_by(ReportSchedule.state, ReportSchedule.next_on, ReportSchedule.id)))


def schedule_of(member: Member, schedule_id: UUID, lock: bool = False) -> ReportSchedule:
    """Return one of the member's own. Raises NotFound."""
    return _own(ReportSchedule, member, schedule_id, lock)


def _own(model: type[Row], member: Member, row_id: UUID, lock: bool = False) -> Row:
    wanted = sa.select(model).where(model.id == row_id, model.member_id == member.id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted) if may_see(member) else None
    if found is None:
        raise NotFound("not yours")
    return found


def courses_named(rows: Iterable[ReportFile | ReportSchedule]) -> dict[UUID, Course]:
    """Return the courses that reports are of, by id. One statement."""
    wanted = {one.asked.course_id for one in rows} - {None}
    return {one.id: one for one in db.session.scalars(sa.select(Course).where(Course.id.in_(wanted)))} if wanted else {}
