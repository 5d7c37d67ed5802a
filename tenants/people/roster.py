"""The people of an academy as lists sort and search them, opened once and kept in this process.

Names are sealed, so Postgres can neither sort nor search them. What was opened is kept here, in memory only, per
academy. Nothing has to be told when a member changes: each use first asks Postgres for one number over the versions of
all rows of `members` (xmin and ctid, which every UPDATE changes, by whatever process, in whatever transaction). While
the number is the same nothing else is read; when it differs, only the rows whose version differs are read and opened.

Kept no longer than needed: at most MOST_PEOPLE in a process (the academy used longest ago goes first), gone after
IDLE_S without use or as soon as any academy is changed, suspended or closed, and unreachable without the academy's key.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core import keystore
from core.crypto import DataKey
from core.db import db
from core.sealed import stored, unseal_rows
from tenants.people.models import Member
from tenants.people.names import folded, natural, sort_key
from tenants.resolve import resolver

MOST_PEOPLE: Final = 60_000
IDLE_S: Final = 600.0
FEW: Final = 1_000  # changed rows that are asked for by id; more are read with all the rest
FIELDS: Final = ("first_name", "last_name", "email", "number")
VERSION: Final = sa.literal_column("members.xmin::text || members.ctid::text", sa.Text)
MARK: Final = sa.select(
    sa.func.count(), sa.text("bit_xor(hashtextextended(members.id::text || members.xmin::text || members.ctid::text, 0))")
).select_from(Member.__table__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as lists need them; `version` says which state of their row this is."""

    id: UUID
    version: str
    by_surname: tuple[str, str, str]
    by_first_name: tuple[str, str]
    by_email: str
    by_number: str
    sought: str
    state: str
    made_at: datetime
    visited_at: datetime | None
    bounces: bool


ORDERS: Final[dict[str, Callable[[Entry], Any]]] = {
    "name": lambda one: (one.by_surname, one.id),
    "first": lambda one: (one.by_first_name, one.id),
    "email": lambda one: (one.by_email, one.id),
    "number": lambda one: (natural(one.by_number), one.id),
    "joined": lambda one: (one.made_at, one.id),
    "visited": lambda one: (one.visited_at is not None, one.visited_at or one.made_at, one.id),
}


@dataclass(frozen=True)
class Roster:
    """Everybody in one academy at one moment; `orders` fills as lists ask for them. Not changed otherwise."""

    mark: tuple[int, int | None]
    key: DataKey
    entries: dict[UUID, Entry]
    orders: dict[str, list[Entry]] = field(default_factory=dict)

    def sorted_by(self, order: str) -> list[Entry]:
        """Return everybody in one of ORDERS, ascending."""
        found = self.orders.get(order)
        if found is None:
            found = self.orders[order] = sorted(self.entries.values(), key=ORDERS[order])
        return found


class Kept:
    """The rosters that this process keeps, the one used last at the end."""

    def __init__(self) -> None:
        self._rosters: OrderedDict[int, tuple[Roster, float]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, number: int, key: DataKey) -> Roster | None:
        """Return the academy's roster if it was opened with this very key."""
        with self._lock:
            self._drop_idle()
            found = self._rosters.get(number)
        return found[0] if found is not None and found[0].key is key else None

    def keep(self, number: int, roster: Roster) -> None:
        """Keep the roster, and no more people than MOST_PEOPLE."""
        with self._lock:
            self._rosters.pop(number, None)
            self._rosters[number] = (roster, time.monotonic())
            while sum(len(one.entries) for one, _ in self._rosters.values()) > MOST_PEOPLE:
                self._rosters.popitem(last=False)

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._rosters.clear()

    def _drop_idle(self) -> None:
        oldest = time.monotonic() - IDLE_S
        for number in [number for number, (_, used) in self._rosters.items() if used < oldest]:
            del self._rosters[number]


kept = Kept()
resolver.on_forget(kept.forget)


def roster() -> Roster:
    """Return the people of the academy at hand as they stand in this transaction."""
    number = db.current().number
    assert number is not None, "only inside an academy"
    key = keystore.open(db.current().holder)
    before = kept.find(number, key)
    count, bits = db.session.execute(MARK).one()
    if before is None or before.mark != (count, bits):
        before = Roster((count, bits), key, _entries(before.entries if before else {}))
    kept.keep(number, before)
    return before


def _entries(known: dict[UUID, Entry]) -> dict[UUID, Entry]:
    """Return an entry for each member; those of `known` whose row is as it was are taken over unopened."""
    if not known:
        return {one.id: one for one in _opened()}
    versions: dict[UUID, str] = {row[0]: row[1] for row in db.session.execute(sa.select(Member.id, VERSION))}
    changed = [one for one, version in versions.items() if one not in known or known[one].version != version]
    if len(changed) > FEW:
        return {one.id: one for one in _opened()}
    found = {one: entry for one, entry in known.items() if one in versions}
    found.update((one.id, one) for one in _opened(changed))
    return found


def _opened(among: list[UUID] | None = None) -> Iterable[Entry]:
    """Return entries of all members, or of these."""
    wanted = sa.select(Member.id, VERSION, Member.state, Member.made_at, Member.visited_at, Member.bounced_at.is_not(None),
                       *(stored(Member, name) for name in FIELDS))  # fmt: skip
    if among is not None:
        wanted = wanted.where(Member.id == sa.any_(sa.literal(among, ARRAY(sa.Uuid))))
    rows: Any = db.session.execute(wanted).all()
    names = zip(*(unseal_rows(Member, name, [(row[0], row[place]) for row in rows]) for place, name in enumerate(FIELDS, 6)),
                strict=True)  # fmt: skip
    return [_entry(row, *(said or "" for said in four)) for row, four in zip(rows, names, strict=True)]


def _entry(row: Any, first: str, last: str, email: str, number: str) -> Entry:
    by_surname, address, known_by = sort_key(first, last), folded(email), folded(number)
    sought = f"{folded(f'{first} {last}')} {address} {known_by}"
    return Entry(row[0], row[1], by_surname, (by_surname[1], by_surname[0]), address, known_by, sought, *row[2:6])
