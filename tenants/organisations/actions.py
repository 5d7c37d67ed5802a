"""Verbs of client organisations: make and change them, people in and out, forget a contact. They flush; the edge commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db
from core.errors import Forbidden, Refused
from core.sealed import matches
from tenants.audit.actions import record
from tenants.organisations import rules
from tenants.organisations.models import Organisation, OrganisationMember
from tenants.people import joined
from tenants.people.joined import Place
from tenants.people.models import Member

CONTACT = ("contact_name", "contact_email", "contact_phone")


class NameTaken(Refused):
    """Another organisation, perhaps an archived one, has this name."""


@dataclass(frozen=True)
class Facts:
    """What managers write of an organisation."""

    name: str
    reference: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    note: str = ""


def make_organisation(facts: Facts, by: Member) -> Organisation:
    """Return a new organisation. Raises Forbidden, NameTaken, and Refused for a name that is empty or too long."""
    _check(by)
    organisation = Organisation(made_by=by.id, name="", plain_name="")
    _fill(organisation, facts)
    record("organisation.made", actor_id=by.id, organisation=str(organisation.id))
    return organisation


def change_organisation(organisation: Organisation, facts: Facts, by: Member) -> None:
    """Write what is known of the organisation. Raises Forbidden, NameTaken, Refused."""
    _check(by)
    _fill(organisation, facts)
    record("organisation.changed", actor_id=by.id, organisation=str(organisation.id))


def _fill(organisation: Organisation, facts: Facts) -> None:
    name = rules.clean_line(facts.name)
    if not 0 < len(name) <= rules.MAX_NAME:
        raise Refused("organisation name")
    try:
        with db.session.begin_nested():
            organisation.name, organisation.plain_name = name, rules.plain_name(name)
            organisation.reference = rules.clean_line(facts.reference)[: rules.MAX_REFERENCE] or None
            for field in CONTACT:
                setattr(organisation, field, rules.clean_line(getattr(facts, field)) or None)
            organisation.note = rules.clean_note(facts.note)[: rules.MAX_NOTE] or None
            db.session.add(organisation)
            db.session.flush()
    except IntegrityError:
        raise NameTaken("organisation taken") from None


def remove_contact(organisation: Organisation, by: Member) -> None:
    """Forget the contact person; the organisation stays."""
    _check(by)
    _empty(organisation)
    record("organisation.contact_removed", actor_id=by.id, organisation=str(organisation.id))


def _empty(organisation: Organisation) -> None:
    for field in CONTACT:
        setattr(organisation, field, None)
    db.session.flush()


def forget_contact(leaver: Member) -> int:
    """Forget the leaver where they are an organisation's contact person, by their address or by their very name; return how often."""
    by_address = matches(Organisation, "contact_email", leaver.email) if leaver.email else sa.false()
    found = list(db.session.scalars(sa.select(Organisation).where(by_address)))
    named = [one for one in db.session.scalars(sa.select(Organisation)) if leaver.name and rules.plain_name(one.contact_name or "") == rules.plain_name(leaver.name)]
    gone = {one.id: one for one in (*found, *named)}
    for organisation in gone.values():
        _empty(organisation)
    return len(gone)


def set_archived(organisation: Organisation, archived: bool, by: Member) -> None:
    """Take the organisation out of the lists, or bring it back; its people and their courses stay as they are."""
    _check(by)
    organisation.state = "archived" if archived else "active"
    record("organisation.archived" if archived else "organisation.restored", actor_id=by.id, organisation=str(organisation.id))
    db.session.flush()


def add_people(organisation: Organisation, members: Iterable[Member], by: Member) -> int:
    """Let these members come from the organisation, and from no other any more; return how many did not yet. Raises Forbidden,
    and Refused for an archived organisation."""
    _check(by)
    if organisation.is_archived:
        raise Refused("organisation archived")
    return _put(organisation.id, [one.id for one in members if one.is_active], by)


def _put(organisation_id: UUID, member_ids: list[UUID], by: Member | None) -> int:
    if not member_ids:
        return 0
    row = insert(OrganisationMember).values([
        {"member_id": one, "organisation_id": organisation_id, "since": clock.now(), "added_by": by.id if by else None}
        for one in sorted(set(member_ids))
    ])  # fmt: skip
    moved = row.on_conflict_do_update(
        index_elements=[OrganisationMember.member_id],
        set_={name: row.excluded[name] for name in ("organisation_id", "since", "added_by")},
        where=OrganisationMember.organisation_id != organisation_id,
    )
    new = list(db.session.scalars(moved.returning(OrganisationMember.member_id)))
    if new:
        record("organisation.joined", actor_id=by.id if by else None, organisation=str(organisation_id), members=[str(one) for one in new])
    return len(new)


def take_out(member_id: UUID, by: Member, organisation: Organisation | None = None) -> bool:
    """Let the member come from no organisation (if from this one, where named); return whether they did. Raises Forbidden."""
    _check(by)
    gone = sa.delete(OrganisationMember).where(OrganisationMember.member_id == member_id)
    if organisation is not None:
        gone = gone.where(OrganisationMember.organisation_id == organisation.id)
    left = db.session.scalar(gone.returning(OrganisationMember.organisation_id))
    if left is not None:
        record("organisation.left", actor_id=by.id, organisation=str(left), member=str(member_id))
    return left is not None


@joined.on_place
def come_from(member: Member, before: frozenset[str], place: Place) -> None:
    """Let who joins come from the organisation that their invitation names; one that was archived meanwhile changes nothing."""
    organisation = db.session.get(Organisation, place.organisation_id) if place.organisation_id else None
    if organisation is not None and not organisation.is_archived:
        _put(organisation.id, [member.id], place.by)


def _check(by: Member) -> None:
    if not rules.may_manage(by):
        raise Forbidden("organisations")
