"""Verbs on files: store what was uploaded, sweep what no row knows. They flush; the edge commits."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.apart import apart
from core.config import config
from core.db import db
from tenants.files import storage
from tenants.files.documents import GROUPS, MAX_AUDIO_BYTES, MAX_DOCUMENT_BYTES, kind_of, named, paper_of, sound_of
from tenants.files.looks import MAX_VIDEO_BYTES, Film, NotThat, captions_of, film_of, picture_of, without_place
from tenants.files.models import File
from tenants.people.models import Member

MAX_NAME = 200
ORPHAN_AGE_S = 86_400
PIECE_BYTES = 1 << 20


def store_file(kind: str, source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return the stored image, video, audio, captions or document, told by its content. Raises NotThat, Unavailable."""
    stores = {"image": store_image, "video": store_video, "audio": store_audio, "captions": store_captions,
              "document": store_document}  # fmt: skip
    file = stores[kind](source, name, by)
    file.in_library = True
    return file


def store_any(source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return what an author uploaded to the library, its kind told by its content. Raises NotThat."""
    return store_file(kind_of(source), source, name, by)


def store_image(source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return the image, drawn anew without its metadata. Raises NotThat."""
    picture = apart(picture_of, source)
    file = _file("image", picture.media_type, name, by)
    file.width, file.height = picture.width, picture.height
    return _store(file, io.BytesIO(picture.content))


def store_video(source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return the video: as it was uploaded where browsers play it, else one that is made playable later. Raises NotThat."""
    if source.seek(0, io.SEEK_END) > MAX_VIDEO_BYTES:
        raise NotThat("too_large")
    film = film_of(source)
    if not film.plays:
        return _store_unplayable(source, name, film, by)
    file = _file("video", film.media_type, name, by)
    file.seconds = film.seconds
    return _store(file, without_place(source) if film.media_type == "video/mp4" else source)


def _store_unplayable(source: BinaryIO, name: str, film: Film, by: Member | None) -> File:
    """Return the film to come, its upload kept apart until then. Raises NotThat where ffmpeg is missing."""
    if config().ffmpeg is None:
        raise NotThat("needs_h264")
    original = _file("video", film.media_type, name, by)
    original.made_for = "playable"
    _store(original, source)
    stem = plain_name(name).rpartition(".")[0] or plain_name(name)
    file = _file("video", "video/mp4", stem[-MAX_NAME + 4 :] + ".mp4", by)
    file.state, file.source_id, file.seconds = "making", original.id, film.seconds
    file.sha256, file.size_bytes = original.sha256, original.size_bytes
    db.session.add(file)
    db.session.flush()
    make_again(file)
    return file


def make_again(file: File) -> None:
    """Let the film be made playable in the background, from the beginning."""
    if file.source_id is None:
        raise NotThat("source_gone")
    file.state, file.percent, file.trouble = "making", 0, None
    db.session.flush()
    queue.later("files.make_playable", file_id=file.id, once=f"files.playable.{file.id}", priority=7)


def store_audio(source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return the sound as it was uploaded: MP3, M4A or WAV. Raises NotThat."""
    if source.seek(0, io.SEEK_END) > MAX_AUDIO_BYTES:
        raise NotThat("too_large")
    paper = apart(sound_of, source, name)
    return _store(_file("audio", paper.media_type, named(plain_name(name), paper.suffixes), by), source)


def store_captions(source: BinaryIO, name: str, by: Member | None = None) -> File:
    """Return the captions as clean WebVTT. Raises NotThat."""
    return _store(_file("captions", "text/vtt", name, by), io.BytesIO(captions_of(source)))


def store_document(
    source: BinaryIO, name: str, by: Member | None = None, groups: Collection[str] = GROUPS
) -> File:
    """Return what somebody handed in, of one of the groups, told by its content; images are drawn anew. Raises NotThat.

    Whatever it is, its kind is "document": it is never offered among the pictures and films of authors.
    """
    if source.seek(0, io.SEEK_END) > MAX_DOCUMENT_BYTES:
        raise NotThat("too_large")
    paper = apart(paper_of, source, name)
    if paper.group not in groups:
        raise NotThat("not_asked")
    if paper.group != "image":
        file = _file("document", paper.media_type, named(plain_name(name), paper.suffixes), by)
        return _store(file, source if paper.content is None else io.BytesIO(paper.content))
    picture = apart(picture_of, source)
    file = _file("document", picture.media_type, named(plain_name(name), paper.suffixes), by)
    file.width, file.height = picture.width, picture.height
    return _store(file, io.BytesIO(picture.content))


def remove_file(file: File) -> None:
    """Delete a file that nothing shows any more; its bytes go after the commit."""
    file_id, folder = file.id, storage.directory()
    db.session.delete(file)
    db.session.flush()
    db.after_commit(lambda: storage.remove_from(folder, file_id))


def store_made(content: bytes, media_type: str, name: str, made_for: str) -> File:
    """Return a document that the feature `made_for` made for one person: kept apart from what authors uploaded."""
    return store_stream(io.BytesIO(content), media_type, name, made_for)


def store_stream(source: BinaryIO, media_type: str, name: str, made_for: str) -> File:
    """Return what `store_made` returns, for content too large to hold in memory."""
    file = _file("document", media_type, name, None)
    file.made_for = made_for
    return _store(file, source)


def _file(kind: str, media_type: str, name: str, by: Member | None) -> File:
    return File(
        id=ids.uuid7(), name=plain_name(name), kind=kind, media_type=media_type,
        uploaded_by=by.id if by else None, made_at=clock.now(),
    )


def plain_name(name: str) -> str:
    """Return the last part of an uploaded file's name, printable, never empty."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable()).strip()[-MAX_NAME:] or "file"


def _store(file: File, source: BinaryIO) -> File:
    file.sha256 = sha256_of(source)
    source.seek(0)
    file.size_bytes = storage.write(file.id, source)
    db.session.add(file)
    db.session.flush()
    return file


def sha256_of(source: BinaryIO) -> str:
    """Return the SHA-256 of the whole content, in hexadecimal digits."""
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(PIECE_BYTES):
        digest.update(piece)
        time.sleep(0)
    return digest.hexdigest()


def sweep_orphans() -> list[UUID]:
    """Return the ids of files deleted: a day old on disk and without a row, for their upload was rolled back."""
    known = set(db.session.scalars(sa.select(File.id)))
    now_s = time.time()
    lost = [one for one in storage.stored_ids() if one not in known and storage.age_s(one, now_s) > ORPHAN_AGE_S]
    for file_id in lost:
        storage.remove(file_id)
    return lost
