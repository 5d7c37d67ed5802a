"""Publishing: the rows become an immutable outline and pages, which is all that participants ever read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.courses import queries
from tenants.courses.changes import Group, difference
from tenants.courses.content import digest_of, snapshot_of
from tenants.courses.models import Course, Page, Publication
from tenants.courses.rules import Problem, Snapshot, count_changes, problems_of
from tenants.files.queries import unready
from tenants.people.models import Member
from tenants.settings.choices import captions_block


class NotReady(Refused):
    """The course cannot be published yet; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the course is not ready")
        self.problems = list(problems)


class ChangedMeanwhile(Refused):
    """The course changed after the author looked at what would be published."""


def changes_in(course: Course) -> int:
    """Return how many things changed since participants' version; everything counts before the first one."""
    return count_changes(snapshot_of(course), queries.live_snapshot(course))


def differences(course: Course) -> tuple[list[Group], str]:
    """Return what publishing would change, and the state that was compared; nothing before the first publication."""
    draft, live = snapshot_of(course), queries.live_snapshot(course)
    return difference(draft, live) if live else [], state_of(draft)


def state_of(draft: Snapshot) -> str:
    """Return a short mark of what stands in the draft, by which a page notices that it changed since."""
    return digest_of({"outline": draft.outline, "pages": draft.pages})[:32]


def publish_course(
    course: Course, by: Member | None = None, *, again: Collection[str] = (), seen: str | None = None
) -> Publication:
    """Return the publication that participants see from now on. Raises NotReady, ChangedMeanwhile, Refused when archived.

    `again`: ids of changed lessons and questions that participants are asked to redo; others are left out. `seen`: the
    state that the author looked at. Load the course with `queries.course_to_edit(..., lock=True)`: two authors publish
    one after the other.
    """
    if course.state == "archived":
        raise Refused("publish archived")
    draft = snapshot_of(course)
    if seen is not None and seen != state_of(draft):
        raise ChangedMeanwhile("another author changed the course")
    problems = problems_here(draft)
    if problems:
        raise NotReady(problems)
    live = queries.live_publication(course)
    if live is not None and not count_changes(draft, queries.live_snapshot(course)):
        return live
    return _publish(course, draft, by, again)


def problems_here(draft: Snapshot) -> list[Problem]:
    """Return what keeps the draft from being published in this academy: its rule on captions, films not playable yet."""
    problems = problems_of(draft)
    if any(problem.kind == "no_captions" for problem in problems) and not captions_block():
        problems = [problem for problem in problems if problem.kind != "no_captions"]
    films = [(lesson_id, page, block) for lesson_id, page in draft.pages.items() for block in page["blocks"] if block["kind"] == "video"]
    waiting = unready(block["file_id"] for _lesson, _page, block in films)
    return problems + [
        Problem(f"video_{waiting[block['file_id']].state}", lesson_id, page["title"], block["id"])
        for lesson_id, page, block in films if block["file_id"] in waiting
    ]


def _publish(course: Course, draft: Snapshot, by: Member | None, again: Collection[str]) -> Publication:
    now, live = clock.now(), queries.live_publication(course)
    pages = _pages(course, draft.pages, now)
    asked = _asked(draft, queries.live_snapshot(course), again, now.isoformat()) if live else {}
    publication = Publication(
        id=ids.uuid7(), course_id=course.id, version=queries.last_version(course) + 1,
        outline={**_with_pages(draft.outline, pages), **({"again": asked} if asked else {})},
        published_by=by.id if by else None, published_at=now,
    )
    db.session.add(publication)
    db.session.flush()
    course.publication_id, course.state = publication.id, "published"
    facts = {"course": str(course.id), "version": publication.version, "again": len(again)}
    db.session.add(Event(actor_id=by.id if by else None, act="courses.publish", facts=facts))
    db.session.flush()
    if live is not None:
        queue.later("notifications.tell", what="publication", subject_id=publication.id, priority=6)
    return publication


def _asked(draft: Snapshot, live: Snapshot | None, again: Collection[str], now: str) -> dict[str, dict[str, str]]:
    """Return what participants are asked to redo, and since when: what was asked before and is still there, and now."""
    groups = difference(draft, live) if live else []
    known = (live.outline.get("again") or {}) if live else {}
    fresh = {
        "lessons": [group.lesson_id for group in groups if group.may_ask],
        "questions": [part.question_id for group in groups if group.may_ask for part in group.parts],
    }
    there = {
        "lessons": set(draft.pages),
        "questions": {b["question"].get("id") for page in draft.pages.values() for b in page["blocks"] if b.get("question")},
    }
    found = {
        name: {**{key: at for key, at in known.get(name, {}).items() if key in there[name]},
               **{key: now for key in fresh[name] if key and key in again}}
        for name in ("lessons", "questions")
    }  # fmt: skip
    return {name: asked for name, asked in found.items() if asked}


def _pages(course: Course, contents: Mapping[str, Mapping[str, Any]], now: datetime) -> dict[str, UUID]:
    """Return the page of each lesson; a lesson that did not change keeps the page that it has."""
    digests = {lesson_id: digest_of(content) for lesson_id, content in contents.items()}
    known = queries.pages_by_digest(course, digests.values())
    pages = {}
    for lesson_id, content in contents.items():
        page_id = known.get((lesson_id, digests[lesson_id]))
        if page_id is None:
            page_id = ids.uuid7()
            db.session.add(Page(
                id=page_id, course_id=course.id, lesson_id=UUID(lesson_id), digest=digests[lesson_id],
                content=dict(content), made_at=now,
            ))
        pages[lesson_id] = page_id
    return pages


def _with_pages(outline: Mapping[str, Any], pages: Mapping[str, UUID]) -> dict[str, Any]:
    modules = [
        {**module, "lessons": [{**lesson, "page_id": str(pages[lesson["id"]])} for lesson in module["lessons"]]}
        for module in outline["modules"]
    ]
    return {**outline, "modules": modules}


def archive_course(course: Course, by: Member | None = None) -> None:
    """Take the course off every list. Who takes it goes on reading; nobody is enrolled anew; progress stays."""
    course.state = "archived"
    db.session.add(Event(actor_id=by.id if by else None, act="courses.archive", facts={"course": str(course.id)}))
    db.session.flush()


def restore_course(course: Course, by: Member | None = None) -> None:
    """Put an archived course back on the lists."""
    course.state = "published" if course.publication_id else "draft"
    db.session.add(Event(actor_id=by.id if by else None, act="courses.restore", facts={"course": str(course.id)}))
    db.session.flush()


def mark_template(course: Course, is_template: bool, by: Member | None = None) -> None:
    """Offer the course to authors as a beginning for new ones, or no longer."""
    course.is_template = is_template
    db.session.add(Event(actor_id=by.id if by else None, act="courses.template", facts={"course": str(course.id), "on": is_template}))
    db.session.flush()


__all__ = ["ChangedMeanwhile", "NotReady", "archive_course", "changes_in", "differences", "mark_template", "problems_here", "publish_course",
           "restore_course"]  # fmt: skip
