"""Reports as rows: what stands on the page, for CSV and XLSX. The first row is the head; days are of the academy's zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from core.errors import NotFound
from tenants.people.models import Member
from tenants.reports import helping, hours, matrix, people, questions, sight
from tenants.reports.asking import OF_COURSE, Asked
from tenants.reports.words import advice_words, cell_words, reason_words, standing_words
from tenants.study.rules import hours as hours_of

Rows = list[Sequence[Any]]
LARGE_CELLS = 20_000


@dataclass(frozen=True)
class Table:
    """A report as a file to be: its title, how many cells it has (its head too), and what makes its rows."""

    title: str
    cells: int
    make: Callable[[], Rows]

    @property
    def is_large(self) -> bool:
        """Return whether it is made in the background."""
        return self.cells > LARGE_CELLS


def table_for(viewer: Member, kind: str, asked: Asked) -> Table:
    """Return a report as this viewer sees it. Raises NotFound. A matrix is counted before a cell of it is made."""
    if kind == "help":
        courses = sight.all_followed(viewer, asked.course_id)
        needy = helping.who_needs_help(courses, asked)
        return _counted(_("Who needs help"), help_rows(needy, courses[0].zone if courses else "UTC"))
    if kind == "hours":
        return _counted(_("Study hours"), hour_rows(hours.study_hours(viewer, asked)))
    if kind not in OF_COURSE or asked.course_id is None:
        raise NotFound("no such report")
    here = sight.followed(viewer, asked.course_id)
    found, title = people.people_of(here, asked), str(here.outline["title"])
    if kind == "matrix":
        return Table(title, (len(found.learners) + 1) * (len(here.lessons) + 2), lambda: matrix_rows(found))
    return _counted(title, {"people": people_rows, "stops": stop_rows, "questions": question_rows}[kind](found))


def _counted(title: str, rows: Rows) -> Table:
    return Table(title, sum(map(len, rows)), lambda: rows)


def day(moment: datetime | None, zone: str) -> str:
    """Return the day as 2026-11-23, empty for none."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat() if moment else ""


def help_rows(needy: Iterable[helping.Needy], zone: str) -> Rows:
    """Return one row per person and course."""
    rows: Rows = [(_("Participant"), _("Course"), _("Why"), _("Lessons done"), _("Lessons"), _("Last active"))]
    rows += [
        (one.name, one.course.title, "; ".join(map(reason_words, one.reasons)), one.signs.done, one.signs.total, day(one.active_at, zone))
        for one in needy
    ]
    return rows


def people_rows(found: people.People) -> Rows:
    """Return one row per person."""
    zone = found.here.zone
    rows: Rows = [(_("Participant"), _("Lessons done"), _("Lessons"), _("How they stand"), _("Enrolled"), _("Last active"), _("Finished"))]
    rows += [
        (one.name, one.done, one.total, standing_words(one), day(one.enrolled_at, zone), day(one.active_at, zone), day(one.done_at, zone))
        for one in found.learners
    ]
    return rows


def matrix_rows(found: people.People) -> Rows:
    """Return one row per person with a column per lesson."""
    titles = [f"{number}. {lesson['title']}" for number, lesson in enumerate(found.here.lessons, start=1)]
    rows: Rows = [(_("Participant"), _("Lessons done"), *titles)]
    rows += [(row.learner.name, row.learner.done, *map(cell_words, row.cells)) for row in matrix.rows_of(found.here, found.learners)]
    return rows


def stop_rows(found: people.People) -> Rows:
    """Return one row per lesson."""
    rows: Rows = [(_("Lesson"), _("Opened by"), _("Finished by"), _("Finished (percent)"), _("Stopped here"))]
    rows += [
        (f"{stop.number}. {stop.title}" if stop.number else _("Before the first lesson"), stop.opened, stop.done, stop.percent_done, stop.stopped)
        for stop in matrix.stops_of(found)
    ]
    return rows


def question_rows(found: people.People) -> Rows:
    """Return one row per question."""
    rows: Rows = [(_("Question"), _("Lesson"), _("Answered by"), _("Difficulty (p)"), _("Discrimination (r)"), _("Look at"))]
    rows += [
        (one.prompt, f"{one.lesson_number}. {one.lesson_title}", one.figures.people, rounded(one.figures.p), rounded(one.figures.r), advice_words(one))
        for one in questions.questions_in(found)
    ]
    return rows


def hour_rows(found: hours.StudyHours) -> Rows:
    """Return one row per person: hours with two decimals, and their sum in whole minutes."""
    rows: Rows = [(_("Participant"), _("Courses (hours)"), _("Sessions (hours)"), _("From elsewhere (hours)"), _("Together (hours)"), _("Minutes"))]
    rows += [
        (one.name, *(hours_of(part) for part in (one.sums.course, one.sums.session, one.sums.past, one.sums.total)), one.sums.total)
        for one in found.lines
    ]
    return rows


def rounded(share: float | None) -> float | str:
    """Return two decimals, empty for none."""
    return "" if share is None else round(share, 2)
