"""Bring every academy's schema to the newest revision: one message and one transaction per schema and step.

A failure stops that one academy, is written beside its revision, and is tried again by the next run.
Until then the academy answers 503: `head_revision()` is what a request compares with.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import psycopg
import sqlalchemy as sa
import structlog

from core.db import CORE, academy_scope, db, schema_name
from core.owner import Connection, owner_connection
from tenants.ddl import HERE
from tenants.history import Step, head_revision, steps
from tenants.locks import hold

log = structlog.get_logger("kweek.migrate")
WORKERS = 4
TRIES, PAUSE_S = 3, 0.5
WORTH_ANOTHER_TRY = ("55P03", "40P01")
PYTHON_STEP_S = 600


@dataclass
class Report:
    """What a run did: how many schemas it brought to the newest revision, and which it could not."""

    done: int = 0
    failed: dict[int, str] = field(default_factory=dict)


class UnknownRevision(RuntimeError):
    """A schema stands at a revision that this code does not know: it is older than the schema."""


def migrate_academies(workers: int = WORKERS) -> Report:
    """Apply what is missing to every schema, spares too, over several connections. One run at a time."""
    report = Report()
    steps()  # read and rendered once, here: several threads would load the same files at once
    with owner_connection() as control, control.transaction():
        hold(control, "revisions")
        waiting: SimpleQueue[tuple[int, str]] = SimpleQueue()
        for behind in behind_schemas(control):
            waiting.put(behind)
        count = min(workers, waiting.qsize())
        with ThreadPoolExecutor(max(count, 1)) as pool:
            for working in [pool.submit(_work, waiting, report) for _ in range(count)]:
                working.result()
    return report


def behind_schemas(owner: Connection) -> list[tuple[int, str]]:
    """Return number and revision of every schema that is not at the newest revision."""
    rows = owner.execute(
        "SELECT number, revision FROM local.revisions WHERE revision <> %s ORDER BY number", [head_revision()]
    )
    return [(row[0], row[1]) for row in rows]


def pending(revision: str) -> tuple[Step, ...]:
    """Return the steps that a schema at `revision` still needs; the first may lack only its Python half."""
    for index, step in enumerate(steps()):
        if revision in (step.before, step.after_sql) and revision != step.revision:
            return steps()[index:]
    raise UnknownRevision(revision)


def _work(waiting: SimpleQueue[tuple[int, str]], report: Report) -> None:
    """Take schemas one by one until none waits. Each commits without waiting for the disk, the last one waits."""
    with owner_connection() as owner:
        for number, revision in _taken(waiting):
            try:
                advance(owner, number, revision)
                report.done += 1
            except Exception as error:
                report.failed[number] = _noted(owner, number, error)
        _flush(owner)


def _taken(waiting: SimpleQueue[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def advance(owner: Connection, number: int, revision: str) -> None:
    """Bring one schema from `revision` to the newest. Raises what stopped it; finished steps stay."""
    for step in pending(revision):
        if revision != step.after_sql:
            _apply(owner, step, number)
        if step.each_academy is not None:
            _run_python(step, number)
        revision = step.revision


def _apply(owner: Connection, step: Step, number: int) -> None:
    """Send the step's SQL for one schema; waits for a lock at most TRIES times 4 s."""
    for tries_left in reversed(range(TRIES)):
        try:
            with _undone(owner):
                owner.execute(_message(step, number))
            return
        except psycopg.Error as error:
            if error.sqlstate not in WORTH_ANOTHER_TRY or not tries_left:
                raise
            time.sleep(PAUSE_S)


def _message(step: Step, number: int) -> str:
    """Return begin, guard, DDL and commit. The guard divides by zero unless the schema stands where the step begins.

    A commit that a crash of the machine swallows takes tables and revision with it alike, so nobody waits for it.
    """
    return (
        "BEGIN; SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '60s'; "
        "SET LOCAL synchronous_commit = off; "
        f"SET LOCAL search_path = {schema_name(number)}, pg_temp; "
        f"WITH moved AS (UPDATE local.revisions SET revision = '{step.after_sql}', error = NULL, changed_at = now() "
        f"WHERE number = {number} AND revision = '{step.before}' RETURNING 1) SELECT 1 / count(*) FROM moved;\n"
        f"{step.sql.replace(HERE, schema_name(number))}\nCOMMIT"
    )


@contextmanager
def _undone(owner: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if not owner.closed:
            owner.execute("ROLLBACK")
        raise


def _run_python(step: Step, number: int) -> None:
    """Run the Python half as the academy, and note the revision in the same transaction: once, or not at all."""
    assert step.each_academy is not None
    scope = academy_scope(number, timeout_s=PYTHON_STEP_S)
    with db.scope(dataclasses.replace(CORE, timeout_s=PYTHON_STEP_S), commit=True):
        if _locked_revision(number) != step.after_sql:
            return
        with db.aside(scope):
            step.each_academy(scope)
        db.session.execute(
            sa.text("UPDATE local.revisions SET revision = :new, error = NULL, changed_at = now() WHERE number = :n"),
            {"new": step.revision, "n": number},
        )


def _locked_revision(number: int) -> str | None:
    row = db.session.execute(
        sa.text("SELECT revision FROM local.revisions WHERE number = :n FOR UPDATE"), {"n": number}
    ).one_or_none()
    return row[0] if row else None


def _noted(owner: Connection, number: int, error: Exception) -> str:
    """Write beside the schema's revision what stopped it: a class and an SQLSTATE, no content."""
    cause = getattr(error, "orig", error)
    word = " ".join(filter(None, (type(cause).__name__, getattr(cause, "sqlstate", None))))
    owner.execute("UPDATE local.revisions SET error = %s WHERE number = %s", [word, number])
    log.error("migration_stopped", number=number, error=word)
    return word


def _flush(owner: Connection) -> None:
    """Return once everything committed so far is on disk: a commit that writes waits for all before it."""
    owner.execute("UPDATE local.revisions SET error = error WHERE number = (SELECT min(number) FROM local.revisions)")
