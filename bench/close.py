"""Closing an academy of 500 people and 20 files, export and receipt included, against a bare DROP SCHEMA CASCADE."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bench.figures import figure, ms
from bench.world import world
from core import clock, ids, keystore
from core.academies.models import Academy, Closing
from core.config import config
from core.crypto import FileCipher
from core.db import CORE, academy_scope, db
from core.owner import Connection, owner_connection
from tenants.closing.machine import close_academy
from tenants.people.models import Member
from tenants.provision import next_number, provision_schema

PEOPLE, FILES, FILE_BYTES = 500, 20, 100_000


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figure of closing, in milliseconds per academy."""
    taken, floor = [], []
    with world(), owner_connection() as owner:
        for _ in range(3 if quick else 10):
            dropped, closed = filled(owner), filled(owner)
            floor.append(ms(lambda n=dropped: owner.execute(f"DROP SCHEMA ac_{n} CASCADE")))  # type: ignore[misc]
            taken.append(ms(lambda n=closed: close_academy(owner, n)))  # type: ignore[misc]
    return [figure("close", taken, floor)]


def filled(owner: Connection) -> int:
    """Return the number of an academy with people and files, whose closing is asked."""
    number = next_number(owner)
    provision_schema(owner, number)
    with db.scope(academy_scope(number), commit=True):
        for person in range(PEOPLE):
            db.session.add(Member(email=f"p{person}@example.org", first_name="Sanne", last_name="de Wit"))
    directory = config().files_dir / f"ac_{number}"
    for _ in range(FILES):
        file_id = ids.uuid7()
        content = FileCipher(keystore.open(f"ac_{number}"), file_id).seal_bytes(bytes(FILE_BYTES))
        (directory / str(file_id)).write_bytes(content)
    with db.scope(CORE, commit=True):
        academy = Academy(number=number, slug=f"academy-{number}", name="Academy", state="closing")
        db.session.add(academy)
        db.session.flush()
        db.session.add(Closing(academy_id=academy.id, number=number, receipt={},
                               undo_until=clock.now() - timedelta(seconds=1)))  # fmt: skip
    return number
