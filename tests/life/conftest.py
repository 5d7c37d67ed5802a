"""The life of academies is tested on servers of its own: its tests change every schema, rotate keys and crash."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import config as configuration
from core import foundation, harden, keystore
from core.db import db
from core.owner import connect
from tests.conftest import Platform, Pool, lay_tables
from tests.life.lives import Life
from tests.opened import Opened


@pytest.fixture(scope="module")
def life(platform: Platform) -> Iterator[Life]:
    """Start servers and state of this module's own; bring the worker's back at the end."""
    before = configuration.config(), keystore.store()
    home = Path(tempfile.mkdtemp(prefix="kweek-life-", dir="/tmp"))
    home.chmod(0o755)
    own = Platform(home)
    own.postgres.start()
    configuration.use(configuration.load(own.environ()))
    keystore.start(configuration.config())
    keystore.create("core")
    with connect(own.postgres.superuser_url) as superuser:
        foundation.make_roles(superuser, own.postgres.app_password, own.postgres.owner_password)
        foundation.make_schemas(superuser)
        harden.harden(superuser)
    lay_tables(own.owner_url)
    db.connect(own.app_url)
    yield Life(own)
    own.postgres.stop()
    configuration.use(before[0])
    keystore.use(before[1])
    db.connect(platform.app_url)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def own_pool(life: Life) -> Pool:
    """Return a pool of academies on this module's servers."""
    return Pool()


@pytest.fixture
def living(own_pool: Pool) -> Iterator[Opened]:
    """Return an academy that goes on living."""
    opened = own_pool.take()
    yield opened
    own_pool.give_back(opened)


@pytest.fixture
def dying(own_pool: Pool) -> Iterator[Opened]:
    """Return an academy that the test closes."""
    opened = own_pool.take()
    yield opened
    own_pool.give_back(opened)
