"""Keep a suspension through a closing; count an academy's waiting work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Keep a suspension through a closing; count an academy's waiting work."""
    for name in ('was_suspended', 'by_operator'):
        op.add_column('closings', sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False), schema='core')
    op.create_index('ix_outbox_number', 'outbox', ['number', 'priority'], unique=False, schema='local', postgresql_where='done_at is null and failed_at is null')
