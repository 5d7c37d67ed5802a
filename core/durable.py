"""Small secret files: replaced whole, on disk when the call returns, overwritten before they go.

A file that is to be destroyed is first renamed to `<name>.gone`, so that a crash in between leaves
something that `finish_destroying` recognises, and no reader takes half a file for a whole one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

GONE: Final = ".gone"
NEW: Final = ".new"
PRIVATE_FILE: Final = 0o600
PRIVATE_DIRECTORY: Final = 0o700


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the one lock that `path` stands for, across threads and processes; a crash lets it go."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_directory(path: Path) -> None:
    """Make `path` and what leads to it, if missing; only its owner may enter."""
    if not path.is_dir():
        path.mkdir(PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        path.chmod(PRIVATE_DIRECTORY)
        _sync_directory(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Give `path` this content in one step, and overwrite what it held. Callers hold the lock."""
    new = _beside(path, NEW)
    _write_new(new, content)
    gone = _beside(path, GONE)
    if path.exists():
        os.link(path, gone)
    os.replace(new, path)
    _sync_directory(path.parent)
    _shred(gone)


def destroy(path: Path) -> None:
    """Overwrite and remove `path`, if it is there. Callers hold the lock."""
    gone = _beside(path, GONE)
    if path.exists():
        os.replace(path, gone)
        _sync_directory(path.parent)
    _shred(gone)


def finish_destroying(directory: Path, name: str | None = None) -> None:
    """Finish what a crash left of `replace` and `destroy`, of all files or of one. Callers hold the lock."""
    for leftover in directory.glob(f"{name or '*'}{NEW}"):
        _shred(leftover)
    for leftover in directory.glob(f"{name or '*'}{GONE}"):
        living = leftover.with_name(leftover.name.removesuffix(GONE))
        if living.exists() and living.samefile(leftover):
            os.unlink(leftover)
        else:
            _shred(leftover)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _shred(path: Path) -> None:
    """Overwrite the file with zeros, then remove it; nothing happens if it is not there."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
    os.unlink(path)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
