"""Write a newsletter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Write a newsletter."""
    op.create_table('subscriber_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subscriber_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriber_events')),
    schema='core'
    )
    op.create_index(op.f('ix_core_subscriber_events_subscriber_id'), 'subscriber_events', ['subscriber_id'], unique=False, schema='core')
    op.create_table('subscribers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('first_name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('token_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('asked', 'active', 'left', 'bounced')", name=op.f('ck_subscribers_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscribers')),
    sa.UniqueConstraint('email_index', name=op.f('uq_subscribers_email_index')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_subscribers_token_hash')),
    schema='core'
    )
    op.create_index(op.f('ix_core_subscribers_state'), 'subscribers', ['state'], unique=False, schema='core')
    op.create_table('editions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('subject_nl', sa.Text(), nullable=False),
    sa.Column('body_nl', sa.Text(), nullable=False),
    sa.Column('subject_en', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('audience', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('draft', 'planned', 'sending', 'sent')", name=op.f('ck_editions_state')),
    sa.ForeignKeyConstraint(['made_by'], ['core.accounts.id'], name=op.f('fk_editions_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_editions')),
    schema='core'
    )
    op.create_table('deliveries',
    sa.Column('edition_id', sa.Uuid(), nullable=False),
    sa.Column('subscriber_id', sa.Uuid(), nullable=False),
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['core.editions.id'], name=op.f('fk_deliveries_edition_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subscriber_id'], ['core.subscribers.id'], name=op.f('fk_deliveries_subscriber_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('edition_id', 'subscriber_id', name=op.f('pk_deliveries')),
    schema='core'
    )
    op.create_index(op.f('ix_core_deliveries_letter_id'), 'deliveries', ['letter_id'], unique=False, schema='core')
    op.create_index(op.f('ix_core_deliveries_subscriber_id'), 'deliveries', ['subscriber_id'], unique=False, schema='core')
