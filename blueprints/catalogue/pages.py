"""The catalogue and a course before one takes it: look, enrol, ask, wait, leave, come back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.catalogue import catalogue
from blueprints.catalogue.words import today
from blueprints.me import me
from core.access import signed_in
from core.errors import Refused
from core.i18n import NAMES
from tenants.catalogue import entering, lasting, queries
from tenants.catalogue.entering import Came
from tenants.catalogue.queries import PER_PAGE, Offered

Answer = str | Response | tuple[str, int]


@catalogue.get("/catalogue")
@signed_in
def index() -> str:
    """Show the courses that one can take here."""
    sought = {name: request.args.get(name, "") for name in ("q", "language", "show")}
    found = queries.catalogue(me(), today(), sought["q"], sought["language"], sought["show"])
    return render_template("catalogue/index.html", sought=sought, languages=NAMES, is_filtered=any(sought.values()),
                           **page_of(found))  # fmt: skip


def page_of(found: list[Offered]) -> dict[str, Any]:
    """Return one page of 25 courses, and where the pages around it are."""
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    first = (number - 1) * PER_PAGE
    here = found[first : first + PER_PAGE]
    shown = _("%(first)d-%(last)d of %(total)d", first=first + 1, last=first + len(here), total=len(found))
    before, after = (_to_page(n) if 1 <= n <= last else None for n in (number - 1, number + 1))
    return {"found": here, "total": len(found), "before": before, "after": after, "shown": shown}


def _to_page(number: int) -> str:
    values: dict[str, Any] = {**request.args.to_dict(), "page": number}
    return url_for(".index", **values)


@catalogue.get("/catalogue/<uuid:course_id>")
@signed_in
def show(course_id: UUID) -> str:
    """Show what one learns in a course, its outline, and what one can do now."""
    return course_page(course_id)


def course_page(course_id: UUID, error: str | None = None) -> str:
    """Return the page of a course, with a sentence about what was refused."""
    return render_template(
        "catalogue/show.html", before=queries.before(me(), course_id, today()), error=error,
        left_now=request.args.get("left") == "now", typed=request.form.get("reason", ""), is_staff=me().has(*queries.STAFF),
    )


def came(course_id: UUID, how: Came) -> Response:
    """Go to the course, or to its page that says one's place in the line."""
    if how == "enrolled":
        flash(_("You are enrolled. You can start."))
        return redirect(url_for("learning.course", course_id=course_id), 303)
    return redirect(url_for(".show", course_id=course_id), 303)


def refused(course_id: UUID, error: Refused) -> Answer:
    """Answer 422 with the course's page as it is now and why it did not work."""
    words = {
        "place is gone": _("Your place went to the next person in line. You can join the line again."),
        "reason too long": _("Keep your reason under %(most)d signs.", most=500),
        "not yours to renew": _("This course cannot be renewed by yourself now. Ask your trainer."),
    }
    return course_page(course_id, words.get(str(error), _("This course changed meanwhile. Here is how it stands now."))), 422


@catalogue.post("/catalogue/<uuid:course_id>/enrolment")
@signed_in
def enrol(course_id: UUID) -> Answer:
    """Enrol, or join the line when the last place went to somebody else."""
    course = queries.course_offered(me(), course_id)
    try:
        return came(course_id, entering.enter(me(), course))
    except Refused as error:
        return refused(course_id, error)


@catalogue.post("/catalogue/<uuid:course_id>/request")
@signed_in
def ask(course_id: UUID) -> Answer:
    """Ask to be let in, with a short reason."""
    course = queries.course_offered(me(), course_id)
    try:
        entering.ask(me(), course, request.form.get("reason", ""))
    except Refused as error:
        return refused(course_id, error)
    return redirect(url_for(".show", course_id=course_id), 303)


@catalogue.post("/catalogue/<uuid:course_id>/request/withdrawal")
@signed_in
def withdraw(course_id: UUID) -> Response:
    """Take one's request, or one's turn in the line, back."""
    entering.withdraw(me(), queries.course_offered(me(), course_id))
    flash(_("You are no longer on the list for this course."))
    return redirect(url_for(".show", course_id=course_id), 303)


@catalogue.post("/catalogue/<uuid:course_id>/leaving")
@signed_in
def leave(course_id: UUID) -> Answer:
    """Take oneself off the course; the page offers to undo it."""
    course = queries.course_offered(me(), course_id)
    try:
        entering.leave(me(), course)
    except Refused as error:
        return refused(course_id, error)
    return redirect(url_for(".show", course_id=course_id, left="now"), 303)


@catalogue.post("/catalogue/<uuid:course_id>/return")
@signed_in
def come_back(course_id: UUID) -> Answer:
    """Undo that one left, while there is a place."""
    course = queries.course_offered(me(), course_id)
    try:
        entering.come_back(me(), course)
    except Refused as error:
        return refused(course_id, error)
    return came(course_id, "enrolled")


@catalogue.post("/catalogue/<uuid:course_id>/renewal")
@signed_in
def renew_own(course_id: UUID) -> Answer:
    """Renew one's own enrolment where the course allows it."""
    course = queries.course_offered(me(), course_id)
    try:
        return came(course_id, lasting.renew_own(me(), course))
    except Refused as error:
        return refused(course_id, error)
