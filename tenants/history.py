"""The history of an academy's schema: each Alembic revision rendered to SQL once, then applied everywhere.

A revision may define `each_academy(scope)`: a step in Python that runs in every academy's own scope after
its DDL. It sees tables as that revision left them, so it speaks SQL (`db.session.execute`), not models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from core.db import Scope
from tenants.models import academy_metadata

MIGRATIONS = Path(__file__).parent.parent / "migrations"
START = "0000"
# A schema whose tables have a revision's shape, but whose Python step is still to come, stands at "0002+".
HALF = "+"


@dataclass(frozen=True)
class Step:
    """One revision: the SQL that every schema gets, and perhaps a step in Python after it."""

    before: str
    revision: str
    sql: str
    each_academy: Callable[[Scope], None] | None

    @property
    def after_sql(self) -> str:
        """Return where a schema stands once the SQL is applied."""
        return self.revision + HALF if self.each_academy else self.revision


@cache
def head_revision() -> str:
    """Return the revision that this code works with; a schema at another one does not serve."""
    return directory().get_current_head() or START


@cache
def steps() -> tuple[Step, ...]:
    """Return the whole history, oldest first."""
    return tuple(render(script) for script in reversed(list(directory().walk_revisions())))


def directory() -> ScriptDirectory:
    """Return the academy history's files."""
    return ScriptDirectory.from_config(Config(str(MIGRATIONS / "alembic.ini"), ini_section="academy"))


def render(script: Script) -> Step:
    """Return one revision as SQL without schema names; the search_path will say whose tables it changes."""
    written = StringIO()
    options = {"as_sql": True, "literal_binds": True, "output_buffer": written, "target_metadata": academy_metadata}
    context = MigrationContext.configure(
        dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, opts=options)
    with Operations.context(context):
        script.module.upgrade()
    each = getattr(script.module, "each_academy", None)
    before = script.down_revision or START
    if not isinstance(before, str):
        raise TypeError(f"revision {script.revision} has several parents; the academy history is one line")
    return Step(before, script.revision, written.getvalue(), each)
