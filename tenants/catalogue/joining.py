"""Strangers who join by a link: they fill in a form, prove their address, and only then become members.

The page answers everyone alike; whether an address is a member's is found out by a job, and said only to the
mailbox (T31). The password that they chose makes the proof theirs: an obliging owner of the mailbox cannot make
somebody else's form true.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock, ids, queue
from core.accounts.passwords import hash_password, is_right
from core.accounts.rules import clean_email, clean_name
from core.db import db
from core.errors import Gone, Refused
from core.tokens import hash_of, is_token, new_token
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.catalogue import links, rules
from tenants.catalogue.models import Joining, JoinLink
from tenants.mail.actions import write_letter
from tenants.people import queries as people
from tenants.people.models import Member, MemberRole

PROOF_LASTS = timedelta(days=3)
KEPT = timedelta(days=7)


def fill_in(link: JoinLink, email: str, first_name: str, last_name: str, password: str, language: str) -> Joining:
    """Keep what a stranger filled in, and let a job write to the address. Raises Refused("domain")."""
    email = clean_email(email)
    if not rules.is_allowed(email, link.domains):
        raise Refused("domain")
    row = Joining(id=ids.uuid7(), link_id=link.id, email=email, first_name=clean_name(first_name),
                  last_name=clean_name(last_name), password_hash=hash_password(password), language=language,
                  expires_at=clock.now() + PROOF_LASTS)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    queue.later("catalogue.answer_joining", joining_id=row.id, priority=2)
    return row


def answer(joining_id: UUID) -> None:
    """Mail a link that proves the address; to a member, where to sign in. Done twice, the first link is dead."""
    row = db.session.get(Joining, joining_id)
    if row is None or row.used_at is not None:
        return
    slug, _ = people.own_academy()
    assert row.email is not None
    member = people.member_by_email(row.email)
    if member is not None:
        _tell_known(row, member, slug)
        db.session.delete(row)
        return
    token = new_token()
    row.token_hash = hash_of(token)
    write_letter(row.email, "confirm_joining", row.language, name=row.first_name,
                 url=academy_url(slug, f"/join/proof/{token}"), until=row.expires_at)  # fmt: skip


def _tell_known(row: Joining, member: Member, slug: str) -> None:
    """Write to somebody who is a member, or was removed: an open link lets nobody back in whom staff removed."""
    assert row.email is not None
    language = member.language or row.language
    if not member.is_active:
        write_letter(row.email, "member_removed", language, name=member.first_name)
        return
    write_letter(row.email, "member_already", language, name=member.first_name,
                 url=academy_url(slug, "/sign-in"), reset_url=academy_url(slug, "/reset"))  # fmt: skip


def joining_by_token(token: str) -> Joining | None:
    """Return what was filled in for this mailed link, unless it was used or has expired."""
    if not is_token(token):
        return None
    good = (Joining.token_hash == hash_of(token), Joining.used_at.is_(None), Joining.expires_at > clock.now())
    return db.session.scalar(sa.select(Joining).where(*good))


def has_password(row: Joining, password: str) -> bool:
    """Return whether this is the password that was chosen with the form."""
    return is_right(row.password_hash, password)


def prove(token: str) -> Member:
    """Return the member that the stranger now is, with the link's courses. Of two at once one gets it. Raises Gone."""
    good = (Joining.token_hash == hash_of(token), Joining.used_at.is_(None), Joining.expires_at > clock.now())
    taken = sa.update(Joining).where(*good).values(used_at=clock.now()).returning(Joining)
    row = db.session.scalars(taken).one_or_none()
    if row is None:
        raise Gone("link")
    member = _member_for(row)
    links.use(db.session.get_one(JoinLink, row.link_id), member, in_time=True)
    db.session.delete(row)
    return member


def _member_for(row: Joining) -> Member:
    """Return the new participant. Raises Gone for an address that became a member's meanwhile."""
    assert row.email is not None
    if people.member_by_email(row.email) is not None:
        raise Gone("member")
    member = Member(email=row.email)
    db.session.add(member)
    member.first_name, member.last_name = row.first_name, row.last_name
    member.password_hash, member.language, member.state = row.password_hash, row.language, "active"
    member.email_confirmed_at = clock.now()
    member.role_rows = [MemberRole(role="participant", given_at=clock.now())]
    _flush_or_gone()
    record("member.joined", actor_id=member.id, link=str(row.link_id))
    return member


def _flush_or_gone() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise Gone("member") from None


def sweep() -> None:
    """Delete what strangers filled in a week ago and never proved, or did."""
    db.session.execute(sa.delete(Joining).where(Joining.made_at < clock.now() - KEPT))
