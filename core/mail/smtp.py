"""Sending by SMTP, with a Message-ID that stays the same however often a letter is sent."""

from __future__ import annotations

import ipaddress
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
from core.mail.compose import BadHeader, one_address, one_line

TIMEOUT_S = 20
ENHANCED = re.compile(rb"5\.\d{1,3}\.\d{1,3}(?!\S)")
# It wants us to sign in, or to sign in otherwise: nothing that the recipient could mend, so the letter waits.
WANTS_US = frozenset({530, 534, 535, 538})
METHOD = re.compile(r"^METHOD:(REQUEST|CANCEL|PUBLISH)\s*$", re.MULTILINE)


def message(
    letter_id: UUID, sender: str, recipient: str, subject: str, text: str, html: str, calendar: str | None = None
) -> EmailMessage:
    """Return the mail, with an iCalendar invitation if there is one. Raises BadHeader for a line break or anything
    but one address (T34)."""
    mail = EmailMessage()
    mail["Message-ID"] = message_id(letter_id)
    mail["Date"] = formatdate()
    mail["From"] = formataddr((one_line(sender), config().mail_from))
    mail["To"] = _wired(one_address(recipient))
    mail["Subject"] = one_line(subject)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    if calendar is not None:
        _invite(mail, calendar)
    return mail


def _invite(mail: EmailMessage, calendar: str) -> None:
    """Add the invitation twice: as the part that mail programs show with buttons, and as a file to open."""
    found = METHOD.search(calendar)
    parameters = {"method": found.group(1) if found else "PUBLISH"}
    mail.add_alternative(calendar, subtype="calendar", params=parameters)
    mail.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="invitation.ics",
                        params={**parameters, "charset": "utf-8"})  # fmt: skip


def message_id(letter_id: UUID) -> str:
    """Return the stable Message-ID of a letter."""
    return f"<{letter_id}@{config().domains[0].name}>"


def _wired(address: str) -> str:
    """Return the address with its domain as DNS writes it. Raises BadHeader for a domain that cannot be one."""
    person, _, domain = address.rpartition("@")
    try:
        return f"{person}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise BadHeader("a recipient is one address") from None


def send(mail: EmailMessage) -> None:
    """Hand the mail to the configured server. Raises smtplib.SMTPException or OSError."""
    with _server() as server:
        server.send_message(mail)


def final_refusal(error: smtplib.SMTPException) -> str | None:
    """Return the code of a refusal for good of this recipient or mail ("5.1.1", or "550" where the server says no more),
    or None: then it may be tried again."""
    said: tuple[int, bytes | str] = (0, b"")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPDataError):
        said = (error.smtp_code, error.smtp_error)
    code, words = said[0], said[1] if isinstance(said[1], bytes) else said[1].encode()
    if not 500 <= code <= 599 or code in WANTS_US:
        return None
    enhanced = ENHANCED.match(words.strip())
    return enhanced.group().decode() if enhanced else str(code)


@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    """Open the configured server: smtps:// is TLS from the start, smtp:// upgrades when the server offers it.

    A password goes only over TLS, or to this very machine.
    """
    url = urlsplit(config().smtp_url or "")
    host = url.hostname or "localhost"
    with _connected(url.scheme, host, url.port) as server:
        is_safe = url.scheme == "smtps" or _is_here(host)
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            is_safe = True
        if url.username:
            if not is_safe:
                raise smtplib.SMTPNotSupportedError("the mail server offers no TLS: no password is sent to it")
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_S)
    server.ehlo()
    return server


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
