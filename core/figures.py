"""Numbers that several features give for one page, asked for in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.db import db

Figure = sa.ScalarSelect[Any]


def numbers_of(figures: Mapping[str, Figure]) -> dict[str, int]:
    """Return the number of each figure, 0 for none. One statement, none without figures."""
    if not figures:
        return {}
    row = db.session.execute(sa.select(*(figure.label(f"figure_{place}") for place, figure in enumerate(figures.values())))).one()
    return {name: int(number or 0) for name, number in zip(figures, row, strict=True)}
