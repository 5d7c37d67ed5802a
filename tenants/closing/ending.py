"""The end of a closing: files and key destroyed, the receipt written, the subdomain at rest."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core import clock, ids, keystore
from core.academies.actions import CHANGED
from core.academies.rules import REST_DAYS
from core.config import config
from core.owner import Connection
from tenants.closing import crash
from tenants.closing.fence import forget_work
from tenants.closing.state import State
from tenants.locks import hold

# Retired master keys have left every backup after this many days; until then a stolen backup could be opened.
BACKUP_DAYS = 35


def delete_files(owner: Connection, state: State) -> str:
    """Delete the academy's directory. It loses its name first: an upload that is still under way finds no place."""
    directory = config().files_dir / state.schema
    gone = directory.with_name(f"{directory.name}.gone")
    if gone.exists():
        shutil.rmtree(gone)
    if directory.exists():
        directory.rename(gone)
        crash.point("files:renamed")
        shutil.rmtree(gone)
    crash.point("files:deleted")
    return "key"


def destroy_key(owner: Connection, state: State) -> str:
    """Destroy the key, rewrap the living under a new master key, and write everything down."""
    hold(owner, "rotation")
    keystore.destroy(state.schema)
    crash.point("key:destroyed")
    state.receipt["master_key_version"] = keystore.rotate_master()
    crash.point("key:rotated")
    _finish(owner, state)
    return "done"


def _finish(owner: Connection, state: State) -> None:
    """Write the receipt, free the name for later, and leave the letters to the owner as work to do."""
    now = clock.now()
    state.done_at = now
    state.receipt["late_work_cancelled"] = forget_work(owner, state.number)
    state.receipt["backups_unreadable_from"] = (now + timedelta(days=BACKUP_DAYS)).isoformat(timespec="seconds")
    facts = {"now": now, "number": state.number, "until": now + timedelta(days=REST_DAYS)}
    for statement in _LAST_WORDS:
        owner.execute(statement, facts)
    _record(owner, state)
    put_work(owner, "academies.tell_closed", {"closing_id": str(state.id)})
    if state.export_until is not None:
        put_work(owner, "academies.end_export", {"closing_id": str(state.id)}, state.export_until)


_LAST_WORDS: tuple[Any, ...] = (
    "INSERT INTO core.resting_slugs (slug, number, until) SELECT slug, number, %(until)s FROM core.academies"
    " WHERE number = %(number)s AND slug IS NOT NULL"
    " ON CONFLICT (slug) DO UPDATE SET number = excluded.number, until = excluded.until",
    # The public keys stay, so that what was signed can be checked; whose they were is forgotten.
    "UPDATE core.issuer_keys SET number = NULL WHERE number = %(number)s",
    # The proof of the agreement is needed for as long as somebody can go to court about it.
    "UPDATE core.legal_acceptances SET ends_at = %(now)s + interval '5 years' WHERE number = %(number)s AND ends_at IS NULL",
    "DELETE FROM core.domains WHERE academy_id = (SELECT id FROM core.academies WHERE number = %(number)s)",
    "UPDATE core.academies SET state = 'closed', slug = NULL, closed_at = %(now)s WHERE number = %(number)s",
    f"SELECT pg_notify('{CHANGED}', %(number)s::text)",
)


def _record(owner: Connection, state: State) -> None:
    owner.execute(
        "INSERT INTO core.audit (id, at, actor_id, act, number, facts) VALUES (%s, %s, %s, %s, %s, %s)",
        [ids.uuid7(), clock.now(), state.asked_by, "academy.closed", state.number,
         Jsonb({"closing_id": str(state.id)})],
    )  # fmt: skip


def put_work(owner: Connection, job: str, args: dict[str, Any], due: Any = None) -> None:
    """Write a row of platform work in the owner's transaction; the sweep hands it to a worker."""
    owner.execute(
        "INSERT INTO local.outbox (id, number, job, args, priority, due_at, made_at, tries)"
        " VALUES (%s, NULL, %s, %s, 5, coalesce(%s, now()), now(), 0)",
        [ids.uuid7(), job, Jsonb(args), due],
    )
