"""The cast of the tests, the same as in the demo world: owner, trainer, author, participants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.db import db
from tenants.people.models import Member, MemberRole, MemberSession
from tests.browsing import client_on
from tests.opened import Opened

PEOPLE = {
    "owner": ("Olga", "Visser", ("owner", "manager", "author", "trainer")),
    "manager": ("Mees", "Kuipers", ("manager",)),
    "author": ("Anouk", "Prins", ("author",)),
    "trainer": ("Noor", "Haddad", ("trainer",)),
    "participant": ("Sanne", "de Wit", ("participant",)),
    "second": ("Yusuf", "Demir", ("participant",)),
}


@dataclass
class Cast:
    """The people of one academy, each signed in on one device."""

    academy: Opened
    ids: dict[str, UUID] = field(default_factory=dict)
    extra_ids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Return the academy's host."""
        return f"{self.academy.slug}.localhost"

    def token(self, who: str) -> str:
        """Return the session token of a person's device."""
        return f"token-{self.academy.number}-{who}"

    def email(self, who: str) -> str:
        """Return a person's address."""
        return f"{who}@academy-{self.academy.number}.example"

    def cookie_header(self, who: str) -> str:
        """Return the Cookie header of a person's device."""
        return f"{sessions.cookie_name()}={self.token(who)}"

    def client(self, app: HostedFlask, who: str | None) -> FlaskClient:
        """Return a client on this academy's host, signed in as `who`, sending the right Origin."""
        client = client_on(app, self.host)
        if who is not None:
            client.set_cookie(sessions.cookie_name(), self.token(who), domain=self.host)
        return client

    def ids_by_argument(self, arguments: set[str]) -> Iterator[dict[str, str]]:
        """Yield values for a route's id arguments: each known id of this academy, by the argument's name."""
        wanted = [name for name in arguments if name.endswith("_id")]
        for number in range(max(len(self.extra_ids.get(name, [])) for name in wanted) or 1):
            yield {name: _nth(self.extra_ids.get(name, []), number, self) for name in wanted}


def _nth(ids: list[str], number: int, cast: Cast) -> str:
    return ids[number % len(ids)] if ids else str(cast.ids["participant"])


def make_cast(academy: Opened) -> Cast:
    """Write the cast into `academy` and sign everybody in."""
    cast = Cast(academy)
    with db.scope(academy.scope, commit=True):
        for who, (first, last, roles) in PEOPLE.items():
            member = Member(email=cast.email(who), first_name=first, last_name=last, language="en",
                            email_confirmed_at=clock.now())  # fmt: skip
            member.role_rows = [MemberRole(role=role) for role in roles]
            db.session.add(member)
            db.session.flush()
            cast.ids[who] = member.id
            db.session.add(MemberSession(
                member_id=member.id, token_hash=hashlib.sha256(cast.token(who).encode()).digest(),
                device="Test", expires_at=clock.now() + timedelta(days=1),
            ))  # fmt: skip
    cast.extra_ids["member_id"] = [str(one) for one in cast.ids.values()]
    return cast
