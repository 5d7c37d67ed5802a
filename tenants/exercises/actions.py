"""Verbs of participants on their exercises: write, add files, hand in, answer in the thread. They flush; the edge commits.

All is done with the enrolment locked (`lesson_for(..., lock=True)`): two tabs, or a request and its resend, follow each
other instead of colliding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.courses.models import Course
from tenants.exercises import peers, queries
from tenants.exercises.models import HandIn, HandInFile, HandInMessage, StandIn
from tenants.exercises.rules import MAX_TEXT, is_enough, may_write
from tenants.files.actions import remove_file as delete_file
from tenants.files.actions import store_document
from tenants.files.models import File
from tenants.groups.sight import sees_member
from tenants.learning.actions import note_approval, save_place
from tenants.learning.queries import OpenLesson
from tenants.learning.rules import TAUGHT_BY
from tenants.notifications.actions import mark_read
from tenants.people.models import Member, MemberRole

Upload = tuple[BinaryIO, str]


class HandedInAlready(Refused):
    """The exercise waits for its trainer, or is approved: there is nothing to write now."""


class NothingToHandIn(Refused):
    """Neither a text nor a file is there."""


class TooManyFiles(Refused):
    """The exercise takes fewer files."""


def save_text(open_: OpenLesson, block_id: UUID, text: str, save_id: UUID) -> HandIn:
    """Return the draft with what was written so far; the same `save_id` again changes nothing."""
    text = text.replace("\x00", "").replace("\r\n", "\n")
    if len(text) > MAX_TEXT:
        raise Refused("answer too long")
    latest = queries.latest_of(open_.taken.enrolment, block_id)
    if latest is not None and latest.save_id == save_id:
        return latest
    draft = _draft(open_, block_id, latest)
    if draft.text != text:
        draft.text, draft.saved_at = text, clock.now()
    draft.save_id = save_id
    save_place(open_, str(block_id))
    db.session.flush()
    return draft


def _draft(open_: OpenLesson, block_id: UUID, latest: HandIn | None) -> HandIn:
    """Return the draft to write in, of the exercise as it stands; a new version begins as the one before."""
    exercise = queries.exercise_on(open_.page, block_id)
    if not may_write(latest.state if latest else None):
        raise HandedInAlready("handed in already")
    if latest is not None and latest.state == "draft":
        latest.page_id, latest.title = open_.page.id, exercise["title"]
        return latest
    draft = HandIn(
        id=ids.uuid7(), enrolment_id=open_.taken.enrolment.id, lesson_id=UUID(open_.step.id), block_id=block_id,
        page_id=open_.page.id, title=exercise["title"], number=latest.number + 1 if latest else 1, state="draft",
        text=latest.text if latest else "", save_id=ids.uuid7(), saved_at=clock.now(), version=1,
    )
    db.session.add(draft)
    db.session.flush()
    if latest is not None:
        _carry_over(latest, draft)
    return draft


def _carry_over(old: HandIn, new: HandIn) -> None:
    for link in queries.links_of(old):
        db.session.add(_link(new, link.file_id, link.upload_id))
    db.session.flush()


def _link(hand_in: HandIn, file_id: UUID, upload_id: UUID) -> HandInFile:
    return HandInFile(
        id=ids.uuid7(), hand_in_id=hand_in.id, file_id=file_id, upload_id=upload_id, made_at=clock.now()
    )


def add_files(open_: OpenLesson, block_id: UUID, uploads: Sequence[Upload], upload_id: UUID, by: Member) -> HandIn:
    """Return the draft with these files added, all or none. Raises NotThat, TooManyFiles.

    The same `upload_id` again changes nothing.
    """
    exercise = queries.exercise_on(open_.page, block_id)
    draft = _draft(open_, block_id, queries.latest_of(open_.taken.enrolment, block_id))
    links = queries.links_of(draft)
    if not uploads or any(link.upload_id == upload_id for link in links):
        return draft
    if len(links) + len(uploads) > exercise["most_files"]:
        raise TooManyFiles("too many files")
    for source, name in uploads:
        file = store_document(source, name, by, exercise["types"])
        db.session.add(_link(draft, file.id, upload_id))
    db.session.flush()
    return draft


def remove_file(open_: OpenLesson, block_id: UUID, file_id: UUID) -> HandIn:
    """Return the draft without the file; earlier versions keep theirs. A file that is not there changes nothing."""
    draft = _draft(open_, block_id, queries.latest_of(open_.taken.enrolment, block_id))
    mine = (HandInFile.hand_in_id == draft.id, HandInFile.file_id == file_id)
    gone = db.session.execute(sa.delete(HandInFile).where(*mine).returning(HandInFile.id)).all()
    if gone and not db.session.scalar(sa.select(sa.exists().where(HandInFile.file_id == file_id))):
        delete_file(db.session.get_one(File, file_id))
    db.session.flush()
    return draft


def hand_in(
    open_: OpenLesson, block_id: UUID, sent_id: UUID, text: str | None = None, uploads: Sequence[Upload] = ()
) -> HandIn:
    """Return the hand-in: the draft with this text and these files more, from now on its trainer's to look at.

    The same `sent_id` again changes nothing. Raises NothingToHandIn, HandedInAlready, TooManyFiles, NotThat.
    """
    exercise = queries.exercise_on(open_.page, block_id)
    earlier = db.session.scalar(sa.select(HandIn).where(HandIn.sent_id == sent_id))
    if earlier is not None:
        return _same(earlier, open_, block_id)
    draft = _draft(open_, block_id, queries.latest_of(open_.taken.enrolment, block_id))
    if text is not None:
        draft = save_text(open_, block_id, text, sent_id)
    if uploads:
        add_files(open_, block_id, uploads, sent_id, db.session.get_one(Member, open_.taken.enrolment.member_id))
    if not is_enough(exercise, draft.text or "", len(queries.links_of(draft))):
        raise NothingToHandIn("write or add something first")
    draft.state, draft.sent_id, draft.handed_in_at = "handed_in", sent_id, clock.now()
    draft.trainer_id = _queue_of(open_.taken.course, open_.taken.enrolment.member_id)
    note_approval(open_.taken.enrolment, draft.lesson_id, block_id, "waiting")
    save_place(open_, str(block_id))
    db.session.flush()
    record("exercise.handed_in", actor_id=open_.taken.enrolment.member_id, **_facts(draft, open_.taken.course))
    queue.later("notifications.tell", what="hand_in", subject_id=draft.id)
    if exercise["peers"]:
        peers.share_out(draft, exercise["peers"])
        queue.later("notifications.tell", what="peer_reviews", subject_id=draft.id)
    return draft


def _same(earlier: HandIn, open_: OpenLesson, block_id: UUID) -> HandIn:
    if (earlier.enrolment_id, earlier.block_id) != (open_.taken.enrolment.id, block_id):
        raise Refused("sent already")
    return earlier


def _facts(hand_in: HandIn, course: Course) -> dict[str, Any]:
    return {
        "hand_in": str(hand_in.id), "enrolment": str(hand_in.enrolment_id), "course": str(course.id),
        "lesson": str(hand_in.lesson_id), "block": str(hand_in.block_id), "number": hand_in.number,
        "trainer": str(hand_in.trainer_id) if hand_in.trainer_id else None,
    }  # fmt: skip


def _queue_of(course: Course, member_id: UUID) -> UUID | None:
    """Return whose queue the hand-ins of a participant of the course wait in: its trainer's or their substitute's, if they see
    the participant, else everybody's."""
    reviews = sa.select(MemberRole.member_id).where(MemberRole.role.in_(TAUGHT_BY))
    wanted = (
        sa.select(sa.func.coalesce(StandIn.substitute_id, Member.id)).select_from(Member)
        .outerjoin(StandIn, StandIn.trainer_id == Member.id)
        .where(Member.id == course.trainer_id, Member.state == "active", Member.id.in_(reviews))
    )
    trainer = db.session.get(Member, found) if (found := db.session.scalar(wanted)) else None
    return trainer.id if trainer is not None and sees_member(trainer, member_id) else None


def write_message(hand_in: HandIn, by: Member, text: str, message_id: UUID) -> HandInMessage:
    """Return the message in the thread; the same id again changes nothing. A trainer's is news to the participant."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused("empty message")
    if len(text) > MAX_TEXT:
        raise Refused("answer too long")
    earlier = db.session.get(HandInMessage, message_id)
    if earlier is not None:
        if (earlier.hand_in_id, earlier.by_id) != (hand_in.id, by.id):
            raise Refused("sent already")
        return earlier
    message = HandInMessage(id=message_id, hand_in_id=hand_in.id, by_id=by.id, text=text, made_at=clock.now())
    db.session.add(message)
    if hand_in.enrolment.member_id != by.id:
        hand_in.feedback_at = clock.now()
    db.session.flush()
    record("exercise.message", actor_id=by.id, hand_in=str(hand_in.id), message=str(message.id))
    queue.later("notifications.tell", what="thread_message", subject_id=message.id)
    return message


def mark_seen(hand_ins: Iterable[HandIn]) -> None:
    """Note that the participant saw what was said; writes nothing when nothing is new."""
    for one in hand_ins:
        if one.has_news:
            one.seen_at = clock.now()
            mark_read(one.enrolment.member_id, ("feedback", "answer"), one.block_id)
    db.session.flush()


