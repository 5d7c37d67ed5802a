"""Let letters be answered, unsubscribed from and threaded; count delays; let letters take turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0024"


def upgrade() -> None:
    """Let letters be answered, unsubscribed from and threaded."""
    op.add_column('letters', sa.Column('thread', sa.Text(), nullable=True))
    op.add_column('letters', sa.Column('member_id', sa.Uuid(), nullable=True))
    op.add_column('letters', sa.Column('reply_room', sa.Uuid(), nullable=True))
    op.add_column('letters', sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('letters', sa.Column('delays', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('letters', sa.Column('unsubscribe_sealed', sa.LargeBinary(), nullable=True))
    op.create_index(op.f('ix_letters_member_id'), 'letters', ['member_id'], unique=False)
    op.create_foreign_key(op.f('fk_letters_member_id'), 'letters', 'members', ['member_id'], ['id'], ondelete='CASCADE')
