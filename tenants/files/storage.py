"""Where the bytes lie: FILES_DIR/ac_<n>/<file id>, each sealed with the academy's key as exactly this file."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from core import keystore
from core.config import config
from core.crypto import FileCipher
from core.db import db
from core.errors import NotFound, Unavailable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def directory() -> Path:
    """Return where the files of the academy whose frame is open lie."""
    return config().files_dir / db.current().holder


def write(file_id: UUID, source: BinaryIO) -> int:
    """Store the rest of `source` as this file, whole or not at all; return its size in bytes. Raises Unavailable.

    The directory is made with the academy and never here: once a closing has taken it, nothing can be written.
    """
    path = directory() / str(file_id)
    fresh = path.with_suffix(".new")
    try:
        with open(fresh, "xb") as target:
            size_bytes = _cipher(file_id).seal(source, target)
            target.flush()
            os.fsync(target.fileno())
        os.replace(fresh, path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        if error.errno in FULL:
            raise Unavailable("no room for files") from error
        if error.errno == errno.ENOENT:
            raise Unavailable("no place for files") from error
        raise
    return size_bytes


def read(file_id: UUID, offset: int = 0, size: int | None = None) -> Parts:
    """Return the content in parts; what does not open is found before the first byte. Raises NotFound, Tampered."""
    try:
        source = open(directory() / str(file_id), "rb")  # noqa: SIM115  Parts closes it
    except FileNotFoundError:
        raise NotFound("the file is gone") from None
    try:
        return Parts(source, _cipher(file_id).open(source).chunks(offset, size))
    except BaseException:
        source.close()
        raise


class Parts:
    """The parts of a file, one after the other; `close` also when nobody read them (HEAD, a client that left)."""

    def __init__(self, source: BinaryIO, parts: Iterator[bytes]) -> None:
        self._source = source
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let the file go."""
        self._source.close()


def remove(file_id: UUID) -> None:
    """Delete the bytes, if they are there."""
    remove_from(directory(), file_id)


def remove_from(folder: Path, file_id: UUID) -> None:
    """Delete the bytes in an academy's folder; for when its frame is closed already."""
    (folder / str(file_id)).unlink(missing_ok=True)


def reader() -> Callable[[UUID], Parts]:
    """Return what `read` is, bound to this academy: it opens its files also after the frame was closed."""
    folder, key = directory(), keystore.open(db.current().holder)

    def read_later(file_id: UUID) -> Parts:
        source = open(folder / str(file_id), "rb")  # noqa: SIM115  Parts closes it
        try:
            return Parts(source, FileCipher(key, file_id).open(source).chunks(0, None))
        except BaseException:
            source.close()
            raise

    return read_later


def stored_ids() -> list[UUID]:
    """Return the ids of all files on disk, half-written ones left out."""
    here = directory()
    return [UUID(path.name) for path in here.iterdir() if not path.suffix] if here.is_dir() else []


def age_s(file_id: UUID, now_s: float) -> float:
    """Return how many seconds ago the file was written; 0 if it is gone."""
    try:
        return now_s - (directory() / str(file_id)).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _cipher(file_id: UUID) -> FileCipher:
    return FileCipher(keystore.open(db.current().holder), file_id)
