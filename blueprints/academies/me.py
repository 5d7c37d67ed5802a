"""Who is asking on the platform's host, typed, and the academy they ask for."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask_login import current_user

from core.academies import queries
from core.academies.models import Academy
from core.accounts.models import Account


def me() -> Account:
    """Return the account behind this request; only for routes that somebody must be signed in for."""
    return cast(Account, current_user._get_current_object())


def own(academy_id: UUID) -> Academy:
    """Return an academy of the account behind this request. Raises NotFound."""
    return queries.academy_of(me().id, academy_id)
