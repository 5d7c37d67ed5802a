"""A member's own work, to take along: their courses, progress and answers, as data and as a page to read."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Course, Publication
from tenants.learning.models import Enrolment
from tenants.learning.overview import Said, said_by
from tenants.learning.queries import marks_of
from tenants.learning.rules import Step, Way, way_of
from tenants.people.models import Member


def own_work(member: Member) -> dict[str, Any]:
    """Return the member's courses (ended ones too) with progress and answers, ready for JSON."""
    rows = db.session.execute(
        sa.select(Enrolment, Course, Publication.outline)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Publication, Publication.id == Course.publication_id)
        .where(Enrolment.member_id == member.id)
        .order_by(Enrolment.enrolled_at)
    ).all()
    marks = marks_of([enrolment.id for enrolment, *_ in rows])
    courses = [_course(e, way_of(outline, marks[e.id]), outline["title"]) for e, _, outline in rows]
    return {"name": member.name, "email": member.email, "courses": courses}


def _course(enrolment: Enrolment, way: Way, title: str) -> dict[str, Any]:
    said = said_by(enrolment)
    return {
        "title": title,
        "enrolled_at": _stamp(enrolment.enrolled_at),
        "done_at": _stamp(enrolment.done_at),
        "lessons_done": way.done,
        "lessons": [_lesson(step) for step in way.steps],
        "answers": [_answer(one) for one in said.values() if one.attempts],
    }


def _lesson(step: Step) -> dict[str, Any]:
    return {
        "module": step.module_title, "title": step.title, "minutes": step.minutes, "is_done": step.is_done,
        "part_seen": 1.0 if step.is_done else step.mark.part,
    }


def _answer(said: Said) -> dict[str, Any]:
    return {
        "question": said.question["prompt"], "chosen": [] if said.text else list(said.lines), "written": said.text,
        "is_right": said.is_right, "attempts": said.attempts, "handed_in_at": _stamp(said.made_at),
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def packed(work: dict[str, Any], page: str) -> bytes:
    """Return a ZIP with the data (own-work.json) and the page to read (own-work.html)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("own-work.json", json.dumps(work, ensure_ascii=False, indent=2))
        archive.writestr("own-work.html", page)
    return out.getvalue()
