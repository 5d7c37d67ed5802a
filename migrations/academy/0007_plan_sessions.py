"""Plan sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Plan sessions."""
    op.create_table('calendar_feeds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_calendar_feeds_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feeds')),
    sa.UniqueConstraint('member_id', name=op.f('uq_calendar_feeds_member_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feeds_token_hash'))
    )
    op.create_table('live_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('starts_wall', sa.DateTime(), nullable=False),
    sa.Column('ends_wall', sa.DateTime(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('signup_ahead', sa.Integer(), nullable=False),
    sa.Column('leave_ahead', sa.Integer(), nullable=False),
    sa.Column('study_minutes', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('join_url_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("kind in ('classroom', 'online')", name=op.f('ck_live_sessions_kind')),
    sa.CheckConstraint("state in ('planned','cancelled')", name=op.f('ck_live_sessions_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_live_sessions_ends_at')),
    sa.CheckConstraint('places between 1 and 2000', name=op.f('ck_live_sessions_places')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_live_sessions_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_live_sessions_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_live_sessions'))
    )
    op.create_index(op.f('ix_live_sessions_course_id'), 'live_sessions', ['course_id'], unique=False)
    op.create_index(op.f('ix_live_sessions_starts_at'), 'live_sessions', ['starts_at'], unique=False)
    op.create_table('seats',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('attendance', sa.Text(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('noted_by', sa.Uuid(), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("attendance in ('present', 'late', 'absent', 'excused')", name=op.f('ck_seats_attendance')),
    sa.CheckConstraint("state in ('seated', 'waiting', 'left')", name=op.f('ck_seats_state')),
    sa.CheckConstraint('minutes between 0 and 1440', name=op.f('ck_seats_minutes')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_seats_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['noted_by'], ['members.id'], name=op.f('fk_seats_noted_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['live_sessions.id'], name=op.f('fk_seats_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seats')),
    sa.UniqueConstraint('session_id', 'member_id', name=op.f('uq_seats_session_id_member_id'))
    )
    op.create_index(op.f('ix_seats_member_id'), 'seats', ['member_id'], unique=False)
    op.create_table('session_trainers',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_session_trainers_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['live_sessions.id'], name=op.f('fk_session_trainers_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'member_id', name=op.f('pk_session_trainers'))
    )
    op.create_index(op.f('ix_session_trainers_member_id'), 'session_trainers', ['member_id'], unique=False)
    op.add_column('letters', sa.Column('calendar_sealed', sa.LargeBinary(), nullable=True))
