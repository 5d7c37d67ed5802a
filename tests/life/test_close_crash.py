"""T42: the closing killed at every point, run again, by five at once: it ends closed, once."""

from __future__ import annotations

import signal

import pytest

from core.academies.models import STEPS
from core.owner import owner_connection
from tenants.closing.machine import ACTS, close_academy
from tests.life.lives import Life, ask, closing_row, fill, remains
from tests.opened import Opened

POINTS = [f"{step}:{moment}" for step in ACTS for moment in ("begun", "done", "advanced")]
INSIDE = ["export:written", "drop:batch", "files:renamed", "files:deleted", "key:destroyed", "key:rotated"]


def test_every_step_has_an_act() -> None:
    assert set(ACTS) == set(STEPS) - {"done"}


@pytest.mark.parametrize("point", POINTS + INSIDE)
def test_T42_killed_closing_goes_on_and_ends_closed(point: str, life: Life, dying: Opened, living: Opened) -> None:
    fill(dying, "sanne")
    fill(living, "yusuf")
    ask(dying)
    killed = life.close(dying.number, KWEEK_CRASH_AT=point)
    _, errors = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, errors.decode()
    with owner_connection() as owner:
        assert close_academy(owner, dying.number) == "done"
    assert not any(remains(dying).values())
    assert all(there for thing, there in remains(living).items() if thing != "work")
    assert closing_row(dying)["receipt"]["tables"]["members"] == 1
    assert done_once(dying)


def test_T42_five_at_once_close_it_once(life: Life, dying: Opened) -> None:
    fill(dying, "sanne")
    ask(dying)
    five = [life.close(dying.number) for _ in range(5)]
    answers = [process.communicate(timeout=120) for process in five]
    assert [process.returncode for process in five] == [0] * 5, [errors.decode() for _, errors in answers]
    assert all(said.decode().split()[-1] == "done" for said, _ in answers)
    assert not any(remains(dying).values())
    assert done_once(dying)


def done_once(academy: Opened) -> bool:
    """Return whether the audit says once that it was closed, and one letter about it waits."""
    closing_id = str(closing_row(academy)["id"])
    with owner_connection() as owner:
        acts = owner.execute(
            "SELECT count(*) FROM core.audit WHERE act = 'academy.closed' AND facts->>'closing_id' = %s", [closing_id]
        ).fetchone()
        letters = owner.execute(
            "SELECT count(*) FROM local.outbox WHERE job = 'academies.tell_closed' AND args->>'closing_id' = %s",
            [closing_id],
        ).fetchone()
    return acts == (1,) and letters == (1,)
