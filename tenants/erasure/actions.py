"""Removing a person for good: asked on a page, done by a job. What stays is a receipt of ids and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.accounts.rules import clean_email
from core.db import db
from core.errors import Refused
from core.sealed import columns_for, field, matches, stored, unseal
from tenants.audit.actions import record
from tenants.catalogue import places
from tenants.erasure import walk
from tenants.erasure.queries import member_to_erase, what_goes
from tenants.erasure.rules import is_meant, names, without_lines_of
from tenants.files.actions import remove_file
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tenants.mail.models import Letter
from tenants.people import inviting
from tenants.people.models import Member
from tenants.sessions import seats
from tenants.sessions.models import LiveSession, Seat

PLAIN = {"files": "file"}
NOBODY = "-"
# Fields of a letter in which a name may stand.
SAID = ("subject", "body_text", "body_html", "calendar")


def ask_erasure(member: Member, typed: str, by: Member) -> None:
    """End the person's sign-in now and let a job remove what is theirs. Raises Refused for another name, Forbidden."""
    if not is_meant(typed, member.name):
        raise Refused("another name")
    member_to_erase(member.id, by)
    inviting.remove(member, by)
    member.state, member.password_hash = "erasing", None
    db.session.flush()
    record("member.erasure_asked", actor_id=by.id, member=str(member.id))
    queue.later("erasure.erase", member_id=member.id, priority=5)


def erase(member_id: UUID) -> dict[str, int] | None:
    """Remove the person and all that is theirs; return the rows that went by table, None if there is nobody to remove.

    One transaction: it happened or it did not. Run again it does nothing. The bytes of files go after the commit.
    """
    wanted = sa.select(Member).where(Member.id == member_id, Member.state == "erasing")
    member = db.session.scalars(wanted.with_for_update(of=Member)).unique().one_or_none()
    if member is None:
        return None
    gone = what_goes(member_id)
    name, email = member.name, member.email or ""
    sessions, courses = _sessions_of(member_id), _courses_of(member_id)
    files = list(db.session.scalars(walk.own_files(member_id)))
    _write_over(member_id)
    gone |= _remove_addressed(email)
    gone["letters"] = gone.get("letters", 0) + _remove_letters(name, email)
    _cut_lines(name)
    db.session.execute(sa.delete(Member).where(Member.id == member_id))
    db.session.expire_all()
    gone["files"] = _remove_files(files)
    record("member.erased", member=str(member_id), rows={table: count for table, count in sorted(gone.items()) if count})
    _pass_on(sessions, courses)
    return gone


def _sessions_of(member_id: UUID) -> list[UUID]:
    """Return the live sessions in which the person has a seat, in the order of locking."""
    wanted = sa.select(Seat.session_id).where(Seat.member_id == member_id, Seat.state == "seated")
    return sorted(db.session.scalars(wanted))


def _courses_of(member_id: UUID) -> list[UUID]:
    wanted = sa.select(Enrolment.course_id).where(Enrolment.member_id == member_id)
    return sorted(set(db.session.scalars(wanted)))


def _write_over(member_id: UUID) -> None:
    """Write over what rows that stay say of the person: they lose the mention when the member goes."""
    own = walk.own_rows(member_id)
    for model, reference, columns in walk.mentions():
        table = walk.table_of(model)
        stays = sa.not_(own[table.name]) if table.name in own else sa.true()
        for row_id in list(db.session.scalars(sa.select(table.c.id).where(reference == member_id, stays))):
            values: dict[Any, Any] = {}
            for column in columns:
                values |= _plain_value(model, row_id, column)
            db.session.execute(sa.update(table).where(table.c.id == row_id).values(values))


def _plain_value(model: type[Any], row_id: UUID, column: sa.Column[Any]) -> dict[Any, Any]:
    if column.nullable or not column.info.get("sealed"):
        return {column.name: None}
    word = PLAIN.get(column.table.name, NOBODY)
    return dict(columns_for(model, row_id, **{walk.field_of(column): word}))


def _remove_addressed(email: str) -> dict[str, int]:
    """Delete the rows that know the person by their address; return how many of which table."""
    gone: dict[str, int] = {}
    for model, name in walk.addressed():
        table = walk.table_of(model)
        found = _with_address(model, name, clean_email(email)) if email else []
        if found:
            db.session.execute(sa.delete(table).where(table.c.id.in_(found)))
            gone[table.name] = gone.get(table.name, 0) + len(found)
    return gone


def _with_address(model: type[Any], name: str, email: str) -> list[UUID]:
    ids = sa.select(model.id)
    if field(model, name).index:
        return list(db.session.scalars(ids.where(matches(model, name, email))))
    rows = db.session.execute(ids.add_columns(stored(model, name))).all()
    return [row_id for row_id, blob in rows if clean_email(unseal(model, name, row_id, blob) or "") == email]


def _remove_letters(name: str, email: str) -> int:
    """Delete the letters to others that tell of the person; return how many."""
    rows: Iterable[Any] = db.session.execute(sa.select(Letter.id, *(stored(Letter, one) for one in SAID))).all()
    found = [row[0] for row in rows if any(names(unseal(Letter, one, row[0], blob) or "", name, email)
                                           for one, blob in zip(SAID, row[1:], strict=True))]  # fmt: skip
    if found:
        db.session.execute(sa.delete(Letter).where(Letter.id.in_(found)))
    return len(found)


def _cut_lines(name: str) -> None:
    """Take the person's lines out of texts that name people."""
    by_table = {walk.table_of(model).name: model for model in walk.models()}
    for table, one in sorted(walk.LINES):
        for row in db.session.scalars(sa.select(by_table[table])):
            text = cast(str | None, getattr(row, one))
            if text and (kept := without_lines_of(text, name)) != "\n".join(text.splitlines()):
                setattr(row, one, kept or None)
    db.session.flush()


def _remove_files(files: list[UUID]) -> int:
    """Delete the files that nothing refers to any more; return how many."""
    used = [sa.exists().where(link.parent == File.id) for link in walk.file_links()]
    free = sa.select(File).where(File.id.in_(files), *(sa.not_(one) for one in used))
    found = list(db.session.scalars(free))
    for file in found:
        remove_file(file)
    return len(found)


def _pass_on(sessions: list[UUID], courses: list[UUID]) -> None:
    """Give the seats and places that became free to those who wait."""
    for session_id in sessions:
        session = db.session.get(LiveSession, session_id, with_for_update=True)
        if session is not None:
            seats.fill(session)
    for course_id in courses:
        entry = places.lock_entry(course_id)
        if entry is not None:
            places.fill(entry)
