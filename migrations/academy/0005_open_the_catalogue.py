"""Open the catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Open the catalogue."""
    op.create_table('paths',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('is_sequential', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('draft', 'published', 'archived')", name=op.f('ck_paths_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paths'))
    )
    op.create_table('join_links',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('most_uses', sa.Integer(), nullable=True),
    sa.Column('domains', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('label_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('most_uses between 1 and 100000', name=op.f('ck_join_links_most_uses')),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_join_links_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_join_links_token_hash'))
    )
    op.create_table('path_members',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('path_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('enrolled_by', sa.Uuid(), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('active','ended')", name=op.f('ck_path_members_state')),
    sa.ForeignKeyConstraint(['enrolled_by'], ['members.id'], name=op.f('fk_path_members_enrolled_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_path_members_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['path_id'], ['paths.id'], name=op.f('fk_path_members_path_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_path_members')),
    sa.UniqueConstraint('path_id', 'member_id', name=op.f('uq_path_members_path_id_member_id'))
    )
    op.create_index(op.f('ix_path_members_member_id'), 'path_members', ['member_id'], unique=False)
    op.create_table('path_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('path_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=True),
    sa.CheckConstraint('needed >= 1', name=op.f('ck_path_steps_needed')),
    sa.ForeignKeyConstraint(['path_id'], ['paths.id'], name=op.f('fk_path_steps_path_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_path_steps'))
    )
    op.create_index(op.f('ix_path_steps_path_id'), 'path_steps', ['path_id'], unique=False)
    op.create_table('course_entries',
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('opens_on', sa.Date(), nullable=True),
    sa.Column('closes_on', sa.Date(), nullable=True),
    sa.Column('lasts_days', sa.Integer(), nullable=True),
    sa.Column('may_renew', sa.Boolean(), nullable=False),
    sa.Column('is_listed', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("way in ('invitation', 'free', 'approval')", name=op.f('ck_course_entries_way')),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_course_entries_closes_on')),
    sa.CheckConstraint('lasts_days between 1 and 3650', name=op.f('ck_course_entries_lasts_days')),
    sa.CheckConstraint('places between 1 and 100000', name=op.f('ck_course_entries_places')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_course_entries_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('course_id', name=op.f('pk_course_entries'))
    )
    op.create_table('entry_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("kind in ('request', 'place')", name=op.f('ck_entry_requests_kind')),
    sa.CheckConstraint("state in ('open', 'given', 'declined', 'withdrawn')", name=op.f('ck_entry_requests_state')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_entry_requests_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['members.id'], name=op.f('fk_entry_requests_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_entry_requests_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_requests')),
    sa.UniqueConstraint('course_id', 'turn', name=op.f('uq_entry_requests_course_id_turn'))
    )
    op.create_index(op.f('ix_entry_requests_member_id'), 'entry_requests', ['member_id'], unique=False)
    op.create_index('ix_entry_requests_open', 'entry_requests', ['course_id', 'member_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table('join_link_courses',
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_join_link_courses_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['link_id'], ['join_links.id'], name=op.f('fk_join_link_courses_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', 'course_id', name=op.f('pk_join_link_courses'))
    )
    op.create_table('join_uses',
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['join_links.id'], name=op.f('fk_join_uses_link_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_join_uses_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', 'member_id', name=op.f('pk_join_uses'))
    )
    op.create_table('joinings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('first_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('last_name_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['link_id'], ['join_links.id'], name=op.f('fk_joinings_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_joinings')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_joinings_token_hash'))
    )
    op.create_index(op.f('ix_joinings_link_id'), 'joinings', ['link_id'], unique=False)
    op.create_table('path_courses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('step_id', sa.Uuid(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_path_courses_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['step_id'], ['path_steps.id'], name=op.f('fk_path_courses_step_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_path_courses')),
    sa.UniqueConstraint('step_id', 'course_id', name=op.f('uq_path_courses_step_id_course_id'))
    )
    op.create_index(op.f('ix_path_courses_course_id'), 'path_courses', ['course_id'], unique=False)
    op.add_column('enrolments', sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('enrolments', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('enrolments', sa.Column('ended_by', sa.Uuid(), nullable=True))
    op.add_column('enrolments', sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_enrolments_ended_by'), 'enrolments', 'members', ['ended_by'], ['id'], ondelete='SET NULL')
    op.drop_constraint('ck_enrolments_state', 'enrolments')
    op.create_check_constraint(op.f('ck_enrolments_state'), 'enrolments', "state in ('active','ended','expired')")
