"""Reports that are mailed by the week or the month: seen, begun, changed, stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField

from blueprints.me import me
from blueprints.reports import reports
from blueprints.reports.sending_words import rhythm_words, sent_report_name, weekdays
from core.access import roles
from core.i18n import language
from tenants.reports import queries, sight
from tenants.reports import schedules as mailing
from tenants.reports.asking import Asked, asked_of
from tenants.reports.naming import report_name
from tenants.reports.schedules import Rhythm

Answer = str | Response | tuple[str, int]


class RhythmForm(FlaskForm):  # type: ignore[misc]
    """How often, on which day, and as what."""

    every = RadioField(_l("How often"), choices=[("week", _l("Every week")), ("month", _l("Every month"))], default="week")
    weekday = SelectField(_l("Day of the week"), choices=weekdays, coerce=int, default=1, description=_l("For every week."))
    month_day = SelectField(
        _l("Day of the month"), choices=[(one, str(one)) for one in range(1, 32)], coerce=int, default=1,
        description=_l("For every month. A month that is shorter has it on its last day."),
    )  # fmt: skip
    extension = RadioField(_l("File"), choices=[("xlsx", _l("Excel")), ("csv", _l("CSV"))], default="xlsx")

    def rhythm(self) -> Rhythm:
        """Return what was chosen."""
        return Rhythm(self.every.data, self.weekday.data if self.every.data == "week" else self.month_day.data, self.extension.data)


class NewScheduleForm(RhythmForm):
    """The same, and whether it takes the place of another."""

    instead = SelectField(_l("Instead of"), validate_choice=True, default="", description=_l("Choose one to mail this report instead, with these filters."))


@reports.get("/reports/schedules")
@roles("trainer", "manager", "owner")
def schedules() -> str:
    """List one's own scheduled reports."""
    found = queries.schedules_of(me())
    return render_template("reports/schedules.html", schedules=found, courses=queries.courses_named(found))


@reports.route("/reports/schedules/new", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def new_schedule() -> Answer:
    """Ask how often a report is mailed, with the filters that it was shown with."""
    asked, kind = asked_of(request.values), request.values.get("kind", "")
    mailing.check_report(me(), kind, "csv", asked)
    own, form = queries.schedules_of(me()), NewScheduleForm()
    courses = queries.courses_named(own)
    form.instead.choices = [("", _("None: this is one more")), *((str(one.id), f"{sent_report_name(one, courses)} ({rhythm_words(one)})") for one in own)]
    if form.validate_on_submit():
        if form.instead.data:
            found = queries.schedule_of(me(), UUID(form.instead.data), lock=True)
            mailing.replace_report(found, kind, asked, form.rhythm(), language())
        else:
            mailing.add_schedule(me(), kind, asked, form.rhythm(), language())
        flash(_("The report is scheduled."))
        return redirect(url_for(".schedules"))
    title = sight.followed(me(), asked.course_id).outline["title"] if asked.course_id else None
    return render_template("reports/schedule.html", form=form, name=report_name(kind, title), kind=kind, asked=asked, schedule=None), \
        422 if form.errors else 200


@reports.route("/reports/schedules/<uuid:schedule_id>", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def schedule(schedule_id: UUID) -> Answer:
    """Show and change how often a report is mailed."""
    found = queries.schedule_of(me(), schedule_id, lock=request.method == "POST")
    day = {"weekday" if found.every == "week" else "month_day": found.on_day}
    form = RhythmForm(every=found.every, extension=found.extension, **day)
    if form.validate_on_submit():
        mailing.change_schedule(found, form.rhythm())
        flash(_("Saved."))
        return redirect(url_for(".schedules"))
    name = sent_report_name(found, queries.courses_named([found]))
    return render_template("reports/schedule.html", form=form, name=name, kind=found.kind, asked=found.asked, schedule=found), \
        422 if form.errors else 200


@reports.post("/reports/schedules/<uuid:schedule_id>/state")
@roles("trainer", "manager", "owner")
def turn_schedule(schedule_id: UUID) -> Response:
    """Stop a scheduled report, or start it again."""
    found = queries.schedule_of(me(), schedule_id, lock=True)
    if "on" in request.form:
        mailing.start(found)
        flash(_("The report is mailed again."))
    elif found.is_active:
        mailing.stop(found, "you")
        flash(_("Stopped. You can start it again."))
    return redirect(url_for(".schedules"))


@reports.post("/reports/schedules/<uuid:schedule_id>/removal")
@roles("trainer", "manager", "owner")
def remove_schedule(schedule_id: UUID) -> Response:
    """Forget a scheduled report."""
    mailing.remove(queries.schedule_of(me(), schedule_id, lock=True))
    flash(_("Removed."))
    return redirect(url_for(".schedules"))


@reports.app_template_global()
def schedule_url(kind: str, asked: Asked) -> str:
    """Return the address of the page that schedules a report with these filters."""
    values: dict[str, Any] = {**asked.values(), "kind": kind}
    return url_for("reports.new_schedule", **values)


@reports.app_template_global()
def report_url(kind: str, asked: Asked) -> str:
    """Return the address of the report on a page, with these filters."""
    values: dict[str, Any] = asked.values()
    if kind == "help":
        return url_for("reports.index", **values)
    if kind == "hours":
        return url_for("reports.hours", **values)
    values["course_id"] = values.pop("course")
    return url_for({"people": "reports.course"}.get(kind, f"reports.{kind}"), **values)
