"""Copy courses, move them as archives, and tell participants what changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    """Copy courses, move them as archives, and tell participants what changed."""
    op.add_column('courses', sa.Column('is_template', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('enrolments', sa.Column('news_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('progress', sa.Column('redone_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('transfers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('report', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('export','import')", name=op.f('ck_transfers_kind')),
    sa.CheckConstraint("state in ('waiting', 'ready', 'refused', 'building', 'done')", name=op.f('ck_transfers_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_transfers_course_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_transfers_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_transfers_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfers'))
    )
    op.create_index(op.f('ix_transfers_course_id'), 'transfers', ['course_id'], unique=False)
