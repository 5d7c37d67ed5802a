"""A cast in an academy, and an empty outbox."""

from __future__ import annotations

import pytest

from tests.cast import Cast, make_cast
from tests.notifications.telling import forget_work
from tests.opened import Opened


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    forget_work()
    return make_cast(academy)
