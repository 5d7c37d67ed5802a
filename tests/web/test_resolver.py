"""Host -> academy is asked rarely, for many at once, and never believed for longer than five seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from core.db import BARE, db
from core.errors import NotFound
from core.owner import owner_connection
from tenants import resolve
from tenants.resolve import CACHE_S, IN_USE_S, Resolver, place_of
from tests.conftest import Pool
from tests.opened import Opened


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Let the resolver's time be what the test says."""
    now = [1000.0]
    monkeypatch.setattr(resolve.time, "monotonic", lambda: now[0])
    yield now


@pytest.fixture
def many(pool: Pool) -> Iterator[list[Opened]]:
    """Return seven academies."""
    taken = [pool.take() for _ in range(7)]
    yield taken
    for one in taken:
        pool.give_back(one)


@contextmanager
def questions() -> Iterator[list[str]]:
    """Collect what is asked of Postgres."""
    asked: list[str] = []
    engine = db.engine_of(BARE)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: asked.append(args[2]))
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)


def numbers(resolver: Resolver, many: list[Opened]) -> list[int]:
    """Return the number that each host is found to have."""
    return [resolver.academy(place_of(f"{one.slug}.localhost")).number for one in many]


def test_hosts_in_use_are_asked_for_together(many: list[Opened], clock: list[float]) -> None:
    resolver, expected = Resolver(), [one.number for one in many]
    with questions() as asked:
        assert numbers(resolver, many) == expected
        assert len(asked) == len(many)
        assert numbers(resolver, many) == expected
        assert len(asked) == len(many), "what is known is not asked again"
        for turn in range(1, 4):
            clock[0] += CACHE_S + 0.1
            assert numbers(resolver, many) == expected
            assert len(asked) == len(many) + turn, "one question for all seven"


def test_hosts_that_nobody_visits_are_not_asked_for(many: list[Opened], clock: list[float]) -> None:
    resolver = Resolver()
    numbers(resolver, many)
    clock[0] += IN_USE_S + 1
    numbers(resolver, many[:1])
    assert len(resolver._known) == 1


def test_a_change_is_seen_after_five_seconds_at_most(many: list[Opened], clock: list[float]) -> None:
    resolver = Resolver()
    numbers(resolver, many)
    with owner_connection() as owner:
        owner.execute("UPDATE core.academies SET state = 'suspended' WHERE number = %s", [many[3].number])
        owner.execute("UPDATE core.academies SET slug = 'elsewhere-now' WHERE number = %s", [many[4].number])
    clock[0] += CACHE_S + 0.1
    numbers(resolver, many[:1])
    assert resolver.academy(place_of(f"{many[3].slug}.localhost")).state == "suspended"
    with pytest.raises(NotFound):
        numbers(resolver, [many[4]])


def test_what_had_to_be_forgotten_meanwhile_is_not_kept(
    many: list[Opened], clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver, ask = Resolver(), resolve._ask

    def asks_and_hears(keys: list[resolve.Key]) -> dict[resolve.Key, resolve.AcademyFacts]:
        found = ask(keys)
        resolver.forget()
        return found

    monkeypatch.setattr(resolve, "_ask", asks_and_hears)
    assert numbers(resolver, many[:1]) == [many[0].number]
    assert resolver._known == {}


def test_a_thousand_strange_hosts_do_not_fill_the_memory(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "MOST_KNOWN", 50)
    resolver = Resolver()
    for number in range(200):
        with pytest.raises(NotFound):
            resolver.academy(place_of(f"nobody-{number}.localhost"))
        time.sleep(0)
    assert len(resolver._known) <= 51
