"""Whom courses tell of what: somebody was let in, a deadline or the end comes near, the course was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core import clock, queue
from core.db import db
from core.i18n import format_day
from tenants.courses.models import Course, Publication
from tenants.learning import turns
from tenants.learning.models import Enrolment, Reminder
from tenants.learning.queries import is_open_now
from tenants.learning.rules import way_of
from tenants.notifications.actions import notify
from tenants.notifications.choices import own_zone
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes, tells
from tenants.people.models import Member

JUST_JOINED = timedelta(minutes=15)  # the first page that they see shows the course


@turns.on("begun")
def let_in(enrolment: Enrolment) -> None:
    """Let a job tell who did not begin by their own wish."""
    if enrolment.enrolled_by != enrolment.member_id:
        queue.later("notifications.tell", what="enrolment", subject_id=enrolment.id, priority=5)


@tells("enrolment")
def tell_let_in(enrolment_id: UUID) -> None:
    """Tell a member that they may begin; not who came to the academy this very moment for it."""
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is not None and enrolment.is_open and enrolment.member.made_at < clock.now() - JUST_JOINED:
        notify("invitation", [enrolment.member_id], subject_id=enrolment.id, thread_id=enrolment.course_id, link=f"/learn/{enrolment.course_id}")


@tells("deadline")
def tell_deadline(reminder_id: UUID) -> None:
    """Tell a participant of a deadline that comes near or has passed."""
    row = db.session.execute(sa.select(Reminder, Enrolment).join(Enrolment, Enrolment.id == Reminder.enrolment_id).where(Reminder.id == reminder_id)).one_or_none()
    if row is not None:
        reminder, enrolment = row
        detail = "late" if reminder.mark == "late" else "near"
        notify("deadline", [enrolment.member_id], subject_id=reminder.id, thread_id=reminder.about_id, detail=detail, link=f"/learn/{enrolment.course_id}")


@tells("ends_soon")
def tell_end(enrolment_id: UUID) -> None:
    """Tell a participant that their time in the course ends; the last reminder takes the place of an earlier one."""
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or not enrolment.is_open or enrolment.reminded_at is None:
        return
    mark = UUID(int=enrolment.id.int ^ int(enrolment.reminded_at.timestamp()))
    notify("deadline", [enrolment.member_id], subject_id=mark, thread_id=enrolment.id, detail="ends", link=f"/learn/{enrolment.course_id}")


@tells("publication")
def tell_change(publication_id: UUID) -> None:
    """Tell everybody who has begun the course, and takes it now, that it was changed."""
    publication = db.session.get(Publication, publication_id)
    if publication is None:
        return
    begun = sa.select(Enrolment.member_id).where(Enrolment.course_id == publication.course_id, is_open_now(), Enrolment.active_at.is_not(None))
    course_id = publication.course_id
    notify("course", db.session.scalars(begun).all(), subject_id=publication.id, thread_id=course_id, link=f"/learn/{course_id}")


@describes("invitation")
def of_enrolments(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say which course one may begin; it is open until they have begun."""
    rows = _own(reader, Enrolment.id.in_([one.subject_id for one in notices]))
    found = {enrolment.id: Said(title, is_open=enrolment.active_at is None) for enrolment, title in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}


@describes("course")
def of_changes(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say which course was changed; it is open until they read what changed, or were in the course since."""
    rows = _own(reader, Enrolment.course_id.in_([one.thread_id for one in notices]))
    found = {enrolment.course_id: (enrolment, title) for enrolment, title in rows}
    return {one.id: _changed(*found[one.thread_id], one) for one in notices if one.thread_id in found}


def _changed(enrolment: Enrolment, title: str, notice: Notice) -> Said:
    knows = max((moment for moment in (enrolment.news_at, enrolment.active_at) if moment is not None), default=None)
    return Said(title, is_open=knows is None or knows < notice.made_at)


@describes("deadline")
def of_deadlines(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say what is to be done by which day; done is no longer open."""
    ending = [one for one in notices if one.detail == "ends"]
    return {**_of_reminders(reader, [one for one in notices if one.detail != "ends"]), **_of_ends(reader, ending)}


def _of_reminders(reader: Member, notices: Iterable[Notice]) -> dict[UUID, Said]:
    wanted = [one.subject_id for one in notices]
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(Reminder, Enrolment, Course.title, Publication.outline).join(Enrolment, Enrolment.id == Reminder.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id).join(Publication, Publication.id == Course.publication_id)
        .where(Reminder.id.in_(wanted), Enrolment.member_id == reader.id, is_open_now())
    )
    found = {reminder.id: _due(reminder, enrolment, title, outline) for reminder, enrolment, title, outline in rows}
    return {one.id: said for one in notices if (said := found.get(one.subject_id)) is not None}


def _due(reminder: Reminder, enrolment: Enrolment, course: str, outline: Mapping[str, object]) -> Said | None:
    """Return what is due, or None for a lesson that is no longer there."""
    day = format_day(reminder.due_on)
    if reminder.about_id == enrolment.course_id:
        return Said(course, more=day, is_open=enrolment.done_at is None)
    marks = {str(one.lesson_id): one for one in enrolment.progress}
    title = next((step.title for step in way_of(outline, {}).steps if step.id == str(reminder.about_id)), None)
    done = marks.get(str(reminder.about_id))
    return None if title is None else Said(title, more=day, is_open=done is None or done.done_at is None)


def _of_ends(reader: Member, notices: Sequence[Notice]) -> dict[UUID, Said]:
    if not notices:
        return {}
    zone = ZoneInfo(own_zone())
    found = {
        enrolment.id: Said(title, more=format_day((enrolment.ends_at - timedelta(seconds=1)).astimezone(zone).date()), is_open=enrolment.done_at is None)
        for enrolment, title in _own(reader, Enrolment.id.in_([one.thread_id for one in notices])) if enrolment.ends_at is not None
    }  # fmt: skip
    return {one.id: found[one.thread_id] for one in notices if one.thread_id in found}


def _own(reader: Member, *wanted: sa.ColumnElement[bool]) -> list[tuple[Enrolment, str]]:
    """Return the reader's own enrolments that are open, with the course's title."""
    query = sa.select(Enrolment, Course.title).join(Course, Course.id == Enrolment.course_id)
    return [(row[0], row[1]) for row in db.session.execute(query.where(Enrolment.member_id == reader.id, is_open_now(), *wanted))]
