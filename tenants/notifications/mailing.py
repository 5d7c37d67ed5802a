"""Mails what is due: a letter for each line that is told at once, one digest for the rest. They flush; the job commits.

Exactly once: the notices are locked, the letters and the ticks that they were mailed stand in one transaction, and a worker
that is killed leaves neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.db import db
from core.i18n import speaking
from core.mail.addresses import takes_answers
from core.urls import academy_url
from tenants.mail.actions import write_letter
from tenants.notifications import words
from tenants.notifications.choices import EVERYTHING, choices_of, stop_url
from tenants.notifications.models import Notice
from tenants.notifications.queries import Line, lines_of
from tenants.notifications.registry import Said
from tenants.notifications.rules import KINDS, Choice
from tenants.people.models import Member
from tenants.people.queries import own_academy

MOST_LETTERS = 3  # more lines than this at one moment are one digest
MOST_LINES = 30
MOST_QUOTED, MOST_WORDS = 5, 1_000
OF_ROOMS, OF_COURSES = ("message", "mention"), ("course", "invitation", "request", "decision")
OVERLOOKED = timedelta(minutes=15)


def _is_due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Notice.mail_at <= now, Notice.mailed_at.is_(None)


def queue_due(late: timedelta = timedelta()) -> int:
    """Queue the mail of everybody for whom something is due since `late`; return for how many. One job each: one that fails
    keeps nobody else waiting."""
    found = db.session.scalars(sa.select(Notice.member_id).where(*_is_due(clock.now() - late)).distinct().order_by(Notice.member_id)).all()
    for member_id in found:
        queue.later("notifications.mail", member_id=member_id, once=f"notifications.mail.{member_id.hex}", priority=4)
    return len(found)


def mail_to(member_id: UUID) -> int:
    """Write what is due to one member; return how many letters."""
    wanted = sa.select(Notice).where(Notice.member_id == member_id, *_is_due(clock.now())).order_by(Notice.id.desc())
    due = list(db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))
    member = db.session.get(Member, member_id)
    if not due or member is None:
        return 0
    slug, default = own_academy()
    with speaking(member.language or default):
        lines = _wanted_lines(member, due) if member.is_active and member.can_be_mailed else []
        letters = _letters(lines, slug)
    for template, values in letters:
        write_letter(member.email or "", template, member.language or default, name=member.first_name,
                     settings_url=academy_url(slug, "/me/notifications"), **values)  # fmt: skip
    for notice in due:
        notice.mailed_at = clock.now()
    for line in lines:
        for notice in line.notices:
            notice.was_mailed = True
    db.session.flush()
    return len(letters)


def _wanted_lines(member: Member, due: Sequence[Notice]) -> list[Line]:
    """Return the lines that are still worth a mail: not read, wanted, to be seen by this reader, and waiting for something."""
    choices = choices_of(member)
    fresh = [one for one in due if one.read_at is None and choices.get(one.kind, Choice(mail="off")).mail != "off"]
    lines = [_open_part(line) for line in lines_of(fresh, member)]
    hushed = _hushed(member.id, fresh)
    return [line for line in lines if line.notices and (line.kind, line.newest.thread_id) not in hushed]


def _open_part(line: Line) -> Line:
    pairs = [(notice, said) for notice, said in zip(line.notices, line.said, strict=True) if said.is_open]
    return Line(line.kind, tuple(notice for notice, _ in pairs), tuple(said for _, said in pairs))


def _hushed(member_id: UUID, due: Iterable[Notice]) -> set[tuple[str, UUID]]:
    """Return the threads of which a mail lies unread, where one is enough until it is read."""
    kinds = {one.kind for one in due if KINDS[one.kind].hushes and one.mail_how == "at_once"}
    if not kinds:
        return set()
    mailed = (Notice.member_id == member_id, Notice.kind.in_(kinds), Notice.was_mailed, Notice.read_at.is_(None))
    return {(kind, thread) for kind, thread in db.session.execute(sa.select(Notice.kind, Notice.thread_id).where(*mailed).distinct())}


def _letters(lines: Sequence[Line], slug: str) -> list[tuple[str, dict[str, Any]]]:
    """Return template and words of each letter: one for each line that is told at once, one digest for the rest."""
    at_once = [line for line in lines if line.newest.mail_how == "at_once"]
    single = at_once if len(at_once) <= MOST_LETTERS else []
    rest = [line for line in lines if line not in single]
    return [("notice", _letter(line, slug)) for line in single] + ([("digest", _digest(rest, slug))] if rest else [])


def _letter(line: Line, slug: str) -> dict[str, Any]:
    return {"unsubscribe": stop_url(line.newest.member_id, line.kind, slug), "words": words.sentence(line),
            "label": words.button_words(line.kind), "url": link_of(line, slug),
            **_about(line)}  # fmt: skip


def _about(line: Line) -> dict[str, Any]:
    """Return by what mail programs put letters about one thing together; an answer to a message goes to its room."""
    thread = line.newest.thread_id
    if line.kind in OF_ROOMS:
        return {"thread": f"room.{thread}", "reply_room": thread, "member_id": line.newest.member_id, "note": _quoted(line.said),
                "may_answer": takes_answers()}  # fmt: skip
    return {"thread": f"{'course' if line.kind in OF_COURSES else 'about'}.{thread}", "note": [], "may_answer": False}


def _quoted(said: Sequence[Said]) -> list[str]:
    """Return what was said, the oldest first, as lines of a quotation; of a long talk the end."""
    lines: list[str] = []
    for one in reversed(said[:MOST_QUOTED]):
        words = [line.strip() for line in one.more[:MOST_WORDS].splitlines()]
        several = len({other.who for other in said}) > 1
        lines += [*([""] if lines else []), *([f"{one.who}:"] if several else []), *words]
    return lines


def _digest(lines: Sequence[Line], slug: str) -> dict[str, Any]:
    shown = [{"words": words.sentence(line), "label": words.button_words(line.kind), "url": link_of(line, slug)} for line in lines[:MOST_LINES]]
    return {"unsubscribe": stop_url(lines[0].newest.member_id, EVERYTHING, slug), "lines": shown, "count": len(lines), "all_url": academy_url(slug, "/notifications")}


def link_of(line: Line, slug: str) -> str:
    """Return the address of a line's link: it survives signing in, and marks the line as read."""
    return academy_url(slug, f"/notifications/{line.newest.id}")
