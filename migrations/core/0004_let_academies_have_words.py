"""Let an academy choose its form of address and its words for roles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    """Let an academy choose its form of address and its words for roles."""
    op.add_column('academies', sa.Column('wording', JSONB(), server_default='{}', nullable=False), schema='core')
