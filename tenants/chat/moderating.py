"""Reported messages: who reports, what a moderator sees of them, and what is decided.

A moderator sees the reported message and at most one before and after it, for the sense of it: never a whole talk. Each look is
written to the academy's audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from core import clock, ids
from core.db import db
from core.errors import NotFound, Refused
from core.sealed import columns_for
from tenants.audit.actions import record
from tenants.chat import actions, queries
from tenants.chat.models import Message, MessageReport
from tenants.chat.queries import Named
from tenants.chat.reading import Seen, seen
from tenants.chat.rules import MAX_REASON
from tenants.groups.sight import visible_to
from tenants.people.models import Member

LATELY = 50


@dataclass(frozen=True)
class Case:
    """A report with what a moderator sees: who reports, the message, one before and one after it, and how it was decided."""

    report: MessageReport
    reporter: Member
    message: Seen
    around: Sequence[Seen] = ()
    room: Named | None = None


def report(member: Member, message: Message, reason: str) -> None:
    """Ask a moderator to look at a message of somebody else; a second time only changes the reason. Raises NotFound, Refused.

    The message is locked: it is neither changed nor cleared meanwhile.
    """
    words = reason.replace("\x00", "").strip()
    if not words or len(words) > MAX_REASON:
        raise Refused("report reason")
    if message.sender_id in (None, member.id) or _locked(message.id) is not None:
        raise Refused("report what")
    known = db.session.scalar(
        sa.select(MessageReport).where(MessageReport.message_id == message.id, MessageReport.reporter_id == member.id).with_for_update()
    )
    if known is not None:
        known.reason = words
        return
    row_id = ids.uuid7()
    row = insert(MessageReport).values(
        id=row_id, message_id=message.id, reporter_id=member.id, state="open", made_at=clock.now(), **columns_for(MessageReport, row_id, reason=words)
    )
    db.session.execute(row.on_conflict_do_nothing())
    record("chat.report", actor_id=member.id, message=str(message.id))


def _locked(message_id: UUID) -> datetime | None:
    """Lock a message and return when it was removed. Raises NotFound."""
    row = db.session.execute(sa.select(Message.removed_at).where(Message.id == message_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no such message")
    return row[0]


def open_count(viewer: Member) -> int:
    """Return how many reports wait, of those that the viewer may look at."""
    wanted = sa.select(sa.func.count()).select_from(MessageReport).join(Message, Message.id == MessageReport.message_id)
    return db.session.scalar(wanted.where(MessageReport.state == "open", *_visible(viewer))) or 0


def cases(viewer: Member, is_open: bool = True) -> list[Case]:
    """Return the reports that wait, oldest first, or those that were decided, latest first; without what stands around them."""
    state = MessageReport.state == "open" if is_open else MessageReport.state != "open"
    order = MessageReport.made_at if is_open else MessageReport.decided_at.desc()
    rows = db.session.scalars(
        sa.select(MessageReport).join(Message, Message.id == MessageReport.message_id).where(state, *_visible(viewer))
        .options(joinedload(MessageReport.message)).order_by(order).limit(LATELY)
    ).all()  # fmt: skip
    shown = {one.message.id: one for one in seen([row.message for row in rows])}
    people = {one.id: one for one in db.session.scalars(sa.select(Member).where(Member.id.in_([row.reporter_id for row in rows]))).unique()}
    return [Case(row, people[row.reporter_id], shown[row.message_id]) for row in rows]


def _visible(viewer: Member) -> tuple[sa.ColumnElement[bool], ...]:
    """Nobody judges their own words, and nobody learns from the list that these were reported: an owner neither."""
    return Message.sender_id.is_distinct_from(viewer.id), visible_to(viewer, Message.sender_id), visible_to(viewer, MessageReport.reporter_id)


def case(viewer: Member, report_id: UUID, lock: bool = False) -> Case:
    """Return one report with the message before and after. Raises NotFound."""
    if lock:  # the message first, as who reports it does
        _locked(db.session.scalar(sa.select(MessageReport.message_id).where(MessageReport.id == report_id)) or report_id)
    wanted = (
        sa.select(MessageReport).join(Message, Message.id == MessageReport.message_id)
        .where(MessageReport.id == report_id, *_visible(viewer)).options(joinedload(MessageReport.message).joinedload(Message.room))
    )  # fmt: skip
    row = db.session.scalar(wanted.with_for_update(of=MessageReport).execution_options(populate_existing=True) if lock else wanted)
    if row is None:
        raise NotFound("no such report")
    message = row.message
    beside = Message.number.in_((message.number - 1, message.number + 1))
    around = db.session.scalars(sa.select(Message).where(Message.room_id == message.room_id, beside, visible_to(viewer, Message.sender_id))).all()
    shown = {one.message.number: one for one in seen([message, *around])}
    others = [shown[number] for number in sorted(shown) if number != message.number]
    return Case(row, db.session.get_one(Member, row.reporter_id), shown[message.number], others, queries.named_for(viewer, message.room))


def looked(viewer: Member, shown: Case) -> None:
    """Write down that a moderator looked at what others said: who, when, which message."""
    record("chat.disclosed", actor_id=viewer.id, report=str(shown.report.id), message=str(shown.message.message.id),
           around=[str(one.message.id) for one in shown.around])  # fmt: skip


def decide(by: Member, shown: Case, outcome: str) -> None:
    """Remove the message, warn its sender, or let it stand; every open report of the message is decided so. Raises Refused."""
    if outcome not in ("removed", "warned", "dismissed"):
        raise Refused("report outcome")
    if shown.report.state != "open":
        raise Refused("report decided")
    message = shown.message.message
    if outcome == "removed" and message.removed_at is None:
        actions.empty(message, by)
    decided = {"state": outcome, "decided_at": clock.now(), "decided_by": by.id}
    same = sa.and_(MessageReport.message_id == message.id, MessageReport.state == "open")
    db.session.execute(sa.update(MessageReport).where(same).values(**decided).execution_options(synchronize_session="fetch"))
    record("chat.decide", actor_id=by.id, report=str(shown.report.id), message=str(message.id), outcome=outcome)


def warnings_of(member: Member) -> list[Message]:
    """Return the messages about which the member was warned and has not yet said that they read it."""
    wanted = sa.select(Message).where(Message.sender_id == member.id, Message.id.in_(_warned()))
    return list(db.session.scalars(wanted.order_by(Message.made_at)))


def _warned() -> sa.Select[UUID]:
    return sa.select(MessageReport.message_id).where(MessageReport.state == "warned", MessageReport.read_at.is_(None))


def read_warnings(member: Member) -> None:
    """Note that the member read their warnings."""
    theirs = sa.select(Message.id).where(Message.sender_id == member.id)
    waiting = sa.and_(MessageReport.state == "warned", MessageReport.read_at.is_(None), MessageReport.message_id.in_(theirs))
    db.session.execute(sa.update(MessageReport).where(waiting).values(read_at=clock.now()).execution_options(synchronize_session=False))
