"""Show faces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Show faces."""
    op.create_table('photos',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('small_id', sa.Uuid(), nullable=False),
    sa.Column('middle_id', sa.Uuid(), nullable=False),
    sa.Column('large_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['large_id'], ['files.id'], name=op.f('fk_photos_large_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_photos_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['middle_id'], ['files.id'], name=op.f('fk_photos_middle_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['small_id'], ['files.id'], name=op.f('fk_photos_small_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photos')),
    sa.UniqueConstraint('member_id', name=op.f('uq_photos_member_id'))
    )
    op.create_index(op.f('ix_photos_large_id'), 'photos', ['large_id'], unique=False)
    op.create_index(op.f('ix_photos_middle_id'), 'photos', ['middle_id'], unique=False)
    op.create_index(op.f('ix_photos_small_id'), 'photos', ['small_id'], unique=False)
    op.add_column('members', sa.Column('photo_id', sa.Uuid(), nullable=True))
