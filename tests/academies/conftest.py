"""People for the tests of the academies' pages; what they opened goes with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blueprints.hosts import HostedFlask
from core.owner import owner_connection
from tenants.provision import refill_spares
from tests.academies.ends import end_all
from tests.academies.signed import Person, person


@pytest.fixture
def owner(app: HostedFlask) -> Iterator[Person]:
    """Return an owner, signed in; a spare waits for their academy."""
    with owner_connection() as connection:
        refill_spares(connection, 1)
    one = person(app)
    yield one
    end_all(one.id)


@pytest.fixture
def stranger(app: HostedFlask) -> Iterator[Person]:
    """Return somebody who owns nothing."""
    one = person(app, first_name="Ruben")
    yield one
    end_all(one.id)


@pytest.fixture
def operator(app: HostedFlask) -> Iterator[Person]:
    """Return an operator of the platform."""
    one = person(app, first_name="Iris", is_operator=True)
    yield one
    end_all(one.id)
