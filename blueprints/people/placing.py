"""Say where a person comes from and whom they see: two forms on their page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _

from blueprints import credentials
from blueprints.me import me
from blueprints.people.blueprint import people
from blueprints.people.listing import load, member_page
from core.access import roles
from core.errors import Refused
from tenants.groups import limits
from tenants.organisations import actions, queries


@people.post("/people/<uuid:member_id>/organisation")
@roles("owner", "manager")
def set_organisation(member_id: UUID) -> Any:
    """Let somebody come from an organisation, or from none."""
    member, chosen = load(member_id), request.form.get("organisation", type=UUID)
    if chosen is None:
        actions.take_out(member.id, me())
    else:
        actions.add_people(queries.organisation_for(me(), chosen), [member], me())
    return credentials.here(url_for(".show", member_id=member.id), _("Saved."))


@people.post("/people/<uuid:member_id>/sight")
@roles("owner", "manager")
def set_sight(member_id: UUID) -> Any:
    """Let somebody see everybody, or only the people of chosen groups."""
    member = load(member_id)
    if request.form.get("sees") != "groups":
        limits.see_everybody(member, me())
        return credentials.here(url_for(".show", member_id=member.id), _("%(name)s sees everybody.", name=member.name))
    try:
        limits.limit_to(member, request.form.getlist("group", type=UUID), me())
    except Refused:
        return member_page(member, sight_error=_("Choose at least one group, or let them see everybody."))
    words = _("%(name)s sees only the people of the chosen groups.", name=member.name)
    return credentials.here(url_for(".show", member_id=member.id), words)
