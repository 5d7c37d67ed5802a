"""The platform's mailbox over IMAP: what lies in it, as bytes, and taking out what was dealt with.

A mail is taken out for good once its effects are committed: what people wrote belongs in the database, sealed and with an
end, and not in a mailbox for ever. One that we could not deal with stays where it is, and is looked at again.
"""

from __future__ import annotations

import imaplib
import ipaddress
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import KweekError

TIMEOUT_S = 20
MOST_BYTES = 1_000_000
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxTrouble(KweekError):
    """The mail server did not do what was asked; the next look tries again."""

    status = 503


@dataclass(frozen=True)
class Fetched:
    """The first million bytes of one mail, and whether there are more."""

    uid: bytes
    raw: bytes
    is_cut: bool


class Mailbox:
    """One folder, opened for reading and taking out."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server
        _, said = server.capability()  # asked after the sign-in: before it, servers tell less
        self._can_take_out_one = b"UIDPLUS" in b" ".join(part for part in said if part).split()

    def uids(self) -> list[bytes]:
        """Return what lies there, the oldest first."""
        answer = self._ask("SEARCH", "UNDELETED")
        return answer[0].split() if answer and answer[0] else []

    def fetch(self, uid: bytes) -> Fetched | None:
        """Return the beginning of a mail without marking it as read; None where it is gone."""
        answer = self._ask("FETCH", uid.decode(), f"(UID RFC822.SIZE BODY.PEEK[]<0.{MOST_BYTES}>)")
        for part in answer:
            if isinstance(part, tuple) and len(part) > 1:
                size = SIZE.search(part[0]) or next((found for one in answer if isinstance(one, bytes) and (found := SIZE.search(one))), None)
                return Fetched(uid, part[1], size is not None and int(size[1]) > len(part[1]))
        return None

    def take_out(self, uid: bytes) -> None:
        """Delete a mail; only this one, where the server can (UIDPLUS, as nearly all)."""
        self._ask("STORE", uid.decode(), "+FLAGS.SILENT", r"(\Deleted)")
        if self._can_take_out_one:
            self._ask("EXPUNGE", uid.decode())
        else:
            self._server.expunge()

    def _ask(self, command: str, *words: str) -> list[Any]:
        """Return what the server says to a command on mails by their UID. Raises MailboxTrouble."""
        try:
            state, answer = self._server.uid(command, *words)
        except (imaplib.IMAP4.error, OSError) as error:
            raise MailboxTrouble(type(error).__name__) from error
        if state != "OK":
            raise MailboxTrouble(f"{command}: {state}")
        return list(answer or [])


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Open the mailbox at imaps://user:password@host/FOLDER, or imap:// with STARTTLS. Raises MailboxTrouble.

    A password goes only over TLS, or to this very machine.
    """
    parts = urlsplit(url)
    try:
        server = _connected(parts.scheme, parts.hostname or "localhost", parts.port)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxTrouble(type(error).__name__) from error
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        state, _ = server.select(_quoted(unquote(parts.path.lstrip("/")) or "INBOX"))
        if state != "OK":
            raise MailboxTrouble("no such folder")
        yield Mailbox(server)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxTrouble(type(error).__name__) from error
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            server.shutdown()


def _connected(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    """Connect, over TLS unless the server is this machine. Raises OSError or IMAP4.error."""
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_S)
    server = imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_S)
    if "STARTTLS" in server.capabilities and not _is_here(host):
        server.starttls(context)
    elif not _is_here(host):
        server.shutdown()
        raise OSError("the mail server offers no TLS: no password is sent to it")
    return server


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
