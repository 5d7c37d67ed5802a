"""Keep what the nightly check found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    """Keep what the nightly check found."""
    op.create_table('check_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_runs')),
    schema='core'
    )
    op.create_index(op.f('ix_core_check_runs_ran_at'), 'check_runs', ['ran_at'], unique=False, schema='core')
