"""Sending by SMTP, with a Message-ID that stays the same however often a letter is sent."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit
from uuid import UUID

from core.config import config
from core.mail.compose import BadHeader

TIMEOUT_S = 20
ADDRESS = re.compile(r"[^\s<>\"(),:;@\x00-\x1f]+@[^\s<>\"(),:;@\x00-\x1f]+")


def message(letter_id: UUID, sender: str, recipient: str, subject: str, text: str, html: str) -> EmailMessage:
    """Return the mail. Raises BadHeader for a line break or anything but one address (T34)."""
    if any(ord(sign) < 32 for sign in f"{sender}{recipient}{subject}") or not ADDRESS.fullmatch(recipient):
        raise BadHeader("a header holds one line, a recipient is one address")
    mail = EmailMessage()
    mail["Message-ID"] = message_id(letter_id)
    mail["Date"] = formatdate()
    mail["From"] = formataddr((sender, config().mail_from))
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def message_id(letter_id: UUID) -> str:
    """Return the stable Message-ID of a letter."""
    return f"<{letter_id}@{config().domains[0].name}>"


def send(mail: EmailMessage) -> None:
    """Hand the mail to the configured server. Raises smtplib.SMTPException or OSError."""
    with _server() as server:
        server.send_message(mail)


@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    """Open the configured server: smtps:// is TLS from the start, smtp:// upgrades when the server offers it."""
    url = urlsplit(config().smtp_url or "")
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_S)
    with server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
