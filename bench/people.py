"""What the list of 5,000 members costs, sorted or searched by name (names are encrypted): server time and statements.

`warm`: as a manager meets it who pages through the list; `cold`: in a process that has not opened the names yet. Floor: the
same page of an academy of 25.
"""

from __future__ import annotations

import random
from typing import Any

from werkzeug.test import Client

from bench.figures import figure, in_turns, ms
from bench.learning import _member, counted
from bench.world import World, world
from core import sessions
from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from core.owner import owner_connection
from tenants.people.models import Member, MemberRole
from tenants.people.roster import kept
from tenants.provision import next_number, provision_schema
from wsgi import create_app

PEOPLE, FEW = 5_000, 25
FIRST = ("Sanne", "Yusuf", "Fatma", "Daan", "Mei", "Bram", "Ngozi", "Lieke")
LAST = ("de Wit", "van den Berg", "Demir", "Visser", "el Idrissi", "Jansen", "Chen", "in 't Veld")


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures in milliseconds, and the statements of a page."""
    rounds = 10 if quick else 60
    with world() as one, owner_connection() as owner:
        for slug, people in (("few", FEW), ("many", PEOPLE)):
            number = next_number(owner)
            provision_schema(owner, number)
            furnish(number, slug, people)
        return measured(one, rounds)


def furnish(number: int, slug: str, people: int) -> None:
    """Open an academy with so many members; its owner is signed in."""
    chance = random.Random(5)
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=slug, name=slug))
    with db.scope(academy_scope(number), commit=True):
        _member("p0", ("owner",))
        db.session.add_all(
            Member(email=f"m{place}@example.org", first_name=chance.choice(FIRST), last_name=f"{chance.choice(LAST)} {place}",
                   role_rows=[MemberRole(role="participant")]) for place in range(people)
        )  # fmt: skip


def measured(one: World, rounds: int) -> list[dict[str, Any]]:
    """Return what each view of the list takes, beside the list of few people."""
    client = Client(create_app(one.environ()), use_cookies=False)
    headers = {"Cookie": f"{sessions.cookie_name()}=p0"}

    def get(slug: str, query: str) -> None:
        answer = client.get(f"/people{query}", base_url=f"http://{slug}.localhost", headers=headers)
        if answer.status_code != 200 or "<table" not in answer.text:
            raise RuntimeError(f"/people{query} answered {answer.status_code}")

    found = []
    for name, query in (("sorted", "?page=100"), ("searched", "?q=berg"), ("filtered", "?role=participant&sort=-visited&page=7")):
        bottom, taken = in_turns(rounds, lambda: get("few", ""), lambda query=query: get("many", query))  # type: ignore[misc]
        with counted() as statements:
            get("many", query)
        found += [figure(f"people.{name}", taken, bottom), figure(f"people.{name}.statements", [len(statements)], [1], "stmts")]
    cold = []
    for _ in range(5):
        kept.forget()
        cold.append(ms(lambda: get("many", "?q=berg")))
    return [*found, figure("people.cold", cold, bottom)]
