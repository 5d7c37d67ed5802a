"""What the tests of life do again and again: fill an academy, close it, look what is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from core import clock, foundation, harden, ids, keystore
from core import config as configuration
from core.academies.models import Academy, Closing
from core.accounts.models import Account
from core.config import config
from core.crypto import FileCipher
from core.db import CORE, db
from core.owner import connect, owner_connection
from tenants.files.models import File
from tenants.people.models import Member, MemberRole
from tests.agreed import load_documents
from tests.conftest import REPOSITORY, Platform, lay_tables
from tests.life.forked import Forked
from tests.opened import Opened


@contextmanager
def servers_of_its_own(platform: Platform, home: Path) -> Iterator[Platform]:
    """Run Postgres, keys and files of their own under `home`; bring the worker's back at the end."""
    before = configuration.config(), keystore.store()
    home.chmod(0o755)
    own = Platform(home)
    own.postgres.start()
    try:
        configuration.use(configuration.load(own.environ()))
        keystore.start(configuration.config())
        keystore.create("core")
        with connect(own.postgres.superuser_url) as superuser:
            foundation.make_roles(superuser, own.postgres.app_password, own.postgres.owner_password)
            foundation.make_schemas(superuser)
            harden.harden(superuser)
        lay_tables(own.owner_url)
        db.connect(own.app_url)
        load_documents()
        yield own
    finally:
        own.postgres.stop()
        configuration.use(before[0])
        keystore.use(before[1])
        db.connect(platform.app_url)


@dataclass
class Life:
    """The servers and state of one module."""

    platform: Platform

    def environ(self, **more: str) -> dict[str, str]:
        """Return the environment of a process on these servers."""
        return {**os.environ, **self.platform.environ(), "PYTHONPATH": str(REPOSITORY), **more}

    def run(self, code: str, **more: str) -> Forked:
        """Start a Python process on these servers."""
        return Forked(f"import os\nfrom jobs.start import start\nstart(os.environ)\n{code}", self.environ(**more))

    def close(self, number: int, **more: str) -> Forked:
        """Start a process that goes on with the closing of academy `number`."""
        return self.run(
            "from core.owner import owner_connection\n"
            "from tenants.closing.machine import close_academy\n"
            f"with owner_connection() as owner: print(close_academy(owner, {number}))",
            **more,
        )  # fmt: skip


def account(email: str) -> UUID:
    """Return a new account's id."""
    with db.scope(CORE, commit=True):
        one = Account(email=email, first_name="Olga", last_name="Visser", email_confirmed_at=clock.now())
        db.session.add(one)
        db.session.flush()
        return one.id


def fill(academy: Opened, name: str) -> UUID:
    """Give the academy one member of this first name and one file with it as content; return the member's id."""
    with db.scope(academy.scope, commit=True):
        member = Member(email=f"{name}@people.example", first_name=name, last_name="de Wit")
        member.role_rows = [MemberRole(role="participant")]
        file = File(id=ids.uuid7(), name=f"{name}.png", kind="image", media_type="image/png", size_bytes=len(name),
                    sha256="0" * 64, uploaded_by=None)  # fmt: skip
        db.session.add_all([member, file])
        db.session.flush()
        directory(academy).mkdir(parents=True, exist_ok=True)
        content = FileCipher(keystore.open(academy.scope.role), file.id).seal_bytes(name.encode())
        (directory(academy) / str(file.id)).write_bytes(content)
        return member.id


def directory(academy: Opened) -> Path:
    """Return where the academy's files lie."""
    return config().files_dir / academy.scope.role


def ask(academy: Opened, days: int = 0, holder: UUID | None = None) -> UUID:
    """Write down that the academy shall close; return the closing's id."""
    with db.scope(CORE, commit=True):
        row = db.session.query(Academy).filter_by(number=academy.number).one()
        row.state = "closing"
        closing = Closing(academy_id=row.id, number=row.number, undo_until=clock.now() + timedelta(days=days),
                          asked_by=holder, export_holder=holder, receipt={})  # fmt: skip
        db.session.add(closing)
        db.session.flush()
        return closing.id


def closing_row(academy: Opened) -> dict[str, Any]:
    """Return the academy's last closing as it stands."""
    with owner_connection() as owner:
        cursor = owner.execute("SELECT * FROM core.closings WHERE number = %s ORDER BY asked_at DESC", [academy.number])
        row = cursor.fetchone()
        assert row is not None and cursor.description is not None
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def remains(academy: Opened) -> dict[str, bool]:
    """Return what is still there of the academy, by name of the thing."""
    role = academy.scope.role
    with owner_connection() as owner:
        def there(question: str, *values: Any) -> bool:
            return owner.execute(question, values).fetchone() is not None

        return {
            "schema": there("SELECT 1 FROM pg_namespace WHERE nspname = %s", role),
            "role": there("SELECT 1 FROM pg_roles WHERE rolname = %s", role),
            "revision": there("SELECT 1 FROM local.revisions WHERE number = %s", academy.number),
            "work": there("SELECT 1 FROM local.outbox WHERE number = %s", academy.number),
            "files": any((config().files_dir / name).exists() for name in (role, f"{role}.gone")),
            "key": keystore.exists(role),
        }
