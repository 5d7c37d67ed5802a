"""Verbs of importing people: keep what a file says, take it over in the background, forget it.

Nothing is in people before somebody confirms. Then a job takes 100 rows at a time, each batch in one transaction with the
fate of its rows: killed and run again, it goes on where it was, and nobody is invited twice.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from core.sealed import columns_for
from tenants.audit.actions import record
from tenants.imports import queries
from tenants.imports.models import PeopleImport, PeopleImportRow
from tenants.imports.queries import Known
from tenants.imports.reading import Table
from tenants.imports.rules import Judged, head_of, judge
from tenants.mail.actions import sender
from tenants.people import inviting, joined, numbers, rules
from tenants.people import queries as people
from tenants.people.inviting import Guest, Host
from tenants.people.models import Member
from tenants.people.texts import invitation_text

KEPT = timedelta(days=30)
AT_ONCE = 100


def keep(table: Table, file_name: str, by: Member) -> PeopleImport:
    """Return the upload with its rows, each judged; nobody is invited yet. Raises NotReadable."""
    head = head_of(table[0][1])
    rows = judge(table[1:], head, queries.course_ids_by_title(), rules.givable(by.roles))
    draft = PeopleImport(id=ids.uuid7(), file_name=file_name[-200:], left_out=list(head.left_out), strange=head.strange,
                         made_by=by.id)  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    db.session.execute(sa.insert(PeopleImportRow), [_stored(draft, row) for row in rows])
    queue.later("imports.forget", due=clock.now() + KEPT, priority=9, import_id=draft.id)
    return draft


def _stored(draft: PeopleImport, row: Judged) -> dict[str, object]:
    row_id = ids.uuid7()
    said = columns_for(PeopleImportRow, row_id, email=row.email, number=row.number or None, first_name=row.first_name,
                       last_name=row.last_name, said=row.said)  # fmt: skip
    return {"id": row_id, "import_id": draft.id, "line": row.line, "role": row.role, "course_id": row.course_id,
            "problems": row.problems, "fate": "wrong" if row.problems else "waiting", **said}  # fmt: skip


def confirm(by: Member, import_id: UUID) -> int:
    """Let a job take the good rows over; return how many. Confirmed twice, it is done once.

    Raises NotFound, Refused without good rows or while the inviter's own address is not proven.
    """
    draft = queries.import_of(by, import_id, lock=True)
    number = queries.counts_of(draft)["waiting"]
    if draft.state != "read":
        return number
    if not by.is_confirmed:
        raise Refused("unconfirmed")
    if not number:
        raise Refused("no good rows")
    draft.state = "taking"
    db.session.flush()
    record("people.imported", actor_id=by.id, import_id=str(draft.id), rows=number)
    queue.later("imports.take", import_id=draft.id, priority=5)
    return number


def take(import_id: UUID) -> int:
    """Take the next rows over and queue the rest; return how many were taken."""
    wanted = sa.select(PeopleImport).where(PeopleImport.id == import_id, PeopleImport.state == "taking").with_for_update()
    draft = db.session.scalar(wanted)
    if draft is None:
        return 0
    waiting = sa.select(PeopleImportRow).where(PeopleImportRow.import_id == draft.id, PeopleImportRow.fate == "waiting")
    rows = list(db.session.scalars(waiting.order_by(PeopleImportRow.line).limit(AT_ONCE)))
    if rows:
        _take_rows(rows, db.session.get_one(Member, draft.made_by))
    if len(rows) == AT_ONCE:
        queue.later("imports.take", import_id=draft.id, priority=5)
    else:
        draft.state, draft.taken_at = "taken", clock.now()
    db.session.flush()
    return len(rows)


def _take_rows(rows: list[PeopleImportRow], by: Member) -> None:
    """Invite who is new or add them by number, enrol who is here, leave alone who was invited already."""
    slug, language = people.own_academy()
    host, note = Host(sender().name, slug, language), invitation_text()
    known = queries.known(rows)
    for row in rows:
        row.fate = _fate_of(row, by, host, note, known)


def _fate_of(row: PeopleImportRow, by: Member, host: Host, note: str | None, known: Known) -> str:
    """Do with the row what it asks for; return what became of it."""
    if not (by.is_active and by.is_confirmed and rules.may_give(by.roles, [row.role])):
        return "failed"
    holders = {known.by_email.get(row.email or ""), known.by_number.get((row.number or "").casefold())} - {None}
    if len(holders) > 1 or holders & known.blocked:
        return "conflict"
    if holders:
        if row.course_id is not None:
            joined.tell(people.member(next(iter(holders)) or by.id), row.course_id)
        return "member"
    if not row.email:
        numbers.add_person(by, row.first_name or "", row.last_name or "", row.number or "", [row.role], row.course_id)
        return "added"
    if row.email in known.invited or not inviting.may_be_mailed(row.email):
        return "skipped"
    guest = Guest(row.email, row.first_name, row.last_name, row.number)
    inviting.invite_person(by, host, guest, row.role, row.course_id, note)
    return "invited"


def forget(import_id: UUID) -> None:
    """Delete an upload with its rows; whom it invited stays invited. One that is being taken over goes on first."""
    db.session.execute(sa.delete(PeopleImport).where(PeopleImport.id == import_id, PeopleImport.state != "taking"))
