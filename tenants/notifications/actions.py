"""Tell members of something: one call for every feature. It flushes; the edge or the job commits.

A notice keeps ids only. Who may no longer see what it is about is told nothing: that is asked when it is read, mailed or
pushed, not when it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids, queue
from core.db import db
from tenants.notifications.choices import Wish, stop_by_token, wishes
from tenants.notifications.models import Notice
from tenants.notifications.rules import KINDS, Kind, mail_moment, push_moment
from tenants.people.models import Member

KEPT = timedelta(days=180)


def notify(
    kind: str, member_ids: Collection[UUID], *, subject_id: UUID, link: str, thread_id: UUID | None = None,
    detail: str = "", mailed_ids: Collection[UUID] = (),
) -> int:  # fmt: skip
    """Tell these members of one event, each as they chose; return how many did not know of it yet.

    The same (kind, subject) again tells nobody twice. `link` is a path of ids. Several of one `thread_id` (without one: of the
    subject) that wait are one line and one mail. Who is in `mailed_ids` had a letter already. Five statements, and one for each
    moment at which something is due.
    """
    if not member_ids:
        return 0
    rows = [_row(KINDS[kind], wish, subject_id, thread_id or subject_id, link, detail, wish.member.id in mailed_ids)
            for wish in wishes(member_ids, kind)]  # fmt: skip
    rows = [row for row in rows if row["is_shown"] or row["mail_at"] or row["push_at"]]
    if not rows:
        return 0
    made = insert(Notice).values(rows).on_conflict_do_nothing(index_elements=["member_id", "kind", "subject_id"])
    new = set(db.session.scalars(made.returning(Notice.id)))
    told = [row for row in rows if row["id"] in new]
    _queue(told)
    return len(told)


def _row(kind: Kind, wish: Wish, subject_id: UUID, thread_id: UUID, link: str, detail: str, is_mailed: bool) -> dict[str, Any]:
    now, choice = clock.now(), wish.choice
    may_mail = wish.member.can_be_mailed and not is_mailed
    ready = now + (kind.patience if choice.mail == "at_once" else timedelta())
    return {
        "id": ids.uuid7(), "member_id": wish.member.id, "kind": kind.name, "subject_id": subject_id, "thread_id": thread_id,
        "detail": detail, "link": link, "is_shown": choice.app, "mail_how": choice.mail if may_mail else "off",
        "mail_at": mail_moment(choice.mail, ready, wish.times) if may_mail else None,
        "push_at": push_moment(now, wish.times) if choice.push else None, "was_mailed": is_mailed, "made_at": now,
        "mailed_at": now if is_mailed else None, "pushed_at": None, "read_at": None,
    }  # fmt: skip


def _queue(rows: Iterable[dict[str, Any]]) -> None:
    """Queue the look at what is due, once for each moment."""
    for job, field in (("notifications.due", "mail_at"), ("notifications.push_due", "push_at")):
        for moment in sorted({row[field] for row in rows if row[field] is not None}):
            queue_at(job, moment)


def queue_at(job: str, moment: datetime) -> None:
    """Queue a look at what is due at the moment: now, or when the second is over that the moment lies in."""
    if moment <= clock.now():
        queue.later(job, once=f"{job}.now", priority=4)
    else:
        due = moment.replace(microsecond=0) + timedelta(seconds=1)
        queue.later(job, due=due, once=f"{job}.{int(due.timestamp())}", priority=4)


def open_notice(member: Member, notice_id: UUID) -> str | None:
    """Return the path that the member's notice leads to, read from now on with what stands in its line; None if it is
    not theirs."""
    notice = db.session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.member_id == member.id))
    if notice is None:
        return None
    line = sa.update(Notice).where(*_line(member.id, [notice.kind], notice.thread_id), Notice.made_at <= _newest(notice))
    several = len(db.session.execute(line.values(read_at=clock.now()).returning(Notice.id)).all()) > 1
    together = KINDS[notice.kind].together if notice.kind in KINDS else None
    return together if several and together else notice.link


def _newest(notice: Notice) -> datetime:
    """Return up to when a line is read that is opened by this notice: all of it, as the page or the mail showed it."""
    return max(notice.made_at, clock.now())


def mark_read(member_id: UUID, kinds: Collection[str], thread_id: UUID) -> None:
    """Note that the member saw what these kinds told of the thread: they opened its page. One statement."""
    db.session.execute(sa.update(Notice).where(*_line(member_id, kinds, thread_id)).values(read_at=clock.now()))


def _line(member_id: UUID, kinds: Collection[str], thread_id: UUID) -> tuple[Any, ...]:
    return Notice.member_id == member_id, Notice.kind.in_(list(kinds)), Notice.thread_id == thread_id, Notice.read_at.is_(None)


def mark_all_read(member: Member, before: datetime) -> int:
    """Note that the member read everything up to `before`: what came after the page was drawn stays new. Return how many."""
    mine = sa.update(Notice).where(Notice.member_id == member.id, Notice.read_at.is_(None), Notice.made_at <= before)
    return len(db.session.execute(mine.values(read_at=clock.now()).returning(Notice.id)).all())


def sweep() -> None:
    """Delete what is older than 180 days."""
    db.session.execute(sa.delete(Notice).where(Notice.made_at < clock.now() - KEPT))


__all__ = ["mark_all_read", "mark_read", "notify", "open_notice", "queue_at", "stop_by_token", "sweep"]
