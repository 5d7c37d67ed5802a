"""People into an organisation and out of it, and all of them into a course."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.me import me
from blueprints.organisations import organisations
from blueprints.organisations.pages import Answer, shown
from core.access import roles
from tenants.learning import enrolling
from tenants.learning.organisation_actions import enrol_organisation
from tenants.organisations import actions, queries

MAX_AT_ONCE = 500


@organisations.post("/organisations/<uuid:organisation_id>/people")
@roles("manager", "owner")
def add(organisation_id: UUID) -> Answer:
    """Let members come from the organisation; each comes from one at a time."""
    organisation = queries.organisation_for(me(), organisation_id, lock=True)
    chosen = enrolling.members_named(me(), request.form.getlist("member", type=UUID)[:MAX_AT_ONCE])
    if not chosen:
        return shown(organisation, _("Choose at least one person."))
    number = actions.add_people(organisation, chosen, me())
    flash(ngettext("%(num)d person is added.", "%(num)d people are added.", number))
    return redirect(url_for(".show", organisation_id=organisation.id), 303)


@organisations.post("/organisations/<uuid:organisation_id>/people/<uuid:member_id>/removal")
@roles("manager", "owner")
def take_out(organisation_id: UUID, member_id: UUID) -> Response:
    """Let somebody no longer come from the organisation; their courses stay theirs."""
    organisation = queries.organisation_for(me(), organisation_id, lock=True)
    actions.take_out(member_id, me(), organisation)
    flash(_("No longer with this organisation. The courses stay theirs."))
    return redirect(url_for(".show", organisation_id=organisation.id), 303)


@organisations.post("/organisations/<uuid:organisation_id>/courses")
@roles("manager", "owner")
def enrol(organisation_id: UUID) -> Answer:
    """Enrol everybody who comes from the organisation in a course."""
    organisation = queries.organisation_for(me(), organisation_id, lock=True)
    course_id = request.form.get("course", type=UUID)
    if course_id is None:
        return shown(organisation, _("Choose a course."))
    enrolled = enrol_organisation(organisation, enrolling.course_to_fill(me(), course_id), me())
    flash(ngettext("%(num)d person takes the course.", "%(num)d people take the course.", len(enrolled)))
    return redirect(url_for(".show", organisation_id=organisation.id), 303)
