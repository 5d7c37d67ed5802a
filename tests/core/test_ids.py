"""UUIDv7: in order within a process, whatever the clock does."""

from __future__ import annotations

import threading
import time
from uuid import RFC_4122, UUID

import pytest

from core import ids


def test_an_id_is_a_version_7_uuid_of_this_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = ids.uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after + 1  # a full counter borrows from the next millisecond


def test_every_id_is_greater_than_the_one_before() -> None:
    made = [ids.uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_get_different_ids_each_in_order() -> None:
    lists: list[list[UUID]] = [[] for _ in range(4)]

    def make(into: list[UUID]) -> None:
        into.extend(ids.uuid7() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=(into,)) for into in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(into == sorted(into) for into in lists)
    assert len({made for into in lists for made in into}) == 20_000


def test_ids_stay_in_order_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.uuid7()
    hour_ago = time.time_ns() - 3_600 * 10**9
    monkeypatch.setattr("core.ids.time.time_ns", lambda: hour_ago)
    made = [first, *(ids.uuid7() for _ in range(10_000))]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {one.version for one in made} == {7}
