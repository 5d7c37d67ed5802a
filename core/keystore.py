"""One wrapped data key per holder, in a directory outside the database and its dumps.

`<directory>/<holder>.json` holds the data key of "core" or "ac_<n>", wrapped by one version of the master
key; the master key file, elsewhere, holds the versions. Every change replaces a file whole and overwrites
the old one. Overwriting is a best effort on copy-on-write disks and says nothing of backups: that an old
copy of a wrapped key stays closed rests on the rotation, which destroys the master key that opens it.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeVar

from core import durable
from core.config import config
from core.crypto import KEY_BYTES, DataKey
from core.envelope import (
    Masters,
    Unsettled,
    Wrapped,
    read_masters,
    read_wrapped,
    unwrap,
    wrap,
    write_masters,
    write_wrapped,
)
from core.errors import KeyMissing, KweekError

HOLDER: Final = re.compile(r"core|ac_[1-9][0-9]*", re.ASCII)
RECHECK_S: Final = 1.0
TRIES: Final = 20

Signature = tuple[int, int, int]
T = TypeVar("T")


class MasterKeyMissing(KweekError):
    """The master key file is not where it should be, or is none; the message says how to mend it."""


class KeystoreConfig(Protocol):
    """What the keystore needs to know of the configuration."""

    @property
    def env(self) -> str:
        """Return "development", "test" or "production"."""

    @property
    def keystore_dir(self) -> Path:
        """Return the directory of wrapped keys."""

    @property
    def master_key_file(self) -> Path:
        """Return the file of master keys, outside the directory."""


class Keystore:
    """The keys of one installation; several processes and threads may use the same directory."""

    def __init__(self, directory: Path, master_file: Path) -> None:
        self.directory = directory
        self.master_file = master_file
        self._cache: dict[str, tuple[DataKey, Signature]] = {}
        self._cache_lock = threading.Lock()
        self._checked_at = time.monotonic()

    def open(self, holder: str) -> DataKey:
        """Return the holder's data key. Raises KeyMissing if it was never made, or destroyed over a second ago."""
        if time.monotonic() - self._checked_at >= RECHECK_S:
            self._drop_changed()
        cached = self._cache.get(holder)
        return cached[0] if cached is not None else self._load(holder)

    def exists(self, holder: str) -> bool:
        """Return whether the holder has a key file."""
        return self._path(holder).exists()

    def holders(self) -> list[str]:
        """Return who has a key file."""
        names = (path.stem for path in self.directory.glob("*.json"))
        return sorted(name for name in names if HOLDER.fullmatch(name))

    def create(self, holder: str) -> DataKey:
        """Make the holder's data key, unless an opening that was cut short made it already; return it."""
        with self._locked():
            if not self.exists(holder):
                masters = self.masters()
                version = max(masters)
                self._write(wrap(DataKey(holder, 1, os.urandom(KEY_BYTES)), version, masters[version]))
        return self.open(holder)

    def destroy(self, holder: str) -> None:
        """Overwrite and remove the holder's key file; nothing happens if it is gone already.

        Old copies of the file can be opened until `rotate_master()` has destroyed their master key.
        """
        with self._locked():
            durable.destroy(self._path(holder))
        self.forget(holder)

    def forget(self, holder: str) -> None:
        """Drop the holder's key from this process."""
        with self._cache_lock:
            self._cache.pop(holder, None)

    def rotate_master(self) -> int:
        """Rewrap every key under a new master key version, destroy the older ones, return the new version.

        May be cut short anywhere: until the last step every version in use exists, and the next rotation
        starts from whatever mixture it finds. A key file that does not open stops it before that step.
        """
        with self._locked():
            masters = self.masters()
            version = max(masters) + 1
            masters[version] = os.urandom(KEY_BYTES)
            self._write_masters(masters)
            for holder in self.holders():
                self._write(wrap(unwrap(self._read(holder), holder, masters), version, masters[version]))
            self._write_masters({version: masters[version]})
        return version

    def is_rotating(self) -> bool:
        """Return whether a rotation is under way or was cut short: older master keys still exist."""
        return len(self.masters()) > 1

    def masters(self) -> Masters:
        """Return the master keys by version. Raises MasterKeyMissing if the file is not there or is none."""
        try:
            return _settled(lambda: read_masters(self.master_file.read_bytes()))
        except FileNotFoundError:
            raise MasterKeyMissing(f"There is no master key file {self.master_file}; put it back.") from None
        except ValueError:
            raise MasterKeyMissing(f"{self.master_file} is not a master key file; put it back.") from None

    def prepare(self, make_master: bool) -> None:
        """Make the directory and, if `make_master` allows it and no key needs another one, the first master key."""
        durable.make_directory(self.directory)
        if self.master_file.resolve().is_relative_to(self.directory.resolve()):
            raise MasterKeyMissing(f"{self.master_file} lies in the keystore; keep the master key file elsewhere.")
        if not self.master_file.exists():
            self._make_master(make_master)
        self.masters()

    def _make_master(self, allowed: bool) -> None:
        if not allowed:
            raise MasterKeyMissing(f"There is no master key file {self.master_file}; put it back; before the very first start, run ./run setup.")
        durable.make_directory(self.master_file.parent)
        with self._locked():
            if self.holders() and not self.master_file.exists():
                raise MasterKeyMissing(f"{self.directory} holds keys that only {self.master_file} opens; put it back.")
            if not self.master_file.exists():
                self._write_masters({1: os.urandom(KEY_BYTES)})

    def _load(self, holder: str) -> DataKey:
        """Return the key from its file, and keep it. Reads again while a rotation passes by."""
        key, signature = _settled(lambda: self._read_key(holder))
        with self._cache_lock:
            self._cache[holder] = key, signature
        return key

    def _read_key(self, holder: str) -> tuple[DataKey, Signature]:
        signature = _signature(self._path(holder))
        if signature is None:
            raise KeyMissing(f"{holder} has no key")
        return unwrap(self._read(holder), holder, self.masters()), signature

    def _read(self, holder: str) -> Wrapped:
        try:
            return read_wrapped(self._path(holder).read_bytes())
        except FileNotFoundError:
            raise KeyMissing(f"{holder} has no key") from None

    def _drop_changed(self) -> None:
        """Forget every key whose file was removed or replaced, also if nobody asks for it any more."""
        self._checked_at = time.monotonic()
        for holder, (_, signature) in list(self._cache.items()):
            if _signature(self._path(holder)) != signature:
                self.forget(holder)

    def _write(self, wrapped: Wrapped) -> None:
        durable.replace(self._path(wrapped.holder), write_wrapped(wrapped))

    def _write_masters(self, masters: Masters) -> None:
        durable.replace(self.master_file, write_masters(masters))

    def _path(self, holder: str) -> Path:
        if not HOLDER.fullmatch(holder):
            raise KeyMissing(f"{holder!r} is no holder of keys")
        return self.directory / f"{holder}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other changes out, of this process and others, after finishing what a crash left half done."""
        with durable.lock(self.directory / ".lock"):
            durable.finish_destroying(self.directory)
            durable.finish_destroying(self.master_file.parent, self.master_file.name)
            yield


def _signature(path: Path) -> Signature | None:
    """Return what changes when the file is replaced, or None if there is no file."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def _settled(read: Callable[[], T]) -> T:
    """Return what `read` returns once its files are whole and match: a reader that was overtaken reads again."""
    for _ in range(TRIES - 1):
        try:
            return read()
        except (Unsettled, ValueError):
            continue
    return read()


_store: Keystore | None = None


def start(config: KeystoreConfig, make_master: bool | None = None) -> Keystore:
    """Make the configured keystore this process's own; a first master key only outside production, or if told."""
    store = Keystore(config.keystore_dir, config.master_key_file)
    store.prepare(config.env != "production" if make_master is None else make_master)
    use(store)
    return store


def use(store: Keystore | None) -> Keystore | None:
    """Make `store` the keystore of this process (None: the configured one); return the one before."""
    global _store
    before, _store = _store, store
    return before


def store() -> Keystore:
    """Return the keystore of this process; the first call starts the configured one."""
    return _store or start(config())


def open(holder: str) -> DataKey:
    """Return the holder's data key; see Keystore.open."""
    return store().open(holder)


def exists(holder: str) -> bool:
    """Return whether the holder has a key file."""
    return store().exists(holder)


def create(holder: str) -> DataKey:
    """Make and return the holder's data key; see Keystore.create."""
    return store().create(holder)


def destroy(holder: str) -> None:
    """Destroy the holder's key; see Keystore.destroy."""
    store().destroy(holder)


def forget(holder: str) -> None:
    """Drop the holder's key from this process."""
    store().forget(holder)


def rotate_master() -> int:
    """Rewrap all keys under a new master key, destroy the old; see Keystore.rotate_master."""
    return store().rotate_master()
