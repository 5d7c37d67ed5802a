"""How often something may be tried, counted per person and per address.

Thirty people behind one address are no attack, and one person tried from everywhere is; so both are
counted, each with its own limit. Keys are HMACs. The counts stand in the table `throttles` of the scope at
hand and are written in a transaction of their own: a request that fails keeps its count.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.config import config
from core.crypto import normalised
from core.db import db
from core.errors import TooMany

throttles = sa.table(
    "throttles", sa.column("key", sa.LargeBinary), sa.column("tries", sa.Integer),
    sa.column("until", sa.DateTime(timezone=True)),
)  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in `window_s` seconds of what `name` and `values` say."""

    name: str
    values: tuple[str, ...]
    most: int
    window_s: int = 900

    @property
    def key(self) -> bytes:
        """Return the HMAC under which the tries are counted."""
        said = b"".join(len(part).to_bytes(4, "big") + part for part in self._parts())
        return hmac.digest(config().secret_key, said, hashlib.sha256)[:16]

    def _parts(self) -> list[bytes]:
        return [b"limit", self.name.encode(), *(normalised(value).encode() for value in self.values)]


def sign_in_limits(email: str, address: str) -> list[Limit]:
    """Return the limits of signing in: per person from here, per person from anywhere, per address."""
    return [
        Limit("sign in from", (email, address), 10),
        Limit("sign in", (email,), 50),
        Limit("sign in address", (address,), 200),
    ]


def mail_limits(email: str, address: str | None = None) -> list[Limit]:
    """Return the limits of asking for a mail: few per person (it is their mailbox), more per address."""
    person = Limit("mail", (email,), 5, 3600)
    return [person] if address is None else [person, Limit("mail address", (address,), 100, 3600)]


def invitation_limits(emails: Iterable[str]) -> list[Limit]:
    """Return the limits of inviting these addresses: whoever invites, nobody gets more than five mails a day."""
    return [Limit("invitation", (email,), 5, 24 * 3600) for email in emails]


def spend(limits: list[Limit]) -> None:
    """Count one try for each limit. Raises TooMany with the seconds to wait if one is passed."""
    now = clock.now()
    rows = [{"key": one.key, "tries": 1, "until": now + timedelta(seconds=one.window_s)} for one in limits]
    with db.scope(db.current(), commit=True):
        counted = {bytes(key): (tries, until) for key, tries, until in db.session.execute(_count(rows, now))}
    passed = [counted[one.key][1] for one in limits if counted[one.key][0] > one.most]
    if passed:
        raise TooMany(_wait_s(max(passed), now))


def forgive(limits: list[Limit]) -> None:
    """Take the try back that turned out right; what counts a person alone begins anew."""
    with db.scope(db.current(), commit=True):
        for one in sorted(limits, key=lambda limit: limit.key):
            if one.name == "sign in from":
                db.session.execute(sa.delete(throttles).where(throttles.c.key == one.key))
            else:
                less = {"tries": sa.func.greatest(throttles.c.tries - 1, 0)}
                db.session.execute(sa.update(throttles).where(throttles.c.key == one.key).values(less))


def sweep() -> int:
    """Delete the counts of windows that have ended in the scope at hand; return how many."""
    old = sa.delete(throttles).where(throttles.c.until <= clock.now()).returning(throttles.c.key)
    return len(db.session.execute(old).all())


def _count(rows: list[dict[str, object]], now: datetime) -> sa.sql.expression.Executable:
    """Return the one statement that counts up; rows in the order of their keys, so that two never deadlock."""
    new = insert(throttles).values(sorted(rows, key=lambda row: bytes(row["key"])))  # type: ignore[call-overload]
    over = throttles.c.until <= now
    return new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "tries": sa.case((over, 1), else_=throttles.c.tries + 1),
            "until": sa.case((over, new.excluded.until), else_=throttles.c.until),
        },
    ).returning(throttles.c.key, throttles.c.tries, throttles.c.until)


def _wait_s(until: datetime, now: datetime) -> int:
    return max(1, int((until - now).total_seconds()) + 1)
