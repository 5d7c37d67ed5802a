"""Make room for more kinds of blocks, questions and files, and for the rules of a lesson."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'

BLOCKS = ('text', 'image', 'video', 'audio', 'file', 'callout', 'checklist', 'accordion', 'embed', 'package', 'divider', 'question', 'draw', 'exercise', 'survey')
QUESTIONS = ('single', 'multiple', 'truefalse', 'short', 'number', 'matching', 'ordering', 'gaps', 'hotspot', 'open', 'file')
DONE_WHEN = ('viewed', 'marked', 'question', 'passed', 'approved')


def upgrade() -> None:
    """Make room for more kinds of blocks, questions and files, and for the rules of a lesson."""
    op.add_column('lessons', sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    for table, name, test in (
        ('blocks', 'kind', f'kind in {BLOCKS}'),
        ('questions', 'kind', f'kind in {QUESTIONS}'),
        ('lessons', 'done_when', f'done_when in {DONE_WHEN}'),
        ('files', 'kind', "kind in ('image','video','audio','captions','document')"),
    ):
        op.drop_constraint(f'ck_{table}_{name}', table)
        op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, test)
