"""Reset progress: an enrolment is set aside for a new one, which is the only current one of its member and course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Reset progress."""
    op.add_column('enrolments', sa.Column('reset_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('enrolments', sa.Column('reset_by', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_enrolments_reset_by'), 'enrolments', 'members', ['reset_by'], ['id'], ondelete='SET NULL')
    op.drop_constraint('ck_enrolments_state', 'enrolments')
    op.create_check_constraint(op.f('ck_enrolments_state'), 'enrolments', "state in ('active','ended','expired','reset')")
    op.create_check_constraint(op.f('ck_enrolments_reset'), 'enrolments', "(state = 'reset') = (reset_at is not null)")
    op.create_index(op.f('ix_enrolments_member_id'), 'enrolments', ['member_id'], unique=False)
    op.create_index('uq_enrolments_current', 'enrolments', ['member_id', 'course_id'], unique=True, postgresql_where=sa.text("state <> 'reset'"))
    op.drop_constraint('uq_enrolments_member_id_course_id', 'enrolments')
