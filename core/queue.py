"""Work for later, by name: an outbox row in the same transaction, a wake-up after the commit.

Redis only wakes: a row that nobody was woken for is found by the worker's own look at the table. Core
imports no job; `jobs/` registers functions under the names that `later` uses, and a test compares both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar
from uuid import UUID

import redis
import sqlalchemy as sa
import structlog
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.config import config
from core.db import db
from core.errors import KweekError
from core.outbox.models import Work

QUEUE = "kweek"
PERFORM = "jobs.perform.perform"
LEASE_S = 60
WORD = re.compile(r"[A-Za-z0-9_.:-]{0,64}", re.ASCII)
log = structlog.get_logger("kweek.queue")
Act = TypeVar("Act", bound=Callable[..., Any])
Where = Literal["academy", "core", "both"]


class NotAnId(KweekError):
    """A job's argument was something else than an id, a number or a short word."""


class UnknownJob(KweekError):
    """No job is registered under that name."""


@dataclass(frozen=True)
class Job:
    """A registered job: where it may run, and for how many seconds a worker may hold it."""

    name: str
    run: Callable[..., Any]
    where: Where
    owner: bool
    lease_s: int


_jobs: dict[str, Job] = {}


def job(name: str, *, scope: Where = "academy", owner: bool = False, lease_s: int = LEASE_S) -> Callable[[Act], Act]:
    """Register a function as the job `name`. An `owner` job opens its own frames and may do DDL."""

    def register(run: Act) -> Act:
        _jobs[name] = Job(name, run, scope, owner, lease_s)
        return run

    return register


def jobs() -> Mapping[str, Job]:
    """Return every registered job by name."""
    return _jobs


def find(name: str) -> Job:
    """Return the job `name`. Raises UnknownJob."""
    try:
        return _jobs[name]
    except KeyError:
        raise UnknownJob(name) from None


def later(
    name: str, *, due: datetime | None = None, priority: int = 5, once: str | None = None,
    number: int | None = None, **args: Any,
) -> UUID:
    """Queue job `name` for after the commit, in the present academy (or platform); return the row's id.

    `once`: while an open row with the same word stands, nothing is added. `number` hands work to an academy
    and is for the platform's own frame only. Arguments are ids, numbers and short words, never content.
    """
    checked = {key: _plain(value) for key, value in args.items()}
    work_id = ids.uuid7()
    if number is None:
        _put(work_id, name, checked, due, priority, once)
    else:
        _put_for(number, work_id, name, checked, due, priority, once)
    if due is None or due <= clock.now():
        db.after_commit(lambda: wake(work_id))
    return work_id


def _put(work_id: UUID, name: str, args: dict[str, Any], due: datetime | None, priority: int, once: str | None) -> None:
    db.session.execute(
        sa.text("SELECT local.put_work(:id, :job, CAST(:args AS jsonb), :due, :priority, :once)"),
        {"id": work_id, "job": name, "args": json.dumps(args), "due": due, "priority": priority, "once": once},
    )


def _put_for(
    number: int, work_id: UUID, name: str, args: dict[str, Any], due: datetime | None, priority: int, once: str | None
) -> None:
    values = {"id": work_id, "number": number, "job": name, "args": args, "once": once, "priority": priority,
              "due_at": due or clock.now(), "made_at": clock.now(), "tries": 0}  # fmt: skip
    db.session.execute(insert(Work).values(**values).on_conflict_do_nothing())


def _plain(value: Any) -> str | int:
    """Return `value` as JSON takes it. Raises NotAnId for anything that could be content."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and WORD.fullmatch(value):
        return value
    raise NotAnId("jobs carry ids, numbers and short words only")


def wake(work_id: UUID) -> None:
    """Tell the workers of a row. That Redis is away costs a second, never the work."""
    try:
        rq_queue().enqueue(PERFORM, str(work_id), result_ttl=0, failure_ttl=3600, job_timeout=3600)
    except redis.RedisError as error:
        log.warning("redis is away; the outbox row waits", error=type(error).__name__)


def rq_queue() -> Queue:
    """Return the one queue that workers listen on."""
    return Queue(QUEUE, connection=connection(config().redis_url), serializer=JSONSerializer)


@cache
def connection(url: str) -> redis.Redis:
    """Return this process's connection pool to Redis; short time-outs, because it only wakes."""
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1)
