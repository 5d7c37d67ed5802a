"""Reads what mail servers say of a letter that they could not deliver: RFC 3464, and the ways of servers that do not keep it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal
from uuid import UUID

from core.mail.addresses import Tag, is_genuine, tag_in, tag_of, takes_answers
from core.mail.arrived import Arrived, header, text_of

Verdict = Literal["failed", "delayed"]
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])(5[0-7]\d|4[0-7]\d)(?=[ -])")
SIGNED = re.compile(r"^X-Kweek-Letter:\s*(b[0-9a-z.]{40,60})(?![0-9a-z.])", re.MULTILINE | re.IGNORECASE)
LETTER = re.compile(r"^X-Kweek-Letter:\s*(\d{1,10})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])", re.MULTILINE | re.IGNORECASE)
ORIGINAL_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[a-z0-9.-]+>", re.IGNORECASE)
SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed)|returned mail|mail delivery|failure notice|onbestelbaar|niet (?:af|be)geleverd|"
    r"niet bezorgd|delayed|vertraagd", re.IGNORECASE,
)  # fmt: skip
WAITS = re.compile(r"\bdelay|vertraagd|will (?:keep|continue|retry)|nog (?:steeds )?(?:niet|geprobeerd)|still being retried|warning", re.IGNORECASE)
MOST = 200_000


@dataclass(frozen=True)
class Notice:
    """What became of one letter: whose academy (None: not said; 0: the platform), which letter, verdict, and why."""

    number: int | None
    letter_id: UUID
    verdict: Verdict
    code: str


def notice_in(mail: Arrived) -> Notice | None:
    """Return what a mail says of a letter of ours, or None if it is no such notice."""
    tag = next((tag for tag in map(tag_of, mail.recipients) if tag and tag.kind == "b" and is_genuine(tag)), None)
    if tag is None and not _looks_like_one(mail):
        return None
    named = _letter_of(mail, tag)
    said = _said_by_the_standard(mail.message) if _keeps_the_standard(mail.message) else _said_in_words(mail)
    return None if named is None or said is None else Notice(*named, *said)


def _looks_like_one(mail: Arrived) -> bool:
    """Return whether a mail server wrote it about a delivery."""
    kind = mail.message.get_content_type()
    is_report = kind == "multipart/report" and str(mail.message.get_param("report-type", "")).lower() == "delivery-status"
    return is_report or bool(header(mail.message, "X-Failed-Recipients")) or (mail.machine == "reply" and bool(SUBJECT.search(mail.subject)))


def _letter_of(mail: Arrived, tag: Tag | None) -> tuple[int | None, UUID] | None:
    """Return which letter came back: by the return address, or by our header in what is quoted, which holds the same proof.

    Letters that left before there was a mailbox have no proof, and are known by our header or their Message-ID; where each letter
    has one, anybody could say so of any letter, and without proof nothing is believed.
    """
    whole = mail.raw[:MOST].decode("latin-1")
    tag = tag or _signed_in(whole) or _signed_in(mail.text)
    if tag is not None:
        return tag.number, tag.letter_id
    if takes_answers():
        return None
    found = LETTER.search(whole) or LETTER.search(mail.text)
    if found:
        return int(found[1]), UUID(found[2])
    ids = [one for one in ORIGINAL_ID.findall(whole) if f"<{one}@" not in mail.mail_id]
    return (None, UUID(ids[-1])) if ids else None


def _signed_in(words: str) -> Tag | None:
    found = SIGNED.search(words)
    tag = tag_in(found[1]) if found else None
    return tag if tag is not None and is_genuine(tag) else None


def _keeps_the_standard(message: Message) -> bool:
    return any(part.get_content_type() == "message/delivery-status" for part in message.walk())


def _said_by_the_standard(message: Message) -> tuple[Verdict, str] | None:
    """Return verdict and code of a delivery-status part; of several recipients the worst."""
    found: list[tuple[Verdict, str]] = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action, status = header(block, "Action").lower(), STATUS.search(header(block, "Status"))
            told = STATUS.search(header(block, "Diagnostic-Code"))
            code = _more_exact(status[1] if status else "", told[1] if told else "")
            if action == "failed":
                found.append(("failed", code if code[:1] in "45" and code else "5.0.0"))
            elif action == "delayed":
                found.append(("delayed", code if code[:1] == "4" else "4.0.0"))
    return next((one for one in found if one[0] == "failed"), found[0] if found else None)


def _more_exact(status: str, told: str) -> str:
    """Return the code that says more: 5.1.1 rather than 5.0.0."""
    return told if told and (not status or status.endswith(".0.0")) else status


def _said_in_words(mail: Arrived) -> tuple[Verdict, str] | None:
    """Return verdict and code of a notice that keeps no standard, from its words."""
    words = mail.text[:20_000] or "\n".join(text_of(part) for part in mail.message.walk() if not part.is_multipart())[:20_000]
    status = STATUS.search(words)
    reply = REPLY.search(words)
    code = status[1] if status else reply[1] if reply else ""
    if WAITS.search(mail.subject) or (code.startswith("4") and WAITS.search(words)):
        return "delayed", code if code.startswith("4") and "." in code else "4.0.0"
    if code.startswith("4") and "." not in code:
        code = f"4.0.{code[-1]}"
    if not code and not (header(mail.message, "X-Failed-Recipients") or SUBJECT.search(mail.subject)):
        return None
    return "failed", code if code[:1] in ("4", "5") and code else "5.0.0"
