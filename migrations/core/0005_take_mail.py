"""Take mail in, and count what each academy sends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Take mail in, and count what each academy sends."""
    op.create_table('inbound_mails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('attachments', sa.Integer(), nullable=False),
    sa.Column('is_cut', sa.Boolean(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handled_by', sa.Uuid(), nullable=True),
    sa.Column('sender_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sender_index', sa.LargeBinary(), nullable=False),
    sa.Column('sender_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mail_id_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("why in ('unclear', 'automatic', 'trouble')", name=op.f('ck_inbound_mails_why')),
    sa.ForeignKeyConstraint(['handled_by'], ['core.accounts.id'], name=op.f('fk_inbound_mails_handled_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_mails')),
    schema='core'
    )
    op.create_index(op.f('ix_core_inbound_mails_arrived_at'), 'inbound_mails', ['arrived_at'], unique=False, schema='core')
    op.create_index(op.f('ix_core_inbound_mails_sender_index'), 'inbound_mails', ['sender_index'], unique=False, schema='core')
    op.create_table('mail_allowances',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('per_hour', sa.Integer(), nullable=True),
    sa.Column('left', sa.Float(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_mail_allowances')),
    schema='core'
    )
    op.create_table('taken_mails',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_taken_mails')),
    schema='core'
    )
    op.create_index(op.f('ix_core_taken_mails_taken_at'), 'taken_mails', ['taken_at'], unique=False, schema='core')
    op.add_column('letters', sa.Column('thread', sa.Text(), nullable=True), schema='core')
    op.add_column('letters', sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True), schema='core')
    op.add_column('letters', sa.Column('bounce_code', sa.Text(), nullable=True), schema='core')
    op.add_column('letters', sa.Column('unsubscribe_sealed', sa.LargeBinary(), nullable=True), schema='core')
