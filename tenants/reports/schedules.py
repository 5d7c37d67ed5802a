"""Verbs on reports that are mailed by the week or the month. They flush; the edge commits.

Each schedule keeps one outbox row, due at 7 o'clock on its next day, which names that day: a row for another day is old and
does nothing. The day is moved on in the transaction that makes the file's row, so a date is sent once, however often the
work runs. What was missed (the academy was suspended, the row was lost) is found by a sweep; only its newest date is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.actions import record
from tenants.people.models import Member
from tenants.reports import rules, sight
from tenants.reports.asking import FORMATS, Asked
from tenants.reports.files import check_report, may_see, new_file
from tenants.reports.models import ReportFile, ReportSchedule, packed
from tenants.reports.searched import is_about

MOST = 20
# How far the clocks of two machines may lie apart: work that comes this much early is not early.
EARLY = timedelta(minutes=15)
OVERLOOKED = timedelta(minutes=30)


@dataclass(frozen=True)
class Rhythm:
    """How often (week or month), on which day (1-7 or 1-31), and as what (csv or xlsx)."""

    every: str
    on_day: int
    extension: str


def add_schedule(member: Member, kind: str, asked: Asked, rhythm: Rhythm, language: str) -> ReportSchedule:
    """Return a schedule for the member's report. Raises NotFound, Refused."""
    check_report(member, kind, rhythm.extension, asked)
    _check(rhythm)
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    if db.session.scalar(sa.select(sa.func.count()).where(ReportSchedule.member_id == member.id)) >= MOST:  # type: ignore[operator]
        raise Refused("report schedules")
    schedule = ReportSchedule(id=ids.uuid7(), member_id=member.id, kind=kind, language=language, made_at=clock.now(), next_on=date.max)
    schedule.query = packed(asked)
    if reason_to_stop(schedule):
        raise Refused("report schedule")
    _begin(schedule, rhythm)
    record("report.scheduled", actor_id=member.id, schedule=str(schedule.id), kind=kind)
    return schedule


def change_schedule(schedule: ReportSchedule, rhythm: Rhythm) -> None:
    """Mail it on other days or as another file. Raises Refused."""
    _check(rhythm)
    if schedule.is_active:
        _begin(schedule, rhythm)
    else:
        _set(schedule, rhythm)


def replace_report(schedule: ReportSchedule, kind: str, asked: Asked, rhythm: Rhythm, language: str) -> None:
    """Mail another report, or the same with other filters, instead of what it mailed; one that stopped begins again.
    Raises NotFound, Refused."""
    check_report(db.session.get_one(Member, schedule.member_id), kind, rhythm.extension, asked)
    _check(rhythm)
    schedule.kind, schedule.query, schedule.language = kind, packed(asked), language
    if reason_to_stop(schedule):
        raise Refused("report schedule")
    _begin(schedule, rhythm)


def start(schedule: ReportSchedule) -> None:
    """Mail it again from its next day on. Raises Refused when there is nothing to mail."""
    if schedule.is_active:
        return
    if reason_to_stop(schedule):
        raise Refused("report schedule")
    _begin(schedule, Rhythm(schedule.every, schedule.on_day, schedule.extension))


def stop(schedule: ReportSchedule, why: str) -> None:
    """Mail it no longer."""
    schedule.state, schedule.why = "stopped", why
    record("report.stopped", schedule=str(schedule.id), why=why)
    db.session.flush()


def remove(schedule: ReportSchedule) -> None:
    """Forget it; files that it made stay until their day."""
    db.session.delete(schedule)
    db.session.flush()


def _check(rhythm: Rhythm) -> None:
    if not rules.is_rhythm(rhythm.every, rhythm.on_day) or rhythm.extension not in FORMATS:
        raise Refused("report rhythm")


def _set(schedule: ReportSchedule, rhythm: Rhythm) -> None:
    schedule.every, schedule.on_day, schedule.extension = cast(rules.Every, rhythm.every), rhythm.on_day, rhythm.extension
    db.session.add(schedule)
    db.session.flush()


def _begin(schedule: ReportSchedule, rhythm: Rhythm) -> None:
    zone = own_zone()
    schedule.state, schedule.why = "active", None
    schedule.next_on = rules.first_day(cast(rules.Every, rhythm.every), rhythm.on_day, clock.now(), zone, schedule.last_on)
    _set(schedule, rhythm)
    _queue(schedule, zone)


def _queue(schedule: ReportSchedule, zone: str) -> None:
    day = schedule.next_on.isoformat()
    due = rules.due_on(schedule.next_on, zone)
    queue.later("reports.send", schedule_id=schedule.id, day=day, due=due, once=f"report.{schedule.id}.{day}", priority=6)


def own_zone() -> str:
    """Return the academy's zone, as core tells the asking role."""
    return str(db.session.scalar(sa.text("SELECT zone FROM local.own_academy()")))


def send(schedule_id: UUID, day: date) -> ReportFile | None:
    """Return the file that will be made for this day of the schedule, or None: the day is not its next one, is not yet, the
    academy is not open, or there is nothing left to mail, and then the schedule stops."""
    schedule = db.session.scalar(sa.select(ReportSchedule).where(ReportSchedule.id == schedule_id).with_for_update())
    if schedule is None or not schedule.is_active or schedule.next_on != day:
        return None
    zone, state = db.session.execute(sa.text("SELECT zone, state FROM local.own_academy()")).one()
    now = clock.now()
    if state != "active":
        return None
    if rules.due_on(day, zone) - now > EARLY:  # the academy moved to another zone
        _queue(schedule, zone)
        return None
    why = reason_to_stop(schedule)
    if why:
        stop(schedule, why)
        return None
    newest = rules.newest_day(schedule.every, schedule.on_day, day, now, zone)
    schedule.last_on, schedule.next_on = newest, rules.next_day(schedule.every, schedule.on_day, newest)
    file = new_file(schedule.member_id, schedule.kind, schedule.extension, schedule.query or "", schedule.language,
                    schedule_id=schedule.id, day=newest)  # fmt: skip
    _queue(schedule, zone)
    return file


def reason_to_stop(schedule: ReportSchedule) -> str | None:
    """Return why there is nothing left to mail: its person lost the right, or its course is gone or archived."""
    member = db.session.get_one(Member, schedule.member_id)
    if not may_see(member):
        return "rights"
    course_id = schedule.asked.course_id
    if course_id is None:
        return None
    try:
        return "archived" if sight.followed(member, course_id).course.state == "archived" else None
    except NotFound:
        return "gone"


def find_overlooked() -> list[UUID]:
    """Return the schedules whose day has come and that nothing was done for; their work is queued anew."""
    zone, now = own_zone(), clock.now()
    come = sa.select(ReportSchedule).where(ReportSchedule.state == "active", ReportSchedule.next_on <= clock.today(zone))
    found = [one for one in db.session.scalars(come) if rules.due_on(one.next_on, zone) + OVERLOOKED <= now]
    for schedule in found:
        _queue(schedule, zone)
    return [one.id for one in found]


def forget(leaver: Member) -> int:
    """Stop the schedules of others that searched for the leaver, and empty the search; return how many."""
    changed = 0
    for schedule in db.session.scalars(sa.select(ReportSchedule).where(ReportSchedule.member_id != leaver.id).with_for_update()).all():
        asked = schedule.asked
        if is_about(asked, leaver):
            schedule.query, changed = packed(replace(asked, search="")), changed + 1
            stop(schedule, "erased")
    return changed
