"""A platform of the bench's own: embedded Postgres with fsync on, keys and files in a directory that goes again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from core import clock, foundation, keystore
from core.accounts.models import Account
from core.db import CORE, db
from core.harden import harden
from core.launch.cluster import Postgres
from core.migrate import migrate_core
from core.owner import connect
from jobs.start import start


@dataclass
class World:
    """The bench's servers."""

    home: Path
    postgres: Postgres

    @property
    def owner_url(self) -> str:
        """Return the address for the owner."""
        return self.postgres.url("platform_owner")

    def environ(self) -> dict[str, str]:
        """Return the environment of this platform's processes."""
        return {
            "KWEEK_ENV": "test", "KWEEK_HOME": str(self.home), "DATABASE_URL": self.postgres.url("platform_app"),
            "OWNER_DATABASE_URL": self.owner_url, "REDIS_URL": f"unix://{self.home}/none", "SECRET_KEY": "b" * 40,
        }  # fmt: skip


@contextmanager
def world() -> Iterator[World]:
    """Start a platform for the length of the block."""
    home = Path(tempfile.mkdtemp(prefix="kweek-bench-", dir="/tmp"))
    home.chmod(0o755)
    one = World(home, Postgres(home / "pg", fsync=True))
    one.postgres.start()
    try:
        start(one.environ())
        _lay(one)
        yield one
    finally:
        db.dispose()
        one.postgres.stop()
        keystore.use(None)
        shutil.rmtree(home, ignore_errors=True)


def _lay(one: World) -> None:
    with connect(one.postgres.superuser_url) as superuser:
        foundation.make_roles(superuser, one.postgres.app_password, one.postgres.owner_password)
        foundation.make_schemas(superuser)
        harden(superuser)
    migrate_core()
    keystore.create("core")


def account() -> UUID:
    """Return the id of a new account."""
    with db.scope(CORE, commit=True):
        one = Account(email="olga@example.org", first_name="Olga", last_name="Visser", email_confirmed_at=clock.now())
        db.session.add(one)
        db.session.flush()
        return one.id
