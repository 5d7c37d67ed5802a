"""Hear requests about data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'


def upgrade() -> None:
    """Hear requests about data."""
    op.create_table('privacy_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('entered_by', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('checked_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (ended_at is null)", name=op.f('ck_privacy_requests_ended')),
    sa.CheckConstraint("kind in ('erase', 'restrict', 'object', 'correct', 'know')", name=op.f('ck_privacy_requests_kind')),
    sa.CheckConstraint("source in ('self', 'phone', 'mail', 'paper')", name=op.f('ck_privacy_requests_source')),
    sa.CheckConstraint("state in ('open', 'done', 'refused', 'withdrawn')", name=op.f('ck_privacy_requests_state')),
    sa.ForeignKeyConstraint(['ended_by'], ['members.id'], name=op.f('fk_privacy_requests_ended_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entered_by'], ['members.id'], name=op.f('fk_privacy_requests_entered_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_privacy_requests_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_requests'))
    )
    op.create_index('uq_privacy_requests_open', 'privacy_requests', ['member_id', 'kind'], unique=True, postgresql_where=sa.text("state = 'open'"))
