"""Take away what a test opened."""

from __future__ import annotations

from uuid import UUID

from core import keystore
from core.owner import owner_connection


def end_all(account_id: UUID) -> None:
    """Drop every academy of the account, its rows, roles, keys and the account itself."""
    with owner_connection() as owner:
        numbers = [row[0] for row in owner.execute(
            "SELECT a.number FROM core.academies a JOIN core.ownerships o ON o.academy_id = a.id"
            " WHERE o.account_id = %s", [account_id])]  # fmt: skip
        for number in numbers:
            if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"ac_{number}"]).fetchone():
                owner.execute(f"DROP SCHEMA ac_{number} CASCADE; GRANT ac_{number} TO CURRENT_USER;"
                              f"DROP OWNED BY ac_{number}; DROP ROLE ac_{number}")  # fmt: skip
            keystore.destroy(f"ac_{number}")
            for table in ("local.revisions", "local.outbox", "core.closings", "core.resting_slugs", "core.legal_acceptances", "core.academies"):
                owner.execute(f"DELETE FROM {table} WHERE number = %s", [number])
        owner.execute("DELETE FROM core.accounts WHERE id = %s", [account_id])
