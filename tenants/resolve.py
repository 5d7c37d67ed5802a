"""Host -> academy. Cached for five seconds per process; a change is heard by NOTIFY as well."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.config import config
from core.db import BARE, Scope, academy_scope, db
from core.errors import NotFound
from core.wording import Wording

CACHE_S = 5.0
IN_USE_S = 60.0
MOST_AT_ONCE = 100
MOST_KNOWN = 10_000
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
HOST = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)


@dataclass(frozen=True)
class AcademyFacts:
    """What a request may know of its academy from core."""

    number: int
    id: UUID
    slug: str
    name: str
    state: str
    cluster: str
    colour: str
    language: str
    zone: str
    plan: str
    revision: str | None
    closes_at: datetime | None
    wording: Wording

    @property
    def scope(self) -> Scope:
        """Return the scope of this academy's transactions."""
        return academy_scope(self.number, self.cluster)

    @property
    def is_gone(self) -> bool:
        """Return whether the academy no longer answers."""
        return self.state in ("fenced", "closed")


@dataclass(frozen=True)
class Place:
    """Where a request arrived: the platform's own host (slug None) or an academy's, on which domain."""

    domain: str
    slug: str | None
    custom_host: str | None = None


def place_of(host: str) -> Place:
    """Return which side `host` (no port) names. Raises NotFound for a host that nobody configured."""
    host = host.lower().rstrip(".") if HOST.fullmatch(host.lower()) else ""
    for domain in config().domains:
        if host == domain.name:
            return Place(domain.name, None)
        if host.endswith(f".{domain.name}"):
            slug = host[: -len(domain.name) - 1]
            if LABEL.fullmatch(slug):
                return Place(domain.name, slug)
            raise NotFound("no academy of that name")
    if not host:
        raise NotFound("no such host")
    return Place(config().domains[0].name, None, host)


Key = tuple[str | None, str | None]


@dataclass
class Known:
    """What a host is, until when that is believed, and when somebody last asked."""

    facts: AcademyFacts | None
    until: float
    asked_at: float


class Resolver:
    """Remembers hosts for CACHE_S; `forget()` drops them all at once.

    Whoever finds a host too old asks anew for other old ones that are in use, in the same statement: with
    hundreds of academies in use, nearly every request would have to ask otherwise.
    """

    def __init__(self) -> None:
        self._known: dict[Key, Known] = {}
        self._forgotten = 0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def on_forget(self, listener: Callable[[], None]) -> None:
        """Call `listener()` whenever an academy was changed, suspended or closed: drop what is kept of academies."""
        self._listeners.append(listener)

    def academy(self, place: Place) -> AcademyFacts:
        """Return the academy at `place`. Raises NotFound."""
        key = (place.slug, place.custom_host)
        known = self._known.get(key)
        now = time.monotonic()
        if known is None or known.until < now:
            known = self._renew(key, now)
        known.asked_at = now
        if known.facts is None:
            raise NotFound("no academy here")
        return known.facts

    def _renew(self, key: Key, now: float) -> Known:
        with self._lock:
            forgotten = self._forgotten
            old = {one: known for one, known in self._known.items() if known.until < now + CACHE_S / 2 and one != key}
            idle = [one for one, known in old.items() if known.asked_at < now - IN_USE_S]
            for one in idle:
                del self._known[one], old[one]
            keys = [key, *sorted(old, key=lambda one: old[one].until)[: MOST_AT_ONCE - 1]]
        found = _ask(keys)
        with self._lock:
            if forgotten != self._forgotten:  # what was just read may be what had to be forgotten
                return Known(found.get(key), now, now)
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            for one in keys:
                asked_at = old[one].asked_at if one in old else now
                self._known[one] = Known(found.get(one), now + CACHE_S, asked_at)
            return self._known[key]

    def forget(self) -> None:
        """Drop what is known; the next request asks Postgres."""
        with self._lock:
            self._known = {}
            self._forgotten += 1
        for listener in self._listeners:
            listener()


def _ask(keys: Sequence[Key]) -> dict[Key, AcademyFacts]:
    """Return what Postgres knows of these hosts; a host of no academy is left out."""
    question = sa.text(
        "SELECT wanted.asked_slug, wanted.asked_host, found.* FROM unnest(CAST(:slugs AS text[]), CAST(:hosts AS text[]))"
        " AS wanted(asked_slug, asked_host), LATERAL core.resolve_academy(wanted.asked_slug, wanted.asked_host) AS found"
    )
    slugs, hosts = zip(*keys, strict=True)
    with db.scope(BARE):
        rows = db.session.execute(question, {"slugs": list(slugs), "hosts": list(hosts)}).all()
    return {(row[0], row[1]): AcademyFacts(*(*row[2:-1], Wording.of(row[-1]))) for row in rows}


resolver = Resolver()
