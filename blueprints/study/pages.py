"""One's own study record, and that of a person whose progress one follows: on a page and on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.me import me
from blueprints.study import study
from blueprints.study.words import on_paper
from core import clock, limits
from core.access import roles, signed_in
from core.apart import apart
from core.limits import Limit
from core.paper import CannotPrint
from tenants.groups.sight import check_sees
from tenants.learning.queries import courses_of
from tenants.people import queries as people
from tenants.people.models import Member
from tenants.reports import sight
from tenants.study import printing, queries

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


def chosen_year() -> int | None:
    """Return the year that the address asks for, or None for all."""
    year = request.args.get("year", type=int)
    return year if year and 1950 <= year < 2100 else None


@study.get("/record")
@signed_in
def own() -> str:
    """Show what I did here and elsewhere, and the hours."""
    return render_template("study/own.html", **shown(me()))


@study.get("/record/pdf")
@signed_in
def own_pdf() -> Any:
    """Download my study record."""
    return paper(me(), url_for(".own", year=chosen_year()))


@study.get("/people/<uuid:member_id>/record")
@roles("trainer", "manager", "owner")
def person(member_id: UUID) -> str:
    """Show a person's courses and what they did here and elsewhere."""
    member = followed(member_id)
    return render_template("study/person.html", courses=courses_of(member, archived=True), **shown(member))


@study.get("/people/<uuid:member_id>/record/pdf")
@roles("trainer", "manager", "owner")
def person_pdf(member_id: UUID) -> Any:
    """Download a person's study record."""
    return paper(followed(member_id), url_for(".person", member_id=member_id, year=chosen_year()))


def followed(member_id: UUID) -> Member:
    """Return a member whose progress I follow. Raises NotFound."""
    sight.follows(me())
    member = people.member(member_id)
    check_sees(me(), member.id)
    return member


def shown(member: Member) -> dict[str, Any]:
    """Return what the page of a record shows: all of it, or one year."""
    whole, year = queries.record_of(member), chosen_year()
    return {"record": whole.of_year(year), "whole": whole, "year": year}


def paper(member: Member, back: str) -> Any:
    """Return the record as PDF, made now: it would be old tomorrow. At most 30 an hour."""
    limits.spend([Limit("study record", (str(me().id),), 30, 3600)])
    year = chosen_year()
    try:
        content = apart(printing.pdf, on_paper(queries.record_of(member).of_year(year), year), clock.now())
    except CannotPrint:
        flash(_("There is no font for a sign in the name or a title, so there is no PDF. Print the page instead."))
        return redirect(back, 303)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="study-record.pdf"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
