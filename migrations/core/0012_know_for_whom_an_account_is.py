"""Know for whom an account is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    """Know for whom an account is."""
    op.add_column('accounts', sa.Column('organisation_sealed', sa.LargeBinary(), nullable=True), schema='core')
    op.add_column('accounts', sa.Column('phone_sealed', sa.LargeBinary(), nullable=True), schema='core')
