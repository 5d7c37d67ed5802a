"""A real IMAP server: Debian's Dovecot on a loopback port, with TLS under a certificate of its own."""

from __future__ import annotations

import datetime
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CONF = """protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


class Dovecot:
    """One mailbox `post`, password `secret`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port, self.tls_port = _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Return whether Debian's dovecot-imapd is here and may be started: its sign-in runs as a user of its own."""
        return os.geteuid() == 0 and Path("/usr/lib/dovecot/imap").exists() and shutil.which("dovecot", path="/usr/sbin:/usr/bin") is not None

    @property
    def url(self) -> str:
        """Return its address for IMAP_URL, without TLS: it is this machine."""
        return f"imap://post:secret@127.0.0.1:{self.port}/INBOX"

    @property
    def tls_url(self) -> str:
        """Return its address over TLS."""
        return f"imaps://post:secret@localhost:{self.tls_port}/INBOX"

    @property
    def certificate(self) -> Path:
        """Return the certificate that a client has to trust."""
        return self.home / "cert.pem"

    def start(self) -> None:
        """Start it and wait until it answers."""
        for name in ("run", "state", "mail"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o755)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.home / "mail", nobody.pw_uid, nobody.pw_gid)
        if not self.certificate.exists():
            self._make_certificate()
        conf = self.home / "dovecot.conf"
        conf.write_text(CONF.format(home=self.home, port=self.port, tls_port=self.tls_port, user=nobody.pw_uid, group=nobody.pw_gid))
        self._process = subprocess.Popen([shutil.which("dovecot", path="/usr/sbin:/usr/bin") or "", "-F", "-c", str(conf)])
        for _ in range(200):
            try:
                self.client().logout()
                return
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.05)
        raise RuntimeError((self.home / "log").read_text())

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
            self._process = None

    def client(self) -> imaplib.IMAP4:
        """Return somebody else's connection to the same mailbox."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login("post", "secret")
        client.select("INBOX")
        return client

    def put(self, *mails: bytes) -> None:
        """Deliver mails."""
        client = self.client()
        for mail in mails:
            state, said = client.append("INBOX", None, None, mail)  # type: ignore[arg-type]
            assert state == "OK", said
        client.logout()

    def subjects(self) -> list[str]:
        """Return the subjects of what lies there, read or not."""
        client = self.client()
        found = []
        for uid in client.uid("SEARCH", "ALL")[1][0].split():
            said = client.uid("FETCH", uid.decode(), "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0]
            found.append(said[1].decode().partition(":")[2].strip())
        client.logout()
        return found

    def empty(self) -> None:
        """Throw everything away."""
        client = self.client()
        if client.uid("SEARCH", "ALL")[1][0]:
            client.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()
        client.logout()

    def _make_certificate(self) -> None:
        key = generate_private_key(SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, SHA256())
        )  # fmt: skip
        self.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        (self.home / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
