"""Runs the core history, as platform_owner; the academy history is rendered to SQL by tenants/migrate.py."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from core.config import config
from core.models import core_metadata, local_metadata

OPTIONS: dict[str, Any] = {
    "target_metadata": [core_metadata, local_metadata],
    "version_table_schema": "core",
    "include_schemas": True,
    "transaction_per_migration": True,
}


def run(connection: sa.Connection) -> None:
    """Apply what is missing, each revision in a transaction of its own."""
    connection.execute(sa.text("SET lock_timeout = '4s'"))
    connection.commit()
    context.configure(connection=connection, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_as_owner() -> None:
    """Open the owner's connection, unless the caller brought one."""
    given = context.config.attributes.get("connection")
    if given is not None:
        return run(given)
    url = config().owner_database_url
    if url is None:
        raise RuntimeError("set OWNER_DATABASE_URL: only the owner may change tables")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        run(connection)


def write_sql() -> None:
    """Print the core history as SQL."""
    context.configure(dialect_name="postgresql", literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if context.config.config_ini_section == "academy":
    raise RuntimeError("the academy history runs through ./run migrate, once for all schemas")
if context.is_offline_mode():
    write_sql()
else:
    run_as_owner()
