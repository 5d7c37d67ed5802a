"""What tests of notices share: moments, a course, work that waits, what was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core import clock
from core.db import CORE, db
from core.outbox.models import Work
from jobs import perform, registry
from tenants.notifications.models import Notice
from tenants.people.models import Member, MemberSession
from tests.cast import Cast
from tests.courses.writing import member, publish, write_course

PLACE = ZoneInfo("Europe/Amsterdam")


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Let it be this moment by the clock of Amsterdam."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=PLACE)
    with clock.shifted(wanted - datetime.now(UTC)):
        yield


def stay_signed_in(cast: Cast) -> None:
    """Let sessions last until next year, and everybody be here for long."""
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(MemberSession).values(expires_at=clock.now() + timedelta(days=400)))
        db.session.execute(sa.update(Member).values(made_at=clock.now() - timedelta(days=30)))


def write_a_course(cast: Cast) -> UUID:
    """Return a published course that nobody takes."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        return publish(author, write_course(author).course).id


def work(most: int = 60) -> None:
    """Do the work that is due."""
    registry.load()
    perform.drain(most=most)


def forget_work() -> None:
    """Lose everything that waits."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))


def notices(cast: Cast, who: str | None = None) -> list[Any]:
    """Return the notices, the oldest first."""
    wanted = sa.select(Notice).order_by(Notice.id)
    with db.scope(cast.academy.scope):
        rows = db.session.scalars(wanted if who is None else wanted.where(Notice.member_id == cast.ids[who])).all()
        db.session.expunge_all()
        return list(rows)
