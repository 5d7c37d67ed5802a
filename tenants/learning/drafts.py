"""An answer saved as it is typed: one statement reads what decides, one writes. The rest of learning is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from core import clock
from core.db import db
from tenants.courses.models import Course, Page, Publication
from tenants.learning import queries
from tenants.learning.answering import stored_of
from tenants.learning.models import Answer, Enrolment
from tenants.learning.release import Here
from tenants.learning.rules import way_of
from tenants.learning.writing import Spot, content_of, spot_of, write_draft
from tenants.people.models import Member


def draft_for(member: Member, course_id: UUID, lesson_id: UUID, question_id: UUID, seen: UUID | None = None) -> Spot:
    """Return the question with the enrolment locked, in one statement. Raises NotFound, Expired, and Locked while it is closed.

    `seen`: the page that stands before the member (see `queries.lesson_for`).
    """
    row: Any = db.session.execute(_asked(member, course_id, lesson_id, question_id)).one_or_none()
    if row is None or row.Page is None or row.Answer is None or seen not in (None, row.Page.id):
        # refused, the first save, or a page of before: the long way says which
        return _found(queries.lesson_for(member, course_id, lesson_id, lock=True, seen=seen), question_id)
    here = Here(row.Enrolment.enrolled_at, clock.now(), row.zone, queries.named(row.groups))
    stopped_at = str(row.Enrolment.lesson_id) if row.Enrolment.lesson_id else None
    step = way_of(row.outline, queries.marks_read(row.marks), stopped_at, here).step(str(lesson_id))
    if step is None or step.is_locked:
        return _found(queries.lesson_for(member, course_id, lesson_id, lock=True), question_id)
    return spot_of(row.Enrolment, step, row.Page, question_id, row.Answer)


def _asked(member: Member, course_id: UUID, lesson_id: UUID, question_id: UUID) -> sa.Select[Any]:
    """Return the SELECT of everything that decides whether the answer may be saved."""
    mine = sa.and_(Answer.enrolment_id == Enrolment.id, Answer.question_id == question_id)
    return (
        sa.select(Enrolment, Publication.outline, Page, Answer, queries.zone_here().label("zone"),
                  queries.marks_here().label("marks"), queries.groups_here().label("groups"))
        .join(Course, Course.id == Enrolment.course_id)
        .join(Publication, Publication.id == Course.publication_id)
        .outerjoin(Page, queries.is_page_of(lesson_id))
        .outerjoin(Answer, mine)
        .options(lazyload("*"))
        .where(Enrolment.member_id == member.id, Enrolment.course_id == course_id)
        .where(queries.is_open_now(), Course.state == "published")
        .with_for_update(of=Enrolment).execution_options(populate_existing=True)
    )


def _found(open_: queries.OpenLesson, question_id: UUID) -> Spot:
    answer = open_.rows.get(str(question_id))
    return spot_of(open_.taken.enrolment, open_.step, open_.page, question_id, answer, open_.is_old, open_.is_gone)


def save_draft(draft: Spot, given: Mapping[str, Any], save_id: UUID) -> None:
    """Keep what was chosen or written so far, and that the participant is here; the same `save_id` again changes nothing.

    Raises Refused for what the question does not offer. Not for a draft that `ends_lesson`.
    """
    content = content_of(stored_of(draft.question, given))
    if draft.answer is None or draft.answer.save_id != save_id:
        write_draft(draft, content, save_id)
