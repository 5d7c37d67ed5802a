"""What runs by the clock: once per period, also with two schedulers, a restart and a clock that jumps (T53)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
import sqlalchemy as sa

from core import clock, queue
from core.config import config
from core.db import CORE, db
from core.outbox.models import Work
from jobs import registry
from jobs.perform import drain
from jobs.scheduler import Scheduler
from tests.conftest import Platform
from tests.opened import Opened


@pytest.fixture(autouse=True)
def empty(platform: Platform) -> Iterator[None]:
    """Begin without work and with one periodic job."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    queue.rq_queue().empty()
    periodic, jobs = dict(registry._periodic), dict(queue._jobs)
    registry._periodic.clear()
    queue.job("test.tick", scope="core")(lambda: None)
    registry.every(timedelta(minutes=10), "test.tick")
    yield
    registry._periodic.clear()
    registry._periodic.update(periodic)
    queue._jobs.clear()
    queue._jobs.update(jobs)


def ticks() -> int:
    with db.scope(CORE):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Work).where(Work.job == "test.tick")) or 0)


def test_each_period_queues_its_job_once() -> None:
    one, other = Scheduler(), Scheduler()
    assert [one.tick(), one.tick(), other.tick(), Scheduler().tick()] == [1, 0, 0, 0]
    with clock.shifted(timedelta(minutes=10)):
        assert [other.tick(), one.tick()] == [1, 0]
    assert ticks() == 2


def test_a_scheduler_that_starts_anew_does_not_repeat_what_was_done() -> None:
    Scheduler().tick()
    assert drain() == 1
    assert Scheduler().tick() == 0
    assert ticks() == 1


@pytest.mark.parametrize("minutes", [-10, 10])
def test_T53_a_clock_that_jumps_queues_no_period_twice(minutes: int) -> None:
    with clock.shifted(timedelta(hours=-1)):
        scheduler = Scheduler()
        scheduler.tick()
        with clock.shifted(timedelta(minutes=minutes)):
            scheduler.tick()
            Scheduler().tick()
        scheduler.tick()
        Scheduler().tick()
    assert ticks() == 2


def test_a_period_longer_than_done_rows_are_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        registry.every(timedelta(days=7), "test.tick")


def test_a_row_that_nobody_was_woken_for_is_found_by_the_sweep(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        queue.later("test.tick")
    redis.Redis.from_url(config().redis_url).flushall()
    assert Scheduler().sweep() == 0, "the writer's own wake-up gets some seconds"
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Work).values(due_at=Work.due_at - timedelta(seconds=5)))
    assert Scheduler().sweep() == 1
    assert Scheduler().sweep() == 0, "a wake-up waits already"
    assert queue.rq_queue().count == 1


def test_a_delayed_row_wakes_a_worker_when_its_time_comes(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        queue.later("test.tick", due=clock.now() + timedelta(minutes=5))
    assert Scheduler().sweep() == 0
    with clock.shifted(timedelta(minutes=6)):
        assert Scheduler().sweep() == 1


def test_the_sweep_wakes_nobody_for_what_is_in_hand_done_or_given_up(academy: Opened) -> None:
    from core.outbox.actions import claim

    with db.scope(academy.scope, commit=True):
        for _ in range(3):
            queue.later("test.tick")
    redis.Redis.from_url(config().redis_url).flushall()
    assert claim() is not None
    with db.scope(CORE, commit=True):
        done, failed = db.session.scalars(sa.select(Work).where(Work.lease.is_(None))).all()
        done.done_at = failed.failed_at = clock.now()
        db.session.execute(sa.update(Work).values(due_at=Work.due_at - timedelta(seconds=5)))
    assert Scheduler().sweep() == 0


def test_done_work_is_forgotten_after_a_week(academy: Opened) -> None:
    for days in (8, 6):
        with db.scope(CORE, commit=True):
            db.session.add(Work(job="a.b", args={}, done_at=clock.now() - timedelta(days=days)))
    with db.scope(CORE, commit=True):
        db.session.add(Work(job="given.up", args={}, failed_at=clock.now() - timedelta(days=60)))
        queue.later("outbox.sweep")
    drain()
    with db.scope(CORE):
        left = sorted(db.session.scalars(sa.select(Work.job)))
    assert left == ["a.b", "given.up", "outbox.sweep"]


def test_the_process_starts_ticks_and_ends_in_order(platform: Platform) -> None:
    from tests.outbox.post import WorkerProcess, wait_until

    process = WorkerProcess(platform.environ(), "jobs.scheduler")
    try:
        assert wait_until(lambda: _queued("outbox.sweep") == 1)
    finally:
        assert process.stop() == 0


def _queued(name: str) -> int:
    with db.scope(CORE):
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(Work).where(Work.job == name)) or 0)
