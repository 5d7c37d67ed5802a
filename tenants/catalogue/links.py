"""Links by which people join: made, shown once, counted, withdrawn. The database knows only their hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from core import clock, ids
from core.db import db
from core.errors import Forbidden, Gone, NotFound, Refused
from core.tokens import hash_of, is_token, new_token
from tenants.audit.actions import record
from tenants.catalogue import places, rules
from tenants.catalogue.entering import Came, admit
from tenants.catalogue.models import JoinLink, JoinLinkCourse, JoinUse
from tenants.courses.models import Course
from tenants.people.models import Member
from tenants.people.rules import may_give

MAX_LABEL = 100
MAX_COURSES = 20
Why = Literal["unknown", "revoked", "expired", "used_up"]


@dataclass(frozen=True)
class LinkTerms:
    """What a link allows, as its form says."""

    label: str = ""
    course_ids: Sequence[UUID] = ()
    most_uses: int | None = None
    last_day: date | None = None
    domains: Sequence[str] = ()


def may_link(by: Member) -> bool:
    """Return whether somebody makes links to join by: who joins is in no group, so who is limited to groups does not."""
    return bool(by.roles & rules.LINK_MAKERS) and not by.is_limited


def check_may_link(by: Member) -> None:
    """Raise NotFound for who makes no links."""
    if not may_link(by):
        raise NotFound("links")


def make_link(terms: LinkTerms, by: Member, link_id: UUID | None = None) -> tuple[JoinLink, str]:
    """Return a new link and its token, which is not kept. The same `link_id` again gives that link a new token.

    Raises Forbidden, and Refused while the maker's own address is not proven.
    """
    _may_make(by)
    link = db.session.get(JoinLink, link_id) if link_id else None
    if link is not None:
        return link, renew_token(link, by)
    token, here = new_token(), places.zone()
    ends = rules.end_after(0, terms.last_day, here) if terms.last_day else None
    link = JoinLink(id=link_id or ids.uuid7(), label=terms.label.strip()[:MAX_LABEL] or None, token_hash=hash_of(token),
                    most_uses=terms.most_uses, domains=list(terms.domains), expires_at=ends, made_by=by.id)  # fmt: skip
    db.session.add(link)
    db.session.flush()
    known = db.session.scalars(sa.select(Course.id).where(Course.id.in_(list(terms.course_ids)[:MAX_COURSES])))
    db.session.add_all(JoinLinkCourse(link_id=link.id, course_id=course_id) for course_id in known)
    db.session.flush()
    record("catalogue.link_made", actor_id=by.id, link=str(link.id))
    return link, token


def _may_make(by: Member) -> None:
    if not may_link(by) or not may_give(by.roles, {"participant"}):
        raise Forbidden("role")
    if not by.is_confirmed:
        raise Refused("unconfirmed")


def renew_token(link: JoinLink, by: Member) -> str:
    """Return a new token of the link; what was printed before leads nowhere."""
    _may_make(by)
    if link.revoked_at is not None:
        raise Refused("link revoked")
    token = new_token()
    link.token_hash = hash_of(token)
    record("catalogue.link_renewed", actor_id=by.id, link=str(link.id))
    db.session.flush()
    return token


def revoke(link: JoinLink, by: Member) -> None:
    """Make the link useless; who joined by it stays."""
    _may_make(by)
    link.revoked_at = link.revoked_at or clock.now()
    record("catalogue.link_revoked", actor_id=by.id, link=str(link.id))
    db.session.flush()


def link_by_token(token: str) -> JoinLink | None:
    """Return the link of this token, in whatever state, or None."""
    if not is_token(token):
        return None
    return db.session.scalar(sa.select(JoinLink).where(JoinLink.token_hash == hash_of(token)))


def why_dead(link: JoinLink | None) -> Why | None:
    """Return why the link does not work, None if it does."""
    return "unknown" if link is None else _why(link, uses_of(link))


def uses_of(link: JoinLink) -> int:
    """Return how many people used the link."""
    return db.session.scalar(sa.select(sa.func.count()).where(JoinUse.link_id == link.id)) or 0


def has_used(link: JoinLink, member: Member) -> bool:
    """Return whether the member came in by this link before."""
    wanted = sa.select(JoinUse.used_at).where(JoinUse.link_id == link.id, JoinUse.member_id == member.id)
    return db.session.scalar(wanted) is not None


def use(link: JoinLink, member: Member, in_time: bool = False) -> dict[UUID, Came]:
    """Return what became of each course of the link for this member; using it again costs no further use.

    `in_time`: they filled the form in while it worked, and only its end passed since. The link is locked, so that
    the limit holds however many come at once. Raises Gone for a dead link.
    """
    db.session.scalar(sa.select(JoinLink.id).where(JoinLink.id == link.id).with_for_update())
    db.session.refresh(link)
    used, why = has_used(link, member), why_dead(link)
    if why and not (why == "used_up" and used) and not (why == "expired" and in_time):
        raise Gone("link")
    if not used:
        db.session.execute(insert(JoinUse).values(link_id=link.id, member_id=member.id, used_at=clock.now()))
        record("catalogue.link_used", actor_id=member.id, link=str(link.id))
    return {course.id: admit(member, course) for course in sorted(link.courses, key=lambda one: one.id)}


@dataclass(frozen=True)
class Listed:
    """A link in the list: how often it was used, and why it no longer works if so."""

    link: JoinLink
    uses: int
    why: Why | None


def links_made(by: Member) -> list[Listed]:
    """Return the academy's links with their use, living ones first, newest first. Two statements."""
    if not may_link(by):
        raise NotFound("links")
    count = sa.select(sa.func.count()).where(JoinUse.link_id == JoinLink.id).correlate(JoinLink).scalar_subquery()
    rows = db.session.execute(
        sa.select(JoinLink, count).options(selectinload(JoinLink.courses)).order_by(JoinLink.id.desc())
    ).all()
    listed = [Listed(link, uses, _why(link, uses)) for link, uses in rows]
    return sorted(listed, key=lambda one: one.why is not None)


def _why(link: JoinLink, uses: int) -> Why | None:
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at is not None and link.expires_at <= clock.now():
        return "expired"
    return "used_up" if link.most_uses is not None and uses >= link.most_uses else None


def link_to_manage(by: Member, link_id: UUID) -> JoinLink:
    """Return a link of the academy. Raises NotFound."""
    link = db.session.get(JoinLink, link_id) if may_link(by) else None
    if link is None:
        raise NotFound("no such link")
    return link
