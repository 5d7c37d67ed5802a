"""The envelope: a data key closed by one version of the master key, and how both look in their files."""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto import KEY_BYTES, NONCE_BYTES, DataKey, framed
from core.errors import KeyMissing

Masters = dict[int, bytes]


class Unsettled(KeyMissing):
    """No master key of the version that closed this data key: a rotation passes by, or a file is too old."""


@dataclass(frozen=True)
class Wrapped:
    """A data key as it lies in the keystore: closed by one version of the master key."""

    holder: str
    version: int
    master_version: int
    nonce: bytes
    body: bytes


def wrap(key: DataKey, master_version: int, master: bytes) -> Wrapped:
    """Return the data key closed by one master key."""
    nonce = os.urandom(NONCE_BYTES)
    body = AESGCM(master).encrypt(nonce, key.secret, _label(key.holder, key.version, master_version))
    return Wrapped(key.holder, key.version, master_version, nonce, body)


def unwrap(wrapped: Wrapped, holder: str, masters: Masters) -> DataKey:
    """Return `holder`'s data key. Raises Unsettled without its master key, KeyMissing if it does not open."""
    master = masters.get(wrapped.master_version)
    if master is None:
        raise Unsettled(f"{holder}: there is no master key version {wrapped.master_version}")
    label = _label(holder, wrapped.version, wrapped.master_version)
    try:
        return DataKey(holder, wrapped.version, AESGCM(master).decrypt(wrapped.nonce, wrapped.body, label))
    except (InvalidTag, ValueError):
        raise KeyMissing(f"{holder}: its key file does not open") from None


def _label(holder: str, version: int, master_version: int) -> bytes:
    """Return the AAD of a wrapped key: a key file renamed to another holder does not open."""
    return framed(holder.encode(), version.to_bytes(4, "big"), master_version.to_bytes(4, "big"))


def write_wrapped(wrapped: Wrapped) -> bytes:
    """Return the content of a key file."""
    facts = {
        "holder": wrapped.holder,
        "version": wrapped.version,
        "master_version": wrapped.master_version,
        "nonce": _text(wrapped.nonce),
        "body": _text(wrapped.body),
    }
    return json.dumps(facts).encode() + b"\n"


def read_wrapped(content: bytes) -> Wrapped:
    """Return the wrapped key of a key file. Raises ValueError if it is none."""
    try:
        facts: dict[str, Any] = json.loads(content)
        numbers = int(facts["version"]), int(facts["master_version"])
        return Wrapped(str(facts["holder"]), *numbers, _bytes(facts["nonce"]), _bytes(facts["body"]))
    except (KeyError, TypeError) as error:
        raise ValueError("not a key file") from error


def write_masters(masters: Masters) -> bytes:
    """Return the content of a master key file."""
    return json.dumps({str(version): _text(master) for version, master in masters.items()}).encode() + b"\n"


def read_masters(content: bytes) -> Masters:
    """Return the master keys of a file, by version. Raises ValueError if it is no such file."""
    try:
        masters = {int(version): _bytes(master) for version, master in json.loads(content).items()}
    except (AttributeError, TypeError) as error:
        raise ValueError("not a master key file") from error
    if not masters or any(len(master) != KEY_BYTES or version < 1 for version, master in masters.items()):
        raise ValueError("not a master key file")
    return masters


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
