"""A mail that came in, read so that nothing in it can stop us: broken headers, unknown charsets, cut-off parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from core.config import config
from core.mail.answers import unflowed
from core.mail.plain import plain_of

MOST_TEXT = 100_000
MOST_PARTS = 200
MOST_ADDRESSES = 50
WHERE = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "To", "Cc")
AUTO_REPLIES = re.compile(r"auto[-_ ]?repl|vacation", re.IGNORECASE)
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Arrived:
    """One mail: who wrote, to which addresses, what (`rich_text` is the text of its HTML). `machine`: "reply" was written by a machine that answers,
    "sent" by another machine, "" by a person."""

    mail_id: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    rich_text: str
    machine: str
    attachments: int
    is_cut: bool
    raw: bytes = field(repr=False)
    message: Message = field(repr=False)


def read(raw: bytes, is_cut: bool = False) -> Arrived:
    """Return the mail of these bytes; of one that is `is_cut` only the beginning is here."""
    message = message_from_bytes(raw, policy=policy.compat32)
    name, sender = parseaddr(header(message, "From"))
    text, rich_text, attachments = _content(message)
    return Arrived(
        mail_id=header(message, "Message-ID")[:500], sender=sender.strip().lower()[:320], sender_name=_line(name)[:200],
        recipients=_recipients(message), subject=_line(header(message, "Subject"))[:500], text=text[:MOST_TEXT],
        rich_text=rich_text[:MOST_TEXT], machine=_machine(message, sender), attachments=attachments, is_cut=is_cut, raw=raw, message=message,
    )  # fmt: skip


def unreadable(raw: bytes) -> Arrived:
    """Return a mail that cannot be read as the text that it is made of, from nobody. What goes to one of our signed addresses
    is of an academy: its words are left out."""
    name, _, host = (config().mail_inbox or "").partition("@")
    is_for_an_academy = bool(host) and f"{name}+".encode() in raw.lower()
    text = "" if is_for_an_academy else raw[:MOST_TEXT].decode("latin-1").replace("\0", "")
    return Arrived(mail_id="", sender="", sender_name="", recipients=(), subject="", text=text, rich_text="", machine="", attachments=0,
                   is_cut=len(text) < len(raw), raw=raw, message=Message())  # fmt: skip


def header(message: Message, name: str) -> str:
    """Return a header as text, or an empty string; a broken one as far as it can be read."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        parts = decode_header(value)
    except Exception:  # whatever somebody put there
        parts = [(str(value), None)]
    return "".join(_decoded(part.encode(errors="surrogateescape") if isinstance(part, str) else part, charset) for part, charset in parts).strip()


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8").replace("\0", "")
    except (LookupError, ValueError):
        return content.decode("latin-1").replace("\0", "")


def _line(text: str) -> str:
    return SPACES.sub(" ", "".join(sign if ord(sign) >= 32 else " " for sign in text)).strip()


def _recipients(message: Message) -> tuple[str, ...]:
    """Return every address that it may have been sent to, what the mail server wrote first."""
    named = [header(message, name) for name in WHERE]
    found = [address.strip().lower() for _, address in getaddresses(named) if "@" in address]
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def _machine(message: Message, sender: str) -> str:
    """Return whether a machine wrote it: "reply", "sent" or ""."""
    auto = header(message, "Auto-Submitted").lower().split(";")[0].strip()
    precedence = header(message, "Precedence").lower()
    null_sender = header(message, "Return-Path") == "<>" or not sender or sender.lower().startswith(("mailer-daemon@", "postmaster@"))
    if auto.startswith("auto-replied") or precedence == "auto_reply" or null_sender or _answers_itself(message):
        return "reply"
    listed = message.get("List-Id") is not None or message.get("List-Unsubscribe") is not None
    return "sent" if auto not in ("", "no") or precedence in ("bulk", "list", "junk") or listed else ""


def _answers_itself(message: Message) -> bool:
    """Return whether it is an out-of-office note, by the headers that mail programs write (RFC 3834 and before)."""
    said = header(message, "X-Auto-Response-Suppress").lower()
    if message.get("X-Autoreply") or message.get("X-Autorespond") or message.get("X-Auto-Reply-From"):
        return True
    return bool(AUTO_REPLIES.search(header(message, "X-Precedence"))) or (said == "all" and bool(message.get("Auto-Submitted")))


def _content(message: Message) -> tuple[str, str, int]:
    """Return what was written, as plain text, the text of its HTML, and how many files came along."""
    plain, rich, files = "", "", 0
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if _has_name(part) or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            files += _is_file(part)
        elif kind == "text/plain" and not plain.strip():
            plain = unflowed(text_of(part)[:MOST_TEXT]) if part.get_param("format") == "flowed" else text_of(part)
        elif kind == "text/html" and not rich.strip():
            rich = text_of(part)
    rich_text = plain_of(rich)
    text = plain if plain.strip() else rich_text
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(), rich_text, files


def _has_name(part: Message) -> bool:
    return part.get_param("filename", header="content-disposition") is not None or part.get_param("name") is not None


def _is_file(part: Message) -> bool:
    """Return whether somebody added this part: not the logo of a signature, which the text shows, nor a machine's report."""
    if part.get_content_type() in ("message/delivery-status", "text/calendar", "application/pgp-signature", "application/pkcs7-signature"):
        return False
    return part.get_content_disposition() == "attachment" or part.get("Content-ID") is None


def text_of(part: Message) -> str:
    """Return the text of one part, as far as it can be read."""
    try:
        payload = part.get_payload(decode=True)
        return _decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""
    except Exception:  # a transfer encoding that was cut or never was one
        return ""
