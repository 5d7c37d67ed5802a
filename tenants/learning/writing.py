"""Statements that keep an answer, the place in the lesson and the last activity; drafts and checks join them into one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core import clock, ids
from core.db import db
from core.errors import NotFound
from core.sealed import columns_for
from tenants.courses.models import Page
from tenants.learning.models import Answer, Attempt, Enrolment, Progress
from tenants.learning.rules import Step, part_seen


@dataclass(frozen=True)
class Spot:
    """A question before a participant, their enrolment locked: where it stands, the answer so far, and whether an author
    published another version of the lesson since they opened it."""

    enrolment: Enrolment
    step: Step
    page: Page
    question: Mapping[str, Any]
    nth: int
    answer: Answer | None
    is_old: bool = False
    is_gone: bool = False

    @property
    def ends_lesson(self) -> bool:
        """Return whether being here finishes the lesson: it is done when its last block was seen."""
        blocks = self.page.content["blocks"]
        return not self.is_old and self.page.content["done_when"] == "viewed" and self.nth == len(blocks) - 1 and not self.step.is_done


def spot_of(
    enrolment: Enrolment, step: Step, page: Page, question_id: UUID, answer: Answer | None, is_old: bool = False, is_gone: bool = False
) -> Spot:
    """Return the spot of a question on its page. Raises NotFound."""
    for nth, block in enumerate(page.content["blocks"]):
        if block["kind"] == "question" and block["question"]["id"] == str(question_id):
            return Spot(enrolment, step, page, block["question"], nth, answer, is_old, is_gone)
    raise NotFound("no such question")


def content_of(stored: Mapping[str, Any]) -> str:
    """Return an answer as it is stored: the same answer is the same text."""
    return json.dumps(stored, ensure_ascii=False, sort_keys=True)


def write_draft(spot: Spot, content: str, save_id: UUID) -> None:
    """Keep what was given so far, and that the participant is here, in one statement."""
    answer = _answer(spot, content, save_id, ids.uuid7(), clock.now()).returning(Answer.id).cte("answer")
    stand = _stand(spot).returning(Progress.id).cte("stand")
    db.session.execute(_moved(spot).add_cte(answer, stand).execution_options(synchronize_session=False))


def write_check(spot: Spot, content: str, attempt_id: UUID, is_right: bool | None, at: datetime) -> tuple[Answer, Attempt] | None:
    """Keep an answer with its verdict, the attempt, and that the participant is here, in one statement; return both rows.

    `at`: from when it counts as checked; it counts as given no later. None, and the answer as it was, when there is an attempt of this id. The enrolment's lock keeps the numbers apart.
    """
    row_id = spot.answer.id if spot.answer else ids.uuid7()
    last = sa.select(sa.func.coalesce(sa.func.max(Attempt.number), 0)).where(Attempt.answer_id == row_id).scalar_subquery()
    attempt = (
        insert(Attempt).values(id=attempt_id, answer_id=row_id, number=last + 1, is_right=is_right, made_at=clock.now(),
                               **columns_for(Attempt, attempt_id, given=content))
        .on_conflict_do_nothing(index_elements=["id"]).returning(*Attempt.__table__.c).cte("attempt")
    )  # fmt: skip
    kept = _answer(spot, content, attempt_id, row_id, at, is_right=is_right, checked_at=at)
    if isinstance(kept, sa.Update):
        kept = kept.where(sa.exists(sa.select(attempt.c.id)))
    answer = kept.returning(*Answer.__table__.c).cte("answer")
    stand, moved = _stand(spot).returning(Progress.id).cte("stand"), _moved(spot).returning(Enrolment.id).cte("moved")
    both = sa.select(aliased(Answer, answer), aliased(Attempt, attempt)).join_from(answer, attempt, sa.true())
    found: Any = db.session.execute(both.add_cte(stand, moved).execution_options(populate_existing=True)).one_or_none()
    return (found[0], found[1]) if found is not None else None


def _answer(spot: Spot, content: str, save_id: UUID, new_id: UUID, at: datetime, **more: Any) -> Any:
    """Return the INSERT or UPDATE of the answer; the same content again keeps its time, and so its verdict.

    The content is written even then: whoever waited for the lock has read the answer as it was before.
    """
    row_id = spot.answer.id if spot.answer else new_id
    changed = {"page_id": spot.page.id, "save_id": save_id, **columns_for(Answer, row_id, given=content), **more}
    if spot.answer is not None:
        later = {"saved_at": at} if spot.answer.given != content or spot.answer.saved_at > at else {}
        return sa.update(Answer).where(Answer.id == row_id).values(changed | later)
    place = {"enrolment_id": spot.enrolment.id, "lesson_id": UUID(spot.step.id), "question_id": UUID(spot.question["id"])}
    return sa.insert(Answer).values(id=row_id, saved_at=at, **place, **changed)


def _stand(spot: Spot) -> Any:
    """Return the upsert of the participant's place in the lesson; what was seen never shrinks.

    Who is still in an old version of it was not in the new one: they are told of what changed.
    """
    blocks, now = spot.page.content["blocks"], clock.now()
    block = blocks[spot.nth]
    place = {"block": block["id"], "kind": block["kind"], "nth": spot.nth + 1, "of": len(blocks)}
    made = insert(Progress).values(
        id=ids.uuid7(), enrolment_id=spot.enrolment.id, lesson_id=UUID(spot.step.id), place=place,
        part=part_seen(spot.nth, len(blocks)), started_at=now, active_at=now,
    )
    kept = {"place": place, "part": sa.func.greatest(Progress.part, made.excluded.part), "active_at": Progress.active_at if spot.is_old else now}
    return made.on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_=kept)


def _moved(spot: Spot) -> Any:
    """Return the UPDATE that says where the participant is in the course, and when."""
    return sa.update(Enrolment).where(Enrolment.id == spot.enrolment.id).values(lesson_id=UUID(spot.step.id), active_at=clock.now())
