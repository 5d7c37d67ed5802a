"""Is the process up, and can it reach its database?"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint

from core.access import public
from core.db import BARE, db

health = Blueprint("health", __name__)


@health.get("/up")
@public
def up() -> tuple[str, int]:
    """Answer 200 as long as the process serves and Postgres answers."""
    with db.scope(BARE):
        db.session.execute(sa.text("SELECT 1"))
    return "ok\n", 200
