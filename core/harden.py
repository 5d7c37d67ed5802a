"""Take from PUBLIC what would let injected SQL leave its role; say what is still open.

`./run harden` runs `harden()` once per database as a superuser: a REVOKE by anyone else only warns and
changes nothing. `open_escapes()` asks the catalogue, so that start-up can refuse to serve.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import sql

from core.owner import Connection

# Functions that run SQL text, change settings, keep bytes outside tables, look at others or stall.
ESCAPES = (
    "set_config",
    "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema",
    "table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema",
    "schema_to_xml", "schema_to_xmlschema", "schema_to_xml_and_xmlschema",
    "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema",
    "cursor_to_xml", "cursor_to_xmlschema",
    "ts_stat", "ts_rewrite",
    "lo_creat", "lo_create", "lo_open", "lo_close", "lo_get", "lo_put", "lo_from_bytea", "lo_unlink",
    "lo_import", "lo_export", "lo_lseek", "lo_lseek64", "lo_tell", "lo_tell64", "lo_truncate",
    "lo_truncate64", "loread", "lowrite",
    "pg_sleep", "pg_sleep_for", "pg_sleep_until",
    "pg_stat_get_activity", "pg_logical_emit_message", "pg_terminate_backend", "pg_cancel_backend",
    "pg_export_snapshot",
    "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
    "pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all",
    "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared",
)  # fmt: skip
# pg_dump sets its own search_path; the closing machine ends sessions that hold a revoked role; the owner's
# transactions lock one another out (tenants/locks.py), which no academy may join in or disturb.
OWNER_KEEPS = (
    "set_config", "pg_terminate_backend", "pg_cancel_backend", "pg_stat_get_activity",
    "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_try_advisory_xact_lock",
)  # fmt: skip


def harden(superuser: Connection) -> None:
    """Revoke every known escape from PUBLIC in this database. Raises RuntimeError if some stay open."""
    with superuser.transaction():
        for function in _functions(superuser, ESCAPES):
            superuser.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        for function in _functions(superuser, OWNER_KEEPS):
            superuser.execute(f"GRANT EXECUTE ON FUNCTION {function} TO platform_owner")
        superuser.execute("REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC")
        superuser.execute("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
        superuser.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(
            sql.Identifier(superuser.info.dbname)))
        superuser.execute("GRANT pg_signal_backend, pg_read_all_stats TO platform_owner")
    still = open_escapes(superuser)
    if still:
        raise RuntimeError(f"hardening changed nothing for: {', '.join(still)}; run it as a superuser")


def open_escapes(connection: Connection, role: str = "platform_app") -> list[str]:
    """Return a sentence for each escape that `role` still has; empty when hardened."""
    found = [f"may execute {name}" for name in _executable(connection, role)]
    for question, sentence in _PRIVILEGES:
        row = connection.execute(question, {"role": role}).fetchone()
        if row and row[0]:
            found.append(sentence)
    return found


_PRIVILEGES: tuple[tuple[Any, str], ...] = (
    ("SELECT has_language_privilege(%(role)s, 'plpgsql', 'USAGE')", "may run plpgsql blocks"),
    ("SELECT has_table_privilege(%(role)s, 'pg_catalog.pg_settings', 'UPDATE')", "may update pg_settings"),
    ("SELECT has_schema_privilege(%(role)s, 'public', 'USAGE,CREATE')", "may use schema public"),
    ("SELECT has_database_privilege(%(role)s, current_database(), 'TEMP,CREATE')", "may make temporary tables"),
    ("SELECT rolsuper OR rolcreaterole OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = %(role)s",
     "has more powers than to log in"),
)  # fmt: skip


def _functions(connection: Connection, names: Iterable[str]) -> list[str]:
    rows = connection.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'pg_catalog' AND p.proname = ANY(%s)", [list(names)],
    )
    return [f"pg_catalog.{row[0]}" if "." not in row[0].split("(")[0] else row[0] for row in rows]


def _executable(connection: Connection, role: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'pg_catalog' AND p.proname = ANY(%s)"
        "   AND has_function_privilege(%s, p.oid, 'EXECUTE') ORDER BY 1", [list(ESCAPES), role],
    )
    return [row[0] for row in rows]
