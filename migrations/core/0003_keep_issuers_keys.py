"""Keep the public keys of issuers, nameless, beyond the closing of their academy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    """Keep the public keys of issuers, nameless, beyond the closing of their academy."""
    op.create_table(
        'issuer_keys',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('x', sa.Text(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=True),
        sa.Column('made_on', sa.Date(), nullable=False),
        sa.CheckConstraint("x ~ '^[A-Za-z0-9_-]{43}$'", name=op.f('ck_issuer_keys_x')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_issuer_keys')),
        schema='core',
    )
    op.create_index(op.f('ix_core_issuer_keys_number'), 'issuer_keys', ['number'], unique=False, schema='core')
