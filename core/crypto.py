"""Sealing of personal values and files with a holder's data key: AES-256-GCM, bound to its place.

A sealed value is `format(1) key-version(2) nonce(12) ciphertext tag(16)`. The AAD names holder, table,
column, row and key version, each with its length, so that a value moved anywhere else does not open.
Random 96-bit nonces are safe for 2**32 values under one key; each purpose has a key of its own by HKDF.
"""

from __future__ import annotations

import hmac
import os
import struct
import unicodedata
from typing import Final
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
FORMAT: Final = 1
_HEAD: Final = struct.Struct(">BH")
_BODY: Final = _HEAD.size + NONCE_BYTES
_log = structlog.get_logger("kweek.crypto")


class DataKey:
    """The unwrapped key of one holder ("core" or "ac_7"); keys for each purpose are derived from it."""

    __slots__ = ("_aeads", "_head", "_subkeys", "holder", "secret", "version")

    def __init__(self, holder: str, version: int, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        self.holder = holder
        self.version = version
        self.secret = secret
        self._head = _HEAD.pack(FORMAT, version)
        self._aeads: dict[str, AESGCM] = {}
        self._subkeys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<DataKey {self.holder} version {self.version}>"

    def __reduce__(self) -> str:
        raise TypeError("a data key is never written anywhere")

    @property
    def head(self) -> bytes:
        """Return the first bytes of everything sealed with this key: format and key version."""
        return self._head

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
    try:
        if blob[: _HEAD.size] != key.head:
            raise InvalidTag
        nonce, body = blob[_HEAD.size : _BODY], blob[_BODY:]
        return key.aead("field").decrypt(nonce, body, _place(key, table, column, row_id)).decode()
    except (InvalidTag, ValueError):
        raise refuse(key.holder, table, column, row_id) from None


def refuse(holder: str, table: str, column: str, row_id: UUID) -> Tampered:
    """Return the error to raise for a ciphertext that does not belong here, and log the alarm: ids only."""
    _log.error("ciphertext_refused", holder=holder, table=table, column=column, row_id=str(row_id))
    return Tampered(f"{holder}.{table}.{column} of {row_id}")


def _place(key: DataKey, table: str, column: str, row_id: UUID) -> bytes:
    """Return the AAD: whose, which table, which column, which row, which key version."""
    version = key.version.to_bytes(4, "big")
    return framed(key.holder.encode(), table.encode(), column.encode(), row_id.bytes, version)


def normalised(value: str) -> str:
    """Return `value` as look-ups see it: composed (NFC), trimmed, caseless."""
    folded = unicodedata.normalize("NFC", value).strip().casefold()
    return unicodedata.normalize("NFC", folded)


def blind_index(key: DataKey, purpose: str, value: str) -> bytes:
    """Return the 16 bytes by which the holder finds `value` again without storing it (HMAC-SHA-256/128)."""
    return hmac.digest(key.subkey(f"index:{purpose}"), normalised(value).encode(), "sha256")[:INDEX_BYTES]
