"""Send reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Send reports."""
    op.create_table('report_schedules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('extension', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('every', sa.Text(), nullable=False),
    sa.Column('on_day', sa.SmallInteger(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('query_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("every in ('week','month')", name=op.f('ck_report_schedules_every')),
    sa.CheckConstraint("extension in ('csv', 'xlsx')", name=op.f('ck_report_schedules_extension')),
    sa.CheckConstraint("kind in ('help', 'people', 'matrix', 'stops', 'questions')", name=op.f('ck_report_schedules_kind')),
    sa.CheckConstraint("on_day between 1 and 31 and (every = 'month' or on_day <= 7)", name=op.f('ck_report_schedules_on_day')),
    sa.CheckConstraint("state in ('active','stopped')", name=op.f('ck_report_schedules_state')),
    sa.CheckConstraint("why in ('you','rights','gone','archived','erased')", name=op.f('ck_report_schedules_why')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_report_schedules_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_schedules'))
    )
    op.create_index(op.f('ix_report_schedules_member_id'), 'report_schedules', ['member_id'], unique=False)
    op.create_table('report_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('extension', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('schedule_id', sa.Uuid(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('query_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("extension in ('csv', 'xlsx')", name=op.f('ck_report_files_extension')),
    sa.CheckConstraint("kind in ('help', 'people', 'matrix', 'stops', 'questions')", name=op.f('ck_report_files_kind')),
    sa.CheckConstraint("state in ('waiting','ready','failed')", name=op.f('ck_report_files_state')),
    sa.CheckConstraint("trouble in ('gone','rights','stuck','erased')", name=op.f('ck_report_files_trouble')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_report_files_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_report_files_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['schedule_id'], ['report_schedules.id'], name=op.f('fk_report_files_schedule_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_files')),
    sa.UniqueConstraint('schedule_id', 'day', name=op.f('uq_report_files_schedule_id_day'))
    )
    op.create_index(op.f('ix_report_files_member_id'), 'report_files', ['member_id'], unique=False)
