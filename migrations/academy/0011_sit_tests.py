"""Sit tests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Sit tests."""
    op.create_table('sitting_allowances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrolment_id', sa.Uuid(), nullable=False),
    sa.Column('lesson_id', sa.Uuid(), nullable=False),
    sa.Column('extra_minutes', sa.Integer(), nullable=False),
    sa.Column('factor', sa.Numeric(precision=4, scale=2), nullable=False),
    sa.Column('extra_attempts', sa.Integer(), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('extra_minutes >= 0 and extra_attempts >= 0 and factor >= 1', name=op.f('ck_sitting_allowances_more')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_sitting_allowances_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['given_by'], ['members.id'], name=op.f('fk_sitting_allowances_given_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_allowances')),
    sa.UniqueConstraint('enrolment_id', 'lesson_id', name=op.f('uq_sitting_allowances_enrolment_id_lesson_id'))
    )
    op.create_table('sittings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrolment_id', sa.Uuid(), nullable=False),
    sa.Column('lesson_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('paper', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('files', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_s', sa.Integer(), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('points', sa.Numeric(precision=9, scale=4), nullable=True),
    sa.Column('most', sa.Numeric(precision=9, scale=4), nullable=True),
    sa.Column('percent', sa.Numeric(precision=5, scale=2), nullable=True),
    sa.Column('is_passed', sa.Boolean(), nullable=True),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("ended_by in ('person', 'time')", name=op.f('ck_sittings_ended_by')),
    sa.CheckConstraint("state in ('open', 'marking', 'judging', 'final')", name=op.f('ck_sittings_state')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_sittings_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewed_by'], ['members.id'], name=op.f('fk_sittings_reviewed_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sittings')),
    sa.UniqueConstraint('enrolment_id', 'lesson_id', 'number', name=op.f('uq_sittings_enrolment_id_lesson_id_number'))
    )
    op.create_index(op.f('ix_sittings_lesson_id'), 'sittings', ['lesson_id'], unique=False)
    op.create_index('ix_sittings_open_ends_at', 'sittings', ['ends_at'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_sittings_waiting', 'sittings', ['handed_in_at'], unique=False, postgresql_where=sa.text("state in ('marking', 'judging')"))
    op.create_index('uq_sittings_one_open', 'sittings', ['enrolment_id', 'lesson_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table('sitting_answers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sitting_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('save_id', sa.Uuid(), nullable=True),
    sa.Column('sequence', sa.BigInteger(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('worth', sa.Numeric(precision=9, scale=4), nullable=False),
    sa.Column('points', sa.Numeric(precision=9, scale=4), nullable=True),
    sa.Column('given_points', sa.Numeric(precision=7, scale=2), nullable=True),
    sa.Column('given_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('late_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['sitting_id'], ['sittings.id'], name=op.f('fk_sitting_answers_sitting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_answers')),
    sa.UniqueConstraint('sitting_id', 'question_id', name=op.f('uq_sitting_answers_sitting_id_question_id'))
    )
    op.create_index(op.f('ix_sitting_answers_question_id'), 'sitting_answers', ['question_id'], unique=False)
