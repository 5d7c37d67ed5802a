"""Inviting people, accepting an invitation, changing roles, removing a member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock, limits
from core.accounts.passwords import hash_password, is_right
from core.accounts.rules import clean_name
from core.db import db
from core.errors import Forbidden, Gone, Refused, TooMany
from core.tokens import hash_of, new_token
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.mail.actions import write_letter
from tenants.people import joined, queries, rules
from tenants.people.bouncing import forget_bounce
from tenants.people.codes import forget_code
from tenants.people.joined import NOWHERE, Place
from tenants.people.models import Invitation, Member, MemberRole
from tenants.people.signing import links, sessions

INVITATION_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class Host:
    """What an invitation says of the academy: name, subdomain and language."""

    name: str
    slug: str
    language: str


@dataclass
class Invited:
    """What came of inviting several addresses."""

    invited: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Guest:
    """Whom an invitation is for, as far as it is known."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    number: str | None = None


def knows_all(member: Member) -> bool:
    """Return True: who invites sees everybody."""
    return True


def invite(
    by: Member, host: Host, emails: Iterable[str], roles: Iterable[str], course_id: UUID | None, note: str | None = None,
    where: Place = NOWHERE, knows: Callable[[Member], bool] = knows_all,
) -> Invited:  # fmt: skip
    """Mail an invitation to each address, with words of one's own; active members get the course and the place at once.
    Members whom the inviter does not know get an invitation like anybody else: they say yes themselves, and the inviter
    learns nothing.

    Raises Forbidden for roles that `by` may not give, Refused while the inviter's own address is not proven:
    our mail must not go out in the name of somebody that nobody can reach.
    """
    roles = frozenset(roles)
    check_may_invite(by, roles, where)
    result = Invited()
    for email in emails:
        member = queries.active_by_email(email)
        if member is None or not knows(member):
            _invite_one(by, host, Guest(email), roles, course_id, note, where)
            result.invited.append(email)
        else:
            take_in(member, course_id, where)
            result.known.append(email)
    return result


def take_in(member: Member, course_id: UUID | None, where: Place) -> None:
    """Give somebody who is here already the place and the course of an invitation."""
    joined.place(member, member.roles, where)
    joined.tell(member, course_id)


def invite_person(
    by: Member, host: Host, guest: Guest, role: str, course_id: UUID | None, note: str | None = None, where: Place = NOWHERE
) -> None:
    """Mail an invitation to one person whose name is known already. Raises Forbidden, Refused as `invite` does."""
    check_may_invite(by, [role], where)
    _invite_one(by, host, guest, frozenset([role]), course_id, note, where)


def check_may_invite(by: Member, roles: Iterable[str], where: Place = NOWHERE) -> None:
    """Raises Forbidden for roles that `by` may not give, or into no group of theirs while they are limited to groups; Refused
    while their own address is not proven."""
    check_may_add(by, roles, where)
    if not by.is_confirmed:
        raise Refused("unconfirmed")


def check_may_add(by: Member, roles: Iterable[str], where: Place) -> None:
    """Raises Forbidden for roles that `by` may not give, or into no group of theirs while they are limited to groups."""
    if not rules.may_give(by.roles, roles) or (by.is_limited and (where.group_id is None or where.sees != "groups")):
        raise Forbidden("roles")


def _invite_one(
    by: Member, host: Host, guest: Guest, roles: frozenset[str], course_id: UUID | None, note: str | None, where: Place
) -> None:
    """Store and mail one invitation; it replaces earlier ones of this address, for who is limited only their own."""
    replace_earlier(guest.email, by)
    row = Invitation(email=guest.email, first_name=guest.first_name or None, last_name=guest.last_name or None,
                     number=guest.number or None, note=rules.clean_note(note or ""), roles=sorted(roles), course_id=course_id,
                     organisation_id=where.organisation_id, group_id=where.group_id, sees=where.sees,
                     invited_by=by.id, token_hash=b"", expires_at=clock.now())  # fmt: skip
    send(row, by, host)
    db.session.add(row)
    db.session.flush()
    record("member.invited", actor_id=by.id, invitation=str(row.id))


def replace_earlier(email: str, by: Member, but: Invitation | None = None) -> None:
    """Withdraw the invitations of this address that nobody accepted, except `but`; for who is limited only their own."""
    for earlier in queries.waiting_for(email):
        if earlier is not but and (not by.is_limited or earlier.invited_by == by.id):
            earlier.withdrawn_at = clock.now()


def resend(row: Invitation, by: Member, host: Host) -> None:
    """Mail the invitation anew with a new link and a new end; the old link is dead."""
    if not rules.may_give(by.roles, row.roles) or not by.is_confirmed:
        raise Forbidden("roles")
    send(row, by, host)


def send(row: Invitation, by: Member, host: Host) -> None:
    """Give the invitation a new link and a new end, and mail it: earlier links are dead, and what came back is over."""
    token = new_token()
    row.token_hash, row.made_at, row.expires_at = hash_of(token), clock.now(), clock.now() + INVITATION_LASTS
    assert row.email is not None
    letter = write_letter(
        row.email, "invitation", host.language, name=row.first_name, academy=host.name, inviter=by.name, writer=writer_of(row) or by.name,
        note=(row.note or "").splitlines(), url=academy_url(host.slug, f"/invitations/{token}"), until=row.expires_at,
    )  # fmt: skip
    row.letter_id, row.bounced_at, row.bounce_code = letter.id, None, None


def may_be_mailed(email: str) -> bool:
    """Return whether this address may get one more invitation today, whoever invites; count it."""
    try:
        limits.spend(limits.invitation_limits([email]))
    except TooMany:
        return False
    return True


def writer_of(row: Invitation) -> str | None:
    """Return the name of who invited, or None when they are gone."""
    writer = None if row.invited_by is None else db.session.get(Member, row.invited_by)
    return None if writer is None else writer.name


def withdraw(row: Invitation, by: Member) -> None:
    """Make the invitation's link useless."""
    if not rules.may_give(by.roles, row.roles):
        raise Forbidden("roles")
    row.withdrawn_at = clock.now()
    record("member.uninvited", actor_id=by.id, invitation=str(row.id))


def accept(token: str, first_name: str, last_name: str, password: str, language: str) -> Member:
    """Return the member that the invitation makes. Sent twice, it returns the same member for the same password.

    Raises Gone for a link that is withdrawn, expired, or used by someone with another password.
    """
    row = _take(token)
    if row is None:
        return _already(token, password)
    member = _member_for(row, first_name, last_name, password, language)
    before = member.roles
    _add_roles(member, row.roles)
    inviter = db.session.get(Member, row.invited_by) if row.invited_by else None
    joined.place(member, before, Place(row.organisation_id, row.group_id, row.sees, inviter))
    joined.tell(member, row.course_id)
    record("member.joined", actor_id=member.id, invitation=str(row.id))
    return member


def _take(token: str) -> Invitation | None:
    taken = (
        sa.update(Invitation)
        .where(Invitation.token_hash == hash_of(token), Invitation.accepted_at.is_(None),
               Invitation.withdrawn_at.is_(None), Invitation.expires_at > clock.now())
        .values(accepted_at=clock.now()).returning(Invitation)
    )  # fmt: skip
    return db.session.scalars(taken).one_or_none()


def _already(token: str, password: str) -> Member:
    """Return the member of an accepted invitation who knows the password: the form was sent twice."""
    row = queries.invitation_by_token(token)
    accepted = row is not None and row.accepted_at is not None
    member = queries.active_by_email(row.email or "") if accepted and row is not None else None
    if not is_right(member.password_hash if member else None, password) or member is None:
        raise Gone("invitation")
    return member


def _member_for(row: Invitation, first_name: str, last_name: str, password: str, language: str) -> Member:
    """Return the invited person's row: new, back again, or (somebody who joined meanwhile) as it stands."""
    member = queries.member_by_email(row.email or "")
    if member is not None and member.is_active:
        if not is_right(member.password_hash, password):
            raise Gone("member")
        return member
    if member is None:
        member = Member(email=row.email)
        db.session.add(member)
    member.first_name, member.last_name = clean_name(first_name), clean_name(last_name)
    member.password_hash, member.language, member.state = hash_password(password), language, "active"
    member.email_confirmed_at = clock.now()
    forget_bounce(member)
    if row.number and queries.member_by_number(row.number) is None:
        member.number = row.number
    _flush_or_gone()
    return member


def _flush_or_gone() -> None:
    """Store the new member; two invitations of one address accepted at once leave one member."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Gone("member") from None


def _add_roles(member: Member, roles: Iterable[str]) -> None:
    for role in frozenset(roles) - member.roles:
        member.role_rows.append(MemberRole(role=role, given_at=clock.now()))
    db.session.flush()


def set_roles(member: Member, wanted: Iterable[str], by: Member) -> bool:
    """Give the member the wanted roles, as far as `by` may; return whether anything changed.

    The member's sessions end, so that no device goes on with the old rights (T19). Raises Forbidden.
    """
    if not rules.may_change(by.roles, member.roles):
        raise Forbidden("member")
    roles = rules.new_roles(member.roles, wanted, by.roles)
    if roles == member.roles:
        return False
    before = member.roles
    member.role_rows = [row for row in member.role_rows if row.role in roles]
    _add_roles(member, roles)
    withdraw_of(member, roles)
    if not frozenset(roles) <= before | {"participant"}:  # a card that somebody else may have kept opens no wider door
        forget_code(member)
    joined.tell_roles(member, before, by)
    sessions.end_all(member.id)
    record("member.roles", actor_id=by.id, member=str(member.id), roles=sorted(roles))
    return True


def remove(member: Member, by: Member) -> None:
    """Remove the member: no sign-in, no sessions, no roles; what they made stays. Raises Forbidden."""
    if not rules.may_remove(by.roles, member.roles, is_self=member.id == by.id):
        raise Forbidden("member")
    member.state, member.role_rows = "removed", []
    withdraw_of(member, frozenset())
    for kind in ("reset", "change", "confirm", "start"):
        links.end(member.id, kind)
    sessions.end_all(member.id)
    record("member.removed", actor_id=by.id, member=str(member.id))


def let_in(member: Member, by: Member) -> None:
    """Let a removed member sign in again, as a participant. Raises Forbidden."""
    if not rules.may_remove(by.roles, member.roles, is_self=member.id == by.id):
        raise Forbidden("member")
    if not member.is_active:
        member.state, member.role_rows = "active", [MemberRole(role="participant", given_at=clock.now())]
        record("member.let_in", actor_id=by.id, member=str(member.id))


def withdraw_of(member: Member, roles: frozenset[str]) -> None:
    """Withdraw the open invitations by which `member` gave more than they may give now; participants may still come."""
    for row in queries.invitations_by(member.id):
        if not rules.may_give(roles, row.roles) and set(row.roles) != {"participant"}:
            row.withdrawn_at = clock.now()
