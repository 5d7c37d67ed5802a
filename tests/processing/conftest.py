"""A cast in an academy, and an operator."""

from __future__ import annotations

import pytest

from blueprints.hosts import HostedFlask
from tests.academies.signed import Person, person
from tests.cast import Cast, make_cast
from tests.opened import Opened


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    """Return an operator who is signed in."""
    return person(app, first_name="Iris", is_operator=True)
