"""Keep certificates: designs, what a course gives, what was issued, the key that signs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Keep certificates: designs, what a course gives, what was issued, the key that signs."""
    op.create_table('signing_keys',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('x', sa.Text(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('secret_sealed', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signing_keys')),
        sa.UniqueConstraint('number', name=op.f('uq_signing_keys_number')),
    )
    op.create_table('certificate_designs',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('logo_id', sa.Uuid(), nullable=True),
        sa.Column('orientation', sa.Text(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('valid_months', sa.Integer(), nullable=True),
        sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('signers_sealed', sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("language in ('nl', 'en')", name=op.f('ck_certificate_designs_language')),
        sa.CheckConstraint("orientation in ('landscape', 'portrait')", name=op.f('ck_certificate_designs_orientation')),
        sa.CheckConstraint('valid_months between 1 and 240', name=op.f('ck_certificate_designs_valid_months')),
        sa.ForeignKeyConstraint(['logo_id'], ['files.id'], name=op.f('fk_certificate_designs_logo_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_designs')),
    )
    op.create_table('certificates',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('member_id', sa.Uuid(), nullable=False),
        sa.Column('course_id', sa.Uuid(), nullable=True),
        sa.Column('design_id', sa.Uuid(), nullable=True),
        sa.Column('enrolment_id', sa.Uuid(), nullable=True),
        sa.Column('earned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=False),
        sa.Column('expires_on', sa.Date(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('origin', sa.Text(), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('replaces_id', sa.Uuid(), nullable=True),
        sa.Column('share', sa.Text(), nullable=False),
        sa.Column('pdf_state', sa.Text(), nullable=False),
        sa.Column('pdf_id', sa.Uuid(), nullable=True),
        sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('name_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('facts_json_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('old_number_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('old_number_index', sa.LargeBinary(), nullable=True),
        sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('badge_sealed', sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("origin in ('earned', 'given', 'renewed', 'imported')", name=op.f('ck_certificates_origin')),
        sa.CheckConstraint("pdf_state in ('none', 'waiting', 'ready', 'failed')", name=op.f('ck_certificates_pdf_state')),
        sa.CheckConstraint("share in ('nothing', 'facts', 'name')", name=op.f('ck_certificates_share')),
        sa.CheckConstraint("state in ('valid', 'replaced', 'revoked')", name=op.f('ck_certificates_state')),
        sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_certificates_course_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['design_id'], ['certificate_designs.id'], name=op.f('fk_certificates_design_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_certificates_member_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['pdf_id'], ['files.id'], name=op.f('fk_certificates_pdf_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['replaces_id'], ['certificates.id'], name=op.f('fk_certificates_replaces_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_certificates')),
        sa.UniqueConstraint('number', name=op.f('uq_certificates_number')),
        sa.UniqueConstraint('replaces_id', name=op.f('uq_certificates_replaces_id')),
    )
    op.create_index(op.f('ix_certificates_course_id'), 'certificates', ['course_id'], unique=False)
    op.create_index(op.f('ix_certificates_member_id'), 'certificates', ['member_id'], unique=False)
    op.create_index(op.f('ix_certificates_old_number_index'), 'certificates', ['old_number_index'], unique=False)
    op.create_index('uq_certificates_earned', 'certificates', ['enrolment_id', 'earned_at'], unique=True, postgresql_where=sa.text("origin = 'earned' and state <> 'replaced'"))
    op.create_table('certified_courses',
        sa.Column('course_id', sa.Uuid(), nullable=False),
        sa.Column('design_id', sa.Uuid(), nullable=True),
        sa.Column('hours', sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column('since', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('hours between 0.5 and 9999', name=op.f('ck_certified_courses_hours')),
        sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_certified_courses_course_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['design_id'], ['certificate_designs.id'], name=op.f('fk_certified_courses_design_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('course_id', name=op.f('pk_certified_courses')),
    )
    op.create_index(op.f('ix_certified_courses_design_id'), 'certified_courses', ['design_id'], unique=False)
    op.add_column('files', sa.Column('made_for', sa.Text(), nullable=True))
    # Fresh academies get this with their schema (core/foundation.py); the function stands once core is migrated.
    op.execute("GRANT EXECUTE ON FUNCTION local.keep_issuer_key(text) TO {academy}")
