"""Reads of client organisations, each through the person who asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from core.paging import PER_PAGE, Page, page_of
from tenants.groups.models import Group
from tenants.groups.queries import groups_seen
from tenants.groups.sight import visible_to
from tenants.organisations import rules
from tenants.organisations.models import Organisation, OrganisationMember
from tenants.organisations.sight import from_organisation
from tenants.people.models import Invitation, Member
from tenants.people.names import folded, matches
from tenants.people.queries import Wanted, members_in_order, wanted_ids

MOST_OFFERED = 200
SORTS = ("name", "people", "made")


@dataclass(frozen=True)
class Listed:
    """An organisation in a list, and how many active members come from it."""

    organisation: Organisation
    people: int


@dataclass(frozen=True)
class Asking:
    """Which organisations a list shows: words of name or reference, state, order, page from 1."""

    search: str = ""
    state: str = "active"
    sort: str = "name"
    number: int = 1




def organisations_page(viewer: Member, asking: Asking) -> Page[Listed]:
    """Return one page of the organisations. Two statements: names are compared here, without accents and case."""
    _check(viewer)
    people = _people_count()
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name, Organisation.reference, Organisation.made_at, people.label("people"))
        .where(Organisation.state == asking.state)
    ).all()  # fmt: skip
    sought = folded(asking.search)
    found = sorted((row for row in rows if matches(sought, folded(f"{row.name} {row.reference or ''}"))), key=lambda row: (folded(row.name), row.id))
    order, is_down = asking.sort.removeprefix("-"), asking.sort.startswith("-")
    if order == "name" and is_down:
        found.reverse()
    elif order != "name":
        found.sort(key=lambda row: row.people if order == "people" else row.made_at, reverse=is_down)
    number, start = page_of(len(found), asking.number)
    here = found[start : start + PER_PAGE]
    by_id = {one.id: one for one in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_([row.id for row in here])))}
    return Page([Listed(by_id[row.id], row.people) for row in here if row.id in by_id], len(found), number)


def _people_count() -> sa.ScalarSelect[Any]:
    count = sa.select(sa.func.count()).select_from(OrganisationMember).join(Member, Member.id == OrganisationMember.member_id)
    count = count.where(OrganisationMember.organisation_id == Organisation.id, Member.state == "active")
    return count.correlate(Organisation).scalar_subquery()


def organisation_for(viewer: Member, organisation_id: UUID, lock: bool = False) -> Organisation:
    """Return an organisation that the viewer manages. Raises NotFound."""
    _check(viewer)
    wanted = sa.select(Organisation).where(Organisation.id == organisation_id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound("no such organisation")
    return found


def _check(viewer: Member) -> None:
    if not rules.may_manage(viewer):
        raise NotFound("organisations")


@dataclass(frozen=True)
class Choices:
    """The active groups and organisations that somebody may choose, each (id, name) by name."""

    groups: list[tuple[UUID, str]]
    organisations: list[tuple[UUID, str]]


def choices_for(viewer: Member) -> Choices:
    """Return the groups and organisations that the viewer may filter by. One statement for both."""
    groups = groups_seen(viewer, sa.literal("g"), Group.id, Group.name)
    both = groups.union_all(_known_to(viewer, sa.literal("o"), Organisation.id, Organisation.name))
    found: dict[str, list[tuple[UUID, str]]] = {"g": [], "o": []}
    for kind, one, name in db.session.execute(both):
        found[kind].append((one, name))
    return Choices(*(sorted(rows, key=lambda row: (folded(row[1]), row[0])) for rows in found.values()))


def ids_by_word(viewer: Member) -> dict[str, list[UUID]]:
    """Return the active organisations that the viewer knows by plain name and by plain reference, for files. One statement."""
    found: dict[str, set[UUID]] = {}
    for one, name, reference in db.session.execute(_known_to(viewer, Organisation.id, Organisation.name, Organisation.reference)):
        for word in filter(None, (name, reference)):
            found.setdefault(rules.plain_name(word), set()).add(one)
    return {word: sorted(ids) for word, ids in found.items()}


def _known_to(viewer: Member, *columns: Any) -> sa.Select[Any]:
    wanted = sa.select(*columns).where(Organisation.state == "active")
    if viewer.is_limited:
        seen = sa.select(OrganisationMember.organisation_id).where(visible_to(viewer, OrganisationMember.member_id))
        wanted = wanted.where(Organisation.id.in_(seen))
    return wanted


def named(organisation_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of these organisations by id. One statement, none for none."""
    wanted = {one for one in organisation_ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {one: name for one, name in rows}


def organisation_of(member_id: UUID) -> Organisation | None:
    """Return where the member comes from, or None. One statement."""
    inside = sa.select(OrganisationMember.organisation_id).where(OrganisationMember.member_id == member_id)
    return db.session.scalar(sa.select(Organisation).where(Organisation.id.in_(inside)))


def people_ids(organisation: Organisation) -> list[UUID]:
    """Return the ids of the active members who come from the organisation, by name. Two statements."""
    return wanted_ids(Wanted(), from_organisation(organisation.id))


def people_of(organisation: Organisation) -> list[Member]:
    """Return the active members who come from the organisation, by name. Three statements."""
    return members_in_order(people_ids(organisation))


def who_could_come(search: str, inside: Sequence[UUID]) -> list[Member]:
    """Return up to 200 active members who are not `inside` and fit the search ("*": everybody), by name. Two statements."""
    there = set(inside)
    wanted = Wanted(search="" if search == "*" else search)
    return members_in_order([one for one in wanted_ids(wanted) if one not in there][:MOST_OFFERED])


def invitations_for(organisation: Organisation) -> list[Invitation]:
    """Return the invitations for the organisation that wait or have expired, the newest first. One statement."""
    open_ = (Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    wanted = sa.select(Invitation).where(Invitation.organisation_id == organisation.id, *open_)
    return list(db.session.scalars(wanted.order_by(Invitation.id.desc())))


def places_of(member_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the name of the organisation that each of these members comes from. One statement, none for nobody."""
    if not member_ids:
        return {}
    wanted = sa.select(OrganisationMember.member_id, Organisation.name).join(Organisation, Organisation.id == OrganisationMember.organisation_id)
    rows = db.session.execute(wanted.where(OrganisationMember.member_id.in_(member_ids)))
    return {member_id: name for member_id, name in rows}
