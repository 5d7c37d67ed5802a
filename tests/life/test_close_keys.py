"""T40: an old dump, every old copy of the wrapped keys and today's master key do not open a closed academy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from core import keystore
from core.config import config
from core.crypto import unseal
from core.errors import KeyMissing, KweekError
from core.keystore import Keystore
from core.owner import owner_connection
from tenants.closing.machine import close_academy
from tests.life.lives import Life, ask, fill
from tests.opened import Opened


class Backup:
    """What a thief of backups holds: sealed names of both academies, and the key files of several days."""

    def __init__(self, *academies: Opened) -> None:
        self.keys: list[dict[str, bytes]] = []
        with owner_connection() as owner:
            self.dump = {
                one.scope.role: owner.execute(f"SELECT id, first_name_sealed FROM {one.scope.role}.members").fetchone()
                for one in academies
            }
        self.copy_keys()

    def copy_keys(self) -> None:
        """Add today's key files to the backup."""
        self.keys.append({path.name: path.read_bytes() for path in config().keystore_dir.glob("*.json")})

    def read(self, role: str, keys: dict[str, bytes], where: Path) -> str:
        """Return the first name, by these key files and today's master key."""
        where.mkdir()
        for name, content in keys.items():
            (where / name).write_bytes(content)
        row = self.dump[role]
        assert row is not None and isinstance(row[0], UUID)
        key = Keystore(where, config().master_key_file).open(role)
        return unseal(key, row[1], table="members", column="first_name", row_id=row[0])


def test_T40_old_backups_do_not_open_a_closed_academy(
    life: Life, dying: Opened, living: Opened, tmp_path: Path
) -> None:
    fill(dying, "sanne")
    fill(living, "yusuf")
    backup = Backup(dying, living)
    assert backup.read(dying.scope.role, backup.keys[0], tmp_path / "before") == "sanne"
    keystore.rotate_master()
    backup.copy_keys()
    ask(dying)
    with owner_connection() as owner:
        close_academy(owner, dying.number)
    backup.copy_keys()
    for number, keys in enumerate(backup.keys):
        with refused():
            backup.read(dying.scope.role, keys, tmp_path / f"dead-{number}")
    assert backup.read(living.scope.role, backup.keys[-1], tmp_path / "alive") == "yusuf"
    assert not keystore.exists(dying.scope.role)


@contextmanager
def refused() -> Iterator[None]:
    """Pass only if the block finds no key that opens."""
    with pytest.raises((KeyMissing, KweekError, ValueError)):
        yield
