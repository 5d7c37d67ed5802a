"""Publishing: the rows become an immutable outline and pages, which is all that participants ever read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from core import clock, ids
from core.db import db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.courses import queries
from tenants.courses.content import digest_of, snapshot_of
from tenants.courses.models import Course, Page, Publication
from tenants.courses.rules import Problem, Snapshot, count_changes, problems_of
from tenants.people.models import Member


class NotReady(Refused):
    """The course cannot be published yet; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the course is not ready")
        self.problems = list(problems)


def changes_in(course: Course) -> int:
    """Return how many things changed since participants' version; everything counts before the first one."""
    return count_changes(snapshot_of(course), queries.live_snapshot(course))


def publish_course(course: Course, by: Member | None = None) -> Publication:
    """Return the publication that participants see from now on. Raises NotReady.

    Load the course with `queries.course_to_edit(..., lock=True)`: two authors publish one after the other.
    """
    draft = snapshot_of(course)
    problems = problems_of(draft)
    if problems:
        raise NotReady(problems)
    live = queries.live_publication(course)
    if live is not None and not count_changes(draft, queries.live_snapshot(course)):
        return live
    return _publish(course, draft, by)


def _publish(course: Course, draft: Snapshot, by: Member | None) -> Publication:
    pages = _pages(course, draft.pages)
    publication = Publication(
        id=ids.uuid7(), course_id=course.id, version=queries.last_version(course) + 1,
        outline=_with_pages(draft.outline, pages), published_by=by.id if by else None, published_at=clock.now(),
    )
    db.session.add(publication)
    db.session.flush()
    course.publication_id, course.state = publication.id, "published"
    facts = {"course": str(course.id), "version": publication.version}
    db.session.add(Event(actor_id=by.id if by else None, act="courses.publish", facts=facts))
    db.session.flush()
    return publication


def _pages(course: Course, contents: Mapping[str, Mapping[str, Any]]) -> dict[str, UUID]:
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
                content=dict(content), made_at=clock.now(),
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
    """Take the course off the participants' lists; their progress stays."""
    course.state = "archived"
    db.session.add(Event(actor_id=by.id if by else None, act="courses.archive", facts={"course": str(course.id)}))
    db.session.flush()


def restore_course(course: Course) -> None:
    """Put an archived course back on the lists."""
    course.state = "published" if course.publication_id else "draft"
    db.session.flush()


__all__ = ["NotReady", "archive_course", "changes_in", "publish_course", "restore_course"]
