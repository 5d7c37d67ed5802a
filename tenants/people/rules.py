"""Who may give which role, invite and remove whom. `owner` comes and goes with the ownership on the platform."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.accounts.rules import clean_email, is_email

GIVEN_BY = {
    "owner": frozenset({"manager", "author", "trainer", "participant"}),
    "manager": frozenset({"author", "trainer", "participant"}),
}
HIGHER = frozenset({"owner", "manager"})
MOST_INVITED_AT_ONCE = 200


def may_see_people(roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles manages people."""
    return not HIGHER.isdisjoint(roles)


def givable(roles: Iterable[str]) -> frozenset[str]:
    """Return the roles that somebody with `roles` may give or take."""
    return frozenset().union(*(GIVEN_BY.get(role, frozenset()) for role in roles))


def may_give(roles: Iterable[str], wanted: Iterable[str]) -> bool:
    """Return whether somebody with `roles` may give every role in `wanted`, which must not be empty."""
    wanted = set(wanted)
    return bool(wanted) and wanted <= givable(roles)


def new_roles(present: Iterable[str], wanted: Iterable[str], giver: Iterable[str]) -> frozenset[str]:
    """Return the roles after a change: what the giver may not give or take stays as it is."""
    mine = givable(giver)
    return (frozenset(present) - mine) | (frozenset(wanted) & mine)


def may_change(giver: Iterable[str], present: Iterable[str]) -> bool:
    """Return whether somebody may change or remove a member with `present` roles: managers leave managers alone."""
    giver, present = set(giver), set(present)
    if "owner" in giver:
        return True
    return "manager" in giver and HIGHER.isdisjoint(present)


def may_remove(giver: Iterable[str], present: Iterable[str], is_self: bool) -> bool:
    """Return whether somebody may remove a member: never an owner, never oneself."""
    return not is_self and "owner" not in set(present) and may_change(giver, present)


def addresses(text: str) -> tuple[list[str], list[str]]:
    """Return the addresses in `text` (one per line, or with commas), each once, and what is no address.

    `Sanne de Wit <sanne@example.org>` counts as its address: that is how mail programs copy people.
    """
    found: dict[str, None] = {}
    wrong: list[str] = []
    for piece in re.split(r"[,;\n\r\t]+", text):
        for part in _addresses_in(piece.strip()):
            email = clean_email(part)
            if is_email(email):
                found[email] = None
            elif part:
                wrong.append(part)
    return list(found), wrong


def _addresses_in(piece: str) -> list[str]:
    """Return the one address of `Name <address>`, or each word of the rest."""
    named = re.search(r"<([^<>]*)>", piece)
    return [named.group(1).strip()] if named else piece.split()
