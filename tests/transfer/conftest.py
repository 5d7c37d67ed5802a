"""Two academies with their people, an empty outbox, and a course with a bit of everything."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.db import CORE, db
from core.outbox.models import Work
from jobs import registry
from tests.cast import Cast
from tests.transfer.moving import Full, full_course


@pytest.fixture
def cast(casts: tuple[Cast, Cast]) -> Cast:
    """Return the people of the academy that exports."""
    return casts[0]


@pytest.fixture
def there(casts: tuple[Cast, Cast]) -> Cast:
    """Return the people of the academy that imports."""
    return casts[1]


@pytest.fixture(autouse=True)
def work(platform: object) -> None:
    """Begin with an empty outbox and every job known."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))


@pytest.fixture
def full(cast: Cast) -> Full:
    """Return a course with every kind of block and question that has an editor."""
    with db.scope(cast.academy.scope, commit=True):
        return full_course(cast)
