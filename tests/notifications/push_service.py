"""A push service of a browser's maker, on a loopback port with TLS; and a browser that opens what came."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from core import push


@dataclass
class Came:
    """One request that the service took."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Answers `status`; keeps what came."""

    folder: Path
    status: int = 201
    drips: bool = False
    cut: int = 0
    came: list[Came] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Serve on a free port, with a certificate for localhost that only this test trusts."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.came.append(Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                if service.drips:
                    self._drip()
                    return
                self.send_response(service.status)
                if service.status in (301, 307):
                    self.send_header("Location", "https://localhost:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _drip(self) -> None:
                """Send a sign now and then, for half a minute."""
                self.close_connection = True
                try:
                    for sign in b"HTTP/1.1 201 Created\r\nX: " + b"x" * 100:
                        self.wfile.write(bytes([sign]))
                        time.sleep(0.25)
                except OSError:
                    service.cut += 1

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._certificate())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        """Return its address."""
        assert self._server is not None
        return f"https://localhost:{self._server.server_address[1]}"

    @property
    def authority(self) -> Path:
        """Return the certificate to trust."""
        return self.folder / "push.crt"

    def _certificate(self) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.UTC)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=800))
            .add_extension(names, critical=False).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        crt, private = self.authority, self.folder / "push.key"
        crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return crt, private


class FakeBrowser:
    """The browser's half: a key pair and a secret; opens what was encrypted for it."""

    def __init__(self, endpoint: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"
        point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self.given = push.Browser(endpoint, push.coded(point), push.coded(self.secret))

    def open(self, body: bytes) -> bytes:
        """Return what stands in the one record, as RFC 8188 and RFC 8291 say."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        assert len(body) <= size == 4096
        point, record = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        info = b"WebPush: info\x00" + push.decoded(self.given.public_key) + point
        shared = HKDF(hashes.SHA256(), 32, self.secret, info).derive(self.key.exchange(ec.ECDH(), theirs))
        content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(shared)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(shared)
        plain = AESGCM(content_key).decrypt(nonce, record, None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


def claims_of(header: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a VAPID header and its key, once the signature holds (RFC 8292)."""
    parts = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    head, body, sign = parts["t"].split(".")
    raw = push.decoded(sign)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.decoded(parts["k"]))
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(signature, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(push.decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))), parts["k"]
