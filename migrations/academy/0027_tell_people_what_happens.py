"""Tell people what happens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Tell people what happens."""
    op.create_table('notice_choices',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('app', sa.Boolean(), nullable=False),
    sa.Column('mail', sa.Text(), nullable=False),
    sa.Column('push', sa.Boolean(), nullable=False),
    sa.CheckConstraint("mail in ('at_once', 'morning', 'weekly', 'off')", name=op.f('ck_notice_choices_mail')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_notice_choices_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'kind', name=op.f('pk_notice_choices'))
    )
    op.create_table('notice_times',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('is_quiet', sa.Boolean(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_until', sa.Integer(), nullable=False),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('quiet_from between 0 and 1439', name=op.f('ck_notice_times_quiet_from')),
    sa.CheckConstraint('quiet_until between 0 and 1439', name=op.f('ck_notice_times_quiet_until')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_notice_times_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_notice_times'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('is_shown', sa.Boolean(), nullable=False),
    sa.Column('mail_how', sa.Text(), nullable=False),
    sa.Column('mail_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('was_mailed', sa.Boolean(), nullable=False),
    sa.Column('push_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("mail_how in ('at_once', 'morning', 'weekly', 'off')", name=op.f('ck_notices_mail_how')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_notices_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('member_id', 'kind', 'subject_id', name=op.f('uq_notices_member_id_kind_subject_id'))
    )
    op.create_index('ix_notices_mail', 'notices', ['mail_at'], unique=False, postgresql_where=sa.text('mailed_at is null and mail_at is not null'))
    op.create_index('ix_notices_push', 'notices', ['push_at'], unique=False, postgresql_where=sa.text('pushed_at is null and push_at is not null'))
    op.create_index('ix_notices_unread', 'notices', ['member_id'], unique=False, postgresql_where=sa.text('read_at is null and is_shown'))
    op.create_table('push_browsers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('endpoint_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('endpoint_index', sa.LargeBinary(), nullable=False),
    sa.Column('public_key_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('device_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_push_browsers_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_browsers')),
    sa.UniqueConstraint('endpoint_index', name=op.f('uq_push_browsers_endpoint_index'))
    )
    op.create_index(op.f('ix_push_browsers_member_id'), 'push_browsers', ['member_id'], unique=False)
