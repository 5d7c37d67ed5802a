"""One piece of work, from its outbox row to done: claimed, run in its academy's scope, finished with its effects."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
from sqlalchemy.exc import DBAPIError

from core import queue
from core.db import CORE, Scope, academy_scope, db
from core.errors import KweekError, place
from core.outbox.actions import Claim, LeaseLost, claim, extend, finish, finish_as_platform, put_back

log = structlog.get_logger("kweek.jobs")
BUDGET_S = 1.0
# Set by the worker when it should end: the present row is finished, no further one is begun.
halt = threading.Event()


class WrongScope(KweekError):
    """A job without its academy, or an academy's row for a platform job: never run."""


class WorkersDied(KweekError):
    """Every worker that began this row ended without a word: it is not begun once more."""


class OutOfTime(Exception):
    """A job took longer than it may."""


def perform(work_id: str) -> None:
    """Do what is most urgent; RQ calls this. `work_id` only says that there is something: the order of work is
    the outbox's, so that a report that was queued first never delays a login mail."""
    try:
        drain()
    except DBAPIError as error:
        log.warning("cannot reach the outbox", work=work_id, error=type(error).__name__)


def drain(most: int | None = None) -> int:
    """Do what is due for BUDGET_S seconds, or up to `most` rows; return how many were taken. Needs no Redis."""
    taken, end = 0, time.monotonic() + BUDGET_S
    while not halt.is_set() and (taken < most if most is not None else time.monotonic() < end):
        held = claim(leases=leases())
        if held is None:
            break
        run(held)
        taken += 1
    return taken


def leases() -> dict[str, int]:
    """Return for how many seconds a worker holds a row of each job."""
    return {one.name: one.lease_s for one in queue.jobs().values()}


def run(held: Claim) -> None:
    """Run the claimed row; what fails is put back, what can never run is given up."""
    facts = {"job": held.job, "work": str(held.id), "number": held.number, "tries": held.tries}
    tries = queue.TRIES
    try:
        job = queue.find(held.job)
        tries = job.tries
        scope = scope_of(job, held)
        if held.tries > tries:
            raise WorkersDied(job.name)
        with kept(held, job.lease_s), limited(job.limit_s):
            _run_as_owner(job, held) if job.owner else _run_in(scope, job, held)
    except LeaseLost:
        log.warning("lease lost", **facts)
    except Exception as error:  # whatever a job raises must not end the worker
        hopeless = isinstance(error, WrongScope | queue.GiveUp)
        given_up = put_back(held, type(error).__name__, 0 if hopeless else tries)
        log.error("job given up" if given_up else "job failed", error=type(error).__name__, at=place(error), **facts)


def scope_of(job: queue.Job, held: Claim) -> Scope:
    """Return where the row runs. Raises WrongScope: no academy, no work (T12)."""
    if held.number is None:
        if job.where == "academy":
            raise WrongScope(job.name)
        return Scope(CORE.role, CORE.path, timeout_s=job.limit_s)
    if job.where == "core":
        raise WrongScope(job.name)
    return academy_scope(held.number, timeout_s=job.limit_s)


def _run_in(scope: Scope, job: queue.Job, held: Claim) -> None:
    """Run and finish in one transaction: the effects and the tick commit together or not at all."""
    with db.scope(scope):
        job.run(**held.args)
        finish(held)
        db.commit()


def _run_as_owner(job: queue.Job, held: Claim) -> None:
    """Run a job that opens its own frames; it must stand being run twice."""
    args = dict(held.args) if held.number is None else {**held.args, "number": held.number}
    job.run(**args)
    finish_as_platform(held)


@contextmanager
def kept(held: Claim, lease_s: float) -> Iterator[None]:
    """Keep the lease while the block runs, by extending it at a third of its length."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(lease_s / 3):
            try:
                extend(held, int(lease_s))
            except LeaseLost:
                return
            except Exception as error:
                log.warning("lease not extended", work=str(held.id), error=type(error).__name__)

    threading.Thread(target=keep, daemon=True).start()
    try:
        yield
    finally:
        over.set()


@contextmanager
def limited(limit_s: int) -> Iterator[None]:
    """Raise OutOfTime in the block after `limit_s` seconds. Only a main thread can be stopped so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
