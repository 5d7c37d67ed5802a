"""End accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    """End accounts."""
    op.create_table('account_erasures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("why in ('self', 'silence', 'operator')", name=op.f('ck_account_erasures_why')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_erasures')),
    schema='core'
    )
    op.create_index('uq_account_erasures_open', 'account_erasures', ['account_id'], unique=True, schema='core', postgresql_where=sa.text('done_at IS NULL AND undone_at IS NULL'))
    op.create_table('retention_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_runs')),
    schema='core'
    )
    op.create_index(op.f('ix_core_retention_runs_ran_at'), 'retention_runs', ['ran_at'], unique=False, schema='core')
    op.create_table('retention_cases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_retention_cases_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['core.accounts.id'], name=op.f('fk_retention_cases_decided_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_cases')),
    sa.UniqueConstraint('account_id', name=op.f('uq_retention_cases_account_id')),
    schema='core'
    )
    op.create_table('retention_warnings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("step in ('month', 'fortnight', 'days')", name=op.f('ck_retention_warnings_step')),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_retention_warnings_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_warnings')),
    sa.UniqueConstraint('account_id', 'visited_at', 'step', name=op.f('uq_retention_warnings_account_id_visited_at_step')),
    schema='core'
    )
    op.add_column('sessions', sa.Column('proven_at', sa.DateTime(timezone=True), nullable=True), schema='core')
