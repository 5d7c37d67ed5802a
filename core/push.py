"""Web push: a message encrypted for one browser (RFC 8291, aes128gcm) and the server's own signature (RFC 8292, VAPID).

The push service in between sees only how long the message is, never what it says.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core import clock

RECORD_SIZE: Final = 4096
MOST_BYTES: Final = RECORD_SIZE - 16 - 1 - 86 - 17  # every push service takes 4,096 bytes, header and padding with it
LASTS_S: Final = 12 * 3600
CURVE: Final = ec.SECP256R1()


@dataclass(frozen=True)
class Browser:
    """What a browser gave us: where its push service is, its public key and its secret."""

    endpoint: str
    public_key: str
    secret: str


def make_key() -> str:
    """Return a new private key of the server, as the configuration keeps it."""
    return coded(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32, "big"))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that the configuration keeps. Raises ValueError."""
    plain = decoded(text)
    if len(plain) != 32:
        raise ValueError("not a key of 32 bytes")
    return ec.derive_private_key(int.from_bytes(plain, "big"), CURVE)


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half, as browsers want it."""
    return coded(_point(key.public_key()))


def is_browser(browser: Browser) -> bool:
    """Return whether its keys can be encrypted for."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(browser.public_key))
        return len(decoded(browser.secret)) == 16
    except ValueError:
        return False


def encrypt(
    plain: bytes, browser: Browser, *, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """Return the message as one record that only this browser opens. Raises ValueError for bad keys or a long message."""
    if len(plain) > MOST_BYTES:
        raise ValueError("too long for one message")
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(browser.public_key))
    secret, our_point = decoded(browser.secret), _point(own.public_key())
    info = b"WebPush: info\x00" + _point(theirs) + our_point
    shared = HKDF(hashes.SHA256(), 32, secret, info).derive(own.exchange(ec.ECDH(), theirs))
    content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(shared)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(shared)
    head = salt + struct.pack(">IB", RECORD_SIZE, len(our_point)) + our_point
    return head + AESGCM(content_key).encrypt(nonce, plain + b"\x02", None)


def signed(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str) -> str:
    """Return the Authorization header by which the push service knows us; it holds for this service and 12 hours."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(clock.now().timestamp()) + LASTS_S, "sub": contact}
    said = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={said}.{coded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_key(key)}"


def coded(plain: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, padded or not. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _json(what: dict[str, Any]) -> str:
    return coded(json.dumps(what, separators=(",", ":")).encode())
