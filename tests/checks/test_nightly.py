"""The nightly check is kept, shown to operators, and mailed when it finds something new."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.checks import actions
from core.checks.models import CheckRun
from core.db import CORE, db
from jobs import doctor, perform, registry
from tests.academies.signed import person
from tests.conftest import Platform
from tests.doors import letters, new_account


@pytest.fixture(autouse=True)
def fresh(platform: Platform) -> None:
    """Begin without earlier runs."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(CheckRun))


def keep(*findings: str) -> list[str]:
    with db.scope(CORE, commit=True):
        return actions.keep(findings)


def test_only_what_is_new_is_mailed_and_what_came_back_is_new_again(platform: Platform) -> None:
    operator, other = new_account(is_operator=True), new_account()
    assert keep("no spare schema waits") == ["no spare schema waits"]
    assert keep("no spare schema waits") == []
    assert keep("no spare schema waits", "the headers are missing") == ["the headers are missing"]
    assert keep() == [] and keep("no spare schema waits") == ["no spare schema waits"]
    mails = letters(None, "checks_found", operator.email)
    assert len(mails) == 3 and "the headers are missing" in mails[1][2] and "spare" not in mails[1][2]
    assert letters(None, "checks_found", other.email) == []


def test_runs_go_after_ninety_days(platform: Platform) -> None:
    keep("a")
    with clock.shifted(timedelta(days=91)):
        keep("b")
        with db.scope(CORE):
            assert [one.findings for one in db.session.scalars(sa.select(CheckRun))] == [["b"]]


def test_the_real_checks_run_as_the_work_of_a_worker(app: HostedFlask, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in platform.environ().items():
        monkeypatch.setitem(os.environ, name, value)
    registry.load()
    with db.scope(CORE, commit=True):
        from core import queue

        queue.later("checks.run")
    perform.drain(most=20)
    with db.scope(CORE):
        run = actions.last()
        assert run is not None and all(isinstance(one, str) and len(one) > 10 for one in run.findings)
    assert doctor.run.__name__ == "run"
    page = person(app, is_operator=True).browser.get("/operator/privacy").text
    assert all(one[:40].replace("'", "&#39;") in page for one in run.findings) and ("Everything is in order" in page) is not bool(run.findings)


def test_operators_see_that_it_did_not_run_yet(app: HostedFlask) -> None:
    assert "did not run yet" in person(app, is_operator=True).browser.get("/operator/privacy").text
