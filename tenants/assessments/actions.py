"""Verbs of whoever sits a test: begin, answer, hand in; and of the clock, which ends what nobody hands in.

They flush; the edge commits. To begin, the enrolment is locked; to end, the enrolment and then the sitting; to save one
answer, the sitting alone. So two tabs, a request and its resend, and the clock follow each other instead of colliding.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.assessments import queries, rules
from tenants.assessments.marking import cut, total_of
from tenants.assessments.models import Sitting, SittingAnswer
from tenants.assessments.papers import KINDS, files_on, paper_of
from tenants.assessments.rules import GRACE, Bar
from tenants.assessments.settings import Settings, settings_of, stored
from tenants.audit.actions import record
from tenants.bank.queries import drawable
from tenants.learning.actions import note_result, open_lesson
from tenants.learning.answering import stored_of
from tenants.learning.models import Enrolment
from tenants.learning.queries import OpenLesson

Saved = Literal["saved", "older", "late"]
ACKNOWLEDGED = "="


class NotNow(Refused):
    """No new sitting may begin; `bar` says why and until when."""

    def __init__(self, bar: Bar) -> None:
        super().__init__("not now")
        self.bar = bar


class BadAnswers(Refused):
    """Some answers of a page are not what their questions offer; `questions` are the ids of those. Nothing is kept."""

    def __init__(self, questions: list[str]) -> None:
        super().__init__("bad answers")
        self.questions = questions


class NothingToAsk(Refused):
    """The test has no question to ask: none of its own, and none that its draws find in the bank."""


def begin(open_: OpenLesson) -> Sitting:
    """Return the open sitting, begun now or before. The lesson is loaded with `lock=True`. Raises NotNow, NothingToAsk."""
    enrolment, lesson_id = open_.taken.enrolment, UUID(open_.step.id)
    end_overdue(enrolment, lesson_id)
    before = queries.sittings_of(enrolment.id, lesson_id)
    for sitting in before:
        if sitting.is_open:
            return sitting
    settings, zone, now = queries.settings_on(open_), queries.zone(), clock.now()
    allowance = queries.allowance_of(enrolment.id, lesson_id)
    bar = rules.bar_to(settings, [one.past for one in before], allowance, now, zone)
    if bar is not None:
        raise NotNow(bar)
    ends_at, extension = rules.ends_at(settings, allowance, now, zone), rules.extension(settings, allowance)
    sitting = _laid(open_, settings, len(before) + 1, now, ends_at)
    sitting.extension_s = int(extension.total_seconds()) if ends_at else 0
    open_lesson(open_.taken, open_.step)
    record("assessments.begin", actor_id=enrolment.member_id, sitting=str(sitting.id), lesson=open_.step.id, number=sitting.number)
    db.session.flush()
    look_again(sitting)
    return sitting


def _laid(open_: OpenLesson, settings: Settings, number: int, now: datetime, ends_at: datetime | None) -> Sitting:
    """Return a new sitting with its paper and a row for each answer."""
    seed = secrets.randbits(62)
    offered = [[item.question for item in drawable(draw.tags, KINDS)] for draw in settings.draws]
    paper = paper_of(open_.page.content, settings, offered, seed)
    if not paper["questions"]:
        raise NothingToAsk("nothing to ask")
    sitting = Sitting(
        id=ids.uuid7(), enrolment_id=open_.taken.enrolment.id, lesson_id=UUID(open_.step.id), title=open_.step.title,
        number=number, state="open", settings=stored(settings), seed=seed, paper=paper, files=files_on(paper), started_at=now,
        ends_at=ends_at, extension_s=0,
    )  # fmt: skip
    db.session.add(sitting)
    db.session.flush()
    db.session.add_all(
        SittingAnswer(id=ids.uuid7(), sitting_id=sitting.id, question_id=UUID(one["question"]["id"]), position=place, worth=one["worth"])
        for place, one in enumerate(paper["questions"])
    )
    return sitting


def look_again(sitting: Sitting) -> None:
    """Let the clock end the sitting when its time is over; the day's job finds what finds no room among the work."""
    if sitting.ends_at is not None:
        with suppress(Refused):
            queue.later("assessments.end", sitting_id=sitting.id, due=sitting.ends_at + GRACE * 2, priority=6)


def save_answer(found: queries.ToSave, given: Mapping[str, Any], save_id: UUID, sequence: int | None) -> Saved:
    """Keep an answer and say how: "saved", "older" (a newer one is there) or "late" (kept beside, it does not count).

    `sequence`: when it was given, in milliseconds of the server's clock. Raises Refused for what the question does not offer.
    """
    how = _keep(found.sitting, found.answer, stored_of(found.question, given), save_id, sequence)
    db.session.flush()
    return how


def _keep(sitting: Sitting, row: SittingAnswer, answer: Mapping[str, Any], save_id: UUID, sequence: int | None) -> Saved:
    now = clock.now()
    text = _text(answer)
    if not sitting.is_open or rules.is_shut(sitting.ends_at, now):
        if text not in (row.given, row.late):
            row.late, row.late_at = text, now
        return "saved" if text == row.given else "late"
    at = rules.sequence_of(sequence, now)
    if row.save_id == save_id:
        return "saved"
    if not rules.is_newer(at, row.sequence):
        return "older"
    row.given, row.save_id, row.sequence, row.saved_at = text, save_id, at, now
    return "saved"


def _text(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, sort_keys=True)


def mark_of(given: Mapping[str, Any] | None) -> str:
    """Return a short mark of what a page shows as answered: what comes back with it unchanged was not touched there."""
    return hashlib.sha256(_text(given if given and any(given.values()) else {}).encode()).hexdigest()[:16]


def save_page(sitting: Sitting, sent: Mapping[str, tuple[str, Mapping[str, Any]]]) -> list[Saved]:
    """Keep what a whole page sent, by question id as (mark that the page was drawn with, given); say how each was kept.

    What the page did not change (or, says its script, has sent already: mark ACKNOWLEDGED) is passed over, so that an old
    tab takes nothing back that another one saved. Raises BadAnswers.
    """
    rows = [row for row in queries.answers_of(sitting) if str(row.question_id) in sent]
    answers = {row.question_id: _read(sitting, row, sent[str(row.question_id)][1]) for row in rows}
    if bad := [str(key) for key, answer in answers.items() if answer is None]:
        raise BadAnswers(bad)
    found: list[Saved] = []
    for row in rows:
        answer = answers[row.question_id] or {}
        if sent[str(row.question_id)][0] not in (ACKNOWLEDGED, mark_of(answer)):
            found.append(_keep(sitting, row, answer, ids.uuid7(), None))
    db.session.flush()
    return found


def _read(sitting: Sitting, row: SittingAnswer, given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return stored_of(sitting.paper["questions"][row.position]["question"], given)
    except Refused:
        return None


def hand_in(sitting: Sitting) -> None:
    """End the sitting by its person's wish; one that is ended already stays as it is. Load it locked."""
    if sitting.is_open:
        _end(sitting, "time" if sitting.is_overdue else "person")


def end_if_over(sitting: Sitting) -> bool:
    """End the sitting if its time is over, with the answers that were saved; return whether it is ended. Load it locked."""
    if sitting.is_overdue:
        _end(sitting, "time")
    return not sitting.is_open


def end_overdue(enrolment: Enrolment, lesson_id: UUID) -> None:
    """End this person's sitting of the test if its time is over. The enrolment need not be locked before."""
    for sitting in queries.sittings_of(enrolment.id, lesson_id):
        if sitting.is_overdue and (locked := queries.locked_sitting(sitting.id)) is not None:
            end_if_over(locked)


def end_all_overdue() -> int:
    """End every sitting of the academy whose time is over; return how many there were."""
    wanted = sa.select(Sitting.id).where(Sitting.state == "open", Sitting.ends_at < clock.now() - GRACE)
    found = list(db.session.scalars(wanted))
    for sitting_id in found:
        if (sitting := queries.locked_sitting(sitting_id)) is not None:
            end_if_over(sitting)
    return len(found)


def _end(sitting: Sitting, by: str) -> None:
    sitting.handed_in_at = sitting.ends_at if by == "time" else clock.now()
    sitting.ended_by = by
    record("assessments.hand_in", sitting=str(sitting.id), lesson=str(sitting.lesson_id), by=by)
    settle(sitting)


def settle(sitting: Sitting, decided: bool = False) -> None:
    """Count the points of an ended sitting, and move it on: to a trainer who marks, to one who judges, or to its result.

    `decided`: somebody has looked at it, so a failure counts.
    """
    answers = queries.answers_of(sitting)
    marks = queries.marks_of(sitting, answers)
    for row, one in zip(answers, marks, strict=True):
        row.points = None if one.points is None else cut(one.points, 4)
    total, settings = total_of(marks), settings_of(sitting.settings)
    sitting.points, sitting.most = cut(total.points, 4), cut(total.most, 4)
    if total.waiting:
        _wait(sitting, "marking")
        return
    sitting.percent = cut(total.percent)
    is_passed = total.passes(settings.pass_percent)
    if not is_passed and settings.is_deciding and not decided:
        _wait(sitting, "judging")
        return
    finish(sitting, is_passed)


def _wait(sitting: Sitting, state: str) -> None:
    """Let a trainer look at it; issue 4 tells them by this event."""
    if sitting.state != state:
        sitting.state = state
        record(f"assessments.{state}", sitting=str(sitting.id), lesson=str(sitting.lesson_id))
    db.session.flush()


def finish(sitting: Sitting, is_passed: bool) -> None:
    """Make the result final, and let it count for the lesson as the author chose."""
    sitting.state, sitting.is_passed = "final", is_passed
    db.session.flush()
    record("assessments.result", sitting=str(sitting.id), lesson=str(sitting.lesson_id))
    enrolment = db.session.get_one(Enrolment, sitting.enrolment_id)
    past = [one.past for one in queries.sittings_of(sitting.enrolment_id, sitting.lesson_id)]
    result = rules.counted(past, settings_of(sitting.settings).counts)
    if result is not None and result.percent is not None:
        note_result(enrolment, sitting.lesson_id, result.percent, bool(result.is_passed))
