"""The reports of one course: people, matrix, where people stop, questions. Each keeps the filters of the others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from blueprints.me import me
from blueprints.reports import reports
from blueprints.reports.pages import page_of
from blueprints.reports.words import cell_writer
from core.access import roles
from tenants.learning.queries import marks_of
from tenants.learning.rules import way_of
from tenants.reports import matrix, people, questions, sight
from tenants.reports.asking import asked_of
from tenants.reports.people import People

MATRIX_PAGE = 200


def load(course_id: UUID) -> People:
    """Return the people of the course as the address filters them. Raises NotFound."""
    asked = asked_of({**request.args.to_dict(), "course": str(course_id)})
    return people.people_of(sight.followed(me(), course_id), asked)


def drawn(kind: str, found: People, **more: Any) -> str:
    """Return the page of one report."""
    kept: dict[str, Any] = {name: value for name, value in found.asked.values().items() if name != "course"}
    names = {"course": _("People"), "matrix": _("Matrix"), "stops": _("Where people stop"), "questions": _("Questions")}
    tabs = [
        {"label": label, "url": url_for(f".{endpoint}", course_id=found.here.course.id, **kept), "current": endpoint == kind}
        for endpoint, label in names.items()
    ]
    return render_template(f"reports/{kind}.html", found=found, asked=found.asked, course=found.here.course, tabs=tabs, kind=kind, **more)


@reports.get("/reports/<uuid:course_id>")
@roles("trainer", "manager", "owner")
def course(course_id: UUID) -> str:
    """Show who is where in a course."""
    found = load(course_id)
    page = page_of(found.learners, people.PER_PAGE)
    marks = marks_of([one.enrolment_id for one in page["rows"]])
    ways = {one.enrolment_id: way_of(found.here.outline, marks[one.enrolment_id], str(one.lesson_id or "") or None) for one in page["rows"]}
    return drawn("course", found, ways=ways, **page)


@reports.get("/reports/<uuid:course_id>/matrix", endpoint="matrix")
@roles("trainer", "manager", "owner")
def matrix_(course_id: UUID) -> str:
    """Show people by lessons."""
    found = load(course_id)
    page = page_of(found.learners, MATRIX_PAGE)
    return drawn("matrix", found, **{**page, "rows": list(matrix.rows_of(found.here, page["rows"]))}, legend=matrix.LEGEND, cells_of=cell_writer())


@reports.get("/reports/<uuid:course_id>/stops")
@roles("trainer", "manager", "owner")
def stops(course_id: UUID) -> str:
    """Show where people stop."""
    found = load(course_id)
    return drawn("stops", found, stops=matrix.stops_of(found))


@reports.get("/reports/<uuid:course_id>/questions", endpoint="questions")
@roles("trainer", "manager", "owner")
def questions_(course_id: UUID) -> str:
    """Show how hard questions are and how well they tell people apart."""
    found = load(course_id)
    return drawn("questions", found, questions=questions.questions_in(found))
