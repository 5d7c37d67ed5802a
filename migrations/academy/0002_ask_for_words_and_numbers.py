"""Ask for words, numbers, true or false; hints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Ask for words, numbers, true or false; hints."""
    op.add_column('questions', sa.Column('hint', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('questions', sa.Column('rule', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.drop_constraint('ck_questions_kind', 'questions')
    op.create_check_constraint(op.f('ck_questions_kind'), 'questions', "kind in ('single', 'multiple', 'truefalse', 'short', 'number', 'open')")
