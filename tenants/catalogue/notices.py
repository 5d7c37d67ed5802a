"""What coming into a course tells: staff that somebody asks, and who asked that they were answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.catalogue.models import EntryRequest
from tenants.catalogue.rules import DECIDERS
from tenants.courses.models import Course
from tenants.groups.sight import sees_member, visible_to
from tenants.notifications.actions import notify
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes, tells
from tenants.people.models import Member, MemberRole

TOLD = ("manager", "owner")


@tells("request")
def tell_staff(request_id: UUID) -> None:
    """Tell managers and owners, and the course's own trainer, that somebody asks to be let in."""
    row = db.session.execute(sa.select(EntryRequest, Course).join(Course, Course.id == EntryRequest.course_id).where(EntryRequest.id == request_id)).one_or_none()
    if row is None or row[0].state != "open" or row[0].kind != "request":
        return
    request, course = row
    told = Member.id.in_(sa.select(MemberRole.member_id).where(MemberRole.role.in_(TOLD)))
    staff = db.session.scalars(sa.select(Member).where(Member.state == "active", sa.or_(told, Member.id == course.trainer_id))).unique().all()
    seers = [one.id for one in staff if one.has(*DECIDERS) and sees_member(one, request.member_id)]
    notify("request", seers, subject_id=request.id, thread_id=request.course_id, link="/requests")


@tells("decision")
def tell_asker(request_id: UUID) -> None:
    """Tell who asked that they were answered."""
    request = db.session.get(EntryRequest, request_id)
    if request is not None and request.state == "declined":
        notify("decision", [request.member_id], subject_id=request.id, thread_id=request.course_id, link=f"/catalogue/{request.course_id}")


@describes("request")
def of_requests(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say who asks for which course; it is open until somebody decided."""
    if reader.roles.isdisjoint(DECIDERS):
        return {}
    rows = db.session.execute(
        sa.select(EntryRequest, Course.title, Member).join(Course, Course.id == EntryRequest.course_id).join(Member, Member.id == EntryRequest.member_id)
        .where(EntryRequest.id.in_([one.subject_id for one in notices]), visible_to(reader, EntryRequest.member_id), Member.state == "active")
    ).unique()
    found = {request.id: Said(title, asker.name, is_open=request.state == "open") for request, title, asker in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}


@describes("decision")
def of_decisions(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say which course was asked for."""
    rows = db.session.execute(
        sa.select(EntryRequest.id, Course.title).join(Course, Course.id == EntryRequest.course_id)
        .where(EntryRequest.member_id == reader.id, EntryRequest.id.in_([one.subject_id for one in notices]))
    )
    found = {request_id: Said(title) for request_id, title in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}
