"""Keep legal documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    """Keep legal documents."""
    op.create_table('legal_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('change', sa.Text(), nullable=False),
    sa.Column('updated_on', sa.Date(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("change in ('major', 'minor')", name=op.f('ck_legal_versions_change')),
    sa.CheckConstraint("name in ('privacy', 'cookies', 'terms', 'processing', 'subprocessors')", name=op.f('ck_legal_versions_name')),
    sa.CheckConstraint('number > 0', name=op.f('ck_legal_versions_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_versions')),
    sa.UniqueConstraint('name', 'number', name=op.f('uq_legal_versions_name_number')),
    schema='core'
    )
    op.create_table('legal_acceptances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('processor', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signer_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['core.legal_versions.id'], name=op.f('fk_legal_acceptances_version_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_acceptances')),
    schema='core'
    )
    op.create_index(op.f('ix_core_legal_acceptances_account_id'), 'legal_acceptances', ['account_id'], unique=False, schema='core')
    op.create_index(op.f('ix_core_legal_acceptances_ends_at'), 'legal_acceptances', ['ends_at'], unique=False, schema='core')
    op.create_index(op.f('ix_core_legal_acceptances_number'), 'legal_acceptances', ['number'], unique=False, schema='core')
    op.create_index(op.f('ix_core_legal_acceptances_version_id'), 'legal_acceptances', ['version_id'], unique=False, schema='core')
    op.create_table('legal_texts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['core.legal_versions.id'], name=op.f('fk_legal_texts_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_texts')),
    sa.UniqueConstraint('version_id', 'language', name=op.f('uq_legal_texts_version_id_language')),
    schema='core'
    )
