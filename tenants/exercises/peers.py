"""Fellow participants give each other feedback: who reviews whose work, and what they write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.actions import record
from tenants.courses.models import Block, Page
from tenants.exercises import queries
from tenants.exercises.models import HandIn, Review
from tenants.exercises.rules import MAX_TEXT, Work, known_levels, shared_out
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tenants.people.models import Member


class Finished(Refused):
    """The feedback was sent already: it stays as it was read."""


class NothingSaid(Refused):
    """The feedback holds neither words nor a chosen level."""


def share_out(hand_in: HandIn, each: int) -> None:
    """Give the reviews of this exercise out anew: everybody who handed in reviews `each` others, fewest first.

    One hand-in of an exercise after the other, by a lock on the exercise's row (academies have no advisory locks).
    Work that was handed in again takes the place of its earlier version for those who have not begun.
    """
    db.session.execute(sa.select(Block.id).where(Block.id == hand_in.block_id).with_for_update(key_share=True))
    course = sa.select(Enrolment.course_id).where(Enrolment.id == hand_in.enrolment_id).scalar_subquery()
    works, targets, rows = _works(hand_in.block_id, course)
    shares = shared_out(works, each)
    for reviewer, enrolment_id in shares.new:
        db.session.add(Review(id=ids.uuid7(), hand_in_id=targets[enrolment_id], by_id=reviewer, kind="peer", text="",
                              levels={}, made_at=clock.now()))  # fmt: skip
    for reviewer, old, new in shares.moved:
        rows[reviewer, old].hand_in_id = targets[new]
    for (_, enrolment_id), row in rows.items():
        if row.saved_at is None and row.hand_in_id not in targets.values():
            row.hand_in_id = targets[enrolment_id]
    db.session.flush()


Rows = dict[tuple[UUID, UUID], Review]


def _works(block_id: UUID, course: Any) -> tuple[list[Work], dict[UUID, UUID], Rows]:
    """Return the works by enrolment, in the order of handing in; the latest version of each; and their peer reviews."""
    found = db.session.execute(
        sa.select(HandIn.id, HandIn.enrolment_id, Enrolment.member_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id).join(Member, Member.id == Enrolment.member_id)
        .where(HandIn.block_id == block_id, HandIn.state != "draft", Enrolment.course_id == course)
        .where(Enrolment.state == "active", Member.state == "active").order_by(HandIn.handed_in_at, HandIn.id)
    ).all()
    versions = {row.id: row.enrolment_id for row in found}
    authors = {row.enrolment_id: row.member_id for row in found}
    targets = {row.enrolment_id: row.id for row in found}
    reviews = db.session.scalars(
        sa.select(Review).where(Review.kind == "peer", Review.hand_in_id.in_(list(versions)))
        .execution_options(populate_existing=True)
    )
    rows: Rows = {(one.by_id, versions[one.hand_in_id]): one for one in reviews if one.by_id}
    by_work: defaultdict[UUID, set[UUID]] = defaultdict(set)
    begun: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for (reviewer, enrolment_id), row in rows.items():
        by_work[enrolment_id].add(reviewer)
        if row.saved_at is not None:
            begun[enrolment_id].add(reviewer)
    works = [Work(e, author, frozenset(by_work[e]), frozenset(begun[e])) for e, author in authors.items()]
    return works, targets, rows


@dataclass(frozen=True)
class PeerTask:
    """A review that a participant is to write: the work, the exercise as its author saw it, the files, the name."""

    review: Review
    hand_in: HandIn
    exercise: Mapping[str, Any]
    files: list[File]
    author: str | None
    course_id: UUID


def task_for(member: Member, review_id: UUID, lock: bool = False) -> PeerTask:
    """Return a peer review that was given to the member; its author's name unless that is hidden. Raises NotFound."""
    wanted = (
        sa.select(Review, HandIn, Page, Enrolment)
        .join(HandIn, HandIn.id == Review.hand_in_id).join(Page, Page.id == HandIn.page_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(Review.id == review_id, Review.by_id == member.id, Review.kind == "peer")
    )
    if lock:
        wanted = wanted.with_for_update(of=Review).execution_options(populate_existing=True)
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound("no such review")
    review, hand_in, page, enrolment = row
    exercise = queries.exercise_on(page, hand_in.block_id)
    author = None if exercise["anonymous"] else db.session.get_one(Member, enrolment.member_id).name
    return PeerTask(review, hand_in, exercise, queries.files_of([hand_in.id])[hand_in.id], author, enrolment.course_id)


def begin(task: PeerTask) -> None:
    """Note that the member opened it: from now on it is not moved to another work."""
    if task.review.saved_at is None:
        task.review.saved_at = clock.now()
        db.session.flush()


def save_peer_review(task: PeerTask, text: str, levels: Mapping[str, str], save_id: UUID) -> Review:
    """Return the draft of the feedback; the same `save_id` again changes nothing. Raises Finished."""
    if task.review.save_id == save_id and task.review.sent_at is None:
        return task.review
    return _fill(task, text, levels, save_id)


def _fill(task: PeerTask, text: str, levels: Mapping[str, str], save_id: UUID) -> Review:
    review = task.review
    if review.sent_at is not None:
        raise Finished("sent already")
    review.text, review.levels = checked_text(text), known_levels(task.exercise["criteria"], levels)
    review.save_id, review.saved_at = save_id, clock.now()
    db.session.flush()
    return review


def checked_text(text: str) -> str:
    """Return the text as it is stored. Raises Refused when it is too long."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise Refused("answer too long")
    return text


def send_peer_review(task: PeerTask, text: str, levels: Mapping[str, str], sent_id: UUID) -> Review:
    """Return the feedback, sent to its participant. The same `sent_id` again changes nothing.

    Raises NothingSaid, Finished.
    """
    if task.review.sent_id == sent_id:
        return task.review
    review = _fill(task, text, levels, sent_id)
    if not review.text and not review.levels:
        raise NothingSaid("say something first")
    review.sent_id, review.sent_at = sent_id, clock.now()
    task.hand_in.feedback_at = clock.now()
    db.session.flush()
    record("exercise.peer_reviewed", actor_id=review.by_id, hand_in=str(task.hand_in.id), review=str(review.id))
    queue.later("notifications.tell", what="review", subject_id=review.id)
    return review


def file_of(task: PeerTask, file_id: UUID) -> tuple[File, int]:
    """Return a file of the work and its place (1, 2 ...) in it. Raises NotFound."""
    for place, file in enumerate(task.files, start=1):
        if file.id == file_id:
            return file, place
    raise NotFound("no such file")


