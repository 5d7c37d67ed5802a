"""The condition on who comes from an organisation, for the WHERE of other reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tenants.organisations.models import OrganisationMember
from tenants.people.models import Member

Condition = sa.ColumnElement[bool]


def from_organisation(organisation_id: UUID, who: Any = Member.id) -> Condition:
    """Return the condition that the member whose id is in column `who` comes from this organisation."""
    inside = sa.select(OrganisationMember.member_id).where(OrganisationMember.organisation_id == organisation_id)
    found: Condition = who.in_(inside)
    return found
