"""How a row is run: limits, tries, refusals, what is logged, and what Redis sees (T12, T13)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
import sqlalchemy as sa
from structlog.testing import capture_logs

from core import clock, queue
from core.config import config
from core.db import CORE, db
from core.errors import Refused
from core.outbox import actions
from core.outbox.models import Work
from core.owner import owner_connection
from jobs import perform, registry
from jobs.perform import drain, kept
from jobs.worker import Worker, listener
from tests.conftest import Platform
from tests.opened import Opened


@pytest.fixture(autouse=True)
def empty(platform: Platform) -> Iterator[None]:
    """Begin without work; take test jobs away again."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    queue.rq_queue().empty()
    known = dict(queue._jobs)
    yield
    perform.halt.clear()
    queue._jobs.clear()
    queue._jobs.update(known)


def put(academy: Opened, name: str, **args: object) -> UUID:
    with db.scope(academy.scope, commit=True):
        return queue.later(name, **args)  # type: ignore[arg-type]


def row(work_id: UUID) -> Work:
    with db.scope(CORE):
        found = db.session.get_one(Work, work_id)
        db.session.expunge(found)
        return found


def test_a_job_that_takes_too_long_is_stopped_and_put_back(academy: Opened) -> None:
    queue.job("test.slow", limit_s=1)(lambda: time.sleep(30))
    work_id = put(academy, "test.slow")
    began = time.monotonic()
    drain(most=1)
    assert time.monotonic() - began < 5
    assert (row(work_id).error, row(work_id).failed_at) == ("OutOfTime", None)


def test_a_lease_is_kept_while_its_worker_lives(academy: Opened) -> None:
    put(academy, "test.any")
    held = actions.claim(leases={"test.any": 1})
    assert held is not None
    with kept(held, 1):
        time.sleep(2)
        assert actions.claim() is None, "somebody else could take it"
    time.sleep(1.2)
    assert actions.claim() is not None, "nobody keeps it any more"


def test_a_job_is_given_up_after_its_tries(academy: Opened) -> None:
    def fails() -> None:
        raise OSError("no")

    queue.job("test.fails", tries=3)(fails)
    work_id = put(academy, "test.fails")
    for number in range(5):
        with clock.shifted(timedelta(hours=2 * number)):
            drain()
    assert (row(work_id).tries, row(work_id).error) == (3, "OSError")
    assert row(work_id).failed_at is not None


def test_the_pause_between_tries_grows_to_an_hour(academy: Opened) -> None:
    put(academy, "test.any")
    pauses = []
    for tries in (1, 2, 5, 11, 12, 19):
        held = actions.claim()
        assert held is not None
        actions.put_back(actions.Claim(held.id, held.number, held.job, {}, tries, held.lease), "OSError", 20)
        pauses.append(round((row(held.id).due_at - clock.now()).total_seconds()))
        with db.scope(CORE, commit=True):
            db.session.execute(sa.update(Work).values(due_at=sa.func.now()))
    assert pauses == [2, 4, 32, 2048, 3600, 3600]


def test_a_job_that_gives_up_is_not_tried_again(academy: Opened) -> None:
    def hopeless() -> None:
        raise queue.GiveUp("never")

    queue.job("test.hopeless")(hopeless)
    work_id = put(academy, "test.hopeless")
    drain()
    assert row(work_id).failed_at is not None


def test_an_unknown_job_waits_for_a_worker_that_knows_it(academy: Opened) -> None:
    """A new web process may be ahead of an old worker while a release is rolled out."""
    work_id = put(academy, "test.from_the_next_release")
    drain()
    assert (row(work_id).error, row(work_id).failed_at) == ("UnknownJob", None)


def test_two_jobs_cannot_have_one_name() -> None:
    queue.job("test.one")(test_two_jobs_cannot_have_one_name)
    with pytest.raises(ValueError, match="two jobs"):
        queue.job("test.one")(test_a_job_that_gives_up_is_not_tried_again)


def test_logs_hold_ids_and_classes_but_no_content(academy: Opened) -> None:
    def fails() -> None:
        db.session.execute(sa.text("SELECT CAST(:word AS int)"), {"word": "sanne@zorg.example"})

    queue.job("test.fails")(fails)
    work_id = put(academy, "test.fails")
    with capture_logs() as logs:
        drain()
    assert [entry["work"] for entry in logs] == [str(work_id)]
    assert logs[0]["at"].startswith("tests/jobs/test_perform.py:")
    assert "sanne" not in repr(logs)


def test_an_owners_job_gets_its_number_and_no_frame(academy: Opened) -> None:
    seen: list[tuple[int, bool]] = []
    queue.job("test.ddl", owner=True)(lambda number, step: seen.append((number, db.has_frame())))
    with db.scope(CORE, commit=True):
        work_id = queue.later("test.ddl", number=academy.number, step=1)
    drain()
    assert seen == [(academy.number, False)]
    assert row(work_id).done_at is not None


def test_an_owners_job_may_delete_its_own_row(academy: Opened) -> None:
    """The closing of an academy forgets all of its work, this row too."""

    def close(number: int) -> None:
        with db.scope(CORE, commit=True):
            db.session.execute(sa.delete(Work).where(Work.number == number))

    queue.job("test.close", owner=True)(close)
    with db.scope(CORE, commit=True):
        queue.later("test.close", number=academy.number)
    assert drain() == 1
    with db.scope(CORE):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Work)) == 0


def test_T12_a_closed_academys_late_job_writes_nothing(academy: Opened, other: Opened) -> None:
    """Its role may not be assumed any more: what was claimed before the fence cannot begin after it."""
    from core.owner import owner_connection

    queue.job("test.late")(lambda: db.session.execute(sa.text("INSERT INTO settings (name, value) VALUES ('x', '1')")))
    work_id = put(academy, "test.late")
    with owner_connection() as owner:
        owner.execute(f"REVOKE {academy.scope.role} FROM platform_app")
    try:
        drain()
    finally:
        with owner_connection() as owner:
            owner.execute(f"GRANT {academy.scope.role} TO platform_app WITH INHERIT FALSE, SET TRUE")
    assert row(work_id).done_at is None
    with db.scope(academy.scope):
        assert db.session.scalar(sa.text("SELECT count(*) FROM settings")) == 0


def test_nothing_is_begun_after_the_worker_was_told_to_end(academy: Opened) -> None:
    queue.job("test.stop")(perform.halt.set)
    put(academy, "test.stop")
    left = put(academy, "test.stop")
    assert drain() == 1
    assert row(left).tries == 0


def test_the_most_urgent_row_goes_first_whatever_woke_the_worker(academy: Opened) -> None:
    order: list[int] = []
    queue.job("test.order")(lambda place: order.append(place))
    wakers = [put(academy, "test.order", priority=place, place=place) for place in (9, 1, 5)]
    perform.perform(str(wakers[0]))
    assert order == [1, 5, 9]


def test_T13_every_key_in_redis_is_declared_or_names_its_holder(academy: Opened, other: Opened) -> None:
    server = redis.Redis.from_url(config().redis_url)
    server.flushall()
    seen: set[str] = set()

    def look(**_: object) -> None:
        seen.update(key.decode() for key in server.keys("*"))

    queue.job("test.look")(look)
    queue.job("test.look_core", scope="core")(look)
    for scope in (academy.scope, other.scope):
        with db.scope(scope, commit=True):
            queue.later("test.look", member_id=uuid4())
    with db.scope(CORE, commit=True):
        queue.later("test.look_core")
        queue.later("test.look", number=academy.number)
    look()
    ear = listener()
    for _ in range(4):
        ear.hear(None)
        look()
    ear.register_death()
    look()
    strange = {key for key in seen if not queue.PLATFORM_KEYS.fullmatch(key) and not queue.HOLDER_KEYS.fullmatch(key)}
    assert strange == set()
    holders = {key.split(":")[2].split("-")[0] for key in seen if key.startswith("rq:job:")}
    assert holders == {"core", academy.scope.role, other.scope.role}
    assert not any(key.decode().startswith("rq:job:") for key in server.keys("*")), "what was done leaves nothing"


def test_a_worker_without_redis_still_works(academy: Opened, platform: Platform) -> None:
    """A worker that cannot hear looks for itself, and a writer waits for nobody."""
    from core import config as configuration

    done: list[int] = []
    worker = Worker()
    queue.job("test.mark")(lambda: (done.append(1), worker.stop()))
    configuration.use(configuration.load(platform.environ(REDIS_URL="unix:///tmp/nobody-listens-here")))
    try:
        began = time.monotonic()
        for _ in range(50):
            put(academy, "test.mark")
        assert time.monotonic() - began < 5
        worker.run()
    finally:
        configuration.use(configuration.load(platform.environ()))
        queue._quiet_until = 0.0
    assert done == [1]


def test_a_row_that_kills_its_workers_is_given_up(academy: Opened) -> None:
    queue.job("test.deadly", tries=3)(lambda: None)
    work_id = put(academy, "test.deadly")
    for _ in range(3):
        assert actions.claim(leases={"test.deadly": -1}) is not None
    drain()
    assert (row(work_id).error, row(work_id).done_at) == ("WorkersDied", None)
    assert row(work_id).failed_at is not None


def test_T12_an_academy_cannot_start_the_owners_work(academy: Opened, other: Opened) -> None:
    """Whoever could run SQL as an academy could ask for any job by name; its row carries its number all the same."""
    closed: list[object] = []
    queue.job("test.close_any", scope="core", owner=True)(lambda **args: closed.append(args))
    work_id = put(academy, "test.close_any", number_to_close=other.number, priority=-100)
    drain()
    assert closed == []
    assert (row(work_id).error, row(work_id).priority) == ("WrongScope", 2)


def test_T12_an_argument_cannot_name_another_academy(academy: Opened, other: Opened) -> None:
    """An owner's job is told whose row it is by the row, whatever its arguments say."""
    told: list[object] = []
    queue.job("test.tell_number", owner=True)(lambda number: told.append(number))
    with db.scope(academy.scope, commit=True):
        actions.put(actions.Order(uuid4(), "test.tell_number", {"number": other.number}))
    drain()
    assert told == [academy.number]


@pytest.mark.parametrize("more", [
    {"job": "x" * 65}, {"once": "x" * 65}, {"args": {str(number): uuid4().hex for number in range(200)}},
])  # fmt: skip
def test_an_academy_cannot_queue_what_is_too_large(academy: Opened, more: dict[str, Any]) -> None:
    order = {"id": uuid4(), "job": "test.count", "args": {}, **more}
    with db.scope(academy.scope, commit=True), pytest.raises(Refused, match="too much work"):
        actions.put(actions.Order(**order))
    assert mine(academy) == []


def test_an_academy_with_much_urgent_work_waits_behind_the_others(academy: Opened, other: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        for _ in range(205):
            queue.later("test.count", priority=1)
    with db.scope(other.scope, commit=True):
        queue.later("test.count", priority=2)
    assert Counter(work.priority for work in mine(academy)) == {2: 200, 5: 5}
    assert [work.priority for work in mine(other)] == [2]


def test_an_academy_cannot_flood_the_platform_with_work(academy: Opened, other: Opened) -> None:
    with owner_connection() as owner:
        owner.execute("INSERT INTO local.outbox (id, number, job, args, priority, due_at, made_at, tries) SELECT"
                      " gen_random_uuid(), %s, 'test.count', '{}', 9, now() + '1 day', now(), 0"
                      " FROM generate_series(1, 50001)", [academy.number])  # fmt: skip
    with db.scope(academy.scope, commit=True), pytest.raises(Refused, match="too much work"):
        queue.later("test.count")
    assert put(other, "test.count")


def mine(academy: Opened) -> list[Work]:
    """Return the rows of this academy."""
    with db.scope(CORE):
        found = list(db.session.scalars(sa.select(Work).where(Work.number == academy.number)))
        db.session.expunge_all()
        return found


def test_work_that_was_given_up_can_be_tried_again(academy: Opened) -> None:
    def fails() -> None:
        raise queue.GiveUp("not now")

    done: list[int] = []
    queue.job("test.mend")(fails)
    queue.job("test.other")(fails)
    for once in (None, None, "word"):
        put(academy, "test.mend", once=once)
    put(academy, "test.other")
    drain()
    put(academy, "test.mend", once="word")
    drain()
    put(academy, "test.mend", once="word", due=clock.now() + timedelta(days=1))
    del queue._jobs["test.mend"]
    queue.job("test.mend")(lambda: done.append(1))
    with db.scope(CORE, commit=True):
        assert actions.try_again("test.mend") == 2, "a twin waits for the two rows with a word"
    drain()
    assert len(done) == 2
