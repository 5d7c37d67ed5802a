"""Verbs of learning: enrol, stop somewhere, answer, check, finish. They flush; the edge commits.

What a participant writes is done with their enrolment locked (`queries.course_for(..., lock=True)`),
so that two tabs, or a request and its resend, follow each other instead of colliding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids, queue
from core.db import db
from core.errors import Gone, NotFound, Refused
from tenants.audit.models import Event
from tenants.courses.models import Course, Page
from tenants.learning import queries, turns
from tenants.learning.answering import stored_of
from tenants.learning.grading import NotANumber, grade
from tenants.learning.models import Answer, Approval, Attempt, Enrolment, Progress, Tick
from tenants.learning.news import counts_from
from tenants.learning.queries import OpenLesson, Taken
from tenants.learning.rules import ALMOST, Step, lesson_done, part_seen
from tenants.learning.writing import content_of, spot_of, write_check
from tenants.people.models import Member

FRESH = timedelta(minutes=1)


class NothingGiven(Refused):
    """Nothing was chosen or written."""


class NoNumber(Refused):
    """The question asks for a number, and what was written cannot be read as one."""


class NotDoneYet(Refused):
    """The lesson is done when its questions are right, or its exercises approved, and they are not yet."""


def enrol(member: Member, course: Course, by: Member | None = None) -> Enrolment:
    """Return the member's active enrolment in the course; an ended or expired one goes on where it stopped.

    Raises Archived: nobody begins an archived course.
    """
    enrolment = _enrolment(member, course)
    if enrolment is not None and enrolment.is_open:
        return enrolment
    if course.state == "archived":
        raise queries.Archived
    ends_at = turns.ends_at(course.id)
    enrolment = _inserted(member, course, by) or _enrolment(member, course)
    assert enrolment is not None
    begin(enrolment, ends_at, by)
    return enrolment


def _enrolment(member: Member, course: Course) -> Enrolment | None:
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member.id, Enrolment.course_id == course.id, queries.is_current())
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def _inserted(member: Member, course: Course, by: Member | None) -> Enrolment | None:
    """Return a new enrolment, not begun; None if there is one, made by somebody this very moment too."""
    made = (
        insert(Enrolment)
        .values(id=ids.uuid7(), member_id=member.id, course_id=course.id, state="ended",
                enrolled_by=by.id if by else None, enrolled_at=clock.now())
        .on_conflict_do_nothing(index_elements=["member_id", "course_id"], index_where=sa.text("state <> 'reset'"))
        .returning(Enrolment)
    )  # fmt: skip
    return db.session.scalars(made).one_or_none()


def begin(enrolment: Enrolment, ends_at: datetime | None, by: Member | None = None) -> None:
    """Let the member learn in the course until `ends_at` (None: without end); their progress is as they left it."""
    if enrolment.is_open:
        return
    enrolment.state, enrolment.ends_at = "active", ends_at
    enrolment.ended_at = enrolment.ended_by = enrolment.reminded_at = None
    _note("learning.enrol", by, enrolment)
    db.session.flush()
    turns.tell("begun", enrolment)


def enrol_all(members: Iterable[Member], course: Course, by: Member | None = None) -> list[Enrolment]:
    """Return the enrolments of these members in the course."""
    return [enrol(member, course, by) for member in members]


def end_enrolment(enrolment: Enrolment, by: Member | None = None) -> None:
    """Take the member off the course; their progress and answers stay for when they come back."""
    if enrolment.state != "active":
        return
    _end(enrolment, "ended", "learning.end", by)


def expire(enrolment: Enrolment) -> None:
    """Note that the enrolment's time has passed; reading was closed at that moment, the progress stays."""
    _end(enrolment, "expired", "learning.expire", None)


def _end(enrolment: Enrolment, state: str, act: str, by: Member | None) -> None:
    turns.tell("ending", enrolment)
    enrolment.state, enrolment.ended_at, enrolment.ended_by = state, clock.now(), by.id if by else None
    _note(act, by, enrolment)
    db.session.flush()
    turns.tell("ended", enrolment)


def _note(act: str, by: Member | None, enrolment: Enrolment) -> None:
    facts = {"member": str(enrolment.member_id), "course": str(enrolment.course_id)}
    db.session.add(Event(actor_id=by.id if by else None, act=act, facts=facts))


def open_lesson(taken: Taken, step: Step) -> Progress | None:
    """Note that the participant is in this lesson now; writes nothing when that was noted a minute ago."""
    enrolment, now = taken.enrolment, clock.now()
    fresh = enrolment.active_at is not None and now - enrolment.active_at < FRESH
    if fresh and str(enrolment.lesson_id) == step.id:
        return None
    enrolment.lesson_id, enrolment.active_at = UUID(step.id), now
    return _progress(enrolment, UUID(step.id))


def _progress(enrolment: Enrolment, lesson_id: UUID, is_old: bool = False) -> Progress:
    """Return the participant's progress in the lesson, made on the first visit even when two tabs make it.

    Who is still in an old version of it was not in the new one: they are told of what changed.
    """
    values = {"id": ids.uuid7(), "enrolment_id": enrolment.id, "lesson_id": lesson_id, "place": {}, "part": 0.0}
    now = clock.now()
    made = (
        insert(Progress).values(**values, started_at=now, active_at=now)
        .on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_={"active_at": Progress.active_at if is_old else now})
        .returning(Progress)
    )
    return db.session.scalars(made, execution_options={"populate_existing": True}).one()


def save_place(open_: OpenLesson, block_id: str, second: float | None = None) -> Progress:
    """Keep where the participant stopped: the block, and in a video the second; what was seen never shrinks.

    A lesson that is done when it was viewed is done at its last block.
    """
    blocks = open_.page.content["blocks"]
    index = next((n for n, block in enumerate(blocks) if block["id"] == block_id), None)
    if index is None:
        raise Refused("no such block")
    block, progress = blocks[index], _stand_in(open_)
    place = {"block": block_id, "kind": block["kind"], "nth": index + 1, "of": len(blocks)}
    if second is None and progress.place.get("block") == block_id:
        second = progress.place.get("second")
    share = 0.0
    if block["kind"] == "video" and second is not None:
        place["second"] = round(max(0.0, second), 1)
        share = second / block["seconds"] if block.get("seconds") else 0.0
    progress.place = place
    progress.part = max(progress.part, part_seen(index, len(blocks), share))
    if not open_.is_old and open_.page.content["done_when"] == "viewed" and index == len(blocks) - 1 and not open_.step.is_done:
        _complete(open_, progress)
    db.session.flush()
    return progress


def _stand_in(open_: OpenLesson) -> Progress:
    enrolment = open_.taken.enrolment
    enrolment.lesson_id, enrolment.active_at = UUID(open_.step.id), clock.now()
    return _progress(enrolment, UUID(open_.step.id), open_.is_old)


def save_answer(
    open_: OpenLesson, question_id: UUID, given: Mapping[str, Any], save_id: UUID
) -> Answer:
    """Return the answer with what was chosen or written so far; the same `save_id` again changes nothing."""
    stored = stored_of(queries.question_on(open_.page, question_id), given)
    answer = open_.rows.get(str(question_id))
    if answer is not None and answer.save_id == save_id:
        return answer
    return _keep(open_, question_id, stored, save_id)


def _keep(open_: OpenLesson, question_id: UUID, stored: Mapping[str, Any], save_id: UUID) -> Answer:
    answer = open_.rows.get(str(question_id)) or _new_answer(open_, question_id)
    _fill(answer, open_.page, stored, save_id)
    _stay_at(open_, question_id)
    db.session.flush()
    return answer


def _new_answer(open_: OpenLesson, question_id: UUID) -> Answer:
    answer = Answer(
        id=ids.uuid7(), enrolment_id=open_.taken.enrolment.id, lesson_id=UUID(open_.step.id), question_id=question_id
    )
    db.session.add(answer)
    open_.rows[str(question_id)] = answer
    return answer


def _fill(answer: Answer, page: Page, given: Mapping[str, Any], save_id: UUID) -> None:
    """Put what was given into the answer; the same content again keeps its time, and so its verdict."""
    answer.page_id, answer.save_id = page.id, save_id
    content = content_of(given)
    if answer.given != content:
        answer.given, answer.saved_at = content, clock.now()


def save_ticks(open_: OpenLesson, block_id: UUID, items: Iterable[str], save_id: UUID) -> Tick:
    """Return what is ticked in the checklist now; the same `save_id` again changes nothing. Raises NotFound."""
    checklist = queries.checklists_of(open_.page.content).get(str(block_id))
    if checklist is None:
        raise NotFound("no such checklist")
    tick = open_.ticks.get(str(block_id))
    if tick is not None and tick.save_id == save_id:
        return tick
    if tick is None:
        tick = Tick(id=ids.uuid7(), enrolment_id=open_.taken.enrolment.id, lesson_id=UUID(open_.step.id), block_id=block_id)
        db.session.add(tick)
    known = [row["id"] for row in checklist["items"]]
    tick.items = json.dumps([key for key in known if key in set(items)])
    tick.save_id, tick.saved_at = save_id, clock.now()
    save_place(open_, str(block_id))
    return tick


def check_answer(
    open_: OpenLesson, question_id: UUID, given: Mapping[str, Any], attempt_id: UUID
) -> Attempt:
    """Return the attempt, graded; hand an open answer in. The same `attempt_id` again changes nothing.

    Marks the lesson done when its rule says so. Raises NothingGiven, NoNumber, Refused. One statement, unless it does.
    """
    answer = open_.rows.get(str(question_id))
    spot = spot_of(open_.taken.enrolment, open_.step, open_.page, question_id, answer, open_.is_old, open_.is_gone)
    stored = stored_of(spot.question, given)
    if not any(stored.values()):
        raise NothingGiven("choose or write something first")
    at = _counts_from(open_, "questions", str(question_id))
    written = write_check(spot, content_of(stored), attempt_id, _verdict(spot.question, stored), at)
    if written is None:
        return _same_attempt(db.session.get_one(Attempt, attempt_id), spot.answer)
    open_.rows[str(question_id)], attempt = written
    if spot.ends_lesson:
        _finish(open_)
    finish_if_passed(open_)
    return attempt


def _counts_from(open_: OpenLesson, what: str, key: str) -> datetime:
    """Return from when what is done now counts; on an old page, as done before an author asked to do it again."""
    now = clock.now()
    return counts_from(open_.taken.outline, what, key, open_.page.made_at, now) if open_.is_old else now


def _same_attempt(attempt: Attempt, answer: Answer | None) -> Attempt:
    if answer is None or attempt.answer_id != answer.id:
        raise Refused("sent already")
    return attempt


def _verdict(question: Mapping[str, Any], stored: Mapping[str, Any]) -> bool | None:
    try:
        return grade(question, stored)
    except NotANumber:
        raise NoNumber("write a number") from None


def _stay_at(open_: OpenLesson, question_id: UUID) -> None:
    """Let the participant resume at the question that they are answering."""
    for block in open_.page.content["blocks"]:
        if block["kind"] == "question" and block["question"]["id"] == str(question_id):
            save_place(open_, block["id"])


def finish_if_passed(open_: OpenLesson) -> bool:
    """Mark the lesson done if it is done by its questions and they are all right; return whether it is."""
    passed = passes(open_)
    way = open_.taken.way
    is_settled = open_.step.is_done and (open_.taken.enrolment.done_at is not None or not all(step.is_done for step in way.steps))
    if passed and not is_settled:
        _finish(open_)
    return passed


def passes(open_: OpenLesson) -> bool:
    """Return whether the lesson, as it is now, is done by its questions and they are all right as they stand."""
    if open_.now is None or open_.now.content["done_when"] != "question":
        return False
    return lesson_done("question", False, queries.results_of(open_.now, open_.rows))


def mark_done(open_: OpenLesson) -> Progress:
    """Mark the lesson done for the participant. Raises NotDoneYet when its questions decide and are not right.

    Its rule is that of now; what is marked on an old page counts as done before an author asked to do it again.
    """
    if open_.now is None:
        raise NotFound("no such lesson")
    rule = open_.now.content["done_when"]
    passed = lesson_done(rule, True, queries.results_of(open_.now, open_.rows, open_.approvals))
    if not passed and not open_.step.is_done:
        raise NotDoneYet("its questions decide")
    return _finish(open_)


def note_approval(enrolment: Enrolment, lesson_id: UUID, block_id: UUID, state: str) -> bool:
    """Note how a participant stands with an exercise (waiting, again or approved); return whether the lesson is done.

    The last approval that a lesson waited for finishes it, and with it perhaps the course. The participant's own
    place and last activity stay as they are: it was a trainer who acted.
    """
    values = {"id": ids.uuid7(), "enrolment_id": enrolment.id, "lesson_id": lesson_id, "block_id": block_id}
    changed = {"lesson_id": lesson_id, "state": state, "changed_at": clock.now()}
    db.session.execute(
        insert(Approval).values(**{**values, **changed})
        .on_conflict_do_update(index_elements=["enrolment_id", "block_id"], set_=changed)
    )
    return state == "approved" and enrolment.state != "reset" and _finish_if_approved(enrolment, lesson_id)


def _finish_if_approved(enrolment: Enrolment, lesson_id: UUID) -> bool:
    member = db.session.get_one(Member, enrolment.member_id)
    try:
        open_ = queries.lesson_for(member, enrolment.course_id, lesson_id, lock=True, even_locked=True)
    except (NotFound, queries.Archived):  # the enrolment ended, the lesson or course is gone: the approval is kept for then
        return False
    if open_.page.content["done_when"] != "approved" or not open_.is_approved:
        return False
    mine = (Progress.enrolment_id == enrolment.id, Progress.lesson_id == lesson_id)
    progress = db.session.scalar(sa.select(Progress).where(*mine))
    _complete(open_, progress or _progress(enrolment, lesson_id))
    return True


def note_result(enrolment: Enrolment, lesson_id: UUID, percent: Decimal, is_passed: bool) -> bool:
    """Note the result of a test that counts (0-100); return whether the lesson is done by it.

    A passed test finishes the lesson, and with it perhaps the course; what is done stays done. The participant's own
    place and last activity stay as they are: a trainer or the clock may have acted.
    """
    now = clock.now()
    values = {"id": ids.uuid7(), "enrolment_id": enrolment.id, "lesson_id": lesson_id, "place": {}, "part": 0.0}
    made = insert(Progress).values(**values, percent=percent, started_at=now, active_at=now, done_at=now if is_passed else None)
    changed: dict[str, Any] = {"percent": percent}
    if is_passed:
        changed["done_at"] = sa.func.coalesce(Progress.done_at, now)
    made = made.on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_=changed)
    progress = db.session.scalars(made.returning(Progress), execution_options={"populate_existing": True}).one()
    if not is_passed or enrolment.state == "reset":
        return progress.done_at is not None
    with suppress(NotFound, Gone, queries.Archived):  # the enrolment ended, or the lesson is no longer published: the result is kept for then
        member = db.session.get_one(Member, enrolment.member_id)
        _complete(queries.lesson_for(member, enrolment.course_id, lesson_id, lock=True, even_locked=True), progress)
    return True


def _finish(open_: OpenLesson) -> Progress:
    return _complete(open_, _stand_in(open_))


def _complete(open_: OpenLesson, progress: Progress) -> Progress:
    enrolment = open_.taken.enrolment
    progress.done_at = progress.done_at or _counts_from(open_, "lessons", open_.step.id)
    progress.part = max(progress.part, ALMOST)
    others = [step for step in open_.taken.way.steps if step.id != open_.step.id]
    if enrolment.done_at is None and all(step.is_done for step in others):
        enrolment.done_at = clock.now()
        db.session.flush()
        turns.tell("done", enrolment)
        with suppress(Refused):  # so much work waits that no more is taken; a daily look finds who was forgotten
            queue.later("certificates.issue", enrolment_id=enrolment.id, priority=3)
    db.session.flush()
    return progress
