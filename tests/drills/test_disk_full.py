"""T48: the disk is full under uploads, under the final export and under the database. Small disks of tmpfs, real ENOSPC."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from blueprints.hosts import HostedFlask
from core import config as configuration
from core import ids, keystore
from core.crypto import FileCipher
from core.db import db
from core.owner import owner_connection
from tenants.closing.machine import close_academy
from tenants.courses import block_actions
from tenants.courses.models import Block, Lesson
from tenants.files.models import File
from tests.browsing import client_on
from tests.cast import Cast, make_cast
from tests.conftest import Platform, Pool
from tests.courses.writing import member, write_course
from tests.files.making import film, picture
from tests.life.lives import ask, closing_row, directory, remains, servers_of_its_own
from tests.opened import Opened

pytestmark = pytest.mark.slow
MEGABYTE = 1024 * 1024
Disk = Callable[[Path, int], Path]


@pytest.fixture
def small_disk() -> Iterator[Disk]:
    """Return a function that mounts an empty disk of so many bytes at a directory."""
    mounted: list[Path] = []

    def mount(at: Path, size: int) -> Path:
        at.mkdir(parents=True, exist_ok=True)
        if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", at]).returncode:
            pytest.skip("nobody may mount a small disk here: run as root, then T48 runs")
        mounted.append(at)
        return at

    yield mount
    for at in mounted:
        subprocess.run(["umount", "-l", at], check=True)


def fill_up(disk: Path, leave: int = 0) -> Path:
    """Fill the disk until `leave` bytes are free; return the file that does."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    with open(ballast, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - leave))
    return ballast


@pytest.mark.parametrize(("language", "words"), [("en", "no room for files"), ("nl", "geen plaats voor bestanden")])
def test_T48_uploads_to_a_full_disk_change_nothing_and_work_later(
    small_disk: Disk, app: HostedFlask, casts: tuple[Cast, Cast], tmp_path: Path, language: str, words: str
) -> None:
    cast, known = casts[0], configuration.config()
    disk = small_disk(tmp_path / "files", 8 * MEGABYTE)
    home = disk / cast.academy.scope.role
    home.mkdir()
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        author.language = language
        written = write_course(author)
        lesson = db.session.get_one(Lesson, written.reading)
        blocks = {kind: block_actions.add_block(lesson, kind).id for kind in ("image", "video")}
    configuration.use(replace(known, files_dir=disk))
    client = cast.client(app, "author")

    def upload(kind: str) -> tuple[int, str]:
        made = picture(size=(400, 300)) if kind == "image" else film(padding=2 * MEGABYTE)
        path = f"/courses/{written.course}/blocks/{blocks[kind]}/file"
        answer = client.post(path, data={"file": (made, f"one.{kind}")})
        return answer.status_code, answer.text

    try:
        ballast = fill_up(disk, leave=8192)
        for kind in ("video", "image"):
            ballast.unlink()
            ballast = fill_up(disk, leave=MEGABYTE if kind == "video" else 0)
            status, text = upload(kind)
            assert status == 503 and words in text, kind
            assert list(home.iterdir()) == [], "nothing half is left"
            with db.scope(cast.academy.scope):
                assert db.session.scalar(sa.select(sa.func.count()).select_from(File)) == 0
                assert "file_id" not in db.session.get_one(Block, blocks[kind]).body
        ballast.unlink()
        for kind in ("video", "image"):
            assert upload(kind)[0] == 302
        assert len(list(home.iterdir())) == 2
    finally:
        configuration.use(known)


def test_T48_an_export_that_finds_no_room_destroys_nothing_and_goes_on_later(
    small_disk: Disk, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Path(tempfile.mkdtemp(prefix="kweek-full-", dir="/tmp"))
    with servers_of_its_own(platform, home) as own:
        dying = Pool(own.postgres.superuser_url).take()
        make_cast(dying)
        add_file(dying, 3 * MEGABYTE)
        exports = small_disk(configuration.config().files_dir / "exports", MEGABYTE)
        ask(dying)
        with owner_connection() as owner:
            for _ in range(2):
                with pytest.raises(OSError, match="No space left") as failed:
                    close_academy(owner, dying.number)
                assert failed.value.errno == errno.ENOSPC
                assert closing_row(dying)["step"] == "export"
                assert all(remains(dying)[thing] for thing in ("schema", "role", "files", "key"))
                assert list(exports.iterdir()) == [], "half an export is none"
            subprocess.run(["mount", "-o", f"remount,size={16 * MEGABYTE}", exports], check=True)
            assert close_academy(owner, dying.number) == "done"
        assert not any(remains(dying).values())
        assert closing_row(dying)["receipt"]["file_bytes"] == 3 * MEGABYTE


def add_file(academy: Opened, size: int) -> None:
    """Give the academy a file that no ZIP makes smaller."""
    with db.scope(academy.scope, commit=True):
        file = File(id=ids.uuid7(), name="film.mp4", kind="video", media_type="video/mp4", size_bytes=size,
                    sha256="0" * 64, uploaded_by=None)  # fmt: skip
        db.session.add(file)
        db.session.flush()
        content = FileCipher(keystore.open(academy.scope.role), file.id).seal_bytes(os.urandom(size))
        (directory(academy) / str(file.id)).write_bytes(content)


def test_T48_a_database_without_room_says_so_and_keeps_what_it_acknowledged(
    small_disk: Disk, platform: Platform, app: HostedFlask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Four people save until nothing fits any more; pages say 503; with room again everything acknowledged is there."""
    disk = small_disk(Path(tempfile.mkdtemp(prefix="kweek-full-", dir="/tmp")), 220 * MEGABYTE)
    with servers_of_its_own(platform, disk) as own:
        cast = make_cast(Pool(own.postgres.superuser_url).take())
        acknowledged: list[str] = []
        ballast = fill_up(disk, leave=3 * MEGABYTE)

        def write(seed: int) -> None:
            for number in range(100_000):
                name = f"{seed}-{number}"
                try:
                    with db.scope(cast.academy.scope, commit=True):
                        db.session.execute(
                            sa.text("INSERT INTO settings (name, value) VALUES (:name, to_jsonb(CAST(:value AS text)))"),
                            {"name": name, "value": os.urandom(600).hex()})  # fmt: skip
                except SQLAlchemyError:
                    return
                acknowledged.append(name)

        writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert acknowledged, "nothing fitted: the drill proves nothing"
        form = {"first_name": "x" * 50, "last_name": "y" * 50, "language": "nl", "scheme": "dark"}
        page = client_on(app, cast.host)
        page.set_cookie("kweek_session", cast.token("participant"), domain=cast.host)
        statuses = {page.post("/me", data=form).status_code for _ in range(300)}
        assert statuses <= {303, 503}, "saved, or a clear page"
        ballast.unlink()
        if own.postgres.pid is None:
            own.postgres.start()
        with db.scope(cast.academy.scope):
            stored = set(db.session.scalars(sa.text("SELECT name FROM settings")))
        assert set(acknowledged) <= stored <= set(acknowledged) | {f"{seed}-{n}" for seed in range(4) for n in range(len(stored))}
        assert page.post("/me", data=form).status_code == 303, "and it goes on by itself"
