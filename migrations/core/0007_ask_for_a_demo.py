"""Ask for a demo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Ask for a demo."""
    op.create_table('leads',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('form_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('planned_for', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email_index', sa.LargeBinary(), nullable=False),
    sa.Column('organisation_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('question_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("state in ('new', 'contacted', 'planned', 'closed', 'suspected')", name=op.f('ck_leads_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leads')),
    sa.UniqueConstraint('form_id', name=op.f('uq_leads_form_id')),
    schema='core'
    )
    op.create_index(op.f('ix_core_leads_contacted_at'), 'leads', ['contacted_at'], unique=False, schema='core')
    op.create_index(op.f('ix_core_leads_email_index'), 'leads', ['email_index'], unique=False, schema='core')
    op.create_index(op.f('ix_core_leads_state'), 'leads', ['state'], unique=False, schema='core')
    op.create_table('lead_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['core.accounts.id'], name=op.f('fk_lead_notes_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['lead_id'], ['core.leads.id'], name=op.f('fk_lead_notes_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead_notes')),
    schema='core'
    )
    op.create_index(op.f('ix_core_lead_notes_lead_id'), 'lead_notes', ['lead_id'], unique=False, schema='core')
