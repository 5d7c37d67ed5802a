"""People into a group and out of it, and the courses that a whole group takes."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.groups import groups
from blueprints.groups.pages import Answer, shown
from blueprints.me import me
from core.access import roles
from core.errors import Forbidden
from tenants.groups import actions, queries, rules
from tenants.groups.models import Group
from tenants.groups.sight import check_sees
from tenants.learning import enrolling, group_actions

MAX_AT_ONCE = 500


def to_fill(group_id: UUID) -> Group:
    """Return a group that one may fill, locked. Raises NotFound, Forbidden."""
    group = queries.group_for(me(), group_id, lock=True)
    if not rules.may_fill(me(), queries.leads(me(), group)):
        raise Forbidden("groups")
    return group


@groups.post("/groups/<uuid:group_id>/people")
@roles("trainer", "manager", "owner")
def add(group_id: UUID) -> Answer:
    """Put people into the group; they are enrolled in what it takes."""
    group = to_fill(group_id)
    chosen = enrolling.members_named(me(), request.form.getlist("member", type=UUID)[:MAX_AT_ONCE])
    if not chosen:
        return shown(group, _("Choose at least one person.")), 422
    added = actions.add_people(group, chosen, me())
    flash(ngettext("%(num)d person is in the group now.", "%(num)d people are in the group now.", len(added)))
    return redirect(url_for(".show", group_id=group.id))


@groups.post("/groups/<uuid:group_id>/people/<uuid:member_id>/removal")
@roles("trainer", "manager", "owner")
def take_out(group_id: UUID, member_id: UUID) -> Response:
    """Take somebody out of the group; their courses stay theirs."""
    group = to_fill(group_id)
    check_sees(me(), member_id)
    actions.take_out(group, member_id, me())
    flash(_("Out of the group. The courses stay theirs."))
    return redirect(url_for(".show", group_id=group.id))


@groups.post("/groups/<uuid:group_id>/courses")
@roles("trainer", "manager", "owner")
def enrol(group_id: UUID) -> Answer:
    """Enrol the group in a course; who comes later follows."""
    group = queries.group_for(me(), group_id, lock=True)
    course_id = request.form.get("course", type=UUID)
    if course_id is None:
        return shown(group, _("Choose a course.")), 422
    enrolled = group_actions.enrol_group(group, enrolling.course_to_fill(me(), course_id), me())
    flash(ngettext("%(num)d person enrolled", "%(num)d people enrolled", len(enrolled)))
    return redirect(url_for(".show", group_id=group.id))


@groups.post("/groups/<uuid:group_id>/courses/<uuid:course_id>/end")
@roles("trainer", "manager", "owner")
def stop(group_id: UUID, course_id: UUID) -> Response:
    """Enrol later joiners no longer; who takes the course goes on."""
    group = queries.group_for(me(), group_id, lock=True)
    group_actions.stop_following(group, enrolling.course_to_fill(me(), course_id), me())
    flash(_("Who joins the group from now on is not enrolled. Who takes the course goes on."))
    return redirect(url_for(".show", group_id=group.id))
