"""The final export of an academy: one ZIP of plain data and files, sealed on disk with the platform's key.

It is read through the academy's own role, so that it cannot hold anything of another, and written through a
pipe into the cipher, so that no plain copy ever lies on a disk. Credentials are left out: nobody may carry away
passwords, sessions or one-time links.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from psycopg.rows import dict_row

from core import keystore
from core.config import config
from core.crypto import DataKey, FileCipher, SealedFile, unseal
from core.db import schema_name
from core.errors import Tampered
from core.owner import Connection
from tenants.models import academy_metadata

CREDENTIALS = frozenset({"sessions", "tokens", "throttles", "letters", "signing_keys"})
SECRET_COLUMNS = frozenset({"password_hash", "token_hash"})
ROWS = 500
README = """This is everything that the academy held when it was closed.

tables/<name>.json   one list of rows per table; fields that were stored encrypted are in plain text here
files/<id>           the files that people uploaded or handed in; tables/files.json gives their names and types
manifest.json        how many rows and files there are

Passwords, sessions, one-time links, letters and the key that signed certificates are left out on purpose. Keep this file as carefully as the
academy kept its people's data: you now answer for it.
"""


@dataclass
class Written:
    """What an export holds, and its size and SHA-256 as a ZIP."""

    counts: dict[str, int] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    unreadable: int = 0
    size_bytes: int = 0
    sha256: str = ""


def write(owner: Connection, number: int, path: Path, export_id: UUID) -> Written:
    """Write the export of academy `number` to `path`, whole or not at all; return what it holds. Raises OSError."""
    fresh = path.with_suffix(".new")
    written = Written()
    try:
        with open(fresh, "wb") as target:
            _write_pack(owner, number, target, export_id, written)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    os.replace(fresh, path)
    return written


def _write_pack(owner: Connection, number: int, target: BinaryIO, export_id: UUID, written: Written) -> None:
    with _sealing(target, export_id, written) as plain, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("README.txt", README)
        if _stands(owner, number):
            with _as_academy(owner, number):
                _write_tables(owner, pack, keystore.open(schema_name(number)), written)
        _write_files(pack, number, written)
        pack.writestr("manifest.json", json.dumps(_manifest(written)))


def verify(path: Path, export_id: UUID) -> Written:
    """Return what the export at `path` holds, found by opening and reading all of it. Raises Tampered, BadZipFile."""
    with open(path, "rb") as source:
        sealed = opened(source, export_id)
        digest = hashlib.sha256()
        for part in sealed.chunks():
            digest.update(part)
        with zipfile.ZipFile(io.BufferedReader(_Plain(sealed), 1 << 16)) as pack:
            if pack.testzip() is not None:
                raise zipfile.BadZipFile("a part of the export does not match its checksum")
            manifest = json.loads(pack.read("manifest.json"))
            found = Written(**manifest, size_bytes=sealed.size_bytes, sha256=digest.hexdigest())
            found.files = sum(name.startswith("files/") for name in pack.namelist())
    return found


def opened(source: BinaryIO, export_id: UUID) -> SealedFile:
    """Return the export sealed in `source`, for a download. Raises Tampered."""
    return FileCipher(keystore.open("core"), export_id).open(source)


class _Hashing(io.RawIOBase):
    """Passes bytes on to a pipe, counting and hashing them."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.digest, self.size_bytes = target, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.digest.update(part)
        self.size_bytes += len(part)
        self.target.write(part)
        return len(part)


class _Plain(io.RawIOBase):
    """A sealed file as a seekable stream of its content."""

    def __init__(self, sealed: SealedFile) -> None:
        self._sealed, self._at = sealed, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._sealed.size_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        part = self._sealed.read(self._at, len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


@contextmanager
def _sealing(target: BinaryIO, export_id: UUID, written: Written) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes reach `target` sealed; a thread seals what comes out of the pipe between them."""
    read_end, write_end = os.pipe()
    failed: list[BaseException] = []
    sealer = threading.Thread(target=_seal, args=(read_end, target, export_id, failed))
    sealer.start()
    try:
        with os.fdopen(write_end, "wb") as into:
            plain = _Hashing(into)
            yield plain  # type: ignore[misc]
    finally:
        sealer.join()
        if failed:
            raise failed[0]
    written.sha256, written.size_bytes = plain.digest.hexdigest(), plain.size_bytes


def _seal(read_end: int, target: BinaryIO, export_id: UUID, failed: list[BaseException]) -> None:
    try:
        with os.fdopen(read_end, "rb") as source:
            FileCipher(keystore.open("core"), export_id).seal(source, target)
    except BaseException as error:  # the writer raises it: a thread's error would be lost
        failed.append(error)


@contextmanager
def _as_academy(owner: Connection, number: int) -> Iterator[None]:
    """Read as the academy's role. What that needs after the fence is granted and taken back in one savepoint."""
    name = schema_name(number)
    with owner.transaction(force_rollback=True):
        owner.execute(
            f"GRANT USAGE ON SCHEMA {name} TO {name}; GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {name};"
            f"GRANT {name} TO CURRENT_USER; SET LOCAL ROLE {name}; SET LOCAL search_path = {name}, pg_temp"
        )
        yield


def _stands(owner: Connection, number: int) -> bool:
    return owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name(number)]).fetchone() is not None


def _write_tables(owner: Connection, pack: zipfile.ZipFile, key: DataKey, written: Written) -> None:
    for table in academy_metadata.sorted_tables:
        if table.name in CREDENTIALS:
            row = owner.execute(f"SELECT count(*) FROM {table.name}").fetchone()
            written.counts[table.name] = int(row[0]) if row else 0
            continue
        with pack.open(f"tables/{table.name}.json", "w") as out:
            written.counts[table.name] = _write_rows(owner, table, key, out, written)


def _write_rows(owner: Connection, table: sa.Table, key: DataKey, out: Any, written: Written) -> int:
    """Write the table as one JSON list; return how many rows it has."""
    count = 0
    with owner.cursor(name="export", row_factory=dict_row) as cursor:
        cursor.itersize = ROWS
        for count, row in enumerate(cursor.execute(f"SELECT * FROM {table.name}"), start=1):
            plain = plain_row(table, row, key, written)
            out.write((b"[\n" if count == 1 else b",\n") + json.dumps(plain, default=str, ensure_ascii=False).encode())
    out.write(b"\n]\n" if count else b"[]\n")
    return count


def plain_row(table: sa.Table, row: dict[str, Any], key: DataKey, written: Written) -> dict[str, Any]:
    """Return the row as a person may read it: sealed fields opened, look-up keys and secrets left out."""
    plain: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        if column.info.get("sealed"):
            name = column.name.removesuffix("_sealed")
            plain[name] = _opened(key, table.name, name, row["id"], value, written)
        elif column.name not in SECRET_COLUMNS and not isinstance(value, bytes):
            plain[column.name] = value
    return plain


def _opened(key: DataKey, table: str, name: str, row_id: UUID, blob: bytes | None, written: Written) -> str | None:
    """Return the field's content. A damaged one is counted and left empty: it must not keep an academy from closing."""
    if blob is None:
        return None
    try:
        return unseal(key, bytes(blob), table=table, column=name, row_id=row_id)
    except Tampered:
        written.unreadable += 1
        return None


def _write_files(pack: zipfile.ZipFile, number: int, written: Written) -> None:
    directory = config().files_dir / schema_name(number)
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        if not path.suffix:
            _write_file(pack, path, number, written)


def _write_file(pack: zipfile.ZipFile, path: Path, number: int, written: Written) -> None:
    cipher = FileCipher(keystore.open(schema_name(number)), UUID(path.name))
    with open(path, "rb") as source, pack.open(f"files/{path.name}", "w", force_zip64=True) as out:
        written.files += 1
        try:
            for part in cipher.open(source).chunks():
                written.file_bytes += len(part)
                out.write(part)
        except Tampered:
            written.unreadable += 1


def _manifest(written: Written) -> dict[str, Any]:
    return {key: value for key, value in vars(written).items() if key not in ("size_bytes", "sha256")}
