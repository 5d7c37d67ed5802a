"""Keep a library of media."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    """Mark what authors uploaded; let films be made playable and files be deleted with undo."""
    op.add_column('files', sa.Column('in_library', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('files', sa.Column('state', sa.Text(), server_default=sa.text("'ready'"), nullable=False))
    op.add_column('files', sa.Column('percent', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.add_column('files', sa.Column('trouble', sa.Text(), nullable=True))
    op.add_column('files', sa.Column('source_id', sa.Uuid(), nullable=True))
    op.add_column('files', sa.Column('poster_id', sa.Uuid(), nullable=True))
    op.add_column('files', sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('files', sa.Column('alt_sealed', sa.LargeBinary(), nullable=True))
    op.create_check_constraint(op.f('ck_files_state'), 'files', "state in ('ready','making','failed')")
    op.create_check_constraint(op.f('ck_files_percent'), 'files', "percent between 0 and 100")
    op.create_foreign_key(op.f('fk_files_source_id'), 'files', 'files', ['source_id'], ['id'], ondelete='SET NULL')
    op.create_foreign_key(op.f('fk_files_poster_id'), 'files', 'files', ['poster_id'], ['id'], ondelete='SET NULL')
    op.execute("UPDATE files SET in_library = true WHERE made_for IS NULL"
               " AND NOT EXISTS (SELECT 1 FROM hand_in_files WHERE hand_in_files.file_id = files.id)")
