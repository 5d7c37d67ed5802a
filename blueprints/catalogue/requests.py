"""Requests to join and the lines of full courses, for those who decide."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.catalogue import catalogue
from blueprints.catalogue.pages import Answer
from blueprints.me import me
from core.access import roles
from core.errors import Refused
from tenants.catalogue import entering, queries
from tenants.catalogue.entering import Came
from tenants.catalogue.rules import MAX_ANSWER

MAX_AT_ONCE = 500


@catalogue.get("/requests")
@roles("trainer", "manager", "owner")
def requests() -> str:
    """Show who asks to join a course, and who waits for a place."""
    return requests_page()


def requests_page(error: str | None = None) -> str:
    """Return the page of requests, of one course if the address names it."""
    course_id = request.args.get("course", type=UUID)
    found = queries.requests_open(me(), course_id)
    asked = [one for one in found if one.request.kind == "request"]
    waiting = [one for one in found if one.request.kind == "place"]
    return render_template("catalogue/requests.html", asked=asked, waiting=waiting, error=error, course_id=course_id)


@catalogue.post("/requests/approvals")
@roles("trainer", "manager", "owner")
def approve_all() -> Answer:
    """Let in everybody who was ticked; those for whom there is no place wait."""
    ticked = request.form.getlist("request", type=UUID)[:MAX_AT_ONCE]
    if not ticked:
        return requests_page(_("Choose at least one person.")), 422
    say(entering.approve_all(queries.requests_named(me(), ticked), me()))
    return redirect(url_for(".requests"), 303)


def say(counts: dict[Came, int]) -> None:
    """Tell what came of it."""
    if counts["enrolled"]:
        flash(ngettext("%(num)d person enrolled", "%(num)d people enrolled", counts["enrolled"]))
    if counts["waiting"]:
        flash(ngettext("%(num)d person waits, because the course is full", "%(num)d people wait, because the course is full",
                       counts["waiting"]), "warning")  # fmt: skip


@catalogue.post("/requests/<uuid:request_id>/approval")
@roles("trainer", "manager", "owner")
def approve(request_id: UUID) -> Response:
    """Let one person in."""
    row = queries.request_to_decide(me(), request_id)
    how = entering.approve(row, me())
    say({"enrolled": int(how == "enrolled"), "waiting": int(how == "waiting")})
    return redirect(url_for(".requests"), 303)


@catalogue.route("/requests/<uuid:request_id>/refusal", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def decline(request_id: UUID) -> Answer:
    """Decline a request with a sentence that the person reads."""
    row = queries.request_to_decide(me(), request_id)
    if request.method == "GET":
        return decline_page(row)
    try:
        entering.decline(row, request.form.get("answer", ""), me())
    except Refused as error:
        if str(error) != "sentence":
            raise
        return decline_page(row, _("Write a sentence of at most %(most)d signs.", most=MAX_ANSWER)), 422
    flash(_("Declined. The person reads your sentence on the page of the course."))
    return redirect(url_for(".requests"), 303)


def decline_page(row: queries.EntryRequest, error: str | None = None) -> str:
    """Return the page on which a request is declined."""
    found = next((one for one in queries.requests_open(me(), row.course_id) if one.request.id == row.id), None)
    if found is None:
        raise Refused("decided")
    return render_template("catalogue/decline.html", asked=found, error=error, typed=request.form.get("answer", ""))
