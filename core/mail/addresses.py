"""Addresses of our own mailbox that say what a mail answers: `post+r7.<letter><proof>@kweek.nl`.

`r` takes an answer to a letter, `b` (the return address) what mail servers say of it; 7 is the academy, 0 the platform.
The proof is an HMAC under a key of that academy, so that a destroyed key ends its addresses, and an address that
somebody made up proves nothing. Everything is lower case and digits: mail servers may change the case, and take 64 signs.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from core import keystore
from core.config import config
from core.crypto import framed
from core.db import schema_name
from core.errors import KeyMissing

Kind = Literal["r", "b"]
PROOF_BYTES = 10
ANSWERED_FOR = timedelta(days=30)
TAG = re.compile(r"(?P<kind>[rb])(?P<number>0|[1-9][0-9]{0,9})\.(?P<letter>[a-z2-7]{26})(?P<proof>[a-z2-7]{16})")


@dataclass(frozen=True)
class Tag:
    """What stands behind the plus sign; it proves nothing until `is_genuine`."""

    kind: Kind
    number: int
    letter_id: UUID
    proof: str


def takes_answers() -> bool:
    """Return whether this installation reads a mailbox, so that a letter may be answered."""
    return config().imap_url is not None and config().mail_inbox is not None


def reply_address(number: int, letter_id: UUID, member_id: UUID, room_id: UUID, made_at: datetime) -> str:
    """Return the address to which this member alone may answer this letter, into this room, until `answered_until`."""
    return _address("r", number, letter_id, answer_facts(member_id, room_id, made_at))


def answer_facts(member_id: UUID, room_id: UUID, made_at: datetime) -> bytes:
    """Return what the proof of a reply address is bound to besides its letter: who, where, until when."""
    until = int(answered_until(made_at).timestamp())
    return framed(member_id.bytes, room_id.bytes, until.to_bytes(8, "big"))


def answered_until(made_at: datetime) -> datetime:
    """Return until when a letter may be answered by mail."""
    return made_at + ANSWERED_FOR


def return_address(number: int | None, letter_id: UUID) -> str | None:
    """Return where mail servers send a letter that they cannot deliver; None where nobody would read it."""
    return _address("b", number or 0, letter_id, b"") if takes_answers() else None


def tag_of(address: str) -> Tag | None:
    """Return the tag of an address of our mailbox, or None."""
    person, _, host = address.lower().rpartition("@")
    name, _, tag = person.partition("+")
    return tag_in(tag) if f"{name}@{host}" == config().mail_inbox else None


def tag_in(words: str) -> Tag | None:
    """Return the tag that these words are, or None."""
    found = TAG.fullmatch(words.lower())
    if found is None:
        return None
    return Tag(cast(Kind, found["kind"]), int(found["number"]), _id_of(found["letter"]), found["proof"])


def is_genuine(tag: Tag, facts: bytes = b"") -> bool:
    """Return whether we made this address. An academy whose key is gone made none."""
    try:
        return hmac.compare_digest(tag.proof, _proof(tag.kind, tag.number, tag.letter_id, facts))
    except KeyMissing:
        return False


def _address(kind: Kind, number: int, letter_id: UUID, facts: bytes) -> str:
    name, _, host = (config().mail_inbox or "").partition("@")
    return f"{name}+{kind}{number}.{_text(letter_id.bytes)}{_proof(kind, number, letter_id, facts)}@{host}"


def _proof(kind: Kind, number: int, letter_id: UUID, facts: bytes) -> str:
    key = keystore.open(schema_name(number) if number else "core").subkey("mail address")
    said = framed(kind.encode(), number.to_bytes(8, "big"), letter_id.bytes, facts)
    return _text(hmac.digest(key, said, "sha256")[:PROOF_BYTES])


def _text(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()


def _id_of(text: str) -> UUID:
    return UUID(bytes=base64.b32decode(text.upper() + "======"))
