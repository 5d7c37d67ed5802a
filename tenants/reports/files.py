"""Verbs on reports as files that are made in the background: ask, make, forget. They flush; the edge commits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import NotFound, Refused
from core.i18n import speaking
from core.sheets import TYPES, file_of
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.files.actions import remove_file, store_made
from tenants.groups.joined import on_group_leave
from tenants.groups.limits import on_limit
from tenants.groups.models import Group, SeenGroup
from tenants.learning.overview import VIEWERS
from tenants.mail.actions import write_letter
from tenants.notifications.choices import stop_url, wants_letter
from tenants.people.models import Member
from tenants.people.queries import own_academy
from tenants.reports import sight
from tenants.reports.asking import FORMATS, KINDS, OF_COURSE, Asked
from tenants.reports.models import ReportFile, packed
from tenants.reports.naming import report_name
from tenants.reports.notices import tell_ready
from tenants.reports.searched import is_about
from tenants.reports.tables import table_for

LASTS = timedelta(days=7)
STUCK = timedelta(days=1)
MOST_WAITING = 10
MADE_FOR = "reports"


def may_see(member: Member) -> bool:
    """Return whether somebody sees reports at all."""
    return member.is_active and bool(member.roles & VIEWERS)


def check_report(member: Member, kind: str, extension: str, asked: Asked) -> None:
    """Raise NotFound unless there is such a report for the member."""
    if kind not in KINDS or extension not in FORMATS or (kind in OF_COURSE and asked.course_id is None):
        raise NotFound("no such report")
    if asked.course_id is not None:
        sight.followed(member, asked.course_id)


def ask_file(member: Member, kind: str, extension: str, asked: Asked, language: str) -> ReportFile:
    """Return the file that a job will make; the same one when it waits already. Raises NotFound, Refused."""
    check_report(member, kind, extension, asked)
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    waiting = db.session.scalars(sa.select(ReportFile).where(ReportFile.member_id == member.id, ReportFile.state == "waiting")).all()
    same = [one for one in waiting if (one.kind, one.extension, one.query) == (kind, extension, packed(asked))]
    if same:
        return same[0]
    if len(waiting) >= MOST_WAITING:
        raise Refused("report files")
    file = new_file(member.id, kind, extension, packed(asked), language)
    record("report.asked", actor_id=member.id, file=str(file.id), kind=kind)
    return file


def new_file(member_id: UUID, kind: str, extension: str, query: str, language: str, **more: Any) -> ReportFile:
    """Return a file that a job will make."""
    now = clock.now()
    file = ReportFile(
        id=ids.uuid7(), member_id=member_id, kind=kind, extension=extension, language=language, made_at=now, expires_at=now + LASTS,
        **more,
    )  # fmt: skip
    file.query = query
    db.session.add(file)
    db.session.flush()
    _queue(file)
    return file


def make_again(file: ReportFile) -> None:
    """Let a file that failed, or that waits for too long, be made now."""
    if file.state == "failed" or file.is_slow:
        file.state, file.trouble, file.made_at, file.expires_at = "waiting", None, clock.now(), clock.now() + LASTS
        db.session.flush()
        _queue(file)


def _queue(file: ReportFile) -> None:
    queue.later("reports.make", file_id=file.id, once=f"report.{file.id}", priority=6)


def make_file(file_id: UUID, tell: bool = True) -> None:
    """Make the file as its person sees the report now, and mail the link unless told not to. A second time does nothing."""
    file = db.session.scalar(sa.select(ReportFile).where(ReportFile.id == file_id).with_for_update())
    if file is None or file.state != "waiting":
        return
    member = db.session.get_one(Member, file.member_id)
    if not may_see(member):
        _fail(file, "rights")
        return
    try:
        with speaking(file.language):
            table = table_for(member, file.kind, file.asked)
            content = file_of(table.make(), file.extension, table.title)
            title = report_name(file.kind, table.title)
    except NotFound:
        _fail(file, "gone")
        return
    file.file = store_made(content, TYPES[file.extension], f"{file.kind}.{file.extension}", MADE_FOR)
    file.state, file.trouble, file.expires_at = "ready", None, clock.now() + LASTS
    db.session.flush()
    if tell:
        _tell(file, member, title)


def _tell(file: ReportFile, member: Member, title: str) -> None:
    """Tell its person, with a letter of reports' own where they want mail about reports at once."""
    has_letter = wants_letter(member, "report")
    if has_letter:
        kind = "report_ready" if file.schedule_id is None else "report_scheduled"
        slug, _ = own_academy()
        write_letter(member.email or "", kind, file.language, name=member.first_name, title=title, day=file.expires_at,
                     url=academy_url(slug, "/reports/files"), schedules=academy_url(slug, "/reports/schedules"),
                     unsubscribe=stop_url(member.id, "report", slug))  # fmt: skip
    tell_ready(file, has_letter=has_letter)


def _fail(file: ReportFile, trouble: str) -> None:
    """Say why there is no file; what was made is deleted."""
    made = file.file
    file.state, file.trouble, file.file = "failed", trouble, None
    db.session.flush()
    if made is not None:
        remove_file(made)


@on_limit
def take_back(member: Member) -> None:
    """Delete what was made for somebody who sees other people now; one that is being made finishes first. They can ask again."""
    for file in db.session.scalars(_locked().where(ReportFile.member_id == member.id)).all():
        if file.state == "ready":
            _fail(file, "rights")


@on_group_leave
def take_back_from_seers(group: Group) -> None:
    """Delete what was made for who sees only some groups, when one of those lost somebody."""
    seers = sa.select(Member).where(Member.id.in_(sa.select(SeenGroup.member_id).where(SeenGroup.group_id == group.id)))
    for member in db.session.scalars(seers).unique().all():
        take_back(member)


def sweep() -> None:
    """Delete what has expired, and give up what has waited for a day."""
    now = clock.now()
    for file in db.session.scalars(sa.select(ReportFile).where(ReportFile.expires_at <= now).with_for_update()).all():
        _remove(file)
    stuck = sa.select(ReportFile).where(ReportFile.state == "waiting", ReportFile.made_at < now - STUCK).with_for_update()
    for file in db.session.scalars(stuck).all():
        _fail(file, "stuck")


def _remove(file: ReportFile) -> None:
    made = file.file
    db.session.delete(file)
    db.session.flush()
    if made is not None:
        remove_file(made)


def forget(leaver: Member) -> int:
    """Delete every file that may hold the leaver: all that are ready, for nobody can look in them; return how many of others
    went. Their people are told that they can ask again, unless they had searched for the leaver.

    The locks make a file that is being made finish first, so that it is deleted too; one that somebody asks for meanwhile is
    found by the job.
    """
    gone = 0
    for file in db.session.scalars(_locked().where(ReportFile.member_id != leaver.id)).all():
        if is_about(file.asked, leaver):
            gone += 1
            _remove(file)
        elif file.state == "ready":
            gone += 1
            _fail(file, "erased")
    queue.later("reports.forget", once="reports.forget", priority=4)
    return gone


def forget_made() -> None:
    """Delete the content of every file that was asked for before now: somebody was removed while some were made."""
    for file in db.session.scalars(_locked()).all():
        if file.state == "ready":
            _fail(file, "erased")


def _locked() -> sa.Select[ReportFile]:
    return sa.select(ReportFile).order_by(ReportFile.id).with_for_update().execution_options(populate_existing=True)
