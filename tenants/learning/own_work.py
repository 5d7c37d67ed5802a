"""A member's own work, to take along: their courses, progress and answers, as data and as a page to read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Course, Page, Publication
from tenants.files import storage
from tenants.learning.models import Enrolment
from tenants.learning.overview import Said, said_by
from tenants.learning.queries import checklists_of, marks_of, ticked, ticks_of
from tenants.learning.rules import Step, Way, way_of
from tenants.organisations.queries import organisation_of
from tenants.people.models import Member

Part = Callable[[Enrolment], dict[str, Any]]
Own = Callable[[Member], dict[str, Any]]
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
_parts: list[Part] = []
_own: list[Own] = []


def adds_work(part: Part) -> Part:
    """Let a feature above add what it keeps of a person's course; `files` ([{path, id}]) are packed too."""
    _parts.append(part)
    return part


def adds_own(part: Own) -> Own:
    """Let a feature above add what it keeps of a person apart from any course; `files` are packed too."""
    _own.append(part)
    return part


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
    parts = [part(member) for part in _own]
    more = {name: value for part in parts for name, value in part.items() if name != "files"}
    files = [file for part in parts for file in part.get("files", ())]
    from_ = organisation_of(member.id)
    about = {"name": member.name, "email": member.email, "personnel_number": member.number, "organisation": from_.name if from_ else None}
    return {**about, "courses": courses, **more, **({"files": files} if files else {})}


def _course(enrolment: Enrolment, way: Way, title: str) -> dict[str, Any]:
    said = said_by(enrolment)
    return {
        "title": title,
        "enrolled_at": stamp(enrolment.enrolled_at),
        "done_at": stamp(enrolment.done_at),
        "set_aside_at": stamp(enrolment.reset_at),
        "lessons_done": way.done,
        "lessons": [_lesson(step) for step in way.steps],
        "answers": [_answer(one) for one in said.values() if one.attempts],
        "checklists": _checklists(enrolment, way),
        **{name: value for part in _parts for name, value in part(enrolment).items()},
    }


def _checklists(enrolment: Enrolment, way: Way) -> list[dict[str, Any]]:
    """Return the checklists that the member ticked in, as the lessons show them now."""
    ticks = ticks_of(enrolment)
    if not ticks:
        return []
    wanted = [UUID(step.page_id) for step in way.steps]
    pages = {str(page.lesson_id): page for page in db.session.scalars(sa.select(Page).where(Page.id.in_(wanted)))}
    return [
        {"title": block["title"], "lesson": step.title,
         "items": [{"text": row["text"], "is_ticked": row["id"] in ticked(ticks[key])} for row in block["items"]]}
        for step in way.steps for key, block in checklists_of(pages[step.id].content).items() if key in ticks
    ]  # fmt: skip


def _lesson(step: Step) -> dict[str, Any]:
    return {
        "module": step.module_title, "title": step.title, "minutes": step.minutes, "is_done": step.is_done,
        "part_seen": 1.0 if step.is_done else step.mark.part,
    }


def _answer(said: Said) -> dict[str, Any]:
    return {
        "question": said.question["prompt"], "chosen": [] if said.text else list(said.lines), "written": said.text,
        "is_right": said.is_right, "attempts": said.attempts, "handed_in_at": stamp(said.made_at),
    }


def stamp(moment: datetime | None) -> str | None:
    """Return the moment as the data writes it."""
    return moment.isoformat(timespec="seconds") if moment else None


def pieces(work: dict[str, Any], page: str, more: Mapping[str, str] = NOTHING_MORE) -> Iterator[bytes]:
    """Return the parts of a ZIP with the data (own-work.json), the page to read (own-work.html), `more` texts by name and the files.

    Call it in the academy's frame. The files are read as the ZIP leaves: it never lies whole in memory or on a disk.
    """
    return _zipped(work, {"own-work.html": page, **more}, storage.reader())


def _zipped(work: dict[str, Any], texts: Mapping[str, str], read: Callable[[UUID], storage.Parts]) -> Iterator[bytes]:
    out = _Leaving()
    with zipfile.ZipFile(cast(BinaryIO, out), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("own-work.json", json.dumps(work, ensure_ascii=False, indent=2))
        for name, text in texts.items():
            archive.writestr(name, text)
        for file in [file for holder in (work, *work["courses"]) for file in holder.get("files", ())]:
            with archive.open(file["path"], "w") as entry:
                for part in read(UUID(file["id"])):
                    entry.write(part)
                    yield out.taken()
    yield out.taken()


class _Leaving:
    """What a ZIP writes into when nobody may seek in it; `taken` empties it."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, part: bytes) -> int:
        self._waiting += part
        return len(part)

    def flush(self) -> None:
        """Do nothing: what was written leaves with `taken`."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        part, self._waiting = bytes(self._waiting), bytearray()
        return part
