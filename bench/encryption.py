"""What encryption costs per field, against bare AES-GCM (cipher, nonce and AAD ready) in the same run."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import DeclarativeBase, Mapped

from core import crypto, ids, keystore, sealed
from core.keystore import Keystore
from core.schema import key
from core.sealed import Sealed, SealedMixin

TEXT = "jan.jansen@voorbeeld.nl"
ROUNDS = 25
CALLS = 2_000


class Base(SealedMixin, DeclarativeBase):
    """Stands in for an academy's tables; nothing here reaches a database."""


class Person(Base):
    """A row with one encrypted column."""

    __tablename__ = "people"

    id: Mapped[UUID] = key()
    email: Sealed = sealed.sealed("email", purpose="measure", retention="row", on_erasure="delete")


def figures() -> list[dict[str, Any]]:
    """Return one figure per operation, in microseconds per field: median, min and max of 25 rounds of 2,000."""
    with _academy():
        return _seal_figures(keystore.open("ac_1")) + _row_figures()


@contextmanager
def _academy() -> Iterator[None]:
    """Give this process a keystore and an academy of its own for as long as it measures."""
    with tempfile.TemporaryDirectory(prefix="kweek-bench-") as folder:
        store = Keystore(Path(folder) / "keystore", Path(folder) / "master" / "master.json")
        store.prepare(make_master=True)
        store.create("ac_1")
        store_before, holder_before = keystore.use(store), sealed.use_holder(lambda: "ac_1")
        try:
            yield
        finally:
            keystore.use(store_before)
            sealed.use_holder(holder_before)


def _seal_figures(data_key: crypto.DataKey) -> list[dict[str, Any]]:
    row_id = ids.uuid7()
    blob = crypto.seal(data_key, TEXT, table="people", column="email", row_id=row_id)

    def seal() -> None:
        crypto.seal(data_key, TEXT, table="people", column="email", row_id=row_id)

    def unseal() -> None:
        crypto.unseal(data_key, blob, table="people", column="email", row_id=row_id)

    return [_figure("encryption.seal", seal, _bare_seal()), _figure("encryption.unseal", unseal, _bare_unseal())]


def _row_figures() -> list[dict[str, Any]]:
    person = Person(email=TEXT)

    def write() -> None:
        person.email = TEXT

    def read() -> None:
        assert person.email is not None

    return [_figure("encryption.write", write, _bare_seal()), _figure("encryption.read", read, _bare_unseal())]


def _bare_seal() -> Callable[[], object]:
    cipher, nonce, plain, place = AESGCM(os.urandom(32)), os.urandom(12), TEXT.encode(), os.urandom(64)
    return lambda: cipher.encrypt(nonce, plain, place)


def _bare_unseal() -> Callable[[], object]:
    cipher, nonce, place = AESGCM(os.urandom(32)), os.urandom(12), os.urandom(64)
    blob = cipher.encrypt(nonce, TEXT.encode(), place)
    return lambda: cipher.decrypt(nonce, blob, place)


def _figure(name: str, act: Callable[[], object], bare: Callable[[], object]) -> dict[str, Any]:
    """Return the figure of `act`; its rounds alternate with those of the floor, so that both share the weather."""
    pairs = [(_round_us(act), _round_us(bare)) for _ in range(ROUNDS)]
    taken = [pair[0] for pair in pairs]
    floor = median(pair[1] for pair in pairs)
    return {
        "name": name,
        "median": round(median(taken), 2),
        "unit": "us",
        "min": round(min(taken), 2),
        "max": round(max(taken), 2),
        "floor": round(floor, 2),
        "ratio": round(median(taken) / floor, 2),
    }


def _round_us(act: Callable[[], object]) -> float:
    """Return the microseconds that one call takes, on average over a round."""
    begin = time.perf_counter()
    for _ in range(CALLS):
        act()
    return (time.perf_counter() - begin) / CALLS * 1e6


if __name__ == "__main__":
    for figure in figures():
        print(figure)
