"""What a search in 50,000 encrypted messages costs, in the person's own rooms: server time and statements.

`none`: words that stand nowhere, so that every message is opened; `rare`: one message, the oldest of all; `often`: words that
stand in every tenth message, where the newest fifty are enough. Floor: the same search of somebody with 50 messages.
"""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.test import Client

from bench.figures import figure, in_turns
from bench.learning import _member, counted
from bench.world import World, world
from core import clock, ids, sessions
from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from core.owner import owner_connection
from core.sealed import columns_for
from tenants.chat.models import Message, Room
from tenants.groups.models import Group, GroupMember
from tenants.people.models import Member
from tenants.provision import next_number, provision_schema
from wsgi import create_app

MESSAGES, FEW, ROOMS, AT_ONCE = 50_000, 50, 25, 2_000
PEOPLE = 20  # who take turns: one person may search so often in a minute and no oftener
WORDS = ("the dough is warm", "who brings flour on Friday", "zie de les over medicatie", "I fed it twice", "dank je wel", "morgen om tien uur")


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures in milliseconds, and the statements of a search."""
    rounds, messages = (4, MESSAGES // 10) if quick else (20, MESSAGES)
    with world() as one, owner_connection() as owner:
        for slug, number_of in (("quiet", FEW), ("loud", messages)):
            number = next_number(owner)
            provision_schema(owner, number)
            furnish(number, slug, number_of)
        return measured(one, rounds)


def furnish(number: int, slug: str, messages: int) -> None:
    """Open an academy whose participant is in ROOMS rooms with so many messages of a hundred signs on average."""
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=slug, name=slug))
    with db.scope(academy_scope(number), commit=True):
        for place in range(PEOPLE):
            _member(f"p{place}", ("participant",))
        people = list(db.session.scalars(sa.select(Member.id)))
        rooms = [_room(people, place) for place in range(ROOMS)]
        chance = random.Random(7)
        for start in range(0, messages, AT_ONCE):
            rows = [_said(rooms, place, people[0], chance) for place in range(start, min(messages, start + AT_ONCE))]
            db.session.execute(sa.insert(Message), rows)
        db.session.execute(sa.update(Room).values(last_number=messages))


def _room(people: list[UUID], place: int) -> UUID:
    group = Group(name=f"Group {place}")
    db.session.add(group)
    db.session.flush()
    room = Room(kind="group", group_id=group.id)
    db.session.add_all([*(GroupMember(group_id=group.id, member_id=who) for who in people), room])
    db.session.flush()
    return room.id


def _said(rooms: list[UUID], place: int, who: UUID, chance: random.Random) -> dict[str, Any]:
    body = " ".join(chance.choices(WORDS, k=5)) + (" zuurdesem" if place % 10 == 0 else "") + (" Quetzalcoatl" if place == 0 else "")
    row_id, now = ids.uuid7(), clock.now() + timedelta(microseconds=place)
    return {"id": row_id, "room_id": rooms[place % ROOMS], "number": place // ROOMS + 1, "sender_id": who, "client_id": row_id, "kind": "text",
            "version": 1, "made_at": now, "changed_at": now, **columns_for(Message, row_id, body=body)}  # fmt: skip


def measured(one: World, rounds: int) -> list[dict[str, Any]]:
    """Return what each search takes, beside the one in few messages."""
    client = Client(create_app(one.environ()), use_cookies=False)
    turns = itertools.cycle(range(PEOPLE))

    def search(slug: str, words: str, hits: int) -> None:
        headers = {"Cookie": f"{sessions.cookie_name()}=p{next(turns)}"}
        answer = client.get(f"/messages/search?q={words}", base_url=f"http://{slug}.localhost", headers=headers)
        if answer.status_code != 200 or answer.text.count("room-hit") != hits:
            raise RuntimeError(f"{words} found {answer.text.count('room-hit')} messages, status {answer.status_code}")

    found = []
    for name, words, hits in (("none", "xylofoon", 0), ("rare", "quetzal", 1), ("often", "zuurdesem", 50)):
        bottom, taken = in_turns(rounds, lambda: search("quiet", "xylofoon", 0), lambda words=words, hits=hits: search("loud", words, hits))  # type: ignore[misc]
        with counted() as statements:
            search("loud", words, hits)
        found += [figure(f"chat_search.{name}", taken, bottom), figure(f"chat_search.{name}.statements", [len(statements)], [1], "stmts")]
    return found
