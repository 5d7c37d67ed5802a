"""Verbs on archives: ask for one, make it, take one in, read it, build its course, delete it. They flush.

Making, reading and building are done by jobs (jobs/transfer.py), each in one transaction: a course that was begun and
not finished is rolled back with it, and its files are swept as uploads that nobody knows (files.sweep).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.apart import apart
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.courses import queries as courses
from tenants.courses.models import Course
from tenants.files import storage
from tenants.files.actions import remove_file, store_file, store_stream
from tenants.files.documents import paper_of, sound_of
from tenants.files.looks import NotThat, captions_of, film_of, picture_of
from tenants.files.models import File
from tenants.people.models import Member
from tenants.surveys.queries import course_survey
from tenants.transfer.archive import SUFFIXES, Reading, Writing, opened, packed
from tenants.transfer.building import build
from tenants.transfer.copying import files_shown
from tenants.transfer.models import Transfer
from tenants.transfer.packing import Packing
from tenants.transfer.rules import BadArchive, check_course, counts

EXPORT_LASTS = timedelta(days=7)
IMPORT_LASTS = timedelta(days=2)
WORK = "transfer"
LEFT_OUT = ("block", "rule", "groups", "file")
LOOKS: dict[str, Callable[[BinaryIO, str], object]] = {
    "image": lambda content, name: picture_of(content), "video": lambda content, name: film_of(content),
    "captions": lambda content, name: captions_of(content), "audio": sound_of, "document": paper_of,
}


def ask_export(course: Course, by: Member) -> Transfer:
    """Return the export that a job will make of the course; one that is being made already is that one."""
    waiting = sa.select(Transfer).where(Transfer.kind == "export", Transfer.course_id == course.id, Transfer.state == "waiting")
    found = db.session.scalar(waiting.limit(1))
    if found is not None:
        return found
    transfer = _new("export", by, EXPORT_LASTS, course_id=course.id)
    record("transfer.export", actor_id=by.id, course=str(course.id), transfer=str(transfer.id))
    queue.later("transfer.export", transfer_id=transfer.id, priority=5)
    return transfer


def _new(kind: str, by: Member, lasts: timedelta, **more: Any) -> Transfer:
    now = clock.now()
    transfer = Transfer(
        id=ids.uuid7(), kind=kind, state="waiting", made_by=by.id, made_at=now, expires_at=now + lasts, report={}, **more
    )
    db.session.add(transfer)
    db.session.flush()
    return transfer


def make_export(transfer_id: UUID) -> None:
    """Write the archive, encrypted as every file, and say that it is ready; refused when it would be too large."""
    transfer = _locked(transfer_id, "export", "waiting")
    author = db.session.get(Member, transfer.made_by) if transfer and transfer.made_by else None
    if transfer is None or author is None or transfer.course_id is None:
        return
    course = courses.course_to_edit(author, transfer.course_id)
    with tempfile.TemporaryFile() as target:
        try:
            transfer.report = _write(course, cast(BinaryIO, target))
        except BadArchive as refusal:
            _refuse(transfer, refusal)
            return
        target.seek(0)
        transfer.file = store_stream(cast(BinaryIO, target), "application/zip", "course.zip", WORK)
    transfer.state, transfer.expires_at = "ready", clock.now() + EXPORT_LASTS
    db.session.flush()


def _write(course: Course, target: BinaryIO) -> dict[str, Any]:
    """Write the archive of the course; return what is in it. Raises BadArchive."""
    known = files_shown(course)
    names: dict[str, str] = {}

    def name_file(file_id: str, kind: str) -> str | None:
        file = known.get(file_id)
        if file is None or file.kind != kind or file.media_type not in SUFFIXES:
            packing.left_out.append({"what": "file"})
            return None
        return names.setdefault(file_id, f"files/{len(names) + 1}.{SUFFIXES[file.media_type]}")

    packing = Packing(name_file)
    survey = course_survey(course.id)
    data = packing.course(course, survey.body if survey else None)
    check_course(data)
    writing = Writing(target)
    content = packed(data)
    writing.add("course.json", [content], len(content))
    for file_id, name in names.items():
        writing.add(name, storage.read(UUID(file_id)), known[file_id].size_bytes)
    writing.finish(packing.left_out)
    return {**counts(data), "files": len(names), "left_out": left_out_of(packing.left_out)}


def left_out_of(rows: list[Any]) -> dict[str, int]:
    """Return how many of each did not come along, by "block", "rule", "groups" and "file"; strangers are not counted."""
    whats = [row.get("what") for row in rows if isinstance(row, dict)]
    return {what: number for what in LEFT_OUT if (number := whats.count(what))}


def take_in(source: BinaryIO, by: Member) -> Transfer:
    """Return the import of an uploaded archive, kept encrypted until a job has read it. Raises BadArchive at a glance."""
    with opened(source):
        source.seek(0)
    transfer = _new("import", by, IMPORT_LASTS, file=store_stream(source, "application/zip", "course.zip", WORK))
    record("transfer.upload", actor_id=by.id, transfer=str(transfer.id))
    queue.later("transfer.read", transfer_id=transfer.id, priority=3)
    return transfer


def read_import(transfer_id: UUID) -> None:
    """Look at everything in the archive, every file's content too; say what is in it, or why it is refused."""
    transfer = _locked(transfer_id, "import", "waiting")
    if transfer is None:
        return
    try:
        with _opened(transfer) as reading:
            kinds = _checked(reading)
            for name in sorted(kinds):
                _look(reading, name, kinds[name])
            size = sum(told["size"] for told in reading.manifest["files"].values())
            transfer.report = {
                **counts(reading.course), "files": len(kinds), "size_bytes": size,
                "left_out": left_out_of(reading.manifest.get("left_out", [])),
            }  # fmt: skip
            transfer.state = "ready"
    except BadArchive as refusal:
        _refuse(transfer, refusal)
    db.session.flush()


def _checked(reading: Reading) -> dict[str, str]:
    """Return the files by name with their kinds. Raises BadArchive, also for files that nothing shows."""
    kinds = check_course(reading.course)
    if set(kinds) != reading.names:
        raise BadArchive("list", next(iter(set(kinds) ^ reading.names)))
    return kinds


def _look(reading: Reading, name: str, kind: str) -> None:
    """Raise BadArchive unless the file is what its block shows, told by its bytes as an upload by hand is."""
    with reading.file(name) as content:
        try:
            apart(LOOKS[kind], content, name)
        except NotThat:
            raise BadArchive(f"not_{kind}", name) from None


@contextmanager
def _opened(transfer: Transfer) -> Iterator[Reading]:
    """Open the archive of an import. Raises BadArchive, also when its file is gone."""
    if transfer.file is None:
        raise BadArchive("gone")
    with tempfile.TemporaryFile() as plain:
        for part in storage.read(transfer.file.id):
            plain.write(part)
        with opened(cast(BinaryIO, plain)) as reading:
            yield reading


def _refuse(transfer: Transfer, refusal: BadArchive) -> None:
    """Say why, and let the archive go at once."""
    transfer.state, transfer.report = "refused", {"why": refusal.why, "where": refusal.where}
    _drop_file(transfer)


def ask_build(transfer: Transfer, by: Member) -> None:
    """Let a job make the course of an archive that was read. Raises Refused when there is none to make."""
    if transfer.kind != "import" or transfer.state != "ready" or transfer.expires_at <= clock.now():
        raise Refused("archive gone")
    transfer.state = "building"
    record("transfer.import", actor_id=by.id, transfer=str(transfer.id))
    queue.later("transfer.build", transfer_id=transfer.id, priority=3)
    db.session.flush()


def build_import(transfer_id: UUID) -> None:
    """Make the draft course with all its files, in one go; the archive goes."""
    transfer = _locked(transfer_id, "import", "building")
    author = db.session.get(Member, transfer.made_by) if transfer and transfer.made_by else None
    if transfer is None or author is None:
        return
    try:
        with db.session.begin_nested(), _opened(transfer) as reading:
            kinds = _checked(reading)
            files = {name: _stored(reading, name, kind, author) for name, kind in kinds.items()}
            course = build(reading.course, author, files.__getitem__)
    except BadArchive as refusal:
        _refuse(transfer, refusal)
        return
    transfer.state, transfer.course_id = "done", course.id
    _drop_file(transfer)
    record("transfer.built", actor_id=author.id, transfer=str(transfer.id), course=str(course.id))
    db.session.flush()


def _stored(reading: Reading, name: str, kind: str, by: Member) -> File:
    with reading.file(name) as content:
        try:
            return store_file(kind, content, name, by)
        except NotThat:
            raise BadArchive(f"not_{kind}", name) from None


def _locked(transfer_id: UUID, kind: str, state: str) -> Transfer | None:
    """Return the row, locked, if it still waits for this work: a job that is run twice does it once."""
    wanted = sa.select(Transfer).where(Transfer.id == transfer_id, Transfer.kind == kind, Transfer.state == state)
    return db.session.scalar(wanted.with_for_update())


def _drop_file(transfer: Transfer) -> None:
    file, transfer.file = transfer.file, None
    db.session.flush()
    if file is not None:
        remove_file(file)


def sweep(now: datetime | None = None) -> int:
    """Delete what has expired, archives and rows; return how many."""
    gone = list(db.session.scalars(sa.select(Transfer).where(Transfer.expires_at <= (now or clock.now()))))
    for transfer in gone:
        _drop_file(transfer)
        db.session.delete(transfer)
    db.session.flush()
    return len(gone)
