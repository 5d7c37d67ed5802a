"""An answer saved as it is typed: one statement reads what decides, one writes. The rest of learning is not asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import lazyload

from core import clock, ids
from core.db import db
from core.errors import NotFound
from core.sealed import columns_for
from tenants.courses.models import Course, Page, Publication
from tenants.learning import queries
from tenants.learning.answering import stored_of
from tenants.learning.models import Answer, Enrolment, Progress
from tenants.learning.release import Here
from tenants.learning.rules import Mark, Step, part_seen, way_of
from tenants.people.models import Member


@dataclass(frozen=True)
class Draft:
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


def draft_for(member: Member, course_id: UUID, lesson_id: UUID, question_id: UUID, seen: UUID | None = None) -> Draft:
    """Return the question with the enrolment locked, in one statement. Raises NotFound, Expired, and Locked while it is closed.

    `seen`: the page that stands before the member (see `queries.lesson_for`).
    """
    row: Any = db.session.execute(_asked(member, course_id, lesson_id, question_id)).one_or_none()
    if row is None or row.Page is None or row.Answer is None or seen not in (None, row.Page.id):
        # refused, the first save, or a page of before: the long way says which
        return _found(queries.lesson_for(member, course_id, lesson_id, lock=True, seen=seen), question_id)
    here = Here(row.Enrolment.enrolled_at, clock.now(), row.zone, queries.named(row.groups))
    stopped_at = str(row.Enrolment.lesson_id) if row.Enrolment.lesson_id else None
    step = way_of(row.outline, _marks(row.marks), stopped_at, here).step(str(lesson_id))
    if step is None or step.is_locked:
        return _found(queries.lesson_for(member, course_id, lesson_id, lock=True), question_id)
    return _placed(row.Enrolment, step, row.Page, question_id, row.Answer)


def _asked(member: Member, course_id: UUID, lesson_id: UUID, question_id: UUID) -> sa.Select[Any]:
    """Return the SELECT of everything that decides whether the answer may be saved."""
    one = sa.func.json_build_array(
        Progress.lesson_id, Progress.part, Progress.done_at.is_not(None), Progress.place, sa.cast(Progress.percent, sa.Text)
    )
    marks = sa.select(sa.func.json_agg(one)).where(Progress.enrolment_id == Enrolment.id).scalar_subquery()
    path = sa.cast("$.modules[*].lessons[*] ? (@.id == $id).page_id", sa.Text).op("::")(sa.text("jsonpath"))
    page_id = sa.func.jsonb_path_query_first(Publication.outline, path, sa.func.jsonb_build_object("id", str(lesson_id)))
    mine = sa.and_(Answer.enrolment_id == Enrolment.id, Answer.question_id == question_id)
    return (
        sa.select(Enrolment, Publication.outline, Page, Answer, queries.zone_here().label("zone"), marks.label("marks"),
                  queries.groups_here().label("groups"))
        .join(Course, Course.id == Enrolment.course_id)
        .join(Publication, Publication.id == Course.publication_id)
        .outerjoin(Page, Page.id == sa.cast(page_id.op("#>>")(sa.text("'{}'")), sa.Uuid))
        .outerjoin(Answer, mine)
        .options(lazyload("*"))
        .where(Enrolment.member_id == member.id, Enrolment.course_id == course_id)
        .where(queries.is_open_now(), Course.state == "published")
        .with_for_update(of=Enrolment).execution_options(populate_existing=True)
    )


def _marks(rows: list[list[Any]] | None) -> dict[str, Mark]:
    return {
        lesson_id: Mark(part, is_done, place, Decimal(percent) if percent is not None else None)
        for lesson_id, part, is_done, place, percent in rows or ()
    }


def _found(open_: queries.OpenLesson, question_id: UUID) -> Draft:
    answer = open_.rows.get(str(question_id))
    placed = _placed(open_.taken.enrolment, open_.step, open_.page, question_id, answer)
    return replace(placed, is_old=open_.is_old, is_gone=open_.is_gone)


def _placed(enrolment: Enrolment, step: Step, page: Page, question_id: UUID, answer: Answer | None) -> Draft:
    for nth, block in enumerate(page.content["blocks"]):
        if block["kind"] == "question" and block["question"]["id"] == str(question_id):
            return Draft(enrolment, step, page, block["question"], nth, answer)
    raise NotFound("no such question")


def save_draft(draft: Draft, given: Mapping[str, Any], save_id: UUID) -> None:
    """Keep what was chosen or written so far, and that the participant is here; the same `save_id` again changes nothing.

    Raises Refused for what the question does not offer. Not for a draft that `ends_lesson`.
    """
    content = json.dumps(stored_of(draft.question, given), ensure_ascii=False, sort_keys=True)
    if draft.answer is not None and draft.answer.save_id == save_id:
        return
    answer, stand = _answer(draft, content, save_id).cte("answer"), _stand(draft).cte("stand")
    moved = (
        sa.update(Enrolment).where(Enrolment.id == draft.enrolment.id)
        .values(lesson_id=UUID(draft.step.id), active_at=clock.now())
    )
    db.session.execute(moved.add_cte(answer, stand).execution_options(synchronize_session=False))


def _answer(draft: Draft, content: str, save_id: UUID) -> Any:
    """Return the upsert of the answer; the same content again keeps its time, and so its verdict.

    The content is written even then: whoever waited for the lock has read the answer as it was before.
    """
    row_id, now = draft.answer.id if draft.answer else ids.uuid7(), clock.now()
    changed = {"page_id": draft.page.id, "save_id": save_id, **columns_for(Answer, row_id, given=content)}
    if draft.answer is not None:
        later = {"saved_at": now} if draft.answer.given != content else {}
        return sa.update(Answer).where(Answer.id == row_id).values(changed | later).returning(Answer.id)
    place = {"enrolment_id": draft.enrolment.id, "lesson_id": UUID(draft.step.id), "question_id": UUID(draft.question["id"])}
    return sa.insert(Answer).values(id=row_id, saved_at=now, **place, **changed).returning(Answer.id)


def _stand(draft: Draft) -> Any:
    """Return the upsert of the participant's place in the lesson; what was seen never shrinks."""
    blocks, now = draft.page.content["blocks"], clock.now()
    block = blocks[draft.nth]
    place = {"block": block["id"], "kind": block["kind"], "nth": draft.nth + 1, "of": len(blocks)}
    made = insert(Progress).values(
        id=ids.uuid7(), enrolment_id=draft.enrolment.id, lesson_id=UUID(draft.step.id), place=place,
        part=part_seen(draft.nth, len(blocks)), started_at=now, active_at=now,
    )
    kept = {"place": place, "part": sa.func.greatest(Progress.part, made.excluded.part), "active_at": Progress.active_at if draft.is_old else now}
    return made.on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_=kept).returning(Progress.id)
