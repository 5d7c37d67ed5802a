"""The groups of the academy, and the page of one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.groups import groups
from blueprints.me import me
from core.access import roles
from core.errors import Refused
from tenants.courses.choices import courses_to_join
from tenants.groups import actions, queries, rules
from tenants.groups.models import Group
from tenants.learning.group_actions import courses_of

Answer = str | Response | tuple[str, int]


@groups.get("/groups")
@roles("trainer", "manager", "owner")
def index() -> str:
    """List the groups, one's own first."""
    return listed()


def listed(error: str = "", name: str = "") -> str:
    """Return the list, with what was typed for a new group."""
    state = "archived" if request.args.get("state") == "archived" else "active"
    return render_template("groups/index.html", found=queries.groups_for(me(), state), state=state, error=error, name=name,
                           may_make=rules.may_make(me()))  # fmt: skip


@groups.post("/groups")
@roles("manager", "owner")
def make() -> Answer:
    """Make a group."""
    name = request.form.get("name", "")
    try:
        group = actions.make_group(name, me())
    except Refused:
        return listed(_("Give the group a name of 1 to %(most)d characters.", most=rules.MAX_NAME), name), 422
    return redirect(url_for(".show", group_id=group.id))


@groups.get("/groups/<uuid:group_id>")
@roles("trainer", "manager", "owner")
def show(group_id: UUID) -> str:
    """Show who is in a group, who leads it, and what it takes."""
    return shown(queries.group_for(me(), group_id))


def shown(group: Group, error: str = "") -> str:
    """Return the page of a group; people to add are searched by name."""
    leads, inside = queries.leads(me(), group), queries.people_in(group)
    search = request.args.get("q", "").strip()
    taken = courses_of(group)
    ids = {str(course.id) for course in taken}
    return render_template(
        "groups/show.html", group=group, people=inside, leaders=queries.leaders_of([group.id])[group.id], error=error, search=search,
        others=queries.who_could_join(me(), search, inside) if search else [], possible=queries.possible_leaders(), courses=taken,
        offered=[one for one in courses_to_join() if one[0] not in ids], may_make=rules.may_make(me()),
        may_fill=rules.may_fill(me(), leads) and not group.is_archived, may_enrol=rules.may_enrol(me(), leads) and not group.is_archived,
    )  # fmt: skip


@groups.post("/groups/<uuid:group_id>")
@roles("manager", "owner")
def change(group_id: UUID) -> Answer:
    """Give the group a name and those who lead it."""
    group = queries.group_for(me(), group_id, lock=True)
    wanted = set(request.form.getlist("leader", type=UUID))
    try:
        actions.change_group(group, request.form.get("name", ""), [one for one in queries.possible_leaders() if one.id in wanted], me())
    except Refused:
        return shown(group, _("Give the group a name of 1 to %(most)d characters.", most=rules.MAX_NAME)), 422
    flash(_("The group is saved."))
    return redirect(url_for(".show", group_id=group.id))


@groups.post("/groups/<uuid:group_id>/state")
@roles("manager", "owner")
def archive(group_id: UUID) -> Response:
    """Take the group out of the lists, or bring it back."""
    group = queries.group_for(me(), group_id, lock=True)
    actions.set_archived(group, not group.is_archived, me())
    return redirect(url_for(".show", group_id=group.id))
