"""Managers: every certificate of the academy; give by hand, replace, renew, revoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from blueprints.certificates import certificates
from blueprints.certificates.forms import GiveForm, ReasonForm
from blueprints.certificates.own import pdf_answer
from blueprints.certificates.words import STANDINGS
from blueprints.me import me
from core import clock
from core.access import roles
from tenants.certificates import actions, queries
from tenants.certificates.models import Certificate
from tenants.certificates.queries import IssuedPage
from tenants.learning import enrolling

MAX_AT_ONCE = 500


@certificates.get("/certificates/issued")
@roles("manager", "owner")
def issued() -> str:
    """List the academy's certificates, with a search and filters in the address."""
    today, page = clock.today(g.academy.zone), request.args.get("page", 1, type=int)
    course_id = request.args.get("course", type=UUID)
    found = queries.issued_page(me(), today, page, request.args.get("q", ""), request.args.get("show", ""), course_id)
    return render_template("certificates/issued.html", found=found, standings=STANDINGS,
                           courses=queries.courses_with_certificates(), **around(found))  # fmt: skip


def around(found: IssuedPage) -> dict[str, str | None]:
    """Return where the pages before and after are, of the same selection."""
    kept: dict[str, Any] = {key: request.args.get(key) for key in ("q", "show", "course")}
    return {
        "before": url_for(".issued", page=found.number - 1, **kept) if found.number > 1 else None,
        "after": url_for(".issued", page=found.number + 1, **kept) if found.last < found.total else None,
        "shown": _("%(first)d-%(last)d of %(total)d", first=found.first, last=found.last, total=found.total),
    }  # fmt: skip


@certificates.get("/certificates/issued/<uuid:certificate_id>")
@roles("manager", "owner")
def manage(certificate_id: UUID) -> Any:
    """Show one certificate with what can be done to it."""
    return manage_page(queries.certificate_to_manage(me(), certificate_id))


def manage_page(found: Certificate, **refused: ReasonForm) -> Any:
    """Return the page; with the form that was refused, 422."""
    forms = {"revoking": ReasonForm(None, prefix="r"), "replacing": ReasonForm(None, prefix="c"), **refused}
    page = render_template("certificates/manage.html", certificate=found, follower=queries.follower_of(found), **forms)
    return page, 422 if refused else 200


@certificates.get("/certificates/issued/<uuid:certificate_id>/pdf")
@roles("manager", "owner")
def issued_pdf(certificate_id: UUID) -> Response:
    """Download the PDF of somebody's certificate."""
    return pdf_answer(queries.certificate_to_manage(me(), certificate_id))


@certificates.post("/certificates/issued/<uuid:certificate_id>/revocation")
@roles("manager", "owner")
def revoke(certificate_id: UUID) -> Any:
    """End the certificate for good."""
    found, form = queries.certificate_to_manage(me(), certificate_id, lock=True), ReasonForm(prefix="r")
    if not form.validate_on_submit():
        return manage_page(found, revoking=form)
    actions.revoke(found, form.reason.data, me())
    flash(_("Revoked. Whoever checks the number now sees that."))
    return redirect(url_for(".manage", certificate_id=found.id), 303)


@certificates.post("/certificates/issued/<uuid:certificate_id>/replacement")
@roles("manager", "owner")
def replace(certificate_id: UUID) -> Any:
    """Issue it anew with the holder's present name; the old number says that it was replaced."""
    found, form = queries.certificate_to_manage(me(), certificate_id, lock=True), ReasonForm(prefix="c")
    if not form.validate_on_submit():
        return manage_page(found, replacing=form)
    fresh = actions.replace(found, form.reason.data, me())
    flash(_("Issued anew with the number %(number)s.", number=fresh.number))
    return redirect(url_for(".manage", certificate_id=fresh.id), 303)


@certificates.post("/certificates/issued/<uuid:certificate_id>/renewal")
@roles("manager", "owner")
def renew(certificate_id: UUID) -> AnyResponse:
    """Give a certificate of today for the same course."""
    fresh = actions.renew(queries.certificate_to_manage(me(), certificate_id, lock=True), me())
    flash(_("Renewed with the number %(number)s.", number=fresh.number))
    return redirect(url_for(".manage", certificate_id=fresh.id), 303)


@certificates.route("/courses/<uuid:course_id>/certificates", methods=["GET", "POST"])
@roles("manager", "owner")
def give(course_id: UUID) -> Any:
    """Give certificates of a course by hand to the members that were ticked."""
    course = enrolling.course_to_fill(me(), course_id)
    form = GiveForm(data={"day": clock.today(g.academy.zone)})
    ticked = request.form.getlist("member", type=UUID)[:MAX_AT_ONCE]
    if form.validate_on_submit() and ticked and form.day.data <= clock.today(g.academy.zone):
        given = actions.give(enrolling.members_named(me(), ticked), course, form.day.data, me())
        flash(ngettext("%(num)d certificate issued", "%(num)d certificates issued", len(given)))
        return redirect(url_for(".issued", course=course.id), 303)
    return give_page(course, form, ticked)


def give_page(course: Any, form: GiveForm, ticked: list[UUID]) -> tuple[str, int]:
    """Return the page of those who could get one; 422 and the reason when the form was sent."""
    sent = request.method == "POST"
    if sent and not form.errors and ticked:
        form.day.errors = [_("Give a day that has come.")]
    have = queries.holders_of(course.id)
    people = [one for one in enrolling.everyone(me(), course, request.args.get("name", "")) if one.member_id not in have]
    error = _("Choose at least one person.") if sent and not ticked else None
    page = render_template("certificates/give.html", course=course, form=form, people=people, ticked=ticked, error=error,
                           gives=queries.course_to_certify(me(), course.id)[1])  # fmt: skip
    return page, 422 if sent else 200
