"""Requests of members about their data: asked, entered, made longer, refused, done, withdrawn. They flush; the edge commits.

Managers answer. The person is mailed at each step, the managers when one comes in.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core import clock, ids
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.erasure import actions as erasing
from tenants.groups.sight import sees_member, visible_to
from tenants.mail.actions import write_letter
from tenants.people.models import Member, MemberRole
from tenants.privacy import rules
from tenants.privacy.models import PrivacyRequest

AT_ONCE = 200


def requests_of(member: Member) -> list[PrivacyRequest]:
    """Return what the member asked, the latest first."""
    return list(db.session.scalars(sa.select(PrivacyRequest).where(PrivacyRequest.member_id == member.id).order_by(PrivacyRequest.made_at.desc())))


def requests_for(by: Member) -> list[tuple[PrivacyRequest, Member]]:
    """Return the requests of whom the manager sees with who asked: open ones by their last day, then the latest answered."""
    wanted = sa.select(PrivacyRequest, Member).join(Member, Member.id == PrivacyRequest.member_id).where(visible_to(by))
    order = (PrivacyRequest.state != "open", PrivacyRequest.ended_at.desc(), PrivacyRequest.due_at)
    return [(row, member) for row, member in db.session.execute(wanted.order_by(*order).limit(AT_ONCE)).unique()]


def request_for(request_id: UUID, by: Member) -> tuple[PrivacyRequest, Member]:
    """Return the request, locked, and who asked. Raises NotFound, and Forbidden for one's own: nobody answers themself."""
    row = db.session.scalar(sa.select(PrivacyRequest).where(PrivacyRequest.id == request_id).with_for_update())
    if row is None or not sees_member(by, row.member_id):
        raise NotFound("request")
    if row.member_id == by.id:
        raise Forbidden("own request")
    return row, db.session.get_one(Member, row.member_id)


def person_for(member_id: UUID, by: Member) -> Member:
    """Return the member for whom the manager enters a request. Raises NotFound, and Forbidden for oneself."""
    member = db.session.get(Member, member_id)
    if member is None or not sees_member(by, member_id):
        raise NotFound("member")
    if member.id == by.id:
        raise Forbidden("own request")
    return member


def ask(member: Member, kind: str, words: str, slug: str) -> PrivacyRequest:
    """Return the member's own request, new or the one of this kind that is open. The managers and the member are mailed."""
    return _open(member, kind, words, slug, source="self")


def enter(member: Member, kind: str, words: str, source: str, checked: str, by: Member, slug: str) -> PrivacyRequest:
    """Return the request that came by phone, mail or on paper. Raises Refused when nobody made sure who asked."""
    if not checked.strip():
        raise Refused("identity")
    return _open(member, kind, words, slug, source=source, checked=checked.strip(), entered_by=by.id)


def _open(member: Member, kind: str, words: str, slug: str, *, source: str, checked: str | None = None, entered_by: UUID | None = None) -> PrivacyRequest:
    if kind == "erase" and member.has("owner"):
        raise Refused("owner erasure")
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    is_same = (PrivacyRequest.member_id == member.id, PrivacyRequest.kind == kind, PrivacyRequest.state == "open")
    known = db.session.scalar(sa.select(PrivacyRequest).where(*is_same))
    if known is not None:
        return known
    row = PrivacyRequest(id=ids.uuid7(), member_id=member.id, kind=kind, words=words.strip() or None, source=source, checked=checked,
                         entered_by=entered_by, due_at=rules.months_later(clock.now(), rules.MONTHS))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("privacy.ask", actor_id=entered_by or member.id, member=str(member.id), request=str(row.id), kind=kind)
    _tell(row, member, "privacy_received", slug)
    for manager in _managers():
        if manager.id not in (member.id, entered_by) and manager.email and sees_member(manager, member.id):
            write_letter(manager.email, "privacy_asked", manager.language or "nl", name=manager.first_name, day=row.due_at,
                         url=academy_url(slug, f"/people/requests/{row.id}"))  # fmt: skip
    return row


def withdraw(request_id: UUID, member: Member) -> None:
    """Take one's own request back. Raises NotFound, and Refused when it is answered."""
    row = db.session.scalar(sa.select(PrivacyRequest).where(PrivacyRequest.id == request_id, PrivacyRequest.member_id == member.id).with_for_update())
    if row is None:
        raise NotFound("request")
    _check_open(row)
    row.state, row.ended_at, row.ended_by = "withdrawn", clock.now(), member.id
    record("privacy.withdrawn", actor_id=member.id, member=str(member.id), request=str(row.id))


def extend(row: PrivacyRequest, member: Member, reason: str, by: Member, slug: str) -> None:
    """Take two months more, once, and tell the person why. Raises Refused."""
    _check_open(row)
    if not may_extend(row):
        raise Refused("extended")
    row.extended_at, row.reason = clock.now(), _said(reason)
    row.due_at = rules.months_later(row.due_at, rules.MONTHS_MORE)
    record("privacy.extended", actor_id=by.id, member=str(member.id), request=str(row.id))
    _tell(row, member, "privacy_longer", slug, reason=_line(row.reason))


def may_extend(row: PrivacyRequest) -> bool:
    """Return whether the time can still be made longer."""
    return rules.may_extend(row.is_open, row.extended_at is not None, row.due_at, clock.now())


def refuse(row: PrivacyRequest, member: Member, reason: str, by: Member, slug: str) -> None:
    """Refuse, and tell the person why and where they can complain. Raises Refused."""
    _end(row, "refused", _said(reason), by)
    _tell(row, member, "privacy_refused", slug, reason=_line(row.answer))


def finish(row: PrivacyRequest, member: Member, answer: str, by: Member, slug: str) -> None:
    """Say that it is done, and what was done; an erasure is planned by the very way in which people are removed. Raises Refused,
    and Forbidden for whom the manager may not remove."""
    _end(row, "done", _said(answer), by)
    _tell(row, member, "privacy_done", slug, reason=_line(row.answer))
    if row.kind == "erase":
        erasing.plan(erasing.person(member.id, by), by, slug)


def _end(row: PrivacyRequest, state: str, answer: str, by: Member) -> None:
    _check_open(row)
    row.state, row.answer, row.ended_at, row.ended_by = state, answer, clock.now(), by.id
    record(f"privacy.{state}", actor_id=by.id, member=str(row.member_id), request=str(row.id))


def _said(words: str) -> str:
    if not words.strip():
        raise Refused("privacy words")
    return words.strip()


def _line(words: str | None) -> str:
    """Return the words on one line, as a mail has them."""
    return " ".join((words or "").split())


def _check_open(row: PrivacyRequest) -> None:
    if not row.is_open:
        raise Refused("answered")


def _managers() -> list[Member]:
    staff = sa.select(MemberRole.member_id).where(MemberRole.role.in_(("owner", "manager")))
    return list(db.session.scalars(sa.select(Member).where(Member.id.in_(staff), Member.state == "active")).unique())


def _tell(row: PrivacyRequest, member: Member, kind: str, slug: str, reason: str | None = None) -> None:
    """Mail the person, if they have an address; the page of their requests says the same."""
    if member.email:
        write_letter(member.email, kind, member.language or "nl", member_id=member.id, name=member.first_name, day=row.due_at,
                     url=academy_url(slug, "/me/data/requests"), reason=reason)  # fmt: skip
