"""DKIM (RFC 6376, RFC 8463): signs what leaves, where a key is configured; makes the key and says what stands in DNS for it.

A made key is RSA of 2,048 bits, which every receiver checks; who configures an Ed25519 key gets that.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from core import clock
from core.config import config
from core.errors import KweekError

BITS = 2048
# What a receiver and the one-click button of RFC 8058 rely on; "from" and "to" twice: a second one that somebody adds breaks it.
SIGNED = ("from", "from", "to", "to", "subject", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version",
          "content-type", "content-transfer-encoding", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post")  # fmt: skip
SPACES = re.compile(rb"[ \t]+")
Key = RSAPrivateKey | Ed25519PrivateKey


class BadKey(KweekError):
    """DKIM_KEY_FILE holds no key that mail can be signed with; letters wait until it does."""


def signed(content: bytes) -> bytes:
    """Return the mail with a signature of the sender's domain on top; as it is where no key is configured. Raises BadKey."""
    path = config().dkim_key_file
    if path is None:
        return content
    domain = config().mail_from.rpartition("@")[2]
    return signature(content, read_key(path), domain, config().dkim_selector, int(clock.now().timestamp())) + content


def signature(content: bytes, key: Key, domain: str, selector: str, at: int | None = None, names: tuple[str, ...] = SIGNED) -> bytes:
    """Return the DKIM-Signature header of a mail whose lines end in CRLF; relaxed, so that a folded header stays good."""
    head, _, body = content.partition(b"\r\n\r\n")
    kept = _chosen(head, names)
    method = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
    moment = f" t={at};" if at is not None else ""
    hashed = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    start = (f"DKIM-Signature: v=1; a={method}; c=relaxed/relaxed; d={domain}; s={selector};{moment}\r\n"
             f" h={':'.join(name for name, _ in kept)};\r\n bh={hashed};\r\n b=")  # fmt: skip
    said = b"".join(line for _, line in kept) + relaxed_header(start.encode()).removesuffix(b"\r\n")
    proof = base64.b64encode(_sign(key, said)).decode()
    return (start + "\r\n ".join(proof[at : at + 72] for at in range(0, len(proof), 72)) + "\r\n").encode()


def _sign(key: Key, said: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(said, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(said).digest())


def _chosen(head: bytes, names: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Return (name, canonical line) of each header to sign, from the bottom up where one stands twice; one that is named
    oftener than it stands there is signed as missing."""
    left: dict[str, list[bytes]] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        left.setdefault(line.partition(b":")[0].strip().lower().decode("latin-1"), []).append(line)
    present = [name for name in names if name in left]
    return [(name, relaxed_header(left[name].pop()) if left[name] else b"") for name in present]


def relaxed_header(line: bytes) -> bytes:
    """Return a header as "relaxed" hashes it (RFC 6376, 3.4.2)."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip() + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Return a body as "relaxed" hashes it (RFC 6376, 3.4.4)."""
    lines = [SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def read_key(path: Path) -> Key:
    """Return the private key in this file. Raises BadKey."""
    try:
        return _key(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, TypeError) as error:
        raise BadKey(f"{path} holds no key for DKIM ({type(error).__name__})") from error


@lru_cache(maxsize=4)
def _key(path: Path, _changed: int) -> Key:
    key = load_pem_private_key(path.read_bytes(), None)
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= 1024):
        return key
    raise ValueError("neither RSA of 1,024 bits or more nor Ed25519")


def make_key(path: Path) -> bool:
    """Make a private key in this file, which only its owner may read; return False if there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = generate_private_key(65537, BITS).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True


def dns_record(path: Path) -> tuple[str, str]:
    """Return name and value of the TXT record of the key in this file. Raises BadKey."""
    key = read_key(path)
    name = f"{config().dkim_selector}._domainkey.{config().mail_from.rpartition('@')[2]}"
    if isinstance(key, Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return name, f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return name, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

