"""Files of messages: made harmless before the room is locked, stored with the message, and taken away with it."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa
from PIL import Image

from core import clock
from core.apart import apart_in_turn
from core.db import db
from core.errors import NotFound, Refused
from tenants.chat import sight
from tenants.chat.attachment_models import Attachment
from tenants.chat.keeping import before_clearing
from tenants.chat.models import Message, Room
from tenants.files.actions import plain_name, remove_file, store_stream
from tenants.files.documents import MAX_DOCUMENT_BYTES, named, paper_of
from tenants.files.looks import NotThat, Picture, film_of, picture_of, read_at_most, without_place
from tenants.files.models import File
from tenants.files.phones import is_heic
from tenants.files.recordings import is_recording, recording_of
from tenants.people.models import Member

MOST_FILES: Final = 10
MOST_BYTES: Final = 60 * 1024 * 1024
SMALL_EDGE: Final = 720
MOST_DAILY_BYTES: Final = 500 * 1024 * 1024
VOICE: Final = "voice-note."
MADE_FOR: Final = "chat"
SWEPT_AFTER: Final = timedelta(days=1)


class NotTaken(Refused):
    """A file cannot be sent; `name` is which, `why` names the sentence to show."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name, self.why = name, why


@dataclass(frozen=True)
class Prepared:
    """A file that may be stored: told by its content, drawn anew where it is a picture."""

    kind: str
    name: str
    media_type: str
    source: BinaryIO
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    small: Picture | None = None


def prepare(uploads: Sequence[tuple[BinaryIO, str]]) -> list[Prepared]:
    """Return the uploads (content, name) as they may be stored. Raises NotTaken. No room is locked meanwhile."""
    if len(uploads) > MOST_FILES:
        raise NotTaken("", "too_many_files")
    return [_prepared(source, name) for source, name in uploads]


def check_day(member: Member, fresh_bytes: int) -> None:
    """Raise NotTaken when the member would send more within a day than the academy can be asked to keep."""
    sizes = sa.select(sa.func.coalesce(sa.func.sum(File.size_bytes), 0)).join(Attachment, Attachment.file_id == File.id)
    sent = db.session.scalar(sizes.where(Attachment.member_id == member.id, Attachment.made_at > clock.now() - timedelta(days=1))) or 0
    if sent + fresh_bytes > MOST_DAILY_BYTES:
        raise NotTaken("", "too_much_today")


def check_files(member: Member, files: Sequence[Prepared]) -> None:
    """Check the day once more, with the room locked: what was sent at the same time counts now. Raises NotTaken."""
    if files:
        check_day(member, sum(one.source.seek(0, io.SEEK_END) for one in files))


def _prepared(source: BinaryIO, name: str) -> Prepared:
    try:
        return apart_in_turn(prepared, source, name)
    except NotThat as refusal:
        raise NotTaken(plain_name(name), refusal.why) from None


def prepared(source: BinaryIO, name: str) -> Prepared:
    """Return one upload as it may be stored. Raises NotThat."""
    if source.seek(0, io.SEEK_END) > MAX_DOCUMENT_BYTES:
        raise NotThat("too_large")
    source.seek(0)
    head = source.read(64)
    if is_heic(head):
        raise NotThat("heic")
    if is_recording(head):
        return _recorded(source, name)
    paper = paper_of(source, name)
    plain = named(plain_name(name), paper.suffixes)
    if paper.group == "image":
        picture = picture_of(source)
        return Prepared("image", plain, picture.media_type, io.BytesIO(picture.content), picture.width, picture.height,
                        small=_small(picture.content))  # fmt: skip
    if paper.group == "audio":
        return _sound(source, plain, paper.media_type)
    return Prepared("file", plain, paper.media_type, source if paper.content is None else io.BytesIO(paper.content))


def _recorded(source: BinaryIO, name: str) -> Prepared:
    sound = recording_of(read_at_most(source, MAX_DOCUMENT_BYTES))
    plain = named(plain_name(name), (sound.suffix,))
    return Prepared(_heard(plain), plain, sound.media_type, io.BytesIO(sound.content), seconds=sound.seconds)


def _sound(source: BinaryIO, name: str, media_type: str) -> Prepared:
    """Return sound; an MP4 loses what phones write beside it: place, maker, names."""
    if media_type != "audio/mp4":
        return Prepared(_heard(name), name, media_type, source)
    try:
        seconds = film_of(source).seconds
    except NotThat:  # a brand of sound only, which is no film
        seconds = None
    return Prepared(_heard(name), name, media_type, without_place(source), seconds=seconds)


def _heard(name: str) -> str:
    return "voice" if name.startswith(VOICE) else "audio"


def _small(content: bytes) -> Picture:
    """Return a small picture of an image that was drawn anew already."""
    with Image.open(io.BytesIO(content)) as image:
        image.thumbnail((SMALL_EDGE, SMALL_EDGE))
        out = io.BytesIO()
        image.save(out, "WEBP", quality=80)
        return Picture(out.getvalue(), "image/webp", image.width, image.height)


def keep(message: Message, member: Member, files: Sequence[Prepared]) -> tuple[Attachment, ...]:
    """Return the files, stored with their message."""
    rows = [_kept(message, member, place, one) for place, one in enumerate(files)]
    db.session.add_all(rows)
    db.session.flush()
    return tuple(rows)


def _kept(message: Message, member: Member, place: int, one: Prepared) -> Attachment:
    file = store_stream(one.source, one.media_type, one.name, MADE_FOR)
    file.width, file.height, file.seconds = one.width, one.height, one.seconds
    small = one.small and store_stream(io.BytesIO(one.small.content), one.small.media_type, "small.webp", MADE_FOR)
    return Attachment(message_id=message.id, member_id=member.id, kind=one.kind, place=place, file_id=file.id, file=file,
                      small_id=small.id if small else None)  # fmt: skip


def files_of(messages: Iterable[Message]) -> defaultdict[UUID, tuple[Attachment, ...]]:
    """Return the files of these messages, by message, in their order; no statement where none carries any."""
    found: defaultdict[UUID, tuple[Attachment, ...]] = defaultdict(tuple)
    carrying = [row.id for row in messages if row.carries]
    if carrying:
        wanted = sa.select(Attachment).where(Attachment.message_id.in_(carrying)).order_by(Attachment.place)
        for row in db.session.scalars(wanted):
            found[row.message_id] += (row,)
    return found


def file_in(member: Member, room_id: UUID, attachment_id: UUID, small: bool = False) -> File:
    """Return a file of a message that stands in a room which the member is in now. Raises NotFound."""
    shown = sa.func.coalesce(Attachment.small_id, Attachment.file_id) if small else Attachment.file_id
    file = db.session.scalar(
        sa.select(File).select_from(Attachment).join(File, File.id == shown)
        .join(Message, Message.id == Attachment.message_id).join(Room, Room.id == Message.room_id)
        .where(Attachment.id == attachment_id, Room.id == room_id, Message.removed_at.is_(None), sight.readable(member))
    )
    if file is None:
        raise NotFound("no such file")
    return file


def one_of(files: Iterable[Attachment], attachment_id: UUID) -> File:
    """Return the file of one of these attachments. Raises NotFound."""
    for one in files:
        if one.id == attachment_id:
            return one.file
    raise NotFound("no such file")


def take_away(messages: Any) -> int:
    """Remove the files of the messages whose ids this SELECT returns; return how many. Bytes go after the commit."""
    held: sa.CompoundSelect[Any] = sa.union_all(*(sa.select(column).where(Attachment.message_id.in_(messages)) for column in (Attachment.file_id, Attachment.small_id)))
    return _remove(File.id.in_(held))


def sweep() -> int:
    """Remove files of messages that are gone by a way that takes rows only, such as the removal of a course; return how many."""
    held: sa.CompoundSelect[Any] = sa.union_all(sa.select(Attachment.file_id), sa.select(Attachment.small_id).where(Attachment.small_id.is_not(None)))
    return _remove(sa.and_(File.made_for == MADE_FOR, File.made_at < clock.now() - SWEPT_AFTER, File.id.not_in(held)))


def _before_clearing(message_ids: list[UUID]) -> None:
    take_away(sa.select(Message.id).where(Message.id.in_(message_ids), Message.carries.is_not(None)))


before_clearing.append(_before_clearing)


def _remove(which: sa.ColumnElement[bool]) -> int:
    files = db.session.scalars(sa.select(File).where(which)).all()
    for file in files:
        remove_file(file)
    db.session.expire_all()
    return len(files)
