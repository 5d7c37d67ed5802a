"""Work for later, by name: an outbox row in the same transaction, a wake-up after the commit.

Redis only wakes: a row that nobody was woken for is found by the worker's own look at the table. Core
imports no job; `jobs/` registers functions under the names that `later` uses, and a test compares both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar
from uuid import UUID

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from core import clock, ids
from core.config import config
from core.db import db, schema_name
from core.errors import KweekError, NoScope
from core.outbox import actions as outbox

QUEUE = "kweek"
PERFORM = "jobs.perform.perform"
LEASE_S = outbox.LEASE_S
LIMIT_S = 600
TRIES = 20
QUIET_S = 2.0
WORD = re.compile(r"[A-Za-z0-9_.:-]{0,64}", re.ASCII)
# What may stand in Redis: rq's own books, declared platform-wide, and keys that name their academy (T13).
PLATFORM_KEYS = re.compile(
    r"rq:(queues|workers|queue:kweek(:intermediate)?|workers:kweek|worker:[0-9a-f]{32}(:\w+)?"
    r"|(wip|finished|failed|deferred|ready|scheduled|canceled|clean_registries|maintenance):kweek(:\w+)?)"
)
HOLDER_KEYS = re.compile(r"rq:(job|executions|results|execution):(core|ac_[0-9]+)-[0-9a-f-]{36}(:[0-9a-f]+)?")
log = structlog.get_logger("kweek.queue")
Act = TypeVar("Act", bound=Callable[..., Any])
Where = Literal["academy", "core", "both"]


class NotAnId(KweekError):
    """A job's argument was something else than an id, a number or a short word."""


class UnknownJob(KweekError):
    """No job is registered under that name."""


class GiveUp(KweekError):
    """A job says that no later try can succeed; the row is given up at once."""


@dataclass(frozen=True)
class Job:
    """A registered job and where it may run.

    A worker holds its row for `lease_s` seconds at a time, renewed while it lives, up to `limit_s` in all.
    After `tries` tries the row is given up; the pause between two grows to an hour.
    """

    name: str
    run: Callable[..., Any]
    where: Where
    owner: bool = False
    lease_s: int = LEASE_S
    limit_s: int = LIMIT_S
    tries: int = TRIES


_jobs: dict[str, Job] = {}


def job(
    name: str, *, scope: Where = "academy", owner: bool = False, lease_s: int | None = None,
    limit_s: int | None = None, tries: int = TRIES,
) -> Callable[[Act], Act]:
    """Register a function as the job `name`. An `owner` job opens its own frames and may do DDL.

    Raises ValueError if another function has the name.
    """

    def register(run: Act) -> Act:
        known = _jobs.get(name)
        if known is not None and (known.run.__module__, known.run.__qualname__) != (run.__module__, run.__qualname__):
            raise ValueError(f"two jobs are named {name}")
        lease = lease_s or LEASE_S
        _jobs[name] = Job(name, run, scope, owner, lease, limit_s or max(lease, LIMIT_S), tries)
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

    `once`: while a row with the same word waits that nobody has begun, nothing is added. `number` hands work
    to an academy and is for the platform's own frame only. Arguments are ids, numbers and short words, never
    content (NotAnId). `priority`: lower goes first; 1-2 somebody waits for it, 5 soon, 9 housekeeping.
    """
    work_id = ids.uuid7()
    checked = {key: _plain(value) for key, value in args.items()}
    work = outbox.Order(work_id, name, checked, due, priority, once)
    if number is None:
        outbox.put(work)
    elif db.current().number is None:
        outbox.put_for(number, work)
    else:
        raise NoScope("only the platform hands work to an academy")
    if due is None or due <= clock.now():
        holder = db.current().holder if number is None else schema_name(number)
        db.after_commit(lambda: wake(work_id, holder))
    return work_id


def piece() -> Any:
    """Return what queues a job as part of another SELECT of this academy's: a column, the row's id, NULL when refused. Which
    job is told each time that the statement is asked (`told`), so that it can be made once and kept.

    For acts that may cost no statement more; anything else uses `later`, which says by itself when it is refused.
    """
    return outbox.piece()


def told(name: str, *, due: datetime | None = None, priority: int = 5, once: str | None = None, **args: Any) -> dict[str, Any]:
    """Return the parameters by which a statement with `piece` queues this job."""
    work_id = ids.uuid7()
    checked = {key: _plain(value) for key, value in args.items()}
    if due is None or due <= clock.now():
        holder = db.current().holder
        db.after_commit(lambda: wake(work_id, holder))
    return outbox.values_of(outbox.Order(work_id, name, checked, due, priority, once))


def _plain(value: Any) -> str | int:
    """Return `value` as JSON takes it. Raises NotAnId for anything that could be content."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and WORD.fullmatch(value):
        return value
    raise NotAnId("jobs carry ids, numbers and short words only")


_quiet_until = 0.0


def wake(work_id: UUID, holder: str = "core") -> bool:
    """Tell the workers that there is work; return whether Redis took it. That it is away costs a second, never
    the work; for QUIET_S seconds after a failure nobody waits for it again."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        rq_queue().enqueue_call(PERFORM, (str(work_id),), job_id=f"{holder}-{work_id}", timeout=-1, result_ttl=0,
                                failure_ttl=60, ttl=3600)  # fmt: skip
    except redis.RedisError as error:
        _quiet_until = time.monotonic() + QUIET_S
        log.warning("redis is away; the outbox row waits", error=type(error).__name__)
        return False
    return True


def is_quiet() -> bool:
    """Return whether no wake-up waits to be heard, as far as one can tell."""
    try:
        return int(rq_queue().count) == 0
    except redis.RedisError:
        return False


def rq_queue() -> Queue:
    """Return the one queue that workers listen on."""
    return Queue(QUEUE, connection=connection(config().redis_url), serializer=JSONSerializer)


@cache
def connection(url: str) -> redis.Redis:
    """Return this process's connections to Redis: short time-outs and one new try, because it only wakes."""
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))
