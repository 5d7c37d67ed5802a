"""The command that writes revisions: it finds what the models say, twice the same, and nothing once it is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.owner import owner_connection
from migrations import make
from tenants import history
from tenants.migrate import advance
from tenants.provision import next_number, provision_schema
from tests.life.histories import use
from tests.life.lives import Life
from tests.life.test_provision import catalogue, empty_schema


@pytest.fixture
def own_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the command an empty copy of both histories."""
    real, where = history.MIGRATIONS, tmp_path / "migrations"
    shutil.copytree(real, where, ignore=shutil.ignore_patterns("__pycache__", "0*.py"))
    monkeypatch.setattr(make, "HERE", where)
    use(where)
    yield where
    use(real)


@pytest.mark.parametrize("name", ["core", "academy"])
def test_written_history_says_what_the_models_say(name: str, life: Life, own_history: Path) -> None:
    (own_history / name).mkdir(exist_ok=True)
    engine = sa.create_engine(life.platform.owner_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        first = make.difference(connection, name)
        assert first is not None and first == make.difference(connection, name)
        path = make.write(name, "lay the tables", first)
        assert path.name == "0001_lay_the_tables.py"
        compile(path.read_text(), str(path), "exec")
        assert make.difference(connection, name) is None
        left = connection.exec_driver_sql(
            "SELECT nspname FROM pg_namespace WHERE nspname ~ 'aside$' OR nspname = 'making_a_revision'"
        ).all()
        assert left == []


def test_schema_made_by_a_written_history_equals_one_made_by_the_models(life: Life, own_history: Path) -> None:
    (own_history / "academy").mkdir(exist_ok=True)
    engine = sa.create_engine(life.platform.owner_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        body = make.difference(connection, "academy")
        assert body is not None
        make.write("academy", "lay the tables", body)
    use(own_history)
    assert history.head_revision() == "0001"
    with owner_connection() as owner:
        fresh, migrated = next_number(owner), next_number(owner)
        provision_schema(owner, fresh)
        empty_schema(owner, migrated)
        advance(owner, migrated, history.START)
        assert catalogue(owner, migrated) == catalogue(owner, fresh)
        owner.execute("UPDATE local.revisions SET revision = %s", [history.START])
