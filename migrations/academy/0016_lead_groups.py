"""Lead groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Lead groups."""
    op.create_table('groups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('active','archived')", name=op.f('ck_groups_state')),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_groups_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups'))
    )
    op.create_table('group_courses',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('is_followed', sa.Boolean(), nullable=False),
    sa.Column('enrolled_by', sa.Uuid(), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_group_courses_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['enrolled_by'], ['members.id'], name=op.f('fk_group_courses_enrolled_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_group_courses_group_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'course_id', name=op.f('pk_group_courses'))
    )
    op.create_index(op.f('ix_group_courses_course_id'), 'group_courses', ['course_id'], unique=False)
    op.create_table('group_members',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['members.id'], name=op.f('fk_group_members_added_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_group_members_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_group_members_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'member_id', name=op.f('pk_group_members'))
    )
    op.create_index(op.f('ix_group_members_member_id'), 'group_members', ['member_id'], unique=False)
    op.create_table('group_trainers',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_group_trainers_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_group_trainers_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'member_id', name=op.f('pk_group_trainers'))
    )
    op.create_index(op.f('ix_group_trainers_member_id'), 'group_trainers', ['member_id'], unique=False)
