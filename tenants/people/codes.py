"""Start codes: how somebody without e-mail comes in for the first time, or again after a forgotten password.

A manager gives a code on paper. It is shown once and kept as an HMAC under the academy's own key, which is in no dump of
the database; so a code that people can type is enough. Giving one ends password and sessions: a member has one way in.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from core import clock, keystore
from core.crypto import blind_index
from core.db import db
from core.errors import Forbidden
from tenants.audit.actions import record
from tenants.people import rules
from tenants.people.models import Member, MemberSession, MemberToken, StartCode
from tenants.people.queries import members_in_order

LASTS_DAYS: Final = (7, 14, 30, 90)
MOST_CARDS: Final = 500


@dataclass(frozen=True)
class Card:
    """What is printed for one person; the code is nowhere else."""

    member: Member
    code: str
    until: datetime


def give_codes(members: Sequence[Member], by: Member, days: int) -> list[Card]:
    """Return a card with a new code for each member; their earlier codes, passwords and sessions end. Raises Forbidden."""
    if not all(may_give_code(by, one) for one in members):
        raise Forbidden("member")
    until = clock.now() + timedelta(days=days if days in LASTS_DAYS else LASTS_DAYS[2])
    theirs = [one.id for one in members]
    for model in (StartCode, MemberSession, MemberToken):
        db.session.execute(sa.delete(model).where(model.member_id.in_(theirs)))
    return [_give(one, by, until) for one in members]


def _give(member: Member, by: Member, until: datetime) -> Card:
    code = "".join(secrets.choice(rules.CODE_SIGNS) for _ in range(rules.CODE_LENGTH))
    member.password_hash = None
    db.session.add(StartCode(member_id=member.id, code_hash=_hash_of(member.id, code), given_by=by.id, expires_at=until))
    record("member.code", actor_id=by.id, member=str(member.id))
    return Card(member, rules.shown_code(code), until)


def may_give_code(by: Member, member: Member) -> bool:
    """Return whether `by` may give this member a code."""
    return member.is_active and rules.may_give_code(
        by.roles, member.roles, member.id == by.id, member.number is not None, member.can_be_mailed
    )


def code_of(member: Member | None, said: str) -> StartCode | None:
    """Return the member's code if `said` is it, expired or not. Nobody's takes as long."""
    wanted = member.id if member is not None else UUID(int=0)
    row = db.session.scalar(sa.select(StartCode).where(StartCode.member_id == wanted))
    right = secrets.compare_digest(_hash_of(wanted, rules.clean_code(said)), row.code_hash if row else b"")
    return row if right else None


def who_gets_codes(ids: Sequence[UUID], by: Member, again: bool) -> list[Member]:
    """Return those of `ids` who have no password and whom `by` may give a code, in their order, at most MOST_CARDS; who has
    a code that still works only `again`."""
    good = set() if again else {one for one, code in codes_of(ids).items() if code.is_good}
    found: list[Member] = []
    left = [one for one in ids if one not in good]
    while left and len(found) < MOST_CARDS:
        found += [one for one in members_in_order(left[:MOST_CARDS]) if one.password_hash is None and may_give_code(by, one)]
        left = left[MOST_CARDS:]
    return found[:MOST_CARDS]


def codes_of(member_ids: Sequence[UUID]) -> dict[UUID, StartCode]:
    """Return the codes that these members have, by member."""
    rows = db.session.scalars(sa.select(StartCode).where(StartCode.member_id.in_(member_ids)))
    return {row.member_id: row for row in rows}


def end_code(member: Member) -> bool:
    """Use the member's code up; return whether it was good: of two at once one gets it."""
    used = sa.delete(StartCode).where(StartCode.member_id == member.id).returning(StartCode.expires_at)
    until = db.session.execute(used).scalar_one_or_none()
    return until is not None and until > clock.now()


def forget_code(member: Member) -> None:
    """Let no start code of the member work any more, nor a link that one opened: they have another way in, or other roles."""
    db.session.execute(sa.delete(StartCode).where(StartCode.member_id == member.id))
    db.session.execute(sa.delete(MemberToken).where(MemberToken.member_id == member.id, MemberToken.kind == "start"))


def _hash_of(member_id: UUID, code: str) -> bytes:
    return blind_index(keystore.open(db.current().holder), "start code", f"{member_id} {code}")
