"""Sealing of personal values and files with a holder's data key: AES-256-GCM, bound to its place.

A sealed value is `format(1) key-version(2) nonce(12) ciphertext tag(16)`. The AAD names holder, table,
column, key version and row, each with its length, so that a value moved anywhere else does not open.
Random 96-bit nonces are safe for 2**32 values under one key; each purpose has a key of its own by HKDF.
"""

from __future__ import annotations

import hmac
import io
import os
import struct
import unicodedata
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import Tampered

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
INDEX_BYTES: Final = 16
SALT_BYTES: Final = 16
CHUNK_BYTES: Final = 64 * 1024
FORMAT: Final = 1
_HEAD: Final = struct.Struct(">BH")
_BODY: Final = _HEAD.size + NONCE_BYTES
FILE_HEAD_BYTES: Final = _HEAD.size + SALT_BYTES
_SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES
_log = structlog.get_logger("kweek.crypto")


class DataKey:
    """The unwrapped key of one holder ("core" or "ac_7"); keys for each purpose are derived from it."""

    __slots__ = ("_aeads", "_field_names", "_subkeys", "head", "holder", "secret", "version")

    def __init__(self, holder: str, version: int, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        self.holder = holder
        self.version = version
        self.secret = secret
        self.head = _HEAD.pack(FORMAT, version)  # the first bytes of everything sealed with this key
        self._aeads: dict[str, AESGCM] = {}
        self._field_names: dict[tuple[str, str], bytes] = {}
        self._subkeys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<DataKey {self.holder} version {self.version}>"

    def __reduce__(self) -> str:
        raise TypeError("a data key is never written anywhere")

    def aead(self, purpose: str) -> AESGCM:
        """Return the cipher of `purpose` ("field"); it holds no state, so threads may share it."""
        cipher = self._aeads.get(purpose)
        if cipher is None:
            cipher = self._aeads[purpose] = AESGCM(self.subkey(purpose))
        return cipher

    def subkey(self, purpose: str) -> bytes:
        """Return the 32-byte key of `purpose` ("field", "index:email")."""
        derived = self._subkeys.get(purpose)
        if derived is None:
            derived = self._subkeys[purpose] = self.derive(purpose)
        return derived

    def field_name(self, table: str, column: str) -> bytes:
        """Return what binds a value to this holder, table, column and key version, and a 16-byte row id follows."""
        name = self._field_names.get((table, column))
        if name is None:
            version = self.version.to_bytes(4, "big")
            parts = framed(self.holder.encode(), table.encode(), column.encode(), version)
            name = self._field_names[table, column] = parts + (16).to_bytes(4, "big")
        return name

    def derive(self, purpose: str, salt: bytes | None = None) -> bytes:
        """Return a fresh HKDF-SHA-256 key of `purpose`, for one file if `salt` names it; not kept."""
        info = framed(b"kweek", purpose.encode())
        return HKDF(SHA256(), KEY_BYTES, salt, info).derive(self.secret)


def framed(*parts: bytes) -> bytes:
    """Return the parts in a row, each behind its length, so that no two lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal(key: DataKey, plaintext: str, *, table: str, column: str, row_id: UUID) -> bytes:
    """Return `plaintext` sealed for one field of one row of the key's holder; 31 bytes longer."""
    nonce = os.urandom(NONCE_BYTES)
    aad = _place(key, table, column, row_id)
    return key.head + nonce + key.aead("field").encrypt(nonce, plaintext.encode(), aad)


def unseal(key: DataKey, blob: bytes, *, table: str, column: str, row_id: UUID) -> str:
    """Return what was sealed in this very field. Raises Tampered, and raises the alarm, for anything else."""
    return unsealer(key, table=table, column=column)(row_id, blob)


def unsealer(key: DataKey, *, table: str, column: str) -> Callable[[UUID, bytes], str]:
    """Return what opens this field in one row after another; it raises as `unseal` does."""
    head, size, decrypt, name = key.head, _HEAD.size, key.aead("field").decrypt, key.field_name(table, column)

    def opened(row_id: UUID, blob: bytes) -> str:
        try:
            if blob[:size] != head:
                raise InvalidTag
            return decrypt(blob[size:_BODY], blob[_BODY:], name + row_id.bytes).decode()
        except (InvalidTag, ValueError):
            raise refuse(key.holder, table, column, row_id) from None

    return opened


def refuse(holder: str, table: str, column: str, row_id: UUID) -> Tampered:
    """Return the error to raise for a ciphertext that does not belong here, and log the alarm: ids only."""
    _log.error("ciphertext_refused", holder=holder, table=table, column=column, row_id=str(row_id))
    return Tampered(f"{holder}.{table}.{column} of {row_id}")


def _place(key: DataKey, table: str, column: str, row_id: UUID) -> bytes:
    """Return the AAD: whose, which table, which column, which row, which key version."""
    return key.field_name(table, column) + row_id.bytes


def normalised(value: str) -> str:
    """Return `value` as look-ups see it: composed (NFC), trimmed, caseless."""
    folded = unicodedata.normalize("NFC", value).strip().casefold()
    return unicodedata.normalize("NFC", folded)


def blind_index(key: DataKey, purpose: str, value: str) -> bytes:
    """Return the 16 bytes by which the holder finds `value` again without storing it (HMAC-SHA-256/128)."""
    return hmac.digest(key.subkey(f"index:{purpose}"), normalised(value).encode(), "sha256")[:INDEX_BYTES]


class FileCipher:
    """Seals one file of a holder in chunks of 64 KiB, so that any part of it can be read without the rest.

    A sealed file is `format(1) key-version(2) salt(16)`, then chunks of ciphertext and tag. The salt gives
    each sealing a key of its own; the nonce is the chunk's number; the AAD names holder and file and says
    which chunk is the last, so that chunks cannot be moved, dropped, cut off or taken from another file.
    """

    def __init__(self, key: DataKey, file_id: UUID) -> None:
        self._key = key
        self._file_id = file_id
        self._name = framed(key.holder.encode(), b"file", file_id.bytes, key.version.to_bytes(4, "big"))

    def seal(self, source: BinaryIO, target: BinaryIO) -> int:
        """Write `source`, from where it stands to its end, sealed into `target`; return its size in bytes."""
        salt = os.urandom(SALT_BYTES)
        cipher = self._cipher(salt)
        target.write(self._key.head + salt)
        size_bytes, number, chunk = 0, 0, _read(source, CHUNK_BYTES)
        while True:
            following = _read(source, CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
            target.write(cipher.encrypt(_chunk_nonce(number), chunk, self._chunk_name(last=not following)))
            size_bytes += len(chunk)
            if not following:
                return size_bytes
            number, chunk = number + 1, following

    def open(self, source: BinaryIO) -> SealedFile:
        """Return the file sealed in `source`, which must be seekable. Raises Tampered if its end is not genuine."""
        return SealedFile(self, source)

    def seal_bytes(self, content: bytes) -> bytes:
        """Return `content` sealed as this file."""
        target = io.BytesIO()
        self.seal(io.BytesIO(content), target)
        return target.getvalue()

    def unseal_bytes(self, content: bytes) -> bytes:
        """Return what was sealed as this file. Raises Tampered."""
        return self.open(io.BytesIO(content)).read()

    def cipher_of(self, head: bytes) -> AESGCM:
        """Return the cipher for the file that begins with `head`. Raises Tampered."""
        if len(head) != FILE_HEAD_BYTES or not head.startswith(self._key.head):
            raise self.refuse()
        return self._cipher(head[len(self._key.head) :])

    def unseal_chunk(self, cipher: AESGCM, number: int, chunk: bytes, last: bool) -> bytes:
        """Return the plaintext of chunk `number`. Raises Tampered."""
        try:
            return cipher.decrypt(_chunk_nonce(number), chunk, self._chunk_name(last))
        except (InvalidTag, ValueError):
            raise self.refuse() from None

    def refuse(self) -> Tampered:
        """Return the error to raise for a file that is not what this holder stored; logs the alarm."""
        return refuse(self._key.holder, "file", "content", self._file_id)

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(self._key.derive("file", salt))

    def _chunk_name(self, last: bool) -> bytes:
        return self._name + (b"\x01" if last else b"\x00")


class SealedFile:
    """A sealed file, opened for reading; `size_bytes` is the size of its content."""

    def __init__(self, owner: FileCipher, source: BinaryIO) -> None:
        self._owner = owner
        self._source = source
        length = source.seek(0, os.SEEK_END)
        source.seek(0)
        self._cipher = owner.cipher_of(source.read(FILE_HEAD_BYTES))
        self._count = max(1, -(-(length - FILE_HEAD_BYTES) // _SEALED_CHUNK_BYTES))
        self.size_bytes = length - FILE_HEAD_BYTES - self._count * TAG_BYTES
        self._chunk(self._count - 1)  # only the true last chunk opens as the last one: the size is genuine

    def read(self, offset: int = 0, size: int | None = None) -> bytes:
        """Return up to `size` bytes from `offset` on, or everything from there. Raises Tampered."""
        return b"".join(self.chunks(offset, size))

    def chunks(self, offset: int = 0, size: int | None = None) -> Iterator[bytes]:
        """Yield the same as `read` in parts of at most 64 KiB, holding one at a time. Raises Tampered."""
        end = self.size_bytes if size is None else min(self.size_bytes, offset + size)
        while offset < end:
            number, skip = divmod(offset, CHUNK_BYTES)
            part = self._chunk(number)[skip : skip + end - offset]
            yield part
            offset += len(part)

    def _chunk(self, number: int) -> bytes:
        self._source.seek(FILE_HEAD_BYTES + number * _SEALED_CHUNK_BYTES)
        sealed = _read(self._source, _SEALED_CHUNK_BYTES)
        return self._owner.unseal_chunk(self._cipher, number, sealed, last=number == self._count - 1)


def _chunk_nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")


def _read(source: BinaryIO, size: int) -> bytes:
    """Return `size` bytes, or fewer at the end; a raw stream may give less at a time."""
    parts = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
