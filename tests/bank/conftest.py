"""A cast in an academy; files of other makers are tried where they lie beside the project."""

from __future__ import annotations

import pytest

from tests.bank.others import OTHERS
from tests.cast import Cast, make_cast
from tests.opened import Opened

collect_ignore = [] if OTHERS.is_dir() else ["test_other_makers.py"]


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)
