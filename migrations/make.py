"""Write the next revision of a history: `python -m migrations.make "add rooms" core|academy`.

The history so far is applied to empty scratch schemas, compared with the models, and rolled back, all in one
transaction as platform_owner: nothing of it stays. The same models give the same file.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.operations import Operations
from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, ExecuteSQLOp, UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from mako.template import Template  # type: ignore[import-untyped]

from core.config import config, load, use
from core.db import academy_metadata
from core.models import core_metadata, local_metadata
from tenants import models as _academy_models  # noqa: F401  the metadata whole
from tenants.ddl import APPEND_ONLY, keep_written
from tenants.ddl import HERE as NAME
from tenants.history import render

HERE = Path(__file__).parent
SCRATCH = "making_a_revision"


def main(arguments: list[str] | None = None) -> int:
    """Write the revision; return 1 if the models say nothing new."""
    parser = argparse.ArgumentParser(prog="python -m migrations.make", description=__doc__)
    parser.add_argument("message", help='what it does, such as "add rooms"')
    parser.add_argument("history", choices=("core", "academy"))
    given = parser.parse_args(arguments)
    use(load(os.environ))
    engine = sa.create_engine(config().owner_database_url or "", poolclass=sa.NullPool)
    with engine.connect() as connection:
        body = difference(connection, given.history)
    if body is None:
        print("the models say what the history says; nothing to do")
        return 1
    path = write(given.history, given.message, body)
    print(path)
    return 0


def difference(connection: sa.Connection, history: str) -> str | None:
    """Return the upgrade that takes the history to the models, as Python, or None if they are equal."""
    transaction = connection.begin()
    try:
        with scratch(connection, history):
            context = MigrationContext.configure(connection, opts=options(history))
            replay(context, history)
            script = produce_migrations(context, _metadata(history))
            if script.upgrade_ops is None or script.upgrade_ops.is_empty():
                return None
            close_circles(script.upgrade_ops, history)
            keep_tables_written(script.upgrade_ops, history)
            return render_python_code(script.upgrade_ops, migration_context=context)
    finally:
        transaction.rollback()


@contextmanager
def scratch(connection: sa.Connection, history: str) -> Iterator[None]:
    """Put empty schemas where the history's tables go; the caller's rollback brings the true ones back."""
    if history == "core":
        for schema in ("core", "local"):
            connection.exec_driver_sql(f"ALTER SCHEMA {schema} RENAME TO {schema}_aside")
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        yield
        return
    connection.exec_driver_sql(f"CREATE SCHEMA {SCRATCH}")
    connection.exec_driver_sql(f"SET LOCAL search_path = {SCRATCH}")
    before = connection.dialect.default_schema_name
    connection.dialect.default_schema_name = SCRATCH
    try:
        yield
    finally:
        connection.dialect.default_schema_name = before


def replay(context: MigrationContext, history: str) -> None:
    """Apply the history so far."""
    for script in reversed(list(directory(history).walk_revisions())):
        if history == "academy":
            _send(context, render(script).sql.replace(NAME, "CURRENT_USER"))
        else:
            with Operations.context(context):
                script.module.upgrade()


def close_circles(ops: UpgradeOps, history: str) -> None:
    """Add the foreign keys of new tables that stand in a circle (use_alter): Alembic leaves them out."""
    metadatas = _metadata(history) if history == "core" else [_metadata(history)]
    new = {(op.schema, op.table_name) for op in ops.ops if isinstance(op, CreateTableOp)}
    for table in (table for metadata in metadatas for table in metadata.sorted_tables):
        if (table.schema, table.name) in new:
            circles = sorted((key for key in table.foreign_key_constraints if key.use_alter), key=lambda key: str(key.name))
            ops.ops.extend(CreateForeignKeyOp.from_constraint(key) for key in circles)


def keep_tables_written(ops: UpgradeOps, history: str) -> None:
    """Let an academy only add to its new append-only tables."""
    new = [op.table_name for op in ops.ops if isinstance(op, CreateTableOp)]
    if history == "academy":
        ops.ops.extend(ExecuteSQLOp(keep_written(table)) for table in APPEND_ONLY if table in new)


def options(history: str) -> dict[str, Any]:
    """Return how to compare: types and defaults too, our schemas only."""
    schemas = ("core", "local") if history == "core" else (None,)
    return {
        "target_metadata": _metadata(history),
        "compare_type": True,
        "compare_server_default": True,
        "include_schemas": history == "core",
        "include_name": lambda name, kind, _: kind != "schema" or name in schemas,
        "user_module_prefix": None,
    }


def write(history: str, message: str, body: str) -> Path:
    """Write the revision's file, numbered after the last; return its path."""
    head = directory(history).get_current_head()
    number = f"{int(head or 0) + 1:04d}"
    words = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    title = message[0].upper() + message[1:]
    imports = "from sqlalchemy.dialects import postgresql\n" if "postgresql." in body else ""
    template = Template(filename=str(HERE / "script.py.mako"))
    path = HERE / history / f"{number}_{words}.py"
    path.write_text(template.render(
        message=title, up_revision=number, down_revision=head, imports=imports, upgrades=_indented(body)))
    return path


def directory(history: str) -> ScriptDirectory:
    """Return the history's files."""
    section = "alembic" if history == "core" else "academy"
    return ScriptDirectory.from_config(Config(str(HERE / "alembic.ini"), ini_section=section))


def _send(context: MigrationContext, statements: str) -> None:
    assert context.connection is not None
    raw: Any = context.connection.connection.dbapi_connection
    raw.execute(statements)


def _indented(body: str) -> str:
    """Return the statements without Alembic's own comments."""
    lines = [line for line in body.splitlines() if not line.lstrip().startswith("# ###")]
    return "\n".join(lines).strip()


def _metadata(history: str) -> Any:
    return [core_metadata, local_metadata] if history == "core" else academy_metadata


if __name__ == "__main__":
    sys.exit(main())
