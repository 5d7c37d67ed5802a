"""One piece of work, from its outbox row to done: claimed, run in its academy's scope, finished with its effects."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from core import queue
from core.db import CORE, Scope, academy_scope, db
from core.errors import KweekError
from core.outbox.actions import Claim, LeaseLost, claim, extend, finish, finish_as_platform, put_back

log = structlog.get_logger("kweek.jobs")
JOB_TIMEOUT_S = 600


class WrongScope(KweekError):
    """A job without its academy, or an academy's row for a platform job: never run."""


def perform(work_id: str) -> None:
    """Do the row `work_id` if it is still open and nobody has it. RQ calls this."""
    held = claim(UUID(work_id), queue.LEASE_S)
    if held is not None:
        run(held)


def drain(most: int = 100) -> int:
    """Do what is due, up to `most` rows; return how many were taken. Needs no Redis."""
    for taken in range(most):
        held = claim(lease_s=queue.LEASE_S)
        if held is None:
            return taken
        run(held)
    return most


def run(held: Claim) -> None:
    """Run the claimed row; what fails is put back, what can never run is given up."""
    try:
        job = queue.find(held.job)
        scope = scope_of(job, held)
    except KweekError as error:
        log.error("job refused", job=held.job, work=str(held.id), error=type(error).__name__)
        put_back(held, type(error).__name__, for_ever=True)
        return
    try:
        with kept(held, job.lease_s):
            _run_as_owner(job, held) if job.owner else _run_in(scope, job, held)
    except LeaseLost:
        log.warning("lease lost", job=held.job, work=str(held.id))
    except Exception as error:  # whatever a job raises must not end the worker
        log.error("job failed", job=held.job, work=str(held.id), number=held.number, tries=held.tries,
                  error=type(error).__name__)  # fmt: skip
        put_back(held, type(error).__name__)


def scope_of(job: queue.Job, held: Claim) -> Scope:
    """Return where the row runs. Raises WrongScope: no academy, no work (T12)."""
    if held.number is None:
        if job.where == "academy":
            raise WrongScope(job.name)
        return Scope(CORE.role, CORE.path, timeout_s=JOB_TIMEOUT_S)
    if job.where == "core" and not job.owner:
        raise WrongScope(job.name)
    return academy_scope(held.number, timeout_s=JOB_TIMEOUT_S)


def _run_in(scope: Scope, job: queue.Job, held: Claim) -> None:
    """Run and finish in one transaction: the effects and the tick commit together or not at all."""
    with db.scope(scope):
        job.run(**held.args)
        finish(held)
        db.commit()


def _run_as_owner(job: queue.Job, held: Claim) -> None:
    """Run a job that opens its own frames; it must stand being run twice."""
    args = dict(held.args) if held.number is None else {"number": held.number, **held.args}
    job.run(**args)
    finish_as_platform(held)


@contextmanager
def kept(held: Claim, lease_s: int) -> Iterator[None]:
    """Keep the lease while the block runs, by extending it at a third of its length."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(lease_s / 3):
            try:
                extend(held, lease_s)
            except LeaseLost:
                return
            except Exception as error:
                log.warning("lease not extended", work=str(held.id), error=type(error).__name__)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
