"""Where a person belongs and whom they see, as their page shows it."""

from __future__ import annotations

from typing import Any

from blueprints.me import me
from tenants.groups import rules as group_rules
from tenants.groups import sight
from tenants.organisations import queries, rules
from tenants.people.models import Member


def place_and_sight(member: Member) -> dict[str, Any]:
    """Return what the page says of where the person belongs and whom they see."""
    may_limit = group_rules.may_limit(me(), member) and (group_rules.sees_people(member.roles) or member.is_limited)
    seen = sight.seen_groups(member) if member.is_limited else []
    if me().is_limited:  # names of groups that one does not see are not one's own to know
        mine = {one for one, _name in sight.seen_groups(me())}
        seen = [pair for pair in seen if pair[0] in mine]
    may_place = rules.may_manage(me())
    choices = queries.choices_for(me()) if may_limit or may_place else queries.Choices([], [])
    return {
        "organisation": queries.organisation_of(member.id), "may_place": may_place,
        "organisations": choices.organisations if may_place else [],
        "may_limit": may_limit, "seen_groups": seen, "seen_ids": {one for one, _name in seen},
        "all_groups": choices.groups,
    }  # fmt: skip
