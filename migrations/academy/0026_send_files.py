"""Send files and voice notes in messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Send files and voice notes in messages."""
    op.create_table('attachments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('place', sa.SmallInteger(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('small_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('image', 'voice', 'audio', 'file')", name=op.f('ck_attachments_kind')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_attachments_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_attachments_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_attachments_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['small_id'], ['files.id'], name=op.f('fk_attachments_small_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    op.create_index(op.f('ix_attachments_file_id'), 'attachments', ['file_id'], unique=False)
    op.create_index(op.f('ix_attachments_member_id'), 'attachments', ['member_id'], unique=False)
    op.create_index(op.f('ix_attachments_message_id'), 'attachments', ['message_id'], unique=False)
    op.create_index(op.f('ix_attachments_small_id'), 'attachments', ['small_id'], unique=False)
    op.add_column('messages', sa.Column('carries', sa.Text(), nullable=True))
