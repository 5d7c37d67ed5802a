"""T45-T47 and T49: workers, Redis, Postgres and the mail server die; no mail is lost."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from core import config as configuration
from core.db import CORE, db
from core.mail.smtp import message_id
from core.outbox.models import Work
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tests.conftest import Platform
from tests.opened import Opened
from tests.outbox.post import PostOffice, WorkerProcess, wait_until


@pytest.fixture
def office(platform: Platform, academy: Opened) -> Iterator[PostOffice]:
    """Open a post office that this process and its workers send to."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    office = PostOffice()
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url)))
    office.open()
    yield office
    office.close()
    configuration.use(configuration.load(platform.environ()))


def write(academy: Opened, count: int) -> list[str]:
    """Write letters, each in a transaction of its own; return the Message-IDs of those that were acknowledged."""
    written = []
    for number in range(count):
        with db.scope(academy.scope, commit=True):
            letter = write_letter(f"p{number}@post.example", "reset_password", "nl", name="Sanne",
                                  url="https://x.example/y", minutes=60)  # fmt: skip
        written.append(message_id(letter_id=letter.id))
    return written


def environ(platform: Platform, office: PostOffice) -> dict[str, str]:
    return platform.environ(SMTP_URL=office.url)


@pytest.mark.slow
def test_T45_workers_killed_at_random_lose_no_mail(platform: Platform, academy: Opened, office: PostOffice) -> None:
    written = write(academy, 60)
    dice = random.Random(7)
    for _ in range(6):
        worker = WorkerProcess(environ(platform, office))
        time.sleep(1.2 + dice.random())
        worker.kill9()
    with db.scope(CORE, commit=True):  # what a minute of waiting would do to the leases of the dead
        db.session.execute(sa.update(Work).values(leased_until=None, lease=None).where(Work.done_at.is_(None)))
    last = WorkerProcess(environ(platform, office))
    try:
        assert wait_until(lambda: set(written) <= set(office.ids)), set(written) - set(office.ids)
    finally:
        last.stop()
    assert len(set(office.ids)) == 60, "a resend carries the same Message-ID"


@pytest.mark.slow
def test_T46_redis_wiped_and_killed_loses_nothing(platform: Platform, academy: Opened, office: PostOffice) -> None:
    worker = WorkerProcess(environ(platform, office))
    try:
        written = write(academy, 20)
        redis.Redis.from_url(configuration.config().redis_url).flushall()
        platform.valkey.kill9()
        written += write(academy, 20)
        assert wait_until(lambda: set(written) <= set(office.ids)), "mail goes on without Redis"
        platform.valkey.start()
        written += write(academy, 5)
        assert wait_until(lambda: set(written) <= set(office.ids))
    finally:
        if platform.valkey.pid is None:
            platform.valkey.start()
        worker.stop()
    assert len(office.ids) == 45


@pytest.mark.slow
def test_T47_postgres_stopped_at_once_keeps_what_was_acknowledged(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    acknowledged: list[str] = []
    over = threading.Event()

    def load() -> None:
        while not over.is_set():
            try:
                acknowledged.extend(write(academy, 1))
            except SQLAlchemyError:
                time.sleep(0.05)

    writers = [threading.Thread(target=load) for _ in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(1)
    platform.postgres.kill9()
    time.sleep(0.3)
    platform.postgres.start()
    time.sleep(1)
    over.set()
    for writer in writers:
        writer.join()
    with db.scope(academy.scope):
        stored = {message_id(row) for row in db.session.scalars(sa.select(Letter.id))}
    assert len(acknowledged) > 20
    assert set(acknowledged) <= stored


@pytest.mark.slow
def test_T49_a_mail_server_that_was_down_gets_everything_later(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    office.close()
    written = write(academy, 10)
    worker = WorkerProcess(environ(platform, office))
    try:
        assert wait_until(lambda: tried() >= 10), "the worker tries while the server is down"
        assert office.ids == []
        office.open()
        with db.scope(CORE, commit=True):  # an hour later, every pause between tries is over
            db.session.execute(sa.text("UPDATE local.outbox SET due_at = now() WHERE done_at IS NULL"))
        assert wait_until(lambda: set(written) <= set(office.ids))
    finally:
        worker.stop()


def tried() -> int:
    """Return how many open rows were tried and put back."""
    with db.scope(CORE):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Work).where(Work.error.is_not(None))) or 0)
