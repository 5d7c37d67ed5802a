"""An academy history longer than the real one, for tests: the real revisions and two more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenants import history

REVISION = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from core.db import db

revision = {revision!r}
down_revision = {before!r}


def upgrade():
    {upgrade}
'''


@contextmanager
def longer(where: Path, *upgrades: str, each_academy: str = "") -> Iterator[list[str]]:
    """Give the process a copy of the history with one more revision per upgrade; yield their names."""
    real = history.MIGRATIONS
    shutil.copytree(real, where, ignore=shutil.ignore_patterns("__pycache__"))
    before, names = history.directory().get_current_head(), []
    for number, upgrade in enumerate(upgrades, start=1):
        name = f"test{number}"
        body = REVISION.format(title=name, revision=name, before=before, upgrade=upgrade)
        (where / "academy" / f"{name}.py").write_text(body + (each_academy if number == len(upgrades) else ""))
        before = name
        names.append(name)
    use(where)
    try:
        yield names
    finally:
        use(real)


def use(where: Path) -> None:
    """Read the history from this directory."""
    history.MIGRATIONS = where
    history.head_revision.cache_clear()
    history.steps.cache_clear()
