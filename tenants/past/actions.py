"""Verbs of taking past results over: keep what a file says, judge it, take it whole, undo that, forget the file.

Nothing is anybody's result before somebody confirms. Then one job stores every row in one transaction: all or nothing,
however often it is killed. A file of more than 500 rows is judged by a job too, 500 rows at a time.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.accounts.rules import clean_email
from core.crypto import normalised
from core.db import db
from core.errors import Refused
from core.sealed import blind, columns_for
from tenants.audit.actions import record
from tenants.certificates.importing import numbers_here, taken_over
from tenants.certificates.models import Certificate
from tenants.certificates.queries import OwnAcademy, own_academy
from tenants.groups.sight import visible_to
from tenants.imports.heads import MOST_ROWS, Head, NotReadable, plain_title
from tenants.imports.reading import Table
from tenants.past import queries
from tenants.past.models import UNDO, PastImport, PastImportRow, PastResult
from tenants.past.rules import Past, head_of, past_of, texts_of
from tenants.people.models import Member

AT_ONCE = 500


def keep(table: Table, file_name: str, by: Member) -> PastImport:
    """Return the upload with its rows, judged if there are few; nothing is taken over yet. Raises NotReadable."""
    head = head_of(table[0][1])
    rows = [(line, texts) for line, cells in table[1:] if (texts := texts_of(cells, head))]
    if not rows or len(rows) > MOST_ROWS:
        raise NotReadable("too_many" if rows else "no_rows")
    draft = _draft(head, file_name, by)
    db.session.execute(sa.insert(PastImportRow), [_stored(draft, line, texts) for line, texts in rows])
    queue.later("past.forget", due=clock.now() + UNDO, priority=9, import_id=draft.id)
    if len(rows) > AT_ONCE:
        queue.later("past.read", priority=4, import_id=draft.id)
    else:
        read_on(draft.id)
    return draft


def _draft(head: Head, file_name: str, by: Member) -> PastImport:
    draft = PastImport(id=ids.uuid7(), file_name=file_name[-200:], state="reading", left_out=list(head.left_out),
                       strange=head.strange, made_by=by.id)  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    return draft


def _stored(draft: PastImport, line: int, texts: dict[str, str]) -> dict[str, object]:
    row_id = ids.uuid7()
    said = columns_for(PastImportRow, row_id, email=clean_email(texts.get("email", ""))[:200], said=json.dumps(texts, ensure_ascii=False))
    return {"id": row_id, "import_id": draft.id, "line": line, **said}


def read_on(import_id: UUID) -> int:
    """Judge the next 500 rows and queue the rest; return how many were judged. A second time does nothing."""
    draft = _locked(import_id, "reading")
    if draft is None:
        return 0
    unread = sa.select(PastImportRow).where(PastImportRow.import_id == draft.id, PastImportRow.fate == "unread")
    rows = list(db.session.scalars(unread.order_by(PastImportRow.line).limit(AT_ONCE + 1)))
    if rows:
        _judge(draft, rows[:AT_ONCE], own_academy())
    if len(rows) > AT_ONCE:
        queue.later("past.read", priority=4, import_id=draft.id)
    else:
        draft.state = "read"
    db.session.flush()
    return min(len(rows), AT_ONCE)


def _locked(import_id: UUID, state: str) -> PastImport | None:
    wanted = sa.select(PastImport).where(PastImport.id == import_id, PastImport.state == state)
    return db.session.scalar(wanted.with_for_update())


def _judge(draft: PastImport, rows: list[PastImportRow], own: OwnAcademy) -> None:
    """Say of each row whose it is, of which course, and what is wrong in it. Seven statements, however many rows."""
    read = [(row, past_of(row.cells, own.today)) for row in rows]
    people = queries.people_of(
        [past.email for _, past in read if past.email], [past.personnel for _, past in read if past.personnel],
        [past.name for _, past in read if past.name and not (past.email or past.personnel)],
        _seen(draft),
    )  # fmt: skip
    courses = queries.courses_by_title()
    for row, past in read:
        _find(row, past, people, courses)
    _find_doubles(draft, read, own)
    for row, past in read:
        row.problems, row.warnings = past.problems, past.warnings
        if past.problems:
            row.fate = "wrong"
        elif row.fate == "unread":
            row.fate = "waiting"
    db.session.flush()


def _find(row: PastImportRow, past: Past, people: queries.People, courses: dict[str, list[UUID]]) -> None:
    whom = people.of(past.email, past.personnel, past.name)
    if len(whom) == 1:
        row.member_id = whom[0]
    elif "no_person" not in past.problems and "not_email" not in past.problems:
        past.problems.append("several" if whom else "nobody")
    found = courses.get(plain_title(past.title), [])
    if len(found) == 1:
        row.course_id = found[0]
    elif past.title:
        past.warnings.append("course_twice" if found else "no_such_course")


def _find_doubles(draft: PastImport, read: list[tuple[PastImportRow, Past]], own: OwnAcademy) -> None:
    """Mark what stands here already: from an earlier file, finished here, or in an earlier row of this file."""
    members = {row.member_id for row, _ in read if row.member_id}
    known, here = queries.results_known(members), queries.finished_here(members, own.zone)
    numbers = numbers_here({past.number for _, past in read if past.number})
    for row, past in read:
        if row.member_id and past.finished_on and past.title:
            row.same = mark_of(row.member_id, past.finished_on, past.title)
    seen = queries.marks_before(draft, [row.same for row, _ in read if row.same], read[0][0].line)
    for row, past in read:
        if past.problems or row.member_id is None or past.finished_on is None or row.same is None:
            continue
        if row.same in seen:
            _double(row, past, "twice")
        elif (row.member_id, past.finished_on, _title_index(past.title)) in known or (past.number and normalised(past.number) in numbers):
            _double(row, past, "known")
        elif row.course_id and (row.member_id, row.course_id, past.finished_on) in here:
            _double(row, past, "finished_here")
        seen.add(row.same)
        if past.number:
            numbers.add(normalised(past.number))


def _double(row: PastImportRow, past: Past, why: str) -> None:
    row.fate = "double"
    past.warnings.append(why)


def _title_index(title: str) -> bytes:
    return blind(PastResult, "title", title)


def mark_of(member_id: UUID, day: date, title: str) -> bytes:
    """Return the mark by which the same result of a person is known again; it says nothing without the academy's key."""
    return hashlib.sha256(member_id.bytes + day.isoformat().encode() + _title_index(title)).digest()


def confirm(by: Member, import_id: UUID, leave_wrong: bool = False, leave_unknown: bool = False) -> int:
    """Let a job take the rows over, all or none; return how many. Confirmed twice, it is done once. `leave_wrong`: without
    the rows that have a problem; `leave_unknown`: without courses that are not of this academy. Raises NotFound, Refused."""
    draft = queries.import_for(by, import_id, lock=True)
    if draft.state in ("taking", "taken"):
        return queries.counts_of(draft)["waiting"]
    if draft.state != "read":
        raise Refused("past not read")
    if queries.counts_of(draft)["wrong"] and not leave_wrong:
        raise Refused("past wrong rows")
    if leave_unknown:
        row = PastImportRow
        away = sa.update(row).where(row.import_id == draft.id, row.fate == "waiting", row.course_id.is_(None)).values(fate="left_out")
        db.session.execute(away.execution_options(synchronize_session=False))
    number = queries.counts_of(draft)["waiting"]
    if not number:
        raise Refused("past no good rows")
    draft.state = "taking"
    db.session.flush()
    queue.later("past.take", import_id=draft.id, priority=5)
    return number


def take(import_id: UUID) -> int:
    """Store every good row as a past result; return how many. What came in meanwhile is left as a double; a second time
    does nothing."""
    draft = _locked(import_id, "taking")
    if draft is None:
        return 0
    own = own_academy()
    waiting = sa.select(PastImportRow).where(PastImportRow.import_id == draft.id, PastImportRow.fate == "waiting")
    rows = list(db.session.scalars(waiting.order_by(PastImportRow.line)))
    members = _members({row.member_id for row in rows if row.member_id}, draft)
    known, numbers = queries.results_known(members), numbers_here({number for row in rows if (number := row.cells.get("number"))})
    taken = sum(_take(draft, row, members, known, numbers, own) for row in rows)
    draft.state, draft.taken_at = "taken", clock.now()
    queue.later("past.forget", due=draft.taken_at + UNDO, priority=9, import_id=draft.id)
    record("past.imported", actor_id=draft.made_by, import_id=str(draft.id), rows=taken)
    db.session.flush()
    return taken


def _members(wanted: set[UUID], draft: PastImport) -> dict[UUID, Member]:
    """Return the members, of those whom the uploader sees by now."""
    return {one.id: one for one in db.session.scalars(sa.select(Member).where(Member.id.in_(wanted), _seen(draft))).unique()}


def _seen(draft: PastImport) -> sa.ColumnElement[bool]:
    return visible_to(db.session.get_one(Member, draft.made_by)) if draft.made_by else sa.true()


def _take(draft: PastImport, row: PastImportRow, members: dict[UUID, Member], known: set[queries.Key], numbers: set[str], own: OwnAcademy) -> bool:
    """Store one row unless it stands here by now; return whether it was stored."""
    past, member = past_of(row.cells, own.today), members.get(row.member_id) if row.member_id else None
    if past.problems or past.finished_on is None or member is None:
        row.fate = "wrong"
        return False
    key = (member.id, past.finished_on, _title_index(past.title))
    if key in known or (past.number and normalised(past.number) in numbers):
        row.fate, row.warnings = "double", [*row.warnings, "known"]
        return False
    known.add(key)
    certificate = taken_over(own, member, past.title, row.course_id, past.finished_on, past.valid_until, past.number) if past.number else None
    db.session.add(PastResult(
        id=ids.uuid7(), member_id=member.id, import_id=draft.id, course_id=row.course_id, title=past.title, result=past.result,
        number=past.number, finished_on=past.finished_on, valid_until=past.valid_until, minutes=past.minutes, points=past.points,
        certificate_id=certificate.id if certificate else None, made_at=clock.now(),
    ))  # fmt: skip
    row.fate = "taken"
    return True


def undo(by: Member, import_id: UUID) -> int:
    """Take every result of the import away again, with its past certificates; return how many. Raises NotFound, Refused."""
    draft = queries.import_for(by, import_id, lock=True)
    if draft.state == "undone":
        return 0
    if draft.state != "taken":
        raise Refused("past not taken")
    certificates = list(db.session.scalars(
        sa.select(PastResult.certificate_id).where(PastResult.import_id == draft.id, PastResult.certificate_id.is_not(None))
    ))  # fmt: skip
    gone = db.session.execute(sa.delete(PastResult).where(PastResult.import_id == draft.id).execution_options(synchronize_session=False))
    db.session.execute(sa.delete(Certificate).where(Certificate.id.in_(certificates)).execution_options(synchronize_session=False))
    draft.state, draft.undone_at = "undone", clock.now()
    number = int(gone.rowcount)  # type: ignore[attr-defined]
    record("past.undone", actor_id=by.id, import_id=str(draft.id), rows=number)
    db.session.flush()
    return number


def forget(import_id: UUID) -> None:
    """Delete a file with its rows; what was taken over stays. One that is being taken over, or that can be undone for some
    time yet, goes by a later job."""
    wanted = sa.select(PastImport).where(PastImport.id == import_id, PastImport.state != "taking")
    draft = db.session.scalar(wanted.with_for_update())
    if draft is not None and not (draft.taken_at and draft.state == "taken" and draft.taken_at + UNDO > clock.now()):
        db.session.delete(draft)
        db.session.flush()
