"""What tests of the chat share: a course that two participants take and a trainer gives, and words in its rooms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from core.db import db
from tenants.chat import actions
from tenants.learning.models import Enrolment
from tenants.learning.queries import course_for
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import write_exercise


@dataclass(frozen=True)
class Talk:
    """Ids of a published course, its first lesson and its rooms."""

    course: UUID
    lesson: UUID
    room: UUID
    question: UUID
    direct: UUID


def write_talk(cast: Cast) -> Talk:
    """Return a course with a room, a question at a lesson by `participant`, and a talk of `participant` with `second`."""
    found = write_exercise(cast, enrolled=("participant", "second"), trainer="trainer")
    with db.scope(cast.academy.scope, commit=True):
        asker = member(cast, "participant")
        room = actions.open_course(found.course)
        question = actions.open_lesson(course_for(asker, found.course), found.reading)
        direct = actions.open_direct(asker, member(cast, "second"))
        return Talk(found.course, found.reading, room.id, question.id, direct.id)


def say(cast: Cast, who: str, room_id: UUID, words: str, client_id: UUID | None = None, reply_to: UUID | None = None) -> UUID:
    """Return the id of a message that somebody said, in a frame of its own."""
    with db.scope(cast.academy.scope, commit=True):
        return actions.post_message(member(cast, who), room_id, words, client_id or uuid4(), reply_to).message.id


def leave_course(cast: Cast, who: str, course_id: UUID) -> None:
    """End somebody's enrolment."""
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.query(Enrolment).filter_by(member_id=cast.ids[who], course_id=course_id, state="active").one()
        row.state = "ended"
