"""Read for whom the platform processes."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from core.academies.models import Academy, Ownership
from core.db import db


def controllers() -> Sequence[Academy]:
    """Return the academies that are not closed, with their owners: the controllers of article 30(2)(a)."""
    wanted = sa.select(Academy).where(Academy.state != "closed").order_by(Academy.name, Academy.number)
    return db.session.scalars(wanted.options(selectinload(Academy.owners).joinedload(Ownership.account))).all()
