"""Ask surveys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    """Ask surveys."""
    op.create_table('surveys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('block_id', sa.Uuid(), nullable=True),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('asked', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("mode in ('anonymous', 'named')", name=op.f('ck_surveys_mode')),
    sa.CheckConstraint("state in ('draft', 'open', 'closed')", name=op.f('ck_surveys_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_surveys_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surveys')),
    sa.UniqueConstraint('block_id', name=op.f('uq_surveys_block_id'))
    )
    op.create_index(op.f('ix_surveys_course_id'), 'surveys', ['course_id'], unique=False)
    op.create_index('uq_surveys_course_id', 'surveys', ['course_id'], unique=True, postgresql_where=sa.text('block_id is null'))
    op.create_table('survey_box',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('given_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_survey_box_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_box'))
    )
    op.create_index(op.f('ix_survey_box_survey_id'), 'survey_box', ['survey_id'], unique=False)
    op.create_table('survey_done',
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_survey_done_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_survey_done_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('survey_id', 'member_id', name=op.f('pk_survey_done'))
    )
    op.create_table('survey_sheets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_survey_sheets_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_survey_sheets_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_sheets')),
    sa.UniqueConstraint('survey_id', 'member_id', name=op.f('uq_survey_sheets_survey_id_member_id'))
    )
    op.create_index(op.f('ix_survey_sheets_member_id'), 'survey_sheets', ['member_id'], unique=False)
    op.create_table('survey_voices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('options', postgresql.ARRAY(sa.Text()), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('score between 0 and 10', name=op.f('ck_survey_voices_score')),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_survey_voices_survey_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_voices'))
    )
    op.create_index(op.f('ix_survey_voices_survey_id'), 'survey_voices', ['survey_id'], unique=False)
