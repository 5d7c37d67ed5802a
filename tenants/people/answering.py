"""Answers by mail: a member writes back to a letter, and their words go where the letter says. Features take them.

Only the address of the very letter opens the way, only for the member it was written to, only from that member's own
address, for 30 days. What cannot be taken is told the member once a day at most; a forged address is told nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid5

import sqlalchemy as sa

from core import clock
from core.crypto import normalised
from core.db import db
from core.errors import Refused
from core.mail.addresses import Tag, answer_facts, answered_until, is_genuine
from core.mail.answers import own_words
from core.mail.arrived import Arrived
from core.urls import academy_url
from core.wording import spoken
from tenants.mail.actions import sender, write_letter
from tenants.mail.models import Letter
from tenants.people.models import Member
from tenants.people.queries import own_academy

TOLD_EVERY = timedelta(days=1)
REASONS = ("expired", "address", "left", "silent", "empty", "long", "paused", "trouble")


class NotTaken(Refused):
    """An answer that its room does not take; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"answer not taken: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a member wrote back, into which room; the same mail has the same `client_id` each time it is read."""

    member: Member
    room_id: UUID
    words: str
    client_id: UUID


Taker = Callable[[Answer], None]
_takers: list[Taker] = []


def on_answer(taker: Taker) -> Taker:
    """Let `taker(answer)` put answers where they belong; it raises NotTaken. Use as a decorator."""
    _takers[:] = [taker]
    return taker


def is_ours(tag: Tag) -> bool:
    """Return whether we gave this address to a member who is still here."""
    return _writer(tag, db.session.get(Letter, tag.letter_id)) is not None


def take_answer(tag: Tag, mail: Arrived) -> str:
    """Put the answer into its room; return "taken", "forged", or the reason why not, which the member was told."""
    letter = db.session.get(Letter, tag.letter_id)
    member = _writer(tag, letter)
    if letter is None or member is None or letter.reply_room is None:
        return "forged"
    try:
        for taker in _takers:
            taker(Answer(member, letter.reply_room, _words(letter, member, mail), _client_id(letter, mail)))
    except NotTaken as refused:
        _tell(member, letter, refused.reason)
        return refused.reason
    return "taken" if _takers else "forged"


def refuse_answer(tag: Tag, reason: str) -> str:
    """Tell the member that an answer was not taken, for a reason outside of it; return what `take_answer` would."""
    letter = db.session.get(Letter, tag.letter_id)
    member = _writer(tag, letter)
    if letter is None or member is None:
        return "forged"
    _tell(member, letter, reason)
    return reason


def _writer(tag: Tag, letter: Letter | None) -> Member | None:
    """Return the member to whom we gave this address, if it is genuine and they are still here."""
    if letter is None or letter.member_id is None or letter.reply_room is None:
        return None
    if tag.kind != "r" or tag.number != db.current().number:
        return None
    if not is_genuine(tag, answer_facts(letter.member_id, letter.reply_room, letter.made_at)):
        return None
    member = db.session.get(Member, letter.member_id)
    return member if member is not None and member.is_active else None


def _words(letter: Letter, member: Member, mail: Arrived) -> str:
    """Return what the member wrote, with a line about files that were not taken over. Raises NotTaken."""
    if normalised(mail.sender) not in (normalised(letter.recipient or ""), normalised(member.email or "")) or not member.email:
        raise NotTaken("address")
    if clock.now() > answered_until(letter.made_at):
        raise NotTaken("expired")
    words = own_words(mail.rich_text) or own_words(mail.text)
    if not words:
        raise NotTaken("empty")
    return f"{words}\n\n{_about_files(letter, mail.attachments)}" if mail.attachments else words


def _about_files(letter: Letter, count: int) -> str:
    words = spoken(letter.language, sender().wording)
    said: str = words.ngettext("(A file that came with this mail was not taken over.)",
                               "(%(num)d files that came with this mail were not taken over.)", count)  # fmt: skip
    return said % {"num": count}


def _client_id(letter: Letter, mail: Arrived) -> UUID:
    return uuid5(letter.id, mail.mail_id or sha256(mail.raw).hexdigest())


def _tell(member: Member, letter: Letter, reason: str) -> None:
    """Write to the member's own address why an answer was not taken and what to do, once a day at most."""
    before = sa.select(Letter.id).where(
        Letter.kind == "answer_refused", Letter.member_id == member.id, Letter.made_at > clock.now() - TOLD_EVERY
    )
    if not member.email or db.session.scalars(before.limit(1)).first() is not None:
        return
    slug, default = own_academy()
    path = "/messages" if reason == "left" else f"/messages/{letter.reply_room}"
    write_letter(member.email, "answer_refused", member.language or default, member_id=member.id, thread=letter.thread,
                 name=member.first_name, reason=reason, url=academy_url(slug, path))  # fmt: skip
