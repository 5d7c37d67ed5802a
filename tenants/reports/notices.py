"""What reports tell: that a file is ready. The letter is reports' own; who wants no mail about reports gets none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Course
from tenants.learning.overview import VIEWERS
from tenants.notifications.actions import notify
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes
from tenants.people.models import Member
from tenants.reports.models import ReportFile
from tenants.reports.naming import report_name

LINK = "/reports/files"


def tell_ready(file: ReportFile, *, has_letter: bool) -> None:
    """Tell its person that the file is ready."""
    notify("report", [file.member_id], subject_id=file.id, link=LINK, mailed_ids=[file.member_id] if has_letter else [])


@describes("report")
def of_reports(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say which report it is, while its file is there and its person may see reports."""
    if reader.roles.isdisjoint(VIEWERS):
        return {}
    ready = (ReportFile.member_id == reader.id, ReportFile.state == "ready", ReportFile.id.in_([one.subject_id for one in notices]))
    files = db.session.scalars(sa.select(ReportFile).where(*ready)).all()
    wanted = [one.asked.course_id for one in files if one.asked.course_id is not None]
    titles = {course_id: title for course_id, title in db.session.execute(sa.select(Course.id, Course.title).where(Course.id.in_(wanted)))} if wanted else {}
    found = {one.id: Said(report_name(one.kind, titles.get(one.asked.course_id) if one.asked.course_id else None)) for one in files}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}
