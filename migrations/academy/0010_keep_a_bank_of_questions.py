"""Keep a bank of questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Keep a bank of questions."""
    op.create_table('bank_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('why', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('options', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('reading', 'read', 'refused')", name=op.f('ck_bank_imports_state')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_bank_imports_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_bank_imports_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_imports'))
    )
    op.create_table('bank_import_rows',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('fate', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=True),
    sa.Column('content', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('notes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("fate in ('came over', 'changed', 'left out')", name=op.f('ck_bank_import_rows_fate')),
    sa.ForeignKeyConstraint(['import_id'], ['bank_imports.id'], name=op.f('fk_bank_import_rows_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_import_rows'))
    )
    op.create_index('ix_bank_import_rows_import_id_position', 'bank_import_rows', ['import_id', 'position'], unique=False)
    op.create_table('bank_items',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('single', 'multiple', 'truefalse', 'short', 'number', 'matching', 'ordering', 'gaps', 'hotspot', 'open', 'file')", name=op.f('ck_bank_items_kind')),
    sa.ForeignKeyConstraint(['import_id'], ['bank_imports.id'], name=op.f('fk_bank_items_import_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_bank_items_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_items'))
    )
    op.create_index('ix_bank_items_changed_at_id', 'bank_items', ['changed_at', 'id'], unique=False, postgresql_where=sa.text('deleted_at is null'))
    op.create_index(op.f('ix_bank_items_import_id'), 'bank_items', ['import_id'], unique=False)
    op.create_index('ix_bank_items_tags', 'bank_items', ['tags'], unique=False, postgresql_using='gin')
