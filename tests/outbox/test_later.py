"""Work asked for in a transaction: whose it is, what it may carry, when it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core import clock, queue
from core.db import BARE, CORE, db
from core.errors import NoScope
from core.outbox.models import Work
from tests.conftest import Platform
from tests.opened import Opened


@pytest.fixture(autouse=True)
def empty(platform: Platform) -> Iterator[None]:
    """Begin with an empty outbox."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    yield


def rows() -> list[Work]:
    with db.scope(CORE):
        found = list(db.session.scalars(sa.select(Work).order_by(Work.priority, Work.id)))
        db.session.expunge_all()
        return found


def test_work_is_written_with_the_transaction_that_asks_for_it(academy: Opened) -> None:
    with db.scope(academy.scope):
        queue.later("a.b", thing_id=uuid4())
        db.rollback()
    assert rows() == []
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", thing_id=uuid4())
    assert len(rows()) == 1


def test_T12_the_academy_is_read_from_the_role(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", number_of_things=3)
    with db.scope(CORE, commit=True):
        queue.later("c.d")
        queue.later("e.f", number=academy.number)
    assert {row.job: row.number for row in rows()} == {"a.b": academy.number, "c.d": None, "e.f": academy.number}


def test_T12_an_academy_hands_no_work_to_another(academy: Opened, other: Opened) -> None:
    with db.scope(academy.scope), pytest.raises(NoScope):
        queue.later("a.b", number=other.number)


def test_T12_an_academy_reads_and_writes_no_outbox_row_by_itself(academy: Opened) -> None:
    for statement in ("SELECT * FROM local.outbox", "UPDATE local.outbox SET number = 1", "DELETE FROM local.outbox"):
        with db.scope(academy.scope), pytest.raises(DBAPIError) as refused:
            db.session.execute(sa.text(statement))
        assert refused.value.orig.sqlstate == "42501"  # type: ignore[union-attr]


def test_nobody_without_a_scope_asks_for_work(platform: Platform) -> None:
    with pytest.raises(NoScope):
        queue.later("a.b")
    with db.scope(BARE), pytest.raises(DBAPIError) as refused:
        queue.later("a.b")
    assert refused.value.orig.sqlstate == "42501"  # type: ignore[union-attr]


def test_ids_numbers_and_words_are_carried_as_they_are(academy: Opened) -> None:
    one = uuid4()
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", first_id=one, second_id=str(one), count=7, kind="csv")
    assert rows()[0].args == {"first_id": str(one), "second_id": str(one), "count": 7, "kind": "csv"}


def test_once_adds_nothing_while_the_same_waits(academy: Opened, other: Opened) -> None:
    for scope in (academy.scope, academy.scope, other.scope, CORE, CORE):
        with db.scope(scope, commit=True):
            queue.later("a.b", once="word")
            queue.later("a.b")
    numbers = [row.number for row in rows() if row.once]
    assert sorted(numbers, key=str) == sorted([academy.number, other.number, None], key=str)
    assert len([row for row in rows() if not row.once]) == 5


def test_once_adds_again_after_the_row_was_begun(academy: Opened) -> None:
    """The running job may have looked already; what is asked for now must be done after it."""
    from core.outbox.actions import claim

    with db.scope(academy.scope, commit=True):
        queue.later("a.b", once="word")
    assert claim() is not None
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", once="word")
    assert len(rows()) == 2


def test_a_row_that_is_put_back_gives_way_to_its_younger_twin(academy: Opened) -> None:
    from core.outbox.actions import claim, put_back

    with db.scope(academy.scope, commit=True):
        queue.later("a.b", once="word")
    held = claim()
    assert held is not None
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", once="word")
    put_back(held, "OSError", 20)
    assert sorted(row.done_at is None for row in rows()) == [False, True]


def test_a_wake_up_leaves_only_after_the_commit(academy: Opened) -> None:
    queue.rq_queue().empty()
    with db.scope(academy.scope):
        queue.later("a.b")
        assert queue.rq_queue().count == 0
        db.commit()
    assert queue.rq_queue().count == 1


def test_delayed_work_wakes_nobody(academy: Opened) -> None:
    queue.rq_queue().empty()
    with db.scope(academy.scope, commit=True):
        queue.later("a.b", due=clock.now() + timedelta(days=1))
    assert queue.rq_queue().count == 0
    assert len(rows()) == 1


def test_redis_holds_ids_only(academy: Opened) -> None:
    queue.rq_queue().empty()
    with db.scope(academy.scope, commit=True):
        work_id = queue.later("a.b", thing_id=uuid4(), kind="secretword")
    job = queue.rq_queue().jobs[0]
    stored = b" ".join(queue.rq_queue().connection.hgetall(job.key).values())
    assert list(job.args) == [str(work_id)]
    assert b"secretword" not in stored
    assert json.loads(job.serializer.dumps(job.args)) == [str(work_id)]


def test_a_finished_row_needs_the_academys_own_role(academy: Opened, other: Opened) -> None:
    from core.outbox.actions import LeaseLost, claim, finish

    with db.scope(academy.scope, commit=True):
        queue.later("a.b")
    held = claim()
    assert held is not None
    for stranger in (other.scope, CORE):
        with db.scope(stranger), pytest.raises(LeaseLost):
            finish(held)
    with db.scope(academy.scope, commit=True):
        finish(held)
    assert rows()[0].done_at is not None
