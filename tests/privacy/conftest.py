"""Somebody whom the platform knows in every way; and the cast of an academy."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from core.academies.queries import academy_by_number
from core.accounts.models import Account
from core.db import CORE, db
from core.privacy.erasing import erase
from tests.cast import Cast, make_cast
from tests.opened import Opened
from tests.privacy.people import known_in_every_way


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return an academy with its people."""
    return make_cast(academy)


@pytest.fixture
def zebedeus(academy: Opened) -> Iterator[UUID]:
    """Return the account of somebody with something in every table; whatever the test left of it goes."""
    with db.scope(CORE):
        found = academy_by_number(academy.number)
    account_id = known_in_every_way(found)
    yield account_id
    with db.scope(CORE, commit=True):
        account = db.session.get(Account, account_id)
        if account is not None:
            erase(account)
