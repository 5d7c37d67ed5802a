"""The cast of one academy."""

from __future__ import annotations

import pytest

from tests.cast import Cast, make_cast
from tests.opened import Opened


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)
