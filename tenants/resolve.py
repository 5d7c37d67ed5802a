"""Host -> academy. Cached for five seconds per process; a change is heard by NOTIFY as well."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.config import config
from core.db import BARE, Scope, academy_scope, db
from core.errors import NotFound

CACHE_S = 5.0
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


class Resolver:
    """Remembers hosts for CACHE_S; `forget()` drops them all at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, str | None], tuple[float, AcademyFacts | None]] = {}
        self._lock = threading.Lock()

    def academy(self, place: Place) -> AcademyFacts:
        """Return the academy at `place`. Raises NotFound."""
        key = (place.slug, place.custom_host)
        until, facts = self._known.get(key, (0.0, None))
        if until < time.monotonic():
            facts = _ask(place)
            self._remember(key, facts)
        if facts is None:
            raise NotFound("no academy here")
        return facts

    def _remember(self, key: tuple[str | None, str | None], facts: AcademyFacts | None) -> None:
        with self._lock:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[key] = (time.monotonic() + CACHE_S, facts)

    def forget(self) -> None:
        """Drop what is known; the next request asks Postgres."""
        with self._lock:
            self._known.clear()


def _ask(place: Place) -> AcademyFacts | None:
    question = sa.text("SELECT * FROM core.resolve_host(:slug, :host)")
    with db.scope(BARE):
        row = db.session.execute(question, {"slug": place.slug, "host": place.custom_host}).one_or_none()
    return AcademyFacts(**row._mapping) if row else None


resolver = Resolver()
