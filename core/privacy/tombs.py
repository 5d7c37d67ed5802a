"""The ledger of who was erased: outside the database, so that a restored backup, which knows nothing of it, can be cleaned again.

A line holds a keyed hash of the id, never the id: who reads the ledger without the platform's secret learns nothing. A line
expires with the backups. It is written after the erasure is committed, by a job; twice is as good as once.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from core import clock
from core.config import config

KINDS: Final = ("account", "member")
BACKUP_DAYS: Final = 35


@dataclass(frozen=True)
class Tomb:
    """That somebody was erased: what kind, in which academy (0: the platform), the mark of the id, and until when it matters."""

    kind: str
    number: int
    mark: str
    until: str


def ledger() -> Path:
    """Return the ledger's file; it belongs into every copy of the keys, and into no copy of the database."""
    return config().keystore_dir / "erased.jsonl"


def mark(kind: str, number: int, subject_id: UUID) -> str:
    """Return what stands for somebody in the ledger."""
    said = f"erased {kind} {number} {subject_id}".encode()
    return hmac.digest(config().secret_key, said, hashlib.sha256).hex()


def bury(kind: str, number: int, subject_id: UUID) -> None:
    """Write down that somebody was erased; it is on disk when this returns."""
    tomb = Tomb(kind, number, mark(kind, number, subject_id), (clock.now() + timedelta(days=BACKUP_DAYS)).isoformat())
    with _locked(), os.fdopen(os.open(ledger(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as handle:
        handle.write((json.dumps(asdict(tomb)) + "\n").encode())
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def _locked() -> Iterator[None]:
    """Keep other processes from writing into the ledger meanwhile."""
    with ledger().with_suffix(".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def living() -> Iterator[Tomb]:
    """Yield the lines that still matter. A line that was cut short by a crash is passed over."""
    if not ledger().exists():
        return
    for line in ledger().read_text(encoding="utf-8").splitlines():
        try:
            tomb = Tomb(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if datetime.fromisoformat(tomb.until) > clock.now():
            yield tomb


def sweep() -> int:
    """Forget the lines that expired; return how many. The file is replaced at once, so that a crash loses none."""
    with _locked():
        return _rewritten()


def _rewritten() -> int:
    before = ledger().read_text(encoding="utf-8").splitlines() if ledger().exists() else []
    kept = [json.dumps(asdict(one)) for one in living()]
    if len(kept) == len(before):
        return 0
    new = ledger().with_suffix(".new")
    new.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    new.chmod(0o600)
    new.replace(ledger())
    return len(before) - len(kept)


def returned(kind: str, number: int, ids: Iterable[UUID]) -> list[UUID]:
    """Return which of these are in the ledger: erased, and here again all the same."""
    marks = {tomb.mark for tomb in living() if (tomb.kind, tomb.number) == (kind, number)}
    return [one for one in ids if mark(kind, number, one) in marks] if marks else []


def numbers() -> set[int]:
    """Return the academies in which somebody was erased."""
    return {tomb.number for tomb in living() if tomb.kind == "member"}

