"""Films of phones made playable: the upload is opened into a private folder, ffmpeg makes an MP4 of it, the MP4 is sealed.

No transaction stands open meanwhile. One film at a time on a machine, so that mail and reports go on. What a killed worker
left behind in the folder is cleared before the next film, for the lock says that nobody works on it.
"""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.config import config
from core.db import academy_scope, db
from core.errors import KweekError
from tenants.files import actions, storage
from tenants.files.ffmpeg import NotMade, make_film, make_still
from tenants.files.looks import NotThat, film_of, picture_of
from tenants.files.models import File

MOST_S = 3 * 3600
WAIT_S = 15
TELL_EVERY_S = 1.0
PIECE = 1 << 20


class NotWanted(KweekError):
    """The film was deleted, or made already, while it was being made."""


def make(number: int, file_id: UUID) -> None:
    """Make the film of academy `number` playable, or note why not; run twice, it is made once."""
    with _alone() as folder:
        if folder is None:
            with db.scope(academy_scope(number), commit=True):
                due = clock.now() + timedelta(seconds=WAIT_S)
                queue.later("files.make_playable", file_id=file_id, due=due, priority=7)
            return
        try:
            _make_in(folder, number, file_id)
        except NotWanted:
            return
        except NotMade as error:
            _fail(number, file_id, error.why)


def _make_in(folder: Path, number: int, file_id: UUID) -> None:
    source, target, still = folder / "upload", folder / "film.mp4", folder / "still.jpg"
    with db.scope(academy_scope(number)):
        file = db.session.get(File, file_id)
        if file is None or file.state != "making" or file.source_id is None:
            raise NotWanted("not to be made")
        read, source_id, seconds, size = storage.reader(), file.source_id, file.seconds, file.size_bytes
    if shutil.disk_usage(folder).free < 3 * size:
        raise NotMade("no_room")
    with open(source, "wb") as plain:
        for part in read(source_id):
            plain.write(part)
    make_film(source, target, seconds, _teller(number, file_id), MOST_S)
    source.unlink()
    make_still(target, still)
    _keep(number, file_id, target, still)


def _teller(number: int, file_id: UUID) -> Callable[[int], None]:
    """Return what writes the percent down, once a second at most. It raises NotWanted when the film is gone."""
    said = [0, time.monotonic()]

    def tell(percent: int) -> None:
        if percent <= said[0] or time.monotonic() - said[1] < TELL_EVERY_S:
            return
        said[:] = [percent, time.monotonic()]
        with db.scope(academy_scope(number), commit=True):
            change = sa.update(File).where(File.id == file_id, File.state == "making").values(percent=percent)
            if db.session.execute(change.returning(File.id)).first() is None:
                raise NotWanted("gone")

    return tell


def _keep(number: int, file_id: UUID, target: Path, still: Path) -> None:
    """Put the film in the place of its upload, and a still beside it."""
    with db.scope(academy_scope(number), commit=True), open(target, "rb") as made:
        file = _locked(file_id)
        try:
            film, picture = film_of(made), picture_of(io.BytesIO(still.read_bytes()))
        except (NotThat, OSError):
            raise NotMade("broken") from None
        poster = actions.store_made(picture.content, picture.media_type, "still.jpg", "poster")
        file.sha256 = actions.sha256_of(made)
        made.seek(0)
        file.size_bytes = storage.write(file.id, made)
        file.state, file.percent, file.trouble = "ready", 100, None
        file.width, file.height, file.seconds = picture.width, picture.height, film.seconds or file.seconds
        upload = db.session.get(File, file.source_id) if file.source_id else None
        file.source_id, file.poster_id = None, poster.id
        db.session.flush()
        if upload is not None:
            actions.remove_file(upload)


def _fail(number: int, file_id: UUID, why: str) -> None:
    """Note why the film could not be made; its upload stays, so that it can be tried again."""
    with db.scope(academy_scope(number), commit=True):
        change = sa.update(File).where(File.id == file_id, File.state == "making").values(state="failed", trouble=why)
        db.session.execute(change)


def _locked(file_id: UUID) -> File:
    file = db.session.scalar(sa.select(File).where(File.id == file_id, File.state == "making").with_for_update(of=File))
    if file is None:
        raise NotWanted("gone")
    return file


@contextmanager
def _alone() -> Iterator[Path | None]:
    """Give a private, empty folder that is gone afterwards; None while another film is made on this machine."""
    home = config().home / "films"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        for left in home.iterdir():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            yield Path(folder)
