"""Real Postgres and Valkey for each worker; academies from a pool of spare schemas, cleaned and reused.

Each pytest-xdist worker has an embedded cluster of its own, because roles belong to a whole cluster.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import core.models
from blueprints.hosts import HostedFlask
from core import config as configuration
from core import foundation, harden, keystore
from core.academies.models import Academy
from core.db import CORE, db
from core.launch.cluster import Postgres, Valkey
from core.owner import Connection, connect, owner_connection
from tenants.models import academy_metadata
from tenants.provision import refill_spares
from tenants.resolve import resolver
from tests.agreed import agreement_for, load_documents
from tests.bouncer import Bouncer
from tests.cast import Cast, make_cast
from tests.ci import report_skips
from tests.opened import Opened
from wsgi import create_app

REPOSITORY = Path(__file__).resolve().parent.parent
_slugs = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Let CI fail on a skip."""
    config.pluginmanager.register(report_skips(), "kweek-skips")


class Platform:
    """The servers and addresses of one worker."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.postgres = Postgres(home / "pg", fsync=False)
        self.valkey = Valkey(home / "redis")

    @property
    def app_url(self) -> str:
        """Return the address for the login role."""
        return self.postgres.url("platform_app")

    @property
    def owner_url(self) -> str:
        """Return the address for the owner."""
        return self.postgres.url("platform_owner")

    def environ(self, **more: str) -> dict[str, str]:
        """Return the environment of a process of this platform."""
        return {
            "KWEEK_ENV": "test",
            "KWEEK_HOME": str(self.home),
            "DATABASE_URL": self.app_url,
            "OWNER_DATABASE_URL": self.owner_url,
            "REDIS_URL": self.valkey.url,
            "PLATFORM_DOMAINS": "localhost",
            "SECRET_KEY": "s" * 40,
            **more,
        }


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Start, harden and lay out one worker's servers."""
    home = Path(tempfile.mkdtemp(prefix="kweek-test-", dir="/tmp"))
    home.chmod(0o755)
    platform = Platform(home)
    platform.postgres.start()
    platform.valkey.start()
    configuration.use(configuration.load(platform.environ()))
    keystore.start(configuration.config())
    with connect(platform.postgres.superuser_url) as superuser:
        foundation.make_roles(superuser, platform.postgres.app_password, platform.postgres.owner_password)
        foundation.make_schemas(superuser)
        harden.harden(superuser)
    lay_tables(platform.owner_url)
    keystore.create("core")
    db.connect(platform.app_url)
    load_documents()
    yield platform
    db.dispose()
    platform.valkey.stop()
    platform.postgres.stop()
    shutil.rmtree(home, ignore_errors=True)


def lay_tables(owner_url: str) -> None:
    """Make the tables of core and local from the models, then functions and grants."""
    engine = sa.create_engine(owner_url)
    core.models.core_metadata.create_all(engine)
    core.models.local_metadata.create_all(engine)
    engine.dispose()
    with connect(owner_url) as owner:
        foundation.finish(owner)


@pytest.fixture(scope="session")
def owner_url(platform: Platform) -> str:
    """Return the address of the database for its owner."""
    return platform.owner_url


# Emptying by one TRUNCATE of all tables made hundreds of files anew, 0.2 s a time; most tables were never written to.
EMPTY = """
DO $$ DECLARE one record; BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR one IN SELECT c.oid, c.relname, pg_relation_size(c.oid) AS size FROM pg_class c
             WHERE c.relnamespace = '{schema}'::regnamespace AND c.relname = ANY (ARRAY{tables}) LOOP
    IF one.size > 262144 THEN EXECUTE format('TRUNCATE {schema}.%I CASCADE', one.relname);
    ELSIF one.size > 0 THEN EXECUTE format('DELETE FROM {schema}.%I', one.relname);
    END IF;
  END LOOP;
END $$"""


FORGET = """
DELETE FROM core.closings WHERE number = {number};
DELETE FROM core.legal_acceptances WHERE number = {number};
DELETE FROM core.academies WHERE number = {number};
DELETE FROM local.outbox WHERE number = {number};
DELETE FROM core.issuer_keys WHERE number = {number}"""


class Pool:
    """Spare schemas for tests: taken, cleaned, given again."""

    def __init__(self, superuser_url: str) -> None:
        self.superuser_url = superuser_url
        self.connection: Connection | None = None
        self.free: list[int] = []

    def take(self) -> Opened:
        """Return an open academy without people; the platform's own work of earlier tests is forgotten."""
        self._connection().execute("DELETE FROM local.outbox WHERE number IS NULL")
        number = self.free.pop() if self.free else self._spare()
        opened = Opened(number, f"academy-{next(_slugs)}")
        with db.scope(CORE, commit=True):
            db.session.add(Academy(number=number, slug=opened.slug, name=f"Academy {number}"))
            db.session.add(agreement_for(number))
        resolver.forget()
        return opened

    def give_back(self, opened: Opened) -> None:
        """Empty the academy and forget it; one that a test closed is not used again."""
        tables = [table.name for table in academy_metadata.sorted_tables]
        postgres = self._connection()
        postgres.execute(FORGET.format(number=opened.number))
        alive = postgres.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [opened.scope.role]).fetchone()
        if alive and keystore.exists(opened.scope.role):
            postgres.execute(EMPTY.format(schema=opened.scope.role, tables=tables))
            for file in (configuration.config().files_dir / opened.scope.role).iterdir():
                file.unlink()
            self.free.append(opened.number)

    def _connection(self) -> Connection:
        """Return the connection, a new one where a drill ended the old one's server."""
        try:
            if self.connection is not None:
                self.connection.execute("SELECT 1")
                return self.connection
        except psycopg.OperationalError:
            pass
        self.connection = connect(self.superuser_url)
        return self.connection

    def _spare(self) -> int:
        with owner_connection() as owner:
            refill_spares(owner, 2)
            row = owner.execute("DELETE FROM local.spares WHERE number = (SELECT min(number) FROM local.spares)"
                                " RETURNING number").fetchone()  # fmt: skip
            assert row is not None
            return int(row[0])


@pytest.fixture(scope="session")
def pool(platform: Platform) -> Pool:
    """Return the worker's pool of academies."""
    return Pool(platform.postgres.superuser_url)


@pytest.fixture
def academy(pool: Pool) -> Iterator[Opened]:
    """Return an open, empty academy."""
    opened = pool.take()
    yield opened
    pool.give_back(opened)


@pytest.fixture
def other(pool: Pool) -> Iterator[Opened]:
    """Return a second academy, whose people are outsiders in the first."""
    opened = pool.take()
    yield opened
    pool.give_back(opened)


@pytest.fixture(scope="session")
def bouncer(platform: Platform) -> Iterator[Bouncer | None]:
    """Start PgBouncer in transaction mode, or return None where it is not installed."""
    if not Bouncer.is_installed():
        yield None
        return
    bouncer = Bouncer(platform.home / "bouncer", platform.postgres)
    bouncer.start()
    yield bouncer
    bouncer.stop()


@pytest.fixture(params=["direct", "bouncer"])
def road(request: pytest.FixtureRequest, platform: Platform, bouncer: Bouncer | None) -> Iterator[str]:
    """Reach Postgres directly, then through PgBouncer (T07)."""
    if request.param == "bouncer":
        if bouncer is None:
            pytest.skip("PgBouncer is not installed: apt-get install pgbouncer, then T07 runs")
        db.connect(bouncer.app_url)
    else:
        db.connect(platform.app_url)
    yield request.param
    db.connect(platform.app_url)


@pytest.fixture(params=[40, pytest.param(200, marks=pytest.mark.slow)])
def academies(request: pytest.FixtureRequest, pool: Pool) -> Iterator[list[Opened]]:
    """Return many academies, each with its own name written in its settings; the drill takes 200."""
    many = [pool.take() for _ in range(request.param)]
    for one in many:
        with db.scope(one.scope, commit=True):
            db.session.execute(
                sa.text("INSERT INTO settings (name, value) VALUES ('mark', to_jsonb(CAST(:role AS text)))"),
                {"role": one.scope.role},
            )
    yield many
    for one in many:
        pool.give_back(one)


@pytest.fixture(scope="session")
def app(platform: Platform) -> HostedFlask:
    """Return the web application, without form tokens (tests of T20 use `guarded_app`)."""
    application = create_app(platform.environ())
    application.config["WTF_CSRF_ENABLED"] = False
    configuration.use(configuration.load(platform.environ()))
    return application


@pytest.fixture(scope="session")
def guarded_app(platform: Platform) -> HostedFlask:
    """Return the web application as people meet it, form tokens and all."""
    application = create_app(platform.environ())
    configuration.use(configuration.load(platform.environ()))
    return application


@pytest.fixture
def casts(academy: Opened, other: Opened) -> tuple[Cast, Cast]:
    """Return the people of two academies, each signed in at their own."""
    return make_cast(academy), make_cast(other)
