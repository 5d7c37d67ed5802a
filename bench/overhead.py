"""What tenancy costs per request: a participant's dashboard with three courses, in an academy's scope against none.

"None" is the same page on the same tables with everything of tenancy taken out: a connection that lies in the
right schema for good, as a role that may read it, a bare BEGIN, and no question whose host this is.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from werkzeug.test import Client

from bench.figures import figure, in_turns
from bench.world import World, world
from blueprints import hooks
from core import clock, sessions
from core.academies.models import Academy
from core.db import CORE, Scope, academy_scope, db, make_engine
from core.owner import owner_connection
from jobs import sample
from tenants.courses.models import Course
from tenants.learning.models import Enrolment
from tenants.people.models import Member, MemberRole, MemberSession
from tenants.provision import next_number, provision_schema
from tenants.resolve import place_of
from wsgi import create_app

TOKEN = "a-token-of-the-bench"
COURSES = 3


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures with 1 and with 500 academies in rotation, in milliseconds per request."""
    many, rounds = (20, 200) if quick else (500, 2000)
    with world() as one, owner_connection() as owner:
        slugs = []
        for _ in range(many):
            number = next_number(owner)
            provision_schema(owner, number)
            slugs.append(furnish(number))
        bench = Dashboard(one, slugs)
        return [bench.figure("overhead.1", slugs[:1], rounds), bench.figure(f"overhead.{many}", slugs, rounds)]


def furnish(number: int) -> str:
    """Give the academy a participant, signed in, with three courses; return its subdomain."""
    slug = f"academy-{number}"
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=slug, name=f"Academy {number}"))
    with db.scope(academy_scope(number), commit=True):
        member = Member(email="sanne@example.org", first_name="Sanne", last_name="de Wit", language="nl",
                        role_rows=[MemberRole(role="participant")], email_confirmed_at=clock.now())  # fmt: skip
        db.session.add(member)
        for _ in range(COURSES):
            sample.write("nl")
        db.session.flush()
        db.session.add(MemberSession(member_id=member.id, token_hash=hashlib.sha256(TOKEN.encode()).digest(),
                                     device="bench", expires_at=clock.now() + timedelta(days=1)))  # fmt: skip
        for course in db.session.scalars(sa.select(Course)):
            db.session.add(Enrolment(member_id=member.id, course_id=course.id))
    return slug


class Dashboard:
    """The page, asked within tenancy and without."""

    def __init__(self, one: World, slugs: list[str]) -> None:
        self.app = create_app(one.environ())
        self.client = Client(self.app, use_cookies=False)
        first = academy_scope(int(slugs[0].split("-")[1])).role
        self.plain = make_engine(f"{one.owner_url}&options={quote(f'-csearch_path={first}')}")
        self.fixed = hooks.resolver.academy(place_of(f"{slugs[0]}.localhost"))

    def figure(self, name: str, slugs: list[str], rounds: int) -> dict[str, Any]:
        """Return the figure of the page with these academies in rotation."""
        turn = itertools.cycle(slugs)

        def without() -> None:
            with self.untenanted():
                self.ask(slugs[0])

        for slug in slugs:
            self.ask(slug)
        floor, taken = in_turns(rounds, without, lambda: self.ask(next(turn)))
        return figure(name, taken, floor)

    def ask(self, slug: str) -> None:
        """Ask for the page once. Raises RuntimeError unless it is whole."""
        answer = self.client.get("/", base_url=f"http://{slug}.localhost",
                                 headers={"Cookie": f"{sessions.cookie_name()}={TOKEN}"})  # fmt: skip
        if answer.status_code != 200 or answer.text.count("Zo werkt een cursus") < COURSES:
            raise RuntimeError(f"{slug} answered {answer.status_code}")

    @contextmanager
    def untenanted(self) -> Iterator[None]:
        """Take tenancy out: schema, role and host are fixed."""
        message, academy = Scope.begin_message, hooks.resolver.academy
        Scope.begin_message = "BEGIN"  # type: ignore[assignment, method-assign]
        hooks.resolver.academy = lambda _: self.fixed  # type: ignore[method-assign]
        db.engine_of = lambda _: self.plain  # type: ignore[method-assign]
        try:
            yield
        finally:
            del db.engine_of  # type: ignore[method-assign]
            hooks.resolver.academy = academy  # type: ignore[method-assign]
            Scope.begin_message = message  # type: ignore[method-assign]
