"""People who are known by a personnel number: added by a manager, without any mail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core import clock
from core.accounts.rules import clean_name
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.people import joined, queries, rules
from tenants.people.inviting import check_may_add
from tenants.people.joined import NOWHERE, Place
from tenants.people.models import Member, MemberRole


def add_person(
    by: Member, first_name: str, last_name: str, number: str, roles: Iterable[str], course_id: UUID | None = None,
    where: Place = NOWHERE,
) -> Member:  # fmt: skip
    """Return the new member, in their place; they come in once somebody gives them a start code. Raises Forbidden, Refused if
    the number is somebody's."""
    roles = frozenset(roles)
    check_may_add(by, roles, where)
    member = Member(first_name=clean_name(first_name), last_name=clean_name(last_name))
    _give_number(member, number)
    member.role_rows = [MemberRole(role=role, given_at=clock.now()) for role in sorted(roles)]
    db.session.flush()
    joined.place(member, frozenset(), where)
    joined.tell(member, course_id)
    record("member.added", actor_id=by.id, member=str(member.id))
    return member


def change_number(member: Member, number: str, by: Member) -> None:
    """Give the member this personnel number; an empty one takes it away. Raises Forbidden, and Refused if it is somebody
    else's, or all that the member is known by."""
    if not rules.may_change(by.roles, member.roles):
        raise Forbidden("member")
    number = rules.clean_number(number)
    if number == (member.number or ""):
        return
    if not number and member.email is None:
        raise Refused("only number")
    _give_number(member, number)
    record("member.number", actor_id=by.id, member=str(member.id))


def _give_number(member: Member, number: str) -> None:
    number = rules.clean_number(number)
    if number and not rules.is_number(number):
        raise Refused("number")
    if rules.is_citizen_number(number):
        raise Refused("citizen number")
    known = queries.member_by_number(number) if number else None
    if known is not None and known is not member:
        raise Refused("number taken")
    try:
        with db.session.begin_nested():
            member.number = number or None
            db.session.add(member)
            db.session.flush()
    except IntegrityError:
        raise Refused("number taken") from None
