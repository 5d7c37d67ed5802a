"""What templates of other features ask about organisations."""

from __future__ import annotations

from flask import g

from blueprints.me import me
from blueprints.organisations import organisations
from tenants.organisations import queries, rules
from tenants.organisations.queries import Choices


@organisations.app_template_global()
def places_to_choose() -> Choices:
    """Return the groups and organisations that lists and reports can be about, asked once a request."""
    if "place_choices" not in g:
        g.place_choices = queries.choices_for(me())
    found: Choices = g.place_choices
    return found


@organisations.app_template_global()
def may_manage_organisations() -> bool:
    """Return whether the person who asks manages organisations."""
    return rules.may_manage(me())
