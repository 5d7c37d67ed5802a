"""One-way words to everybody in a course: a message that stands out, by its trainer or a manager."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound, Refused
from tenants.chat import actions, queries
from tenants.chat.carrying import tell_said
from tenants.chat.models import Message, Room
from tenants.chat.queries import ToPost
from tenants.chat.reading import Seen
from tenants.chat.rules import MODERATORS, Manners, Reach
from tenants.courses.models import Course, Publication
from tenants.people.models import Member


def course_to_tell(member: Member, course_id: UUID) -> tuple[Course, str]:
    """Return a published course to whose people the member may announce something, and its title. Raises NotFound."""
    row = db.session.execute(
        sa.select(Course, Publication.outline["title"].astext).join(Publication, Publication.id == Course.publication_id)
        .where(Course.id == course_id, Course.state == "published")
    ).one_or_none()  # fmt: skip
    if row is None or not may_announce(member, row[0]):
        raise NotFound("no such course")
    return row[0], row[1]


def may_announce(member: Member, course: Course) -> bool:
    """Return whether the member speaks to everybody in a course: its trainer, or a manager, who sees everybody."""
    if course.state != "published" or member.is_limited:
        return False
    return bool(member.roles & MODERATORS) or (course.trainer_id == member.id and member.has("trainer"))


def announce(member: Member, course_id: UUID, body: str, client_id: UUID) -> Message:
    """Return the announcement in the room of the course; what is sent again is said once. Raises NothingSaid, Refused, NotFound."""
    words = actions.checked(body)
    course, _ = course_to_tell(member, course_id)
    opened = actions.open_course(course.id)
    room = db.session.scalars(sa.select(Room).where(Room.id == opened.id).with_for_update().execution_options(populate_existing=True)).one()
    earlier = db.session.scalar(sa.select(Message).where(Message.sender_id == member.id, Message.client_id == client_id))
    if earlier is not None:
        if earlier.room_id != room.id:
            raise Refused("sent already")
        return earlier
    to_post = ToPost(room, None, Manners(), Reach(), None, None, 0)
    named = queries.people_named(room, words) if "@" in words else []
    message = actions.write(member, to_post, words, client_id, named, kind="notice")
    tell_said(room, Seen(message, member))
    return message
