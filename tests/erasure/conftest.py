"""The cast of one academy, and an empty outbox with every job known."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.db import CORE, db
from core.outbox.models import Work
from jobs import registry
from tests.cast import Cast, make_cast
from tests.opened import Opened


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)


@pytest.fixture(autouse=True)
def work(platform: object) -> None:
    """Begin with an empty outbox and every job known."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
