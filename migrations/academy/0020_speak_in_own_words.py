"""Let an academy's jobs and mails know how it speaks."""

from __future__ import annotations

from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    """Let an academy's jobs and mails know how it speaks."""
    op.execute("GRANT EXECUTE ON FUNCTION local.own_wording() TO {academy}")
