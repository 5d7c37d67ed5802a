"""A keystore of its own for each test, with a key for core and for two academies."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.keystore import Keystore

HOLDERS = ("core", "ac_1", "ac_2")


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    made = Keystore(tmp_path / "keystore", tmp_path / "master" / "keys.json")
    made.prepare(make_master=True)
    for holder in HOLDERS:
        made.create(holder)
    return made
