"""The script that makes one academy's schema: compiled once from the models, sent as one message.

Everything after `SET LOCAL search_path` is unqualified, so the text is the same for every academy; only
the validated name `ac_<n>` is put in where roles and the schema itself are named.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from core.db import schema_name
from core.foundation import academy_grants
from tenants.models import academy_metadata

HERE = "{academy}"
OWN_TABLES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA {academy} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {academy};
GRANT USAGE ON SCHEMA {academy} TO {academy};
"""
# What members did stays written: an academy may add to these tables and read them, no more.
APPEND_ONLY = ("audit",)


def schema_script(number: int) -> str:
    """Return role, schema, grants and tables of academy `number`; the caller's transaction surrounds it."""
    return _template().replace(HERE, schema_name(number)) + academy_grants(schema_name(number))


def tables_script() -> str:
    """Return the bare DDL of an academy's tables, unqualified: the floor that provisioning is measured against."""
    statements: list[str] = []

    def keep(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)).strip())

    engine = sa.create_mock_engine("postgresql+psycopg://", keep, paramstyle="named")
    academy_metadata.create_all(engine, checkfirst=False)
    return ";\n".join(statements) + ";\n"


def keep_written(table: str) -> str:
    """Return the statement that lets an academy only add to one of its tables; a revision may say the same."""
    return f"REVOKE UPDATE, DELETE ON {table} FROM {HERE}"


@cache
def _template() -> str:
    return "".join((
        f"CREATE ROLE {HERE} NOLOGIN;\nGRANT {HERE} TO platform_app;\nCREATE SCHEMA {HERE};\n",
        OWN_TABLES,
        f"SET LOCAL search_path = {HERE}, pg_temp;\n",
        tables_script(),
        *(f"{keep_written(table)};\n" for table in APPEND_ONLY),
    ))  # fmt: skip
