"""Removes a person with everything: planned, taken back, and done. They flush; the edge commits.

Done is one transaction: either the person is gone with all of their rows, or nothing has changed. Bytes of files go after
the commit; a file whose row is gone and whose bytes are not is found by the sweep of orphans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.accounts.rules import clean_email
from core.crypto import normalised
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from core.sealed import matches
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.catalogue.models import Joining
from tenants.certificates.models import CertificateDesign
from tenants.chat import leaving as chat
from tenants.erasure import reach
from tenants.erasure.models import Erasure
from tenants.exercises.models import Review
from tenants.files.actions import remove_file
from tenants.files.models import File
from tenants.groups.sight import check_sees, visible_to
from tenants.imports.models import PeopleImportRow
from tenants.learning import actions as learning
from tenants.learning.models import Enrolment
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tenants.organisations.actions import forget_contact
from tenants.past.models import PastImportRow
from tenants.people import rules
from tenants.people.inviting import withdraw_of
from tenants.people.models import Ask, Invitation, Member
from tenants.people.signing import sessions
from tenants.reports import files as report_files
from tenants.reports import schedules as report_schedules
from tenants.sessions.sweeping import free_lost_seats

NOTICE = timedelta(days=14)
AT_ONCE = 200
SHORT_NAME = 3


@dataclass(frozen=True)
class Goes:
    """What goes with a person: rows by table, files and their bytes."""

    rows: dict[str, int]
    files: int
    size_bytes: int


def blocked(by: Member) -> list[Member]:
    """Return the members whom `by` sees who can no longer sign in, the latest to join first."""
    wanted = sa.select(Member).where(Member.state == "removed", visible_to(by)).order_by(Member.made_at.desc()).limit(AT_ONCE)
    return list(db.session.scalars(wanted).unique())


def person(member_id: UUID, by: Member) -> Member:
    """Return the member, blocked ones too, whom `by` may remove. Raises NotFound, Forbidden."""
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotFound("member")
    check_sees(by, member.id)
    if not rules.may_remove(by.roles, member.roles, is_self=member.id == by.id):
        raise Forbidden("member")
    return member


def planned(member_id: UUID) -> Erasure | None:
    """Return the member's removal that waits for its day."""
    wanted = sa.select(Erasure).where(Erasure.member_id == member_id, Erasure.done_at.is_(None), Erasure.undone_at.is_(None))
    return db.session.scalar(wanted)


def removed_on(member: Member) -> datetime | None:
    """Return when a member is removed whom no mail could tell, or None."""
    erasure = planned(member.id) if member.email is None else None
    return None if erasure is None else erasure.due_at


def receipts(by: Member) -> list[Erasure]:
    """Return what was done and what waits, the latest first; of whom `by` sees."""
    wanted = sa.select(Erasure).where(Erasure.undone_at.is_(None), visible_to(by, Erasure.member_id)).order_by(Erasure.made_at.desc()).limit(AT_ONCE)
    return list(db.session.scalars(wanted))


def names(member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those who are still here, by id."""
    rows = db.session.scalars(sa.select(Member).where(Member.id.in_(list(member_ids)))).unique()
    return {one.id: one.name for one in rows}


def goes(member_id: UUID) -> Goes:
    """Return what goes with the member, in two statements."""
    row = db.session.execute(reach.counts_of(member_id)).one()
    sizes = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(File.size_bytes), 0)).where(File.id.in_(reach.files_of(member_id)))
    files, size = db.session.execute(sizes).one()
    return Goes(dict(row._mapping), files, int(size))


def plan(member: Member, by: Member, slug: str, *, at_once: bool = False) -> Erasure:
    """Return the removal: at once, or in 14 days, and then the member is told that they can take their work along."""
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    known = planned(member.id)
    if known is not None and not (at_once and known.due_at > clock.now()):
        return known
    if known is not None:
        known.undone_at = clock.now()
        db.session.flush()
    erasure = Erasure(id=ids.uuid7(), member_id=member.id, asked_by=by.id, due_at=clock.now() + (timedelta() if at_once else NOTICE))
    db.session.add(erasure)
    db.session.flush()
    record("erasure.plan", actor_id=by.id, member=str(member.id), erasure=str(erasure.id))
    queue.later("erasure.run", erasure_id=erasure.id, due=erasure.due_at, priority=4)
    if not at_once and member.is_active:
        _tell(member, "erasure_planned", slug, erasure.due_at)
    return erasure


def take_back(member: Member, by: Member, slug: str) -> None:
    """Leave the member as they are. Raises Refused when it is too late."""
    erasure = planned(member.id)
    if erasure is None or erasure.due_at <= clock.now():
        raise Refused("erasure begun")
    erasure.undone_at = clock.now()
    record("erasure.undo", actor_id=by.id, member=str(member.id), erasure=str(erasure.id))
    if member.is_active:
        _tell(member, "erasure_undone", slug, erasure.due_at)


def _tell(member: Member, kind: str, slug: str, day: datetime) -> None:
    """Mail it to who has an address; their own first page says it to the others."""
    if member.email:
        write_letter(member.email, kind, member.language or "nl", name=member.first_name, day=day,
                     url=academy_url(slug, "/own-work"))  # fmt: skip


def run(erasure_id: UUID) -> bool:
    """Remove the person if the plan stands and its day has come; return whether they are gone. A second time does nothing."""
    erasure = db.session.scalar(sa.select(Erasure).where(Erasure.id == erasure_id).with_for_update())
    if erasure is None or not erasure.is_planned or erasure.due_at > clock.now():
        return erasure is not None and erasure.done_at is not None
    member = db.session.get(Member, erasure.member_id)
    if member is None:
        counts = {}
    elif "owner" in member.roles:  # became one meanwhile: owners go by the platform
        erasure.undone_at = clock.now()
        return False
    else:
        counts = erase(member)
    erasure.counts, erasure.done_at = counts, clock.now()
    record("erasure.done", actor_id=erasure.asked_by, member=str(erasure.member_id), erasure=str(erasure.id))
    queue.later("privacy.bury", kind="member", subject_id=erasure.member_id, once=f"bury-{erasure.id}")
    db.session.flush()
    return True


def erase(member: Member) -> dict[str, int]:
    """Destroy everything of the member; return the receipt's numbers: rows by table, and files with their bytes.

    The row is locked first: whatever would still be written in the member's name waits, and fails when they are gone.
    """
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    found = goes(member.id)
    counts = {name: number for name, number in found.rows.items() if number}
    member.state = "removed"
    sessions.end_all(member.id)
    for enrolment in db.session.scalars(sa.select(Enrolment).where(Enrolment.member_id == member.id, Enrolment.state == "active")):
        learning.end_enrolment(enrolment)
    withdraw_of(member, frozenset())
    db.session.flush()
    free_lost_seats()
    for name, step in STEPS.items():
        counts[name] = counts.get(name, 0) + step(member)
    for file in db.session.scalars(sa.select(File).where(File.id.in_(reach.files_of(member.id)))).all():
        remove_file(file)
    db.session.flush()
    db.session.execute(sa.delete(Member).where(Member.id == member.id).execution_options(synchronize_session=False))
    return {name: number for name, number in counts.items() if number} | {"files": found.files, "bytes": found.size_bytes}


def _invitations(member: Member) -> int:
    """Forget the invitations to the member's address or number, and what they wrote in those to others."""
    for row in db.session.scalars(sa.select(Invitation).where(Invitation.invited_by == member.id)):
        row.note = None
    return _known_by(Invitation, member)


def _import_rows(member: Member) -> int:
    """Forget rows with the member's address or number in files of people that others uploaded."""
    return _known_by(PeopleImportRow, member)


def _known_by(model: type[Invitation] | type[PeopleImportRow], member: Member) -> int:
    """Delete the rows that name the member by address or personnel number."""
    said = [matches(model, name, value) for name, value in (("email", member.email), ("number", member.number)) if value]
    return _gone(sa.delete(model).where(sa.or_(*said)))


def _past_rows(member: Member) -> int:
    """Forget rows of files with past results that say the member's address, personnel number or name. Those that were found to
    be theirs go with them; of the rest only the words tell."""
    rows = db.session.scalars(sa.select(PastImportRow).where(PastImportRow.member_id.is_(None)).execution_options(yield_per=500))
    theirs = [row.id for row in rows if _says(row.cells, member)]
    return _gone(sa.delete(PastImportRow).where(sa.or_(PastImportRow.member_id == member.id, PastImportRow.id.in_(theirs))))


def _says(cells: Mapping[str, str], member: Member) -> bool:
    said = {"email": clean_email(cells.get("email", "")), "personnel": rules.clean_number(cells.get("personnel", "")).casefold(),
            "name": normalised(cells.get("name", ""))}  # fmt: skip
    known = {"email": member.email or "", "personnel": (member.number or "").casefold(), "name": normalised(member.name)}
    return any(said[name] and said[name] == known[name] for name in said)


def _joinings(member: Member) -> int:
    """Forget forms of links that were filled in with the member's address."""
    return _of_address(Joining, "email", member)


def _asks(member: Member) -> int:
    """Forget questions for a new password."""
    return _of_address(Ask, "email", member)


def _letters(member: Member) -> int:
    """Delete letters to the member, and letters to others that name them."""
    said = [word.casefold() for word in (member.email, member.name) if word and len(word) > SHORT_NAME]
    gone: list[UUID] = []
    for letter in db.session.scalars(sa.select(Letter).execution_options(yield_per=AT_ONCE)):
        words = f"{letter.recipient}\n{letter.subject}\n{letter.body_text}\n{letter.calendar or ''}".casefold()
        if any(word in words for word in said):
            gone.append(letter.id)
        db.session.expunge(letter)
    for start in range(0, len(gone), AT_ONCE):
        _gone(sa.delete(Letter).where(Letter.id.in_(gone[start : start + AT_ONCE])))
    return len(gone)


def _reviews(member: Member) -> int:
    """Empty what the member wrote about the work of fellow participants; a trainer's feedback stays, without a name."""
    rows = db.session.scalars(sa.select(Review).where(Review.by_id == member.id, Review.kind == "peer")).all()
    for row in rows:
        row.text = ""
    db.session.flush()
    return len(rows)


def _designs(member: Member) -> int:
    """Take the member's name from the certificates that will be designed; those that were given stay as they are."""
    changed = 0
    for design in db.session.scalars(sa.select(CertificateDesign)).all():
        lines = (design.signers or "").splitlines()
        kept = [line for line in lines if line.partition(",")[0].strip().casefold() != member.name.casefold()]
        if kept != lines:
            design.signers, changed = "\n".join(kept) or None, changed + 1
    db.session.flush()
    return changed


def _of_address(model: type[Joining] | type[Ask], name: str, member: Member) -> int:
    if member.email is None:
        return 0
    rows = [row for row in db.session.scalars(sa.select(model)) if (getattr(row, name) or "").casefold() == member.email.casefold()]
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def _gone(statement: sa.Delete) -> int:
    return int(db.session.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


STEPS: dict[str, Callable[[Member], int]] = {
    "invitations": _invitations, "people_import_rows": _import_rows, "past_import_rows": _past_rows,
    "joinings": _joinings, "asks": _asks, "reviews": _reviews, "organisations": forget_contact, "messages": chat.forget,
    "certificate_designs": _designs, "letters": _letters, "report_files": report_files.forget, "report_schedules": report_schedules.forget,
}  # fmt: skip
