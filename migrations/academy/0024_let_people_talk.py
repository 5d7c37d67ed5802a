"""Let people talk: rooms, messages, blocks and reports, and what each shows of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Let people talk."""
    op.create_table('member_blocks',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('blocked_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['blocked_id'], ['members.id'], name=op.f('fk_member_blocks_blocked_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_member_blocks_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'blocked_id', name=op.f('pk_member_blocks'))
    )
    op.create_index(op.f('ix_member_blocks_blocked_id'), 'member_blocks', ['blocked_id'], unique=False)
    op.create_table('rooms',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('lesson_id', sa.Uuid(), nullable=True),
    sa.Column('group_id', sa.Uuid(), nullable=True),
    sa.Column('asker_id', sa.Uuid(), nullable=True),
    sa.Column('one_id', sa.Uuid(), nullable=True),
    sa.Column('other_id', sa.Uuid(), nullable=True),
    sa.Column('last_number', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('peers', sa.Boolean(), nullable=True),
    sa.Column('keep_months', sa.SmallInteger(), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_by', sa.Uuid(), nullable=True),
    sa.Column('hold_reason_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("(kind = 'course') <= (course_id is not null)", name=op.f('ck_rooms_course')),
    sa.CheckConstraint("(kind = 'group') <= (group_id is not null)", name=op.f('ck_rooms_group')),
    sa.CheckConstraint("(kind = 'lesson') <= (course_id is not null and lesson_id is not null)", name=op.f('ck_rooms_lesson')),
    sa.CheckConstraint("kind in ('direct', 'lesson', 'course', 'group')", name=op.f('ck_rooms_kind')),
    sa.CheckConstraint('one_id < other_id', name=op.f('ck_rooms_order')),
    sa.ForeignKeyConstraint(['asker_id'], ['members.id'], name=op.f('fk_rooms_asker_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_rooms_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_rooms_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['held_by'], ['members.id'], name=op.f('fk_rooms_held_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['one_id'], ['members.id'], name=op.f('fk_rooms_one_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['other_id'], ['members.id'], name=op.f('fk_rooms_other_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rooms'))
    )
    op.create_index(op.f('ix_rooms_course_id'), 'rooms', ['course_id'], unique=False)
    op.create_index(op.f('ix_rooms_last_at'), 'rooms', ['last_at'], unique=False)
    op.create_index(op.f('ix_rooms_other_id'), 'rooms', ['other_id'], unique=False)
    op.create_index('uq_rooms_course', 'rooms', ['course_id'], unique=True, postgresql_where=sa.text("kind = 'course'"))
    op.create_index('uq_rooms_direct', 'rooms', ['one_id', 'other_id'], unique=True, postgresql_where=sa.text("kind = 'direct'"))
    op.create_index('uq_rooms_group', 'rooms', ['group_id'], unique=True, postgresql_where=sa.text("kind = 'group'"))
    op.create_index('uq_rooms_lesson', 'rooms', ['asker_id', 'lesson_id'], unique=True, postgresql_where=sa.text("kind = 'lesson'"))
    op.create_table('messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('room_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('sender_id', sa.Uuid(), nullable=True),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reply_to', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.Uuid(), nullable=True),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("kind in ('text','notice')", name=op.f('ck_messages_kind')),
    sa.ForeignKeyConstraint(['removed_by'], ['members.id'], name=op.f('fk_messages_removed_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['reply_to'], ['messages.id'], name=op.f('fk_messages_reply_to'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_messages_room_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sender_id'], ['members.id'], name=op.f('fk_messages_sender_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('room_id', 'number', name=op.f('uq_messages_room_id_number')),
    sa.UniqueConstraint('sender_id', 'client_id', name=op.f('uq_messages_sender_id_client_id'))
    )
    op.create_index(op.f('ix_messages_changed_at'), 'messages', ['changed_at'], unique=False)
    op.create_index(op.f('ix_messages_reply_to'), 'messages', ['reply_to'], unique=False)
    op.create_table('room_stands',
    sa.Column('room_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('read_number', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_muted', sa.Boolean(), nullable=False),
    sa.Column('is_pinned', sa.Boolean(), nullable=False),
    sa.Column('archived_number', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_room_stands_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_room_stands_room_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id', 'member_id', name=op.f('pk_room_stands'))
    )
    op.create_index(op.f('ix_room_stands_member_id'), 'room_stands', ['member_id'], unique=False)
    op.create_table('mentions',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_mentions_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_mentions_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'member_id', name=op.f('pk_mentions'))
    )
    op.create_index(op.f('ix_mentions_member_id'), 'mentions', ['member_id'], unique=False)
    op.create_table('message_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('reporter_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('open', 'removed', 'warned', 'dismissed')", name=op.f('ck_message_reports_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['members.id'], name=op.f('fk_message_reports_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_reports_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reporter_id'], ['members.id'], name=op.f('fk_message_reports_reporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_reports')),
    sa.UniqueConstraint('message_id', 'reporter_id', name=op.f('uq_message_reports_message_id_reporter_id'))
    )
    op.create_index(op.f('ix_message_reports_reporter_id'), 'message_reports', ['reporter_id'], unique=False)
    op.create_index(op.f('ix_message_reports_state'), 'message_reports', ['state'], unique=False)
    op.create_table('reactions',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('sign', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_reactions_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_reactions_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'member_id', 'sign', name=op.f('pk_reactions'))
    )
    op.create_index(op.f('ix_reactions_member_id'), 'reactions', ['member_id'], unique=False)
    op.add_column('members', sa.Column('shows_presence', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.add_column('members', sa.Column('shows_typing', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.add_column('members', sa.Column('shows_read', sa.Boolean(), server_default=sa.text('true'), nullable=False))
