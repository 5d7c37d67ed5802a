"""Staff: the surveys that were asked, and what people said."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, g, render_template, request
from flask_babel import gettext as _

from blueprints.me import me
from blueprints.surveys import surveys
from core.access import roles
from tenants.surveys import export, queries, results


@surveys.get("/surveys")
@roles("trainer", "author", "manager", "owner")
def index() -> str:
    """Show the surveys of the academy, or of one course, with how many people answered."""
    course_id = request.args.get("course", type=UUID)
    return render_template("surveys/index.html", found=queries.surveys_to_read(me(), course_id), course_id=course_id)


@surveys.get("/surveys/<uuid:survey_id>")
@roles("trainer", "author", "manager", "owner")
def show(survey_id: UUID) -> str:
    """Show the results of a survey, whole or of some months."""
    counted = queries.survey_to_read(me(), survey_id)
    found = results.results_of(me(), counted.survey, g.academy.zone, span_from())
    waiting = queries.waiting_in_box(counted.survey) if counted.survey.mode == "anonymous" else 0
    return render_template("surveys/results.html", counted=counted, survey=counted.survey, found=found, waiting=waiting)


@surveys.get("/surveys/<uuid:survey_id>/results.csv")
@roles("trainer", "author", "manager", "owner")
def export_csv(survey_id: UUID) -> Response:
    """Download what the page shows; of a named survey one row per person."""
    survey = queries.survey_to_read(me(), survey_id).survey
    if survey.mode == "named":
        sheets = results.sheets_of(me(), survey, g.academy.zone)
        rows = export.sheet_rows((survey.asked or {})["questions"], sheets, (_("Name"), _("Day")))
    else:
        found = results.results_of(me(), survey, g.academy.zone, span_from())
        head = (_("Question"), _("Answer"), _("Number of answers"), _("Percent"))
        rows = export.outcome_rows(found.outcomes, head, _("Fewer than five answers: not shown"))
    headers = {"Content-Disposition": f'attachment; filename="survey-{survey_id}.csv"'}
    return Response(export.packed(rows), mimetype="text/csv", headers=headers)


def span_from() -> date | None:
    """Return the month that the wanted span begins with, None for everything."""
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return None
