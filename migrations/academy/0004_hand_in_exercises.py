"""Hand in exercises, review them, and approve lessons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    """Hand in exercises, review them, and approve lessons."""
    op.create_table('saved_phrases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_saved_phrases_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_phrases'))
    )
    op.create_index(op.f('ix_saved_phrases_member_id'), 'saved_phrases', ['member_id'], unique=False)
    op.create_table('stand_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('trainer_id', sa.Uuid(), nullable=False),
    sa.Column('substitute_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['substitute_id'], ['members.id'], name=op.f('fk_stand_ins_substitute_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trainer_id'], ['members.id'], name=op.f('fk_stand_ins_trainer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stand_ins')),
    sa.UniqueConstraint('trainer_id', name=op.f('uq_stand_ins_trainer_id'))
    )
    op.create_table('approvals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrolment_id', sa.Uuid(), nullable=False),
    sa.Column('lesson_id', sa.Uuid(), nullable=False),
    sa.Column('block_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('waiting', 'again', 'approved')", name=op.f('ck_approvals_state')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_approvals_enrolment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approvals')),
    sa.UniqueConstraint('enrolment_id', 'block_id', name=op.f('uq_approvals_enrolment_id_block_id'))
    )
    op.create_table('hand_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrolment_id', sa.Uuid(), nullable=False),
    sa.Column('lesson_id', sa.Uuid(), nullable=False),
    sa.Column('block_id', sa.Uuid(), nullable=False),
    sa.Column('page_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('save_id', sa.Uuid(), nullable=False),
    sa.Column('sent_id', sa.Uuid(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trainer_id', sa.Uuid(), nullable=True),
    sa.Column('claimed_by', sa.Uuid(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('feedback_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('draft', 'handed_in', 'in_review', 'again', 'approved')", name=op.f('ck_hand_ins_state')),
    sa.ForeignKeyConstraint(['claimed_by'], ['members.id'], name=op.f('fk_hand_ins_claimed_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_hand_ins_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['page_id'], ['pages.id'], name=op.f('fk_hand_ins_page_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trainer_id'], ['members.id'], name=op.f('fk_hand_ins_trainer_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_ins')),
    sa.UniqueConstraint('enrolment_id', 'block_id', 'number', name=op.f('uq_hand_ins_enrolment_id_block_id_number')),
    sa.UniqueConstraint('sent_id', name=op.f('uq_hand_ins_sent_id'))
    )
    op.create_index(op.f('ix_hand_ins_block_id'), 'hand_ins', ['block_id'], unique=False)
    op.create_index(op.f('ix_hand_ins_state_hand_ins_handed_in_at'), 'hand_ins', ['state', 'handed_in_at'], unique=False)
    op.create_table('hand_in_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('hand_in_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_hand_in_files_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['hand_in_id'], ['hand_ins.id'], name=op.f('fk_hand_in_files_hand_in_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_in_files')),
    sa.UniqueConstraint('hand_in_id', 'file_id', name=op.f('uq_hand_in_files_hand_in_id_file_id'))
    )
    op.create_index(op.f('ix_hand_in_files_file_id'), 'hand_in_files', ['file_id'], unique=False)
    op.create_table('hand_in_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('hand_in_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['members.id'], name=op.f('fk_hand_in_messages_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['hand_in_id'], ['hand_ins.id'], name=op.f('fk_hand_in_messages_hand_in_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_in_messages'))
    )
    op.create_index(op.f('ix_hand_in_messages_hand_in_id'), 'hand_in_messages', ['hand_in_id'], unique=False)
    op.create_table('reviews',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('hand_in_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('levels', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('save_id', sa.Uuid(), nullable=True),
    sa.Column('sent_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("kind in ('trainer', 'peer')", name=op.f('ck_reviews_kind')),
    sa.CheckConstraint("verdict in ('again', 'approved')", name=op.f('ck_reviews_verdict')),
    sa.ForeignKeyConstraint(['by_id'], ['members.id'], name=op.f('fk_reviews_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['hand_in_id'], ['hand_ins.id'], name=op.f('fk_reviews_hand_in_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews')),
    sa.UniqueConstraint('hand_in_id', 'by_id', 'kind', name=op.f('uq_reviews_hand_in_id_by_id_kind')),
    sa.UniqueConstraint('sent_id', name=op.f('uq_reviews_sent_id'))
    )
    op.create_index(op.f('ix_reviews_by_id'), 'reviews', ['by_id'], unique=False)
