"""What templates of other features ask about organisations."""

from __future__ import annotations

from uuid import UUID

from blueprints.me import me
from blueprints.organisations import organisations
from tenants.groups import queries as groups
from tenants.organisations import queries, rules


@organisations.app_template_global()
def organisations_to_choose() -> list[tuple[UUID, str]]:
    """Return the organisations that a report can be about."""
    return queries.names_for(me())


@organisations.app_template_global()
def groups_to_filter() -> list[tuple[UUID, str]]:
    """Return the groups that a report can be about."""
    return groups.names_for(me())


@organisations.app_template_global()
def may_manage_organisations() -> bool:
    """Return whether the person who asks manages organisations."""
    return rules.may_manage(me())
