"""Import people from a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    """Keep files with people until they are taken over."""
    op.add_column('invitations', sa.Column('last_name_sealed', sa.LargeBinary(), nullable=True))
    op.create_table('people_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('left_out', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('strange', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("state in ('read', 'taking', 'taken')", name=op.f('ck_people_imports_state')),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_people_imports_made_by'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people_imports'))
    )
    op.create_index(op.f('ix_people_imports_made_by'), 'people_imports', ['made_by'], unique=False)
    op.create_table('people_import_rows',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('course_id', sa.Uuid(), nullable=True),
    sa.Column('problems', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('fate', sa.Text(), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('first_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('last_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('said_sealed', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("fate in ('waiting', 'wrong', 'invited', 'member', 'skipped', 'failed')", name=op.f('ck_people_import_rows_fate')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_people_import_rows_course_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['import_id'], ['people_imports.id'], name=op.f('fk_people_import_rows_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people_import_rows')),
    sa.UniqueConstraint('import_id', 'line', name=op.f('uq_people_import_rows_import_id_line'))
    )
    op.create_index(op.f('ix_people_import_rows_course_id'), 'people_import_rows', ['course_id'], unique=False)
    op.create_index(op.f('ix_people_import_rows_email_index'), 'people_import_rows', ['email_index'], unique=False)
