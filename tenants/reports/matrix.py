"""The matrix of people and lessons, and where people stop. A fixed number of statements, whatever the size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.learning.models import Progress
from tenants.learning.release import Here, due_at
from tenants.reports.people import Learner, People, is_in
from tenants.reports.sight import Followed

CHUNK = 500
State = Literal["done", "busy", "late", "todo"]
STATES: tuple[State, ...] = ("done", "busy", "late", "todo")


@dataclass(frozen=True)
class Cell:
    """One person in one lesson: done, begun (busy), past its deadline (late) or not begun; the best result of its test."""

    state: State = "todo"
    percent: Decimal | None = None


TODO, DONE, BUSY, LATE = Cell(), Cell("done"), Cell("busy"), Cell("late")
LEGEND = (DONE, BUSY, LATE, TODO)
PLAIN = {"todo": TODO, "done": DONE, "busy": BUSY, "late": LATE}


@dataclass(frozen=True)
class Row:
    """One person and their cells, in the order of the lessons."""

    learner: Learner
    cells: list[Cell]


@dataclass(frozen=True)
class Reached:
    """How many people opened a lesson, and how many finished it."""

    opened: int = 0
    done: int = 0


def rows_of(here: Followed, learners: Sequence[Learner]) -> Iterator[Row]:
    """Yield the row of each person. One statement for each 500 people."""
    now = clock.now()
    due = [lesson.get("deadline") for lesson in here.lessons]
    for start in range(0, len(learners), CHUNK):
        some = learners[start : start + CHUNK]
        marks = _marks(some)
        for one in some:
            yield Row(one, _cells(here, due, marks.get(one.enrolment_id, {}), one, now))


def _marks(learners: Sequence[Learner]) -> dict[UUID, dict[UUID, tuple[bool, Decimal | None]]]:
    found: dict[UUID, dict[UUID, tuple[bool, Decimal | None]]] = {}
    wanted = sa.select(Progress.enrolment_id, Progress.lesson_id, Progress.done_at.is_not(None), Progress.percent)
    for enrolment_id, lesson_id, is_done, percent in db.session.execute(
        wanted.where(is_in(Progress.enrolment_id, [one.enrolment_id for one in learners]))
    ):
        found.setdefault(enrolment_id, {})[lesson_id] = (is_done, percent)
    return found


def _cells(
    here: Followed, due: Sequence[Mapping[str, Any] | None], marks: Mapping[UUID, tuple[bool, Decimal | None]], one: Learner, now: datetime
) -> list[Cell]:
    cells = []
    for lesson_id, deadline in zip(here.lesson_ids, due, strict=True):
        mark = marks.get(lesson_id)
        state: State = "todo" if mark is None else "done" if mark[0] else "busy"
        if deadline and state != "done" and is_late(deadline, one.enrolled_at, now, here.zone):
            state = "late"
        cells.append(PLAIN[state] if mark is None or mark[1] is None else Cell(state, mark[1]))
    return cells


def is_late(deadline: Mapping[str, Any], since: datetime, now: datetime, zone: str) -> bool:
    """Return whether the deadline has passed for somebody enrolled at `since`."""
    end = due_at(deadline, Here(since, now, zone))
    return end is not None and now >= end


def reached(people: People) -> dict[UUID, Reached]:
    """Return by lesson how many of the people opened and finished it. One statement."""
    done = sa.func.count().filter(Progress.done_at.is_not(None))
    rows = db.session.execute(
        sa.select(Progress.lesson_id, sa.func.count(), done)
        .where(is_in(Progress.enrolment_id, [one.enrolment_id for one in people.learners])).group_by(Progress.lesson_id)
    )
    return {lesson_id: Reached(opened, finished) for lesson_id, opened, finished in rows}


@dataclass(frozen=True)
class Stop:
    """A lesson (None: before the first one), how many people reached and finished it, and how many stopped there."""

    number: int
    title: str
    opened: int
    done: int
    stopped: int
    people: int

    @property
    def percent(self) -> int:
        """Return how many percent of all people stopped here."""
        return round(100 * self.stopped / self.people) if self.people else 0

    @property
    def percent_done(self) -> int:
        """Return how many percent of all people finished the lesson."""
        return round(100 * self.done / self.people) if self.people else 0


def stops_of(people: People) -> list[Stop]:
    """Return where people stop: those who have not finished and have been away for a week, or whose time is over, by the
    last lesson that they opened; number 0 is before the first one. One statement."""
    here, count = people.here, len(people.learners)
    stopped: dict[UUID | None, int] = {}
    known = set(here.lesson_ids)
    for one in people.learners:
        if not one.is_finished and one.standing in ("quiet", "ended"):
            place = one.lesson_id if one.lesson_id in known else None
            stopped[place] = stopped.get(place, 0) + 1
    seen = reached(people)
    begun = sum(one.active_at is not None for one in people.learners)
    found = [Stop(0, "", count, begun, stopped.get(None, 0), count)]
    for number, (lesson_id, lesson) in enumerate(zip(here.lesson_ids, here.lessons, strict=True), start=1):
        one_seen = seen.get(lesson_id, Reached())
        found.append(Stop(number, lesson["title"], one_seen.opened, one_seen.done, stopped.get(lesson_id, 0), count))
    return found
