"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None


def upgrade() -> None:
    """First tables."""
    op.create_table('academies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=True),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('cluster', sa.Text(), nullable=False),
    sa.Column('colour', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('active', 'suspended', 'closing', 'fenced', 'closed')", name=op.f('ck_academies_state')),
    sa.CheckConstraint('number > 0', name=op.f('ck_academies_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_academies')),
    sa.UniqueConstraint('number', name=op.f('uq_academies_number')),
    sa.UniqueConstraint('slug', name=op.f('uq_academies_slug')),
    schema='core'
    )
    op.create_table('accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('email_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('scheme', sa.Text(), nullable=False),
    sa.Column('is_operator', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('first_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('last_name_sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('email_index', name=op.f('uq_accounts_email_index')),
    schema='core'
    )
    op.create_table('asks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("kind in ('reset','find')", name=op.f('ck_asks_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asks')),
    schema='core'
    )
    op.create_table('audit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    schema='core'
    )
    op.create_index(op.f('ix_core_audit_number'), 'audit', ['number'], unique=False, schema='core')
    op.create_table('letters',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recipient_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('body_text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('body_html_sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    schema='core'
    )
    op.create_table('resting_slugs',
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_resting_slugs')),
    schema='core'
    )
    op.create_table('throttles',
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttles')),
    schema='core'
    )
    op.create_table('closings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('academy_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undo_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('export_holder', sa.Uuid(), nullable=True),
    sa.Column('export_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('export_path', sa.Text(), nullable=True),
    sa.Column('export_sha256', sa.Text(), nullable=True),
    sa.Column('receipt', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("step in ('waiting', 'fence', 'drain', 'cancel', 'export', 'drop', 'files', 'key', 'done')", name=op.f('ck_closings_step')),
    sa.ForeignKeyConstraint(['academy_id'], ['core.academies.id'], name=op.f('fk_closings_academy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asked_by'], ['core.accounts.id'], name=op.f('fk_closings_asked_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['export_holder'], ['core.accounts.id'], name=op.f('fk_closings_export_holder'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closings')),
    schema='core'
    )
    op.create_index(op.f('ix_core_closings_academy_id'), 'closings', ['academy_id'], unique=False, schema='core')
    op.create_table('domains',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('academy_id', sa.Uuid(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('proven_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['academy_id'], ['core.academies.id'], name=op.f('fk_domains_academy_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_domains')),
    sa.UniqueConstraint('host', name=op.f('uq_domains_host')),
    schema='core'
    )
    op.create_index(op.f('ix_core_domains_academy_id'), 'domains', ['academy_id'], unique=False, schema='core')
    op.create_table('handoffs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_handoffs_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_handoffs_token_hash')),
    schema='core'
    )
    op.create_index(op.f('ix_core_handoffs_account_id'), 'handoffs', ['account_id'], unique=False, schema='core')
    op.create_table('owner_offers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('academy_id', sa.Uuid(), nullable=False),
    sa.Column('hand_over', sa.Boolean(), nullable=False),
    sa.Column('offered_by', sa.Uuid(), nullable=True),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['academy_id'], ['core.academies.id'], name=op.f('fk_owner_offers_academy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offered_by'], ['core.accounts.id'], name=op.f('fk_owner_offers_offered_by'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owner_offers')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_owner_offers_token_hash')),
    schema='core'
    )
    op.create_index(op.f('ix_core_owner_offers_academy_id'), 'owner_offers', ['academy_id'], unique=False, schema='core')
    op.create_table('ownerships',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('academy_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['academy_id'], ['core.academies.id'], name=op.f('fk_ownerships_academy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_ownerships_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ownerships')),
    sa.UniqueConstraint('academy_id', 'account_id', name=op.f('uq_ownerships_academy_id_account_id')),
    schema='core'
    )
    op.create_index(op.f('ix_core_ownerships_account_id'), 'ownerships', ['account_id'], unique=False, schema='core')
    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('device_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_sessions_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sessions_token_hash')),
    schema='core'
    )
    op.create_index(op.f('ix_core_sessions_account_id'), 'sessions', ['account_id'], unique=False, schema='core')
    op.create_table('tokens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('new_email_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("kind in ('confirm','reset','change')", name=op.f('ck_tokens_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['core.accounts.id'], name=op.f('fk_tokens_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_tokens_token_hash')),
    schema='core'
    )
    op.create_index(op.f('ix_core_tokens_account_id'), 'tokens', ['account_id'], unique=False, schema='core')
    op.create_table('outbox',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('job', sa.Text(), nullable=False),
    sa.Column('args', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('once', sa.Text(), nullable=True),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('lease', sa.Uuid(), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    schema='local'
    )
    op.create_index('ix_outbox_open', 'outbox', ['priority', 'due_at'], unique=False, schema='local', postgresql_where='done_at is null and failed_at is null')
    op.create_index('uq_outbox_once', 'outbox', ['number', 'job', 'once'], unique=True, schema='local', postgresql_nulls_not_distinct=True, postgresql_where='once is not null and lease is null and done_at is null and failed_at is null')
    op.create_table('revisions',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('revision', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_revisions')),
    schema='local'
    )
    op.create_index(op.f('ix_local_revisions_revision'), 'revisions', ['revision'], unique=False, schema='local')
    op.create_table('spares',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_spares')),
    schema='local'
    )
