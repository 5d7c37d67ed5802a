"""Take past results over; count study hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

KINDS = "kind in ('help', 'people', 'matrix', 'stops', 'questions', 'hours')"


def upgrade() -> None:
    """Keep past results with the files that they came in; move study hours to the course; know one more report.

    `certified_courses.hours` stays for code of before, and goes in the next release.
    """
    op.create_table('past_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('left_out', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('strange', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('reading', 'read', 'taking', 'taken', 'undone')", name=op.f('ck_past_imports_state')),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_past_imports_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_imports'))
    )
    op.create_table('past_import_rows',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('same', sa.LargeBinary(), nullable=True),
    sa.Column('problems', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('warnings', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('fate', sa.Text(), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('said_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("fate in ('unread', 'waiting', 'wrong', 'double', 'left_out', 'taken')", name=op.f('ck_past_import_rows_fate')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_past_import_rows_course_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['import_id'], ['past_imports.id'], name=op.f('fk_past_import_rows_import_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_past_import_rows_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_import_rows')),
    sa.UniqueConstraint('import_id', 'line', name=op.f('uq_past_import_rows_import_id_line'))
    )
    op.create_index(op.f('ix_past_import_rows_email_index'), 'past_import_rows', ['email_index'], unique=False)
    op.create_index(op.f('ix_past_import_rows_member_id'), 'past_import_rows', ['member_id'], unique=False)
    op.create_table('past_results',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('certificate_id', sa.Uuid(), nullable=True),
    sa.Column('finished_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('points', sa.Numeric(precision=6, scale=2), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('title_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('title_index', sa.LargeBinary(), nullable=False),
    sa.Column('result_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('minutes between 1 and 599940', name=op.f('ck_past_results_minutes')),
    sa.CheckConstraint('points between 0 and 9999', name=op.f('ck_past_results_points')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificates.id'], name=op.f('fk_past_results_certificate_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_past_results_course_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['import_id'], ['past_imports.id'], name=op.f('fk_past_results_import_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_past_results_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_results')),
    sa.UniqueConstraint('member_id', 'finished_on', 'title_index', name=op.f('uq_past_results_member_id_finished_on_title_index'))
    )
    op.create_index(op.f('ix_past_results_certificate_id'), 'past_results', ['certificate_id'], unique=False)
    op.create_index(op.f('ix_past_results_course_id'), 'past_results', ['course_id'], unique=False)
    op.create_index(op.f('ix_past_results_import_id'), 'past_results', ['import_id'], unique=False)
    op.create_index(op.f('ix_past_results_title_index'), 'past_results', ['title_index'], unique=False)
    op.add_column('courses', sa.Column('study_hours', sa.Numeric(precision=6, scale=1), nullable=True))
    op.create_check_constraint(op.f('ck_courses_study_hours'), 'courses', 'study_hours between 0.5 and 9999')
    op.execute('UPDATE courses SET study_hours = certified_courses.hours FROM certified_courses'
               ' WHERE certified_courses.course_id = courses.id AND certified_courses.hours IS NOT NULL')
    for table in ('report_files', 'report_schedules'):
        op.drop_constraint(op.f(f'ck_{table}_kind'), table, type_='check')
        op.create_check_constraint(op.f(f'ck_{table}_kind'), table, KINDS)
