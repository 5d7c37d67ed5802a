"""What changed in a course since a participant read about it, and what they are asked to redo. No database.

Two versions are compared by their outlines alone: a lesson that has another page has other content. What an author asks
to redo stands in the outline (`Publication.outline["again"]`); it is asked of those who did it before it was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenants.learning.rules import Step, Way

Outline = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """When a participant was in a lesson, did it, and did it again."""

    active_at: datetime
    done_at: datetime | None = None
    redone_at: datetime | None = None

    @property
    def last_done_at(self) -> datetime | None:
        """Return when they did it last, None if they never finished it."""
        return max(filter(None, (self.done_at, self.redone_at)), default=None)


@dataclass(frozen=True)
class News:
    """What a course page tells: lessons that came, changed (and were read before), went; lessons to redo, with the
    number of questions in them to answer again (0: the lesson itself)."""

    added: tuple[Step, ...] = ()
    changed: tuple[Step, ...] = ()
    removed: tuple[str, ...] = ()
    again: tuple[tuple[Step, int], ...] = ()

    @property
    def is_new(self) -> bool:
        """Return whether something changed that can be noted as read."""
        return bool(self.added or self.changed or self.removed)


def asks_again(outline: Outline, what: str, key: str, did_at: datetime | None) -> bool:
    """Return whether a lesson or question (`what`: lessons, questions) that was done at `did_at` is asked once more."""
    asked_at = ((outline.get("again") or {}).get(what) or {}).get(key)
    return did_at is not None and asked_at is not None and did_at < datetime.fromisoformat(asked_at)


def counts_from(outline: Outline, what: str, key: str, page_made_at: datetime, now: datetime) -> datetime:
    """Return from when something counts as done that was done now on a page made at `page_made_at`.

    Who was still reading the page from before it was asked again did it before it was asked.
    """
    asked_at = ((outline.get("again") or {}).get(what) or {}).get(key)
    if asked_at is None or page_made_at >= datetime.fromisoformat(asked_at):
        return now
    return min(now, datetime.fromisoformat(asked_at) - timedelta(microseconds=1))


def news_of(
    before: Outline | None, now: Outline, way: Way, seen: Mapping[str, Seen], answered: Mapping[str, datetime],
    since: datetime, published_at: datetime,
) -> News:
    """Return the news for somebody who knows the version `before` (None: they know the present one).

    `answered`: when each question that is asked again was last checked. A lesson that they opened after the publication
    is no news any more.
    """
    old = dict(_lessons(before)) if before is not None else dict(_lessons(now))
    new = dict(_lessons(now))
    opened = {key for key, one in seen.items() if one.active_at > max(since, published_at)}
    steps = [step for step in way.steps if step.id not in opened]
    return News(
        tuple(step for step in steps if step.id not in old),
        tuple(step for step in steps if step.id in seen and step.id in old and old[step.id]["page_id"] != step.page_id),
        tuple(lesson["title"] for key, lesson in old.items() if key not in new and key in seen),
        tuple(_again(now, way, seen, answered)),
    )


def _again(
    now: Outline, way: Way, seen: Mapping[str, Seen], answered: Mapping[str, datetime]
) -> Iterator[tuple[Step, int]]:
    questions = {key: lesson["questions"] for key, lesson in _lessons(now)}
    for step in way.steps:
        asked = sum(asks_again(now, "questions", key, answered.get(key)) for key in questions[step.id])
        if asked or asks_again(now, "lessons", step.id, seen[step.id].last_done_at if step.id in seen else None):
            yield step, asked


def _lessons(outline: Outline) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for module in outline["modules"]:
        for lesson in module["lessons"]:
            yield lesson["id"], lesson
