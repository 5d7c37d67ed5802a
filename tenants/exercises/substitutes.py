"""Whose review queue is whose: a trainer hands theirs over, a substitute takes one, its trainer takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from core import clock, ids
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.courses.models import Course
from tenants.exercises.models import WAITING, HandIn, StandIn
from tenants.groups.joined import on_group_leave
from tenants.groups.limits import check_reaches, on_limit
from tenants.groups.models import Group, SeenGroup
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.rules import TAUGHT_BY
from tenants.people.models import Member, MemberRole


def reviewers() -> list[Member]:
    """Return everybody who may review, by name."""
    reviews = sa.select(MemberRole.member_id).where(MemberRole.role.in_(TAUGHT_BY))
    wanted = sa.select(Member).where(Member.state == "active", Member.id.in_(reviews))
    return sorted(db.session.scalars(wanted.options(lazyload(Member.role_rows))), key=lambda one: one.name.casefold())


def reviewer(member_id: UUID | None) -> Member:
    """Return somebody who may review. Raises Refused: lists are made of `reviewers`, so who is gone left meanwhile."""
    found = db.session.get(Member, member_id) if member_id else None
    if found is None or found.state != "active" or not found.roles & TAUGHT_BY:
        raise Refused("no such reviewer")
    return found


def hand_over(trainer: Member, substitute: Member, by: Member) -> int:
    """Return how many waiting hand-ins of the trainer's queue are now the substitute's; so is what comes in later.

    It works in both directions: a trainer hands their queue over, a substitute takes over an absent trainer's.
    """
    if trainer.id == substitute.id:
        raise Refused("same person")
    if substitute.id == by.id:
        check_reaches(by, trainer)
    stand_in = db.session.scalar(sa.select(StandIn).where(StandIn.trainer_id == trainer.id))
    if stand_in is None:
        stand_in = StandIn(id=ids.uuid7(), trainer_id=trainer.id, made_at=clock.now())
        db.session.add(stand_in)
    stand_in.substitute_id = substitute.id
    theirs = sa.or_(HandIn.trainer_id == trainer.id, HandIn.claimed_by == trainer.id)
    moved = _give(theirs, substitute)
    _free(HandIn.trainer_id == substitute.id, trainer.id)
    record("exercise.queue_handed_over", actor_id=by.id, trainer=str(trainer.id), substitute=str(substitute.id),
           hand_ins=moved)  # fmt: skip
    return moved


def take_back(trainer: Member, by: Member) -> int:
    """Return how many waiting hand-ins came back to the trainer's queue; from now on it is their own again."""
    db.session.execute(sa.delete(StandIn).where(StandIn.trainer_id == trainer.id))
    own = sa.select(Enrolment.id).join(Course, Course.id == Enrolment.course_id).where(Course.trainer_id == trainer.id)
    moved = _give(HandIn.enrolment_id.in_(own), trainer)
    record("exercise.queue_taken_back", actor_id=by.id, trainer=str(trainer.id), hand_ins=moved)
    return moved


def _give(which: sa.ColumnElement[bool], to: Member) -> int:
    """Return how many come to this person; those of people whom they do not see wait for everybody."""
    seen = HandIn.enrolment_id.in_(sa.select(Enrolment.id).where(visible_to(to, Enrolment.member_id))) if to.is_limited else sa.true()
    waiting = sa.update(HandIn).where(HandIn.state.in_(WAITING), which)
    if to.is_limited:
        db.session.execute(waiting.where(~seen).values(trainer_id=None).execution_options(synchronize_session=False))
    moved = db.session.execute(waiting.where(seen).values(trainer_id=to.id).returning(HandIn.id)).all()
    return len(moved)


@on_group_leave
def let_go_of_leavers(group: Group) -> None:
    """Let hand-ins of who left the group wait for everybody, where their trainer saw them only by this group."""
    seers = sa.select(Member).where(Member.id.in_(sa.select(SeenGroup.member_id).where(SeenGroup.group_id == group.id)))
    for member in db.session.scalars(seers).unique():
        let_go_of_unseen(member)


@on_limit
def let_go_of_unseen(member: Member) -> None:
    """Let hand-ins of people whom the member no longer sees wait for everybody."""
    if member.is_limited:
        unseen = HandIn.enrolment_id.not_in(sa.select(Enrolment.id).where(visible_to(member, Enrolment.member_id)))
        waiting = sa.update(HandIn).where(HandIn.state.in_(WAITING), unseen).execution_options(synchronize_session=False)
        db.session.execute(waiting.where(HandIn.trainer_id == member.id).values(trainer_id=None))
        held = waiting.where(HandIn.claimed_by == member.id)
        db.session.execute(held.values(claimed_by=None, claimed_at=None, leased_until=None, version=HandIn.version + 1))


def _free(which: sa.ColumnElement[bool], held_by: UUID) -> None:
    """End the looks of somebody who handed their queue over; what they began stays their own draft."""
    db.session.execute(
        sa.update(HandIn).where(HandIn.state.in_(WAITING), which, HandIn.claimed_by == held_by)
        .values(claimed_by=None, claimed_at=None, leased_until=None, version=HandIn.version + 1)
    )


@dataclass(frozen=True)
class Standing:
    """Who stands in for whom."""

    trainer_id: UUID
    trainer: str
    substitute_id: UUID
    substitute: str


def stand_ins() -> list[Standing]:
    """Return every substitution that goes on now. One statement."""
    absent, present = aliased(Member), aliased(Member)
    rows = db.session.execute(
        sa.select(absent, present).select_from(StandIn)
        .join(absent, absent.id == StandIn.trainer_id).join(present, present.id == StandIn.substitute_id)
        .options(lazyload(absent.role_rows), lazyload(present.role_rows))
    )
    return [Standing(one.id, one.name, other.id, other.name) for one, other in rows]
