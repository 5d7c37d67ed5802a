"""T45-T47 and T49: workers, Redis, Postgres and the mail server die; no mail is lost, no effect happens twice."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from core import config as configuration
from core import queue
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


def start(platform: Platform, office: PostOffice, is_quick: bool = False, **more: str) -> WorkerProcess:
    """Start a worker that sends to the office; a quick one has leases of two seconds and the jobs of tests."""
    module = "tests.outbox.quick_worker" if is_quick else "jobs.worker"
    return WorkerProcess(platform.environ(SMTP_URL=office.url, **more), module)


@pytest.mark.slow
def test_T45_workers_killed_at_random_lose_no_mail(platform: Platform, academy: Opened, office: PostOffice) -> None:
    office.slow_s = 0.05
    written, dice, dead_hands = write(academy, 100), random.Random(7), 0
    workers = [start(platform, office, is_quick=True) for _ in range(2)]
    try:
        for _ in range(6):
            seen = len(office.ids)
            assert wait_until(lambda seen=seen: len(office.ids) > seen or open_rows() == 0)
            time.sleep(dice.random() / 4)
            workers.pop(0).kill9()
            dead_hands += leased() > 1
            workers.append(start(platform, office, is_quick=True))
        assert wait_until(lambda: open_rows() == 0, 120), f"{open_rows()} letters wait"
    finally:
        for worker in workers:
            worker.stop()
    assert dead_hands, "no worker died with a letter in its hands: the drill proves nothing"
    assert set(office.ids) == set(written), "every letter arrived, and each resend under its own Message-ID"


@pytest.mark.slow
def test_T45_effects_in_the_database_happen_exactly_once(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    with db.scope(academy.scope, commit=True):
        for place in range(60):
            queue.later("test.count", place=place, rest_ms=30)
    dice, tries = random.Random(11), 0
    workers = [start(platform, office, is_quick=True) for _ in range(2)]
    try:
        while open_rows() and tries < 8:
            before, tries = open_rows(), tries + 1
            wait_until(lambda before=before: open_rows() < before, 20)
            time.sleep(dice.random() / 4)
            workers.pop(0).kill9()
            workers.append(start(platform, office, is_quick=True))
        assert wait_until(lambda: open_rows() == 0, 60)
    finally:
        for worker in workers:
            worker.stop()
    assert counters(academy) == {f"count-{place}": 1 for place in range(60)}
    assert begun_again() > 0, "no row was begun twice: the drill proves nothing"


@pytest.mark.slow
def test_a_worker_that_slept_through_its_lease_changes_nothing(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    """The first worker is stopped (SIGSTOP) in its job until the second has begun the same row."""
    with db.scope(academy.scope, commit=True):
        queue.later("test.freeze", place=1)
    first = start(platform, office, is_quick=True, FREEZE="1")
    second = None
    try:
        assert wait_until(lambda: leased() == 1)
        second = start(platform, office, is_quick=True)
        assert wait_until(lambda: begun_again() == 1), "the lease ended, and nobody took the row"
        assert open_rows() == 1, "the second waits for what the first has not committed"
        first.process.send_signal(signal.SIGCONT)
        assert wait_until(lambda: open_rows() == 0)
    finally:
        first.process.send_signal(signal.SIGCONT)
        for worker in (first, second):
            if worker is not None:
                worker.stop()
    assert counters(academy) == {"count-1": 1}


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_finishes_its_work_first(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    office.slow_s = 1.5
    written = write(academy, 3)
    worker = start(platform, office)
    assert wait_until(lambda: leased() == 1)
    assert worker.stop() == 0
    with db.scope(academy.scope):
        sent = db.session.scalars(sa.select(Letter.id).where(Letter.sent_at.is_not(None))).all()
    assert [message_id(one) for one in sent] == office.ids
    assert len(sent) == 1
    assert (leased(), open_rows(), set(office.ids) <= set(written)) == (0, 2, True)


@pytest.mark.slow
def test_T46_redis_wiped_and_killed_loses_nothing(platform: Platform, academy: Opened, office: PostOffice) -> None:
    office.slow_s = 0.02
    server = redis.Redis.from_url(configuration.config().redis_url)
    worker = start(platform, office)
    try:
        written = write(academy, 20)
        server.flushall()
        written += write(academy, 20)
        platform.valkey.kill9()
        began = time.monotonic()
        written += write(academy, 20)
        assert time.monotonic() - began < 10, "whoever writes does not wait for a dead Redis"
        assert wait_until(lambda: set(written) == set(office.ids)), "mail goes on without Redis"
        platform.valkey.start()
        assert wait_until(lambda: heard_again(server)), "the worker listens to Redis again"
        written += write(academy, 5)
        assert wait_until(lambda: set(written) == set(office.ids))
        assert wait_until(queue.is_quiet), "wake-ups are heard"
    finally:
        if platform.valkey.pid is None:
            platform.valkey.start()
        worker.stop()
    assert max(Counter(office.ids).values()) == 1


@pytest.mark.slow
def test_T46_a_wake_up_comes_sooner_than_the_next_look(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    """Redis is worth having: a letter leaves at once, not at the worker's next look at the table."""
    worker, waits = start(platform, office), []
    server = redis.Redis.from_url(configuration.config().redis_url)
    try:
        assert wait_until(lambda: heard_again(server))
        for number in range(8):
            time.sleep(0.35)
            began = time.monotonic()
            write(academy, 1)
            assert wait_until(lambda number=number: len(office.ids) > number, pause_s=0.005)
            waits.append(time.monotonic() - began)
    finally:
        worker.stop()
    assert sorted(waits)[4] < 0.4, waits


@pytest.mark.slow
def test_T47_postgres_stopped_at_once_keeps_what_was_acknowledged(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    acknowledged: list[str] = []
    over, worker = threading.Event(), start(platform, office)

    def load() -> None:
        while not over.is_set():
            try:
                acknowledged.extend(write(academy, 1))
            except SQLAlchemyError:
                time.sleep(0.05)

    writers = [threading.Thread(target=load) for _ in range(4)]
    try:
        for writer in writers:
            writer.start()
        for _ in range(2):
            written = len(acknowledged)
            assert wait_until(lambda written=written: len(acknowledged) > written + 20)
            platform.postgres.kill9()
            time.sleep(0.3)
            platform.postgres.start()
        written = len(acknowledged)
        assert wait_until(lambda: len(acknowledged) > written), "writing goes on"
        over.set()
        for writer in writers:
            writer.join()
        with db.scope(academy.scope):
            stored = {message_id(row) for row in db.session.scalars(sa.select(Letter.id))}
        assert set(acknowledged) <= stored, "acknowledged = stored"
        with db.scope(CORE):
            queued = {message_id(args["letter_id"]) for args in db.session.scalars(sa.select(Work.args))}
        assert queued == stored, "a letter and its work are stored together"
        assert wait_until(lambda: stored <= set(office.ids), 120), "the worker came back and sent what was stored"
    finally:
        over.set()
        if platform.postgres.pid is None:
            platform.postgres.start()
        worker.stop()


@pytest.mark.slow
def test_T49_a_mail_server_that_was_down_gets_everything_later(
    platform: Platform, academy: Opened, office: PostOffice
) -> None:
    office.close()
    written = write(academy, 10)
    worker = start(platform, office)
    try:
        assert wait_until(lambda: tried() >= 10), "the worker tries while the server is down"
        assert office.ids == []
        office.open()
        with db.scope(CORE, commit=True):  # an hour later, every pause between tries is over
            db.session.execute(sa.text("UPDATE local.outbox SET due_at = now() WHERE done_at IS NULL"))
        assert wait_until(lambda: set(written) == set(office.ids))
        assert wait_until(lambda: open_rows() == 0)
    finally:
        worker.stop()


def heard_again(server: redis.Redis) -> bool:
    """Return whether an rq worker has registered with this Redis."""
    try:
        return int(server.scard("rq:workers")) > 0
    except redis.RedisError:
        return False


def open_rows() -> int:
    """Return how many rows are not done."""
    return _count(Work.done_at.is_(None))


def leased() -> int:
    """Return how many rows are in the hands of a worker, living or dead."""
    return _count(Work.lease.is_not(None), Work.done_at.is_(None))


def tried() -> int:
    """Return how many open rows were tried and put back."""
    return _count(Work.error.is_not(None), Work.done_at.is_(None))


def begun_again() -> int:
    """Return how many rows were begun more than once."""
    return _count(Work.tries > 1)


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    with db.scope(CORE):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Work).where(*conditions)) or 0)


def counters(academy: Opened) -> dict[str, int]:
    """Return what the counting jobs counted."""
    with db.scope(academy.scope):
        found = db.session.execute(sa.text("SELECT name, value FROM settings WHERE name LIKE 'count-%'"))
        return {name: int(value) for name, value in found}
