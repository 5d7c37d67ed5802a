"""Bring schemas core and local to the newest revision, as platform_owner."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from core import foundation
from core.config import config
from core.models import core_metadata, local_metadata
from core.owner import owner_connection

INI = Path(__file__).parent.parent / "migrations" / "alembic.ini"


def migrate_core() -> str:
    """Apply what is missing, then functions and grants anew; return the revision reached."""
    settings = Config(str(INI))
    head = ScriptDirectory.from_config(settings).get_current_head()
    if head is None:
        _lay_from_models()
    else:
        command.upgrade(settings, "head")
    with owner_connection() as owner:
        foundation.finish(owner)
    return head or "models"


def _lay_from_models() -> None:
    """Make the tables straight from the models, as long as the history is empty."""
    engine = sa.create_engine(config().owner_database_url or "")
    with engine.begin() as connection:
        core_metadata.create_all(connection)
        local_metadata.create_all(connection)
    engine.dispose()
