"""Know people by number, let them begin with a code, and keep what mail came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

FATES = "('waiting', 'wrong', 'invited', 'added', 'member', 'skipped', 'failed', 'conflict')"


def upgrade() -> None:
    """Know people by number, let them begin with a code, and keep what mail came back."""
    op.alter_column('members', 'email_sealed', existing_type=sa.LargeBinary(), nullable=True)
    op.alter_column('members', 'email_index', existing_type=sa.LargeBinary(), nullable=True)
    op.add_column('members', sa.Column('number_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('members', sa.Column('number_index', sa.LargeBinary(), nullable=True))
    op.add_column('members', sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('members', sa.Column('bounce_code', sa.Text(), nullable=True))
    op.create_unique_constraint(op.f('uq_members_number_index'), 'members', ['number_index'])
    op.create_check_constraint(op.f('ck_members_known_by'), 'members', "email_index is not null or number_index is not null")
    op.drop_constraint(op.f('ck_tokens_kind'), 'tokens', type_='check')
    op.create_check_constraint(op.f('ck_tokens_kind'), 'tokens', "kind in ('confirm','reset','change','start')")
    op.add_column('invitations', sa.Column('number_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('invitations', sa.Column('number_index', sa.LargeBinary(), nullable=True))
    op.add_column('invitations', sa.Column('note_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('invitations', sa.Column('letter_id', sa.Uuid(), nullable=True))
    op.add_column('invitations', sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('invitations', sa.Column('bounce_code', sa.Text(), nullable=True))
    op.create_index(op.f('ix_invitations_number_index'), 'invitations', ['number_index'], unique=False)
    op.create_index(op.f('ix_invitations_letter_id'), 'invitations', ['letter_id'], unique=False)
    op.add_column('letters', sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('letters', sa.Column('bounce_code', sa.Text(), nullable=True))
    op.add_column('people_import_rows', sa.Column('number_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('people_import_rows', sa.Column('number_index', sa.LargeBinary(), nullable=True))
    op.create_index(op.f('ix_people_import_rows_number_index'), 'people_import_rows', ['number_index'], unique=False)
    op.drop_constraint(op.f('ck_people_import_rows_fate'), 'people_import_rows', type_='check')
    op.create_check_constraint(op.f('ck_people_import_rows_fate'), 'people_import_rows', f"fate in {FATES}")
    op.create_table('start_codes',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['given_by'], ['members.id'], name=op.f('fk_start_codes_given_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_start_codes_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_start_codes'))
    )
    op.create_index(op.f('ix_start_codes_given_by'), 'start_codes', ['given_by'], unique=False)
    op.create_table('own_texts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_texts')),
    sa.UniqueConstraint('kind', name=op.f('uq_own_texts_kind'))
    )
