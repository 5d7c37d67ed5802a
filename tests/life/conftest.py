"""The life of academies is tested on servers of its own: its tests change every schema, rotate keys and crash."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Platform, Pool
from tests.life.lives import Life, servers_of_its_own
from tests.opened import Opened


@pytest.fixture(scope="module")
def life(platform: Platform) -> Iterator[Life]:
    """Start servers and state of this module's own; bring the worker's back at the end."""
    home = Path(tempfile.mkdtemp(prefix="kweek-life-", dir="/tmp"))
    with servers_of_its_own(platform, home) as own:
        yield Life(own)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def own_pool(life: Life) -> Pool:
    """Return a pool of academies on this module's servers."""
    return Pool(life.platform.postgres.superuser_url)


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
