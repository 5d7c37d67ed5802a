"""Drop the academy's tables a few at a time, then its schema and role: one DROP of all would hold 600 locks."""

from __future__ import annotations

from core.owner import Connection
from tenants.closing import crash
from tenants.closing.fence import role_stands
from tenants.closing.state import State

BATCH = 8
TABLES = """
SELECT c.oid::regclass::text FROM pg_catalog.pg_class c
 WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %s) AND c.relkind IN ('r', 'p')
 ORDER BY c.oid DESC LIMIT %s
"""


def drop_some(owner: Connection, state: State) -> str:
    """Drop the next batch of tables; when none is left, schema, role and revision. Raises LockNotAvailable."""
    owner.execute("SET LOCAL lock_timeout = '4s'")
    tables = [row[0] for row in owner.execute(TABLES, [state.schema, BATCH])]
    if tables:
        owner.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
        crash.point("drop:batch")
        return "drop"
    if role_stands(owner, state.schema):
        _drop_schema_and_role(owner, state.schema)
    owner.execute("DELETE FROM local.revisions WHERE number = %s", [state.number])
    return "files"


def _drop_schema_and_role(owner: Connection, name: str) -> None:
    """Drop what is left. The owner joins the role for a moment, which lets it drop all the role was granted."""
    owner.execute(f"GRANT {name} TO CURRENT_USER; DROP SCHEMA {name} CASCADE; DROP OWNED BY {name}; DROP ROLE {name}")
