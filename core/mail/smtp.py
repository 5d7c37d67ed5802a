"""Sending by SMTP, with a Message-ID that stays the same however often a letter is sent."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr, formatdate, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from core.config import config
from core.mail.compose import BadHeader, one_address, one_line
from core.mail.dkim import signed

TIMEOUT_S = 20
ENHANCED = re.compile(rb"5\.\d{1,3}\.\d{1,3}(?!\S)")
# It wants us to sign in, or to sign in otherwise: nothing that the recipient could mend, so the letter waits.
WANTS_US = frozenset({530, 534, 535, 538})
METHOD = re.compile(r"^METHOD:(REQUEST|CANCEL|PUBLISH)\s*$", re.MULTILINE)
THREAD = re.compile(r"[a-z]{1,20}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Headers of addresses that no line break may cut: folding would encode a long one as words, which no mail program reads back.
WHOLE = frozenset({"list-unsubscribe", "reply-to", "in-reply-to", "references", "message-id"})


class Wire(EmailPolicy):
    """Mail as it goes over the wire: CRLF, and seven bits, for a server on the way that re-encodes would break the signature."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header folded into lines; an address stays on one."""
        if name.lower() in WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


POLICY = Wire(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True)
class Ways:
    """What a mail's headers say besides from, to and subject: how to end such mails, what they belong to, where an
    answer goes, where a mail server sends one that it cannot deliver, and whose letter it is."""

    unsubscribe: str | None = None
    thread: str | None = None
    reply_to: str | None = None
    return_path: str | None = None
    number: int | None = None
    is_answer: bool = False


PLAIN = Ways()


def message(
    letter_id: UUID, sender: str, recipient: str, subject: str, text: str, html: str, calendar: str | None = None,
    ways: Ways = PLAIN,
) -> EmailMessage:  # fmt: skip
    """Return the mail, with an iCalendar invitation if there is one. Raises BadHeader for a line break or anything
    but one address (T34)."""
    mail = EmailMessage(policy=POLICY)
    mail["Message-ID"] = message_id(letter_id)
    mail["Date"] = formatdate()
    mail["From"] = formataddr((one_line(sender), config().mail_from))
    mail["To"] = _wired(one_address(recipient))
    mail["Subject"] = one_line(subject)
    mail["Auto-Submitted"] = "auto-replied" if ways.is_answer else "auto-generated"
    _show_ways(mail, ways, letter_id)
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    if calendar is not None:
        _invite(mail, calendar)
    return mail


def _show_ways(mail: EmailMessage, ways: Ways, letter_id: UUID) -> None:
    """Write the headers that mail programs and mail servers act on. Raises BadHeader."""
    signed_tag = (ways.return_path or "").partition("@")[0].partition("+")[2]
    mail["X-Kweek-Letter"] = signed_tag or f"{ways.number or 0}.{letter_id}"
    if ways.thread is not None:
        mail["In-Reply-To"] = mail["References"] = thread_id(ways.thread)
    if ways.reply_to is not None:
        mail["Reply-To"] = one_address(ways.reply_to)
    if ways.unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{one_url(ways.unsubscribe)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def one_url(address: str) -> str:
    """Return the address if it may stand in angle brackets in a header. Raises BadHeader."""
    if not re.fullmatch(r"https?://[!-~]+", address) or set(address) & set("<>\""):
        raise BadHeader("an address of the web is one word")
    return address


def thread_id(thread: str) -> str:
    """Return the Message-ID of a mail that nobody ever sent: what every mail about this thing answers. Raises BadHeader."""
    return f"<{checked_thread(thread)}@{config().domains[0].name}>"


def checked_thread(thread: str) -> str:
    """Return the name of a thread if it is a word, a dot and an id. Raises BadHeader."""
    if not THREAD.fullmatch(thread):
        raise BadHeader("a thread is a word and an id")
    return thread


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


def send(mail: EmailMessage, return_path: str | None = None) -> None:
    """Hand the mail, signed where there is a key, to the configured server. Raises smtplib.SMTPException or OSError."""
    sender, recipient = return_path or config().mail_from, parseaddr(str(mail["To"]))[1]
    options: tuple[str, ...] = () if (sender + recipient).isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    content = signed(mail.as_bytes(policy=POLICY.clone(utf8=bool(options))))
    with _server() as server:
        if options and not server.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("the mail server takes no address with such letters")
        server.sendmail(sender, [recipient], content, mail_options=options)


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
