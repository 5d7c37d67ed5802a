"""Remove a person for good."""

from __future__ import annotations

from alembic import op

revision = '0013'
down_revision = '0011'


def upgrade() -> None:
    """Let a member be about to be erased."""
    op.drop_constraint('ck_members_state', 'members')
    op.create_check_constraint(op.f('ck_members_state'), 'members', "state in ('active','removed','erasing')")
