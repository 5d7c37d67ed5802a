"""The operators' commands on an empty database: set up, open, list, suspend, resume, close; each may be repeated."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.owner import connect
from tests.conftest import REPOSITORY, Platform
from tests.life.forked import Forked


class Commands:
    """Runs commands on an installation of their own."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Return what the command printed; it must fail only if `fails`."""
        code = f"import sys\nfrom jobs.cli import main\nsys.exit(main({list(arguments)!r}))"
        environ = {**self.platform.environ(), "SUPERUSER_DATABASE_URL": self.platform.postgres.superuser_url}
        done = Forked(code, environ)
        out, errors = done.communicate(timeout=120)
        said = (out + errors).decode()
        assert (done.returncode != 0) == fails, said
        return said

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Return rows of the database, asked as its owner."""
        with connect(self.platform.owner_url) as owner:
            return owner.execute(question).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    """Return commands for an empty database on servers of their own."""
    home = Path(tempfile.mkdtemp(prefix="kweek-cli-", dir="/tmp"))
    home.chmod(0o755)
    platform = Platform(home)
    platform.postgres.start()
    yield Commands(platform)
    platform.postgres.stop()
    shutil.rmtree(home, ignore_errors=True)


def test_an_empty_database_becomes_a_platform_and_an_academy_lives_and_dies(commands: Commands) -> None:
    assert "3 spare schemas made" in commands.run("setup")
    assert "0 spare schemas made" in commands.run("setup")
    assert "everything is in order" in commands.run("doctor")
    assert "NotFound: account" in commands.run("academy", "open", "Noord", "--owner", "x@example.org", fails=True)
    make_account(commands)
    assert "is open at http://bakkerij-noord.localhost" in commands.run(
        "academy", "open", "Bakkerij Noord", "--owner", "olga@example.org")
    assert "taken" in commands.run(
        "academy", "open", "Noord", "--slug", "bakkerij-noord", "--owner", "olga@example.org", fails=True)
    assert "active     bakkerij-noord" in commands.run("academy", "list")
    commands.run("academy", "suspend", "bakkerij-noord", "--reason", "Unpaid")
    assert "suspended" in commands.run("academy", "list")
    assert "StateRefused" in commands.run("academy", "suspend", "bakkerij-noord", "--reason", "Again", fails=True)
    commands.run("academy", "resume", "bakkerij-noord")
    assert "waiting" in commands.run("academy", "close", "bakkerij-noord", "--yes")
    commands.run("academy", "undo", "bakkerij-noord")
    number = commands.ask("SELECT number FROM core.academies")[0][0]
    assert "bakkerij-noord: closed" in commands.run("academy", "close", "bakkerij-noord", "--yes", "--now")
    assert "closed     -" in commands.run("academy", "list")
    assert commands.ask(f"SELECT 1 FROM pg_roles WHERE rolname = 'ac_{number}'") == []
    assert "NotFound" in commands.run("academy", "resume", "bakkerij-noord", fails=True)


def test_doctor_names_what_is_wrong(commands: Commands) -> None:
    commands.run("setup")
    with connect(commands.platform.owner_url) as owner:
        owner.execute("UPDATE local.revisions SET revision = 'old' WHERE number = (SELECT min(number) FROM local.revisions)")
    with connect(commands.platform.postgres.superuser_url) as superuser:
        superuser.execute("GRANT EXECUTE ON FUNCTION set_config TO PUBLIC")
    told = commands.run("doctor", fails=True)
    assert "stands at old" in told and "not hardened: the application may execute set_config" in told
    assert "no known escape is open" in commands.run("harden")
    assert "answers 503 until the next ./run migrate" in commands.run("migrate", fails=True)


def test_help_and_wrong_words(commands: Commands) -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-m", "jobs.cli", "--help"], env={"PATH": "/usr/bin:/bin"},
                          cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
    assert "academy" in done.stdout and done.stderr == ""
    assert "usage" in commands.run("academy", "explode", fails=True)


def make_account(commands: Commands) -> None:
    """Make the owner's account, as signing up would."""
    code = (
        "import os\nfrom jobs.start import start\nstart(os.environ)\n"
        "from core.db import CORE, db\nfrom core.accounts.models import Account\nfrom core import clock\n"
        "with db.scope(CORE, commit=True):\n"
        "    db.session.add(Account(email='olga@example.org', first_name='Olga', last_name='Visser',"
        " email_confirmed_at=clock.now()))\n"
    )
    made = Forked(code, commands.platform.environ())
    assert made.communicate(60) and made.returncode == 0
