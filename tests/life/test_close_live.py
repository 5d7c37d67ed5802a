"""T42, T43: an academy closed while people sign in, answer and upload; the other academy never notices."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.exc import SQLAlchemyError

from core import clock, ids
from core.db import db
from core.errors import KweekError
from core.owner import owner_connection
from tenants.closing.machine import close_academy
from tenants.files.actions import store_file
from tenants.people.models import Member, MemberSession
from tests.life.lives import Life, ask, closing_row, directory, fill, remains
from tests.opened import Opened

WRITERS = 3


class Crowd:
    """Threads that do one thing again and again in one academy, as many requests at once would."""

    def __init__(self, academy: Opened, act: Callable[[Opened], None]) -> None:
        self.academy, self.act = academy, act
        self.done, self.refused = 0, 0
        self.surprises: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._go) for _ in range(WRITERS)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go(self) -> None:
        while not self._stop.is_set():
            try:
                self.act(self.academy)
                self.done += 1
            except (SQLAlchemyError, KweekError, OSError):
                self.refused += 1
            except BaseException as error:
                self.surprises.append(error)
            time.sleep(0.005)


def sign_in(academy: Opened) -> None:
    """Write a session, as signing in does."""
    with db.scope(academy.scope, commit=True):
        member = db.session.scalars(sa.select(Member).limit(1)).unique().one()
        token = hashlib.sha256(ids.uuid7().bytes).digest()
        db.session.add(MemberSession(member_id=member.id, token_hash=token, device="Test",
                                     expires_at=clock.now() + timedelta(days=1)))  # fmt: skip


def upload(academy: Opened) -> None:
    """Store a picture."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    with db.scope(academy.scope, commit=True):
        store_file("image", picture, "bread.png")


@pytest.mark.parametrize("act", [sign_in, upload])
def test_closed_while_people_are_busy(act: Callable[[Opened], None], life: Life, dying: Opened, living: Opened) -> None:
    fill(dying, "sanne")
    fill(living, "yusuf")
    with Crowd(living, act) as others, Crowd(dying, act) as crowd:
        wait_for(lambda: crowd.done > 5 and others.done > 5)
        ask(dying)
        with owner_connection() as owner:
            assert close_academy(owner, dying.number) == "done"
        refused = crowd.refused
        wait_for(lambda: crowd.refused > refused + 5)
    assert not any(remains(dying).values())
    assert not directory(dying).exists()
    assert others.refused == 0 and others.surprises == [] and crowd.surprises == []
    table = "sessions" if act is sign_in else "files"
    assert closing_row(dying)["receipt"]["tables"][table] >= crowd.done
    with db.scope(living.scope):
        assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) >= others.done


def wait_for(holds: Callable[[], bool]) -> None:
    """Return once it holds; fail after 20 seconds."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
