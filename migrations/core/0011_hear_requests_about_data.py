"""Hear requests about data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    """Hear requests about data."""
    op.create_table('privacy_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("kind in ('know', 'change', 'delete', 'restrict', 'object')", name=op.f('ck_privacy_requests_kind')),
    sa.CheckConstraint("state in ('draft', 'open', 'answered', 'refused', 'void')", name=op.f('ck_privacy_requests_state')),
    sa.CheckConstraint("way in ('mail', 'phone')", name=op.f('ck_privacy_requests_way')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_requests')),
    schema='core'
    )
    op.create_index(op.f('ix_core_privacy_requests_due_at'), 'privacy_requests', ['due_at'], unique=False, schema='core')
    op.create_index(op.f('ix_core_privacy_requests_email_index'), 'privacy_requests', ['email_index'], unique=False, schema='core')
    op.create_index(op.f('ix_core_privacy_requests_state'), 'privacy_requests', ['state'], unique=False, schema='core')
    op.create_table('privacy_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['core.accounts.id'], name=op.f('fk_privacy_steps_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['core.privacy_requests.id'], name=op.f('fk_privacy_steps_request_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_steps')),
    schema='core'
    )
    op.create_index(op.f('ix_core_privacy_steps_request_id'), 'privacy_steps', ['request_id'], unique=False, schema='core')
