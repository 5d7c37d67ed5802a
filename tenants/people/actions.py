"""What members do with their own row: password, address, profile."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from core import clock, queue
from core.accounts.passwords import hash_password
from core.accounts.rules import clean_email, clean_name
from core.db import db
from core.errors import Forbidden, Gone, Refused
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.mail.actions import write_letter
from tenants.people import queries, rules
from tenants.people.bouncing import forget_bounce
from tenants.people.codes import end_code, forget_code
from tenants.people.models import Ask, Member, MemberToken
from tenants.people.signing import links, sessions

RESET_LASTS = timedelta(hours=1)
CHANGE_LASTS = timedelta(days=1)


def ask_reset(email: str, language: str) -> None:
    """Let a job mail a link for a new password. Known and unknown addresses take the same way (T31)."""
    row = Ask(email=clean_email(email), language=language)
    db.session.add(row)
    db.session.flush()
    queue.later("people.answer", ask_id=str(row.id), priority=2)


def mail_reset_link(email: str, slug: str, language: str) -> None:
    """Mail a link for a new password, if there is a member with this address."""
    member = queries.active_by_email(email)
    if member is not None and member.email is not None:
        token = links.make(member.id, "reset", RESET_LASTS)
        write_letter(member.email, "reset_password", member.language or language, name=member.first_name,
                     url=academy_url(slug, f"/reset/{token}"), minutes=60)  # fmt: skip


def reset_password(token: str, password: str) -> Member:
    """Give the link's member a new password and end all their sessions. Raises Gone for a dead link."""
    member = _owner_of(links.use(token, "reset"))
    member.password_hash = hash_password(password)
    member.email_confirmed_at = member.email_confirmed_at or clock.now()
    forget_bounce(member)
    end_code(member)
    _end_all(member)
    return member


def begin(token: str, password: str, language: str) -> Member:
    """Give who came with a start code the password that they chose; code and link are used up. Raises Gone."""
    member = _owner_of(links.use(token, "start"))
    if not end_code(member):
        raise Gone("link")
    member.password_hash, member.language = hash_password(password), member.language or language
    _end_all(member)
    record("member.began", actor_id=member.id, member=str(member.id))
    return member


def change_password(member: Member, password: str) -> None:
    """Set a new password and end every session; the caller starts a fresh one (T19)."""
    member.password_hash = hash_password(password)
    _end_all(member)


def _end_all(member: Member) -> None:
    """End every session, and every link that somebody else may have asked for: the password says who it is now."""
    for kind in ("reset", "change", "start"):
        links.end(member.id, kind)
    sessions.end_all(member.id)


def ask_new_email(member: Member, email: str, slug: str, language: str) -> None:
    """Mail a link to the new address; until it is used nothing changes. A taken address gets no mail."""
    email = clean_email(email)
    if queries.member_by_email(email) is not None:
        return
    token = links.make(member.id, "change", CHANGE_LASTS, new_email=email)
    write_letter(email, "change_email", member.language or language, name=member.first_name,
                 url=academy_url(slug, f"/me/email/{token}"))  # fmt: skip


def offer_address(member: Member, email: str, by: Member, slug: str, language: str) -> None:
    """Mail a link to an address for a member whom mail does not reach; it counts once they used it. Raises Forbidden for
    who can be mailed: they change their address themselves."""
    if not rules.may_change(by.roles, member.roles) or member.can_be_mailed:
        raise Forbidden("member")
    ask_new_email(member, email, slug, language)
    record("member.address", actor_id=by.id, member=str(member.id))


def change_email(token: str) -> Member:
    """Give the link's member the new address. Raises Gone for a dead link, Refused if it was taken meanwhile."""
    link = links.use(token, "change")
    member = _owner_of(link)
    try:
        with db.session.begin_nested():
            member.email, member.email_confirmed_at = link.new_email, clock.now()
            forget_bounce(member)
            db.session.flush()
    except IntegrityError:
        raise Refused("taken") from None
    links.end(member.id, "reset")  # they went to the old address
    forget_code(member)
    return member


def update_profile(member: Member, first_name: str, last_name: str, language: str, scheme: str) -> None:
    """Change what members may change about themselves."""
    member.first_name, member.last_name = clean_name(first_name), clean_name(last_name)
    member.language, member.scheme = language, scheme


def _owner_of(link: MemberToken | None) -> Member:
    member = None if link is None else db.session.get(Member, link.member_id)
    if member is None or not member.is_active:
        raise Gone("link")
    return member
