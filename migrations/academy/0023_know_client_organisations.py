"""Know client organisations and who comes from them; let roles be limited to groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Know client organisations."""
    op.create_table('organisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('plain_name', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('contact_name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('contact_email_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('contact_email_index', sa.LargeBinary(), nullable=True),
    sa.Column('contact_phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("state in ('active','archived')", name=op.f('ck_organisations_state')),
    sa.ForeignKeyConstraint(['made_by'], ['members.id'], name=op.f('fk_organisations_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('plain_name', name=op.f('uq_organisations_plain_name'))
    )
    op.create_index(op.f('ix_organisations_contact_email_index'), 'organisations', ['contact_email_index'], unique=False)
    op.create_table('organisation_members',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['members.id'], name=op.f('fk_organisation_members_added_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_organisation_members_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_organisation_members_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_organisation_members'))
    )
    op.create_index(op.f('ix_organisation_members_organisation_id'), 'organisation_members', ['organisation_id'], unique=False)
    op.create_table('seen_groups',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_seen_groups_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_seen_groups_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', 'group_id', name=op.f('pk_seen_groups'))
    )
    op.create_index(op.f('ix_seen_groups_group_id'), 'seen_groups', ['group_id'], unique=False)
    op.add_column('invitations', sa.Column('organisation_id', sa.Uuid(), nullable=True))
    op.add_column('invitations', sa.Column('group_id', sa.Uuid(), nullable=True))
    op.add_column('invitations', sa.Column('sees', sa.Text(), server_default=sa.text("'everybody'"), nullable=False))
    op.create_foreign_key(op.f('fk_invitations_organisation_id'), 'invitations', 'organisations', ['organisation_id'], ['id'], ondelete='SET NULL')
    op.create_foreign_key(op.f('fk_invitations_group_id'), 'invitations', 'groups', ['group_id'], ['id'], ondelete='SET NULL')
    op.add_column('members', sa.Column('sees', sa.Text(), server_default=sa.text("'everybody'"), nullable=False))
    op.add_column('people_import_rows', sa.Column('organisation_id', sa.Uuid(), nullable=True))
    op.add_column('people_import_rows', sa.Column('organisation_sealed', sa.LargeBinary(), nullable=True))
    op.create_foreign_key(op.f('fk_people_import_rows_organisation_id'), 'people_import_rows', 'organisations', ['organisation_id'], ['id'], ondelete='SET NULL')
    op.add_column('people_imports', sa.Column('organisation_id', sa.Uuid(), nullable=True))
    op.add_column('people_imports', sa.Column('group_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_people_imports_group_id'), 'people_imports', 'groups', ['group_id'], ['id'], ondelete='SET NULL')
    op.create_foreign_key(op.f('fk_people_imports_organisation_id'), 'people_imports', 'organisations', ['organisation_id'], ['id'], ondelete='SET NULL')
    op.create_check_constraint(op.f('ck_members_sees'), 'members', "sees in ('everybody','groups')")
    op.create_check_constraint(op.f('ck_invitations_sees'), 'invitations', "sees in ('everybody','groups')")
