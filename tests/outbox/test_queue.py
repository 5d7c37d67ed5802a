"""The outbox: in the same transaction, in the right scope, once (T12, T13)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core import clock, queue
from core.config import config
from core.db import CORE, db
from core.outbox.actions import LeaseLost, claim, finish
from core.outbox.models import Work
from core.queue import NotAnId
from jobs import registry
from jobs.perform import drain, run
from tests.conftest import REPOSITORY
from tests.opened import Opened


@pytest.fixture(autouse=True)
def empty(academy: Opened) -> Iterator[None]:
    """Begin without work; take test jobs away again."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    known = dict(queue._jobs)
    yield
    queue._jobs.clear()
    queue._jobs.update(known)


def row(work_id: UUID) -> Work:
    with db.scope(CORE):
        found = db.session.get(Work, work_id)
        assert found is not None
        db.session.expunge(found)
        return found


def put(academy: Opened, name: str = "test.mark", **args: object) -> UUID:
    with db.scope(academy.scope, commit=True):
        return queue.later(name, **args)  # type: ignore[arg-type]


def mark(academy: Opened) -> int:
    with db.scope(academy.scope):
        return int(db.session.scalar(sa.text("SELECT count(*) FROM settings WHERE name LIKE 'done-%'")) or 0)


def marks() -> None:
    db.session.execute(sa.text("INSERT INTO settings (name, value) VALUES ('done-' || gen_random_uuid(), '1')"))


def test_work_is_queued_with_its_transaction_and_not_without(academy: Opened) -> None:
    queue.job("test.mark")(marks)
    with db.scope(academy.scope):
        queue.later("test.mark")
    assert drain() == 0
    work_id = put(academy)
    assert row(work_id).number == academy.number
    assert drain() == 1
    assert mark(academy) == 1
    assert row(work_id).done_at is not None


def test_T12_a_job_without_its_academy_is_refused(academy: Opened) -> None:
    queue.job("test.mark")(marks)
    with db.scope(CORE, commit=True):
        work_id = queue.later("test.mark")
    drain()
    assert row(work_id).failed_at is not None
    assert row(work_id).error == "WrongScope"


def test_T12_a_platform_job_is_refused_for_an_academy(academy: Opened) -> None:
    queue.job("test.core", scope="core")(marks)
    work_id = put(academy, "test.core")
    drain()
    assert row(work_id).error == "WrongScope"


def test_T12_a_job_of_one_academy_runs_only_as_that_academy(academy: Opened, other: Opened) -> None:
    seen: list[str | None] = []

    def looks() -> None:
        seen.append(db.session.scalar(sa.text("SELECT current_user")))
        with pytest.raises(DBAPIError) as caught:
            db.session.execute(sa.text(f"SELECT * FROM {other.scope.role}.members"))
        assert caught.value.orig.sqlstate == "42501"  # type: ignore[union-attr]
        db.session.rollback()

    queue.job("test.looks")(looks)
    put(academy, "test.looks")
    drain()
    assert seen == [academy.scope.role]


def test_T12_an_academy_cannot_finish_anothers_work(academy: Opened, other: Opened) -> None:
    put(academy)
    held = claim()
    assert held is not None
    with db.scope(other.scope), pytest.raises(LeaseLost):
        finish(held)


def test_effects_of_a_worker_that_lost_its_lease_are_rolled_back(academy: Opened) -> None:
    queue.job("test.mark")(marks)
    put(academy)
    first = claim(leases={"test.mark": -1})
    second = claim()
    assert first is not None
    assert second is not None
    run(first)
    assert mark(academy) == 0
    run(second)
    assert mark(academy) == 1


def test_a_failing_job_waits_longer_each_time_and_keeps_only_the_class_of_its_error(academy: Opened) -> None:
    def fails() -> None:
        marks()
        raise ValueError("a secret")

    queue.job("test.fails")(fails)
    work_id = put(academy, "test.fails")
    drain()
    assert mark(academy) == 0
    after = row(work_id)
    assert (after.error, after.tries, after.failed_at) == ("ValueError", 1, None)
    assert after.due_at > clock.now()
    with clock.shifted(timedelta(hours=1)):
        drain()
    assert row(work_id).tries == 2


def test_once_adds_nothing_while_a_row_stands(academy: Opened) -> None:
    for _ in range(3):
        put(academy, once="same")
    put(academy)
    put(academy)
    with db.scope(CORE):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Work)) == 3


def test_lower_priority_numbers_go_first(academy: Opened) -> None:
    order: list[int] = []
    queue.job("test.order")(lambda place: order.append(place))
    for place in (9, 1, 5):
        put(academy, "test.order", priority=place, place=place)
    drain()
    assert order == [1, 5, 9]


def test_not_before_it_is_due(academy: Opened) -> None:
    queue.job("test.mark")(marks)
    put(academy, due=clock.now() + timedelta(minutes=5))
    assert drain() == 0
    with clock.shifted(timedelta(minutes=6)):
        assert drain() == 1


@pytest.mark.parametrize("content", ["someone@example.nl", "two words", 1.5, True, None, {"a": 1}, "x" * 65])
def test_content_is_refused_as_an_argument(academy: Opened, content: object) -> None:
    with db.scope(academy.scope), pytest.raises(NotAnId):
        queue.later("test.mark", thing=content)


def test_T13_redis_holds_only_rq_keys_with_ids(academy: Opened) -> None:
    server = redis.Redis.from_url(config().redis_url)
    server.flushall()
    put(academy, member_id=uuid4())
    keys = [key.decode() for key in server.keys("*")]
    assert keys
    assert all(key.startswith("rq:") for key in keys), keys
    for key in keys:
        if key.startswith("rq:job:"):
            assert b"member" not in b"".join(server.hgetall(key).values())


def test_every_queued_name_is_registered() -> None:
    used: set[str] = set()
    for folder in ("core", "tenants", "blueprints", "jobs"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "later" and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant):
                        used.add(first.value)
    assert used, "nothing is ever queued"
    assert used - set(queue.jobs()) == set()


def test_every_periodic_job_is_registered_for_the_platform() -> None:
    assert registry.periodic()
    for one in registry.periodic():
        assert queue.find(one.name).where in ("core", "both"), one.name
