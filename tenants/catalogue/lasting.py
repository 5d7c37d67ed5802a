"""Enrolments that end: renewed by staff or by the person, reminded of, expired. Days are the academy's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.db import db
from core.errors import Refused
from core.sealed import stored, unseal_rows
from tenants.audit.actions import record
from tenants.catalogue import places, rules
from tenants.catalogue.entering import Came, enrolment_of, queue_up
from tenants.catalogue.places import fill, lock_entry
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.learning.actions import begin, expire
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.people.models import Member

SLACK_H = 2  # the clocks may change between the mark and the end
LONGEST = timedelta(days=rules.MAX_DAYS)


def renew(enrolment: Enrolment, last_day: date | None, by: Member) -> None:
    """Let the enrolment last until the end of `last_day`, or without end (None). Staff may go over the places.

    Raises Refused for a day that has passed or is more than ten years away.
    """
    lock_entry(enrolment.course_id)
    here = places.zone()
    today = clock.today(here)
    if last_day is not None and not today <= last_day <= today + LONGEST:
        raise Refused("last day")
    _renew(enrolment, rules.end_after(0, last_day, here) if last_day else None, by)


def _renew(enrolment: Enrolment, ends_at: datetime | None, by: Member) -> None:
    if enrolment.is_open:
        enrolment.ends_at, enrolment.reminded_at = ends_at, None
        db.session.flush()
    else:
        begin(enrolment, ends_at, by)
    record("catalogue.renewed", actor_id=by.id, member=str(enrolment.member_id), course=str(enrolment.course_id))


def renew_own(member: Member, course: Course) -> Came:
    """Renew one's own enrolment where the course allows it; one that is over waits if its place is taken.

    Raises Refused("not yours to renew").
    """
    entry, enrolment, here = lock_entry(course.id), enrolment_of(member, course), places.zone()
    today = clock.today(here)
    if entry is None or enrolment is None or enrolment.state == "ended" or entry.lasts_days is None:
        raise Refused("not yours to renew")
    if not rules.may_renew_now(entry, enrolment.ends_at, today, here):
        raise Refused("not yours to renew")
    left = None if enrolment.is_open else fill(entry)
    if left is not None and left < 1 and not enrolment.is_open:
        queue_up(member, course, "place")
        return "waiting"
    _renew(enrolment, rules.renewed_end(entry.lasts_days, enrolment.ends_at, today, here), member)
    return "enrolled"


def expire_all() -> int:
    """Note which enrolments are over, course by course, and pass their places on; return how many there were."""
    over = (Enrolment.state == "active", Enrolment.ends_at <= clock.now())
    count = 0
    for course_id in sorted(set(db.session.scalars(sa.select(Enrolment.course_id).where(*over)))):
        lock_entry(course_id)
        wanted = sa.select(Enrolment).where(*over, Enrolment.course_id == course_id).with_for_update()
        for enrolment in db.session.scalars(wanted.execution_options(populate_existing=True)).all():
            expire(enrolment)
            count += 1
    return count


def remind_all() -> int:
    """Note whose enrolment ends within 14, and within 3 days, once each; return how many were noted.

    A day that the job missed is made up for: what counts is whether a reminder was noted since the mark was passed.
    """
    return sum(_remind(days) for days in sorted(rules.REMIND_DAYS))


def _remind(days: int) -> int:
    here = places.zone()
    until = rules.end_after(days, clock.today(here), here)
    mark = Enrolment.ends_at - timedelta(days=days + 1, hours=SLACK_H)
    due = (
        sa.update(Enrolment)
        .where(Enrolment.state == "active", Enrolment.ends_at > clock.now(), Enrolment.ends_at <= until,
               Enrolment.enrolled_at < mark, sa.or_(Enrolment.reminded_at.is_(None), Enrolment.reminded_at < mark))
        .values(reminded_at=clock.now()).returning(Enrolment.id, Enrolment.member_id, Enrolment.course_id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    rows = db.session.execute(due).all()
    for enrolment_id, member_id, course_id in rows:
        record("catalogue.ends_soon", enrolment=str(enrolment_id), member=str(member_id), course=str(course_id),
               days=days)  # fmt: skip
        queue.later("notifications.tell", what="ends_soon", subject_id=enrolment_id)
    return len(rows)


@dataclass(frozen=True)
class Past:
    """Somebody who took the course and was taken off it, or whose time has passed."""

    enrolment: Enrolment
    name: str
    photo_id: UUID | None = None

    @property
    def has_expired(self) -> bool:
        """Return whether the time has passed; else somebody ended it."""
        return self.enrolment.state != "ended"


def past_in(viewer: Member, course: Course) -> list[Past]:
    """Return whom the viewer sees of those who took the course and does no longer, the latest first. One statement."""
    over = sa.or_(Enrolment.state != "active", Enrolment.ends_at <= clock.now())
    rows = db.session.execute(
        sa.select(Enrolment, stored(Member, "first_name"), stored(Member, "last_name"), Member.photo_id)
        .join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.course_id == course.id, over, is_current(), Member.state == "active", visible_to(viewer))
        .order_by(sa.func.coalesce(Enrolment.ended_at, Enrolment.ends_at).desc())
    ).all()
    names = full_names([(row[0].member_id, row[1], row[2]) for row in rows])
    return [Past(row[0], name, row[3]) for row, name in zip(rows, names, strict=True)]


def full_names(rows: list[tuple[UUID, bytes | None, bytes | None]]) -> list[str]:
    """Return the names of many (member id, sealed first name, sealed last name), decrypted in chunks."""
    first = unseal_rows(Member, "first_name", [(one, blob) for one, blob, _ in rows])
    last = unseal_rows(Member, "last_name", [(one, blob) for one, _, blob in rows])
    return [" ".join(filter(None, pair)) for pair in zip(first, last, strict=True)]
