"""Films of phones: taken, made playable by a real program of its own, and what is said when that fails.

The program is a small stand-in that is found by the setting, takes the same arguments and is run as ffmpeg is run; where
ffmpeg itself is installed, one test films with it.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import config as configuration
from core.db import db
from jobs.files import make_playable
from jobs.perform import drain
from tenants.courses import block_actions, publishing, queries
from tenants.files import ffmpeg, storage
from tenants.files.actions import store_file
from tenants.files.looks import film_of
from tenants.files.models import File
from tests.cast import Cast
from tests.conftest import Platform
from tests.courses.writing import member, write_course
from tests.files.making import box, film, phone_film, picture

STAND_IN = """#!{python}
import os, resource, shutil, sys, time
args = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
for _ in range(100):  # the limits come from outside, a moment after the start
    if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0): break
    time.sleep(0.05)
open(os.path.join(here, "said"), "a").write(repr((args, sorted(os.environ), os.getcwd(), os.nice(0), resource.getrlimit(resource.RLIMIT_CORE))) + "\\n")
assert os.path.exists(args[args.index("-i") + 1]) and os.stat(".").st_mode & 0o777 == 0o700
if {behave!r} == "break": sys.exit(1)
if {behave!r} == "hang": time.sleep(60)
print("out_time_us=2000000", flush=True)
shutil.copy(os.path.join(here, "still" if "-frames:v" in args else "film"), args[-1])
"""


@pytest.fixture
def program(platform: Platform, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return what installs a stand-in that makes a film, breaks or hangs; afterwards the setting is as it was."""
    before = configuration.config()

    def install(behave: str) -> Path:
        path = tmp_path / "ffmpeg"
        path.write_text(STAND_IN.format(python=sys.executable, behave=behave))
        path.chmod(0o755)
        (tmp_path / "film").write_bytes(film(4).getvalue())
        (tmp_path / "still").write_bytes(picture("JPEG").getvalue())
        configuration.use(replace(before, ffmpeg=str(path)))
        return path

    yield install
    configuration.use(before)


def uploaded(cast: Cast, source: io.BytesIO) -> UUID:
    with db.scope(cast.academy.scope, commit=True):
        return store_file("video", source, "IMG_0007.MOV", member(cast, "author")).id


def stored(cast: Cast, file_id: UUID) -> File:
    """Return the file as it stands, detached."""
    with db.scope(cast.academy.scope):
        file = db.session.get_one(File, file_id)
        db.session.expunge(file)
    return file


@pytest.mark.parametrize(("source", "plays"), [
    (film(), True), (phone_film(), False), (phone_film(b"avc1"), False), (phone_film(b"hvc1", b"mp42"), False),
    (phone_film(b"hev1", b"isom"), False), (phone_film(b"avc1", b"mp42"), True), (phone_film(b"avc1", b"3gp4"), False),
], ids=["plain", "mov", "mov-h264", "mp4-hevc", "mp4-hev1", "mp4-h264", "3gp"])  # fmt: skip
def test_what_browsers_play_is_told_by_the_codec(source: io.BytesIO, plays: bool) -> None:
    assert film_of(source).plays is plays


def test_the_place_where_it_was_filmed_is_emptied_from_films_that_play_as_they_are(cast: Cast) -> None:
    place = box(b"udta", box(b"\xa9xyz", b"+52.0907+005.1214/"))
    told = phone_film(b"avc1", b"mp42").getvalue()
    whole = told + box(b"meta", b"+52.0907") + box(b"moov", place)
    at = told.index(b"moov") - 4
    inside = told[:at] + box(b"moov", told[at + 8 :] + place)
    for content in (whole, inside):
        file_id = uploaded(cast, io.BytesIO(content))
        with db.scope(cast.academy.scope):
            kept = b"".join(storage.read(file_id))
        expected = 1 if content is whole else 0  # a second moov is never looked at, by players either
        assert len(kept) == len(content) and kept.count(b"+52.09") == expected and film_of(io.BytesIO(kept)).plays


def test_a_phones_film_is_made_playable_in_the_background(app: HostedFlask, cast: Cast, program: Callable[[str], Path]) -> None:
    said = program("make").with_name("said")
    author = cast.client(app, "author")
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        course = queries.course_to_edit(member(cast, "author"), written.course)
        block_id = block_actions.add_block(queries.lesson_of(course, written.last), "video", {"silent": True}).id
    here = f"/courses/{written.course}/lessons/{written.last}"
    sent = author.post(f"/courses/{written.course}/blocks/{block_id}/file", data={"file": (phone_film(), "IMG_0007.MOV")})
    assert sent.status_code == 302
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), written.course)
        file_id = UUID(queries.block_of(course, block_id).body["file_id"])
        with pytest.raises(publishing.NotReady) as refusal:
            publishing.publish_course(course)
        assert [problem.kind for problem in refusal.value.problems] == ["video_making"]
    page = author.get(here).text
    assert "Being made playable: 0 %" in page and f"/media/{file_id}/making" in page
    assert author.get(f"/files/{file_id}").status_code == 404
    drain(20)
    file = stored(cast, file_id)
    assert (file.state, file.percent, file.seconds, file.source_id, file.width) == ("ready", 100, 4.0, None, 60)
    assert "IMG_0007.mp4" in author.get("/media").text
    answer = author.get(f"/files/{file_id}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "video/mp4", film(4).getvalue())
    assert author.get(f"/files/{file_id}/poster").mimetype == "image/jpeg"
    assert "The video is playable now" in author.get(f"/media/{file_id}/making").text
    assert "Being made playable" not in author.get(here).text
    arguments, environment, folder, niceness, core = eval(said.read_text().splitlines()[0])
    assert set(environment) <= {"PATH", "LC_ALL", "HOME", "LC_CTYPE"} and niceness >= 15 and core == (0, 0)
    assert {"-map_metadata", "+faststart", "-threads", "-nostdin"} <= set(arguments)
    assert not Path(folder).exists() and list(configuration.config().home.joinpath("films").iterdir()) == [configuration.config().home / "films/lock"]
    with db.scope(cast.academy.scope):
        known = set(db.session.scalars(sa.select(File.id)))
        assert set(storage.stored_ids()) == known == {file_id, file.poster_id}
    make_playable(str(file_id), cast.academy.number)  # once more changes nothing
    assert stored(cast, file_id).sha256 == file.sha256


def test_a_failure_says_what_to_do_and_can_be_tried_again(app: HostedFlask, cast: Cast, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    program("break")
    file_id = uploaded(cast, phone_film())
    make_playable(str(file_id), cast.academy.number)
    assert (stored(cast, file_id).state, stored(cast, file_id).trouble) == ("failed", "broken")
    author = cast.client(app, "author")
    assert "Most Compatible" in author.get(f"/media/{file_id}").text
    assert author.post(f"/media/{file_id}/making").status_code == 302
    monkeypatch.setattr("tenants.files.playable.MOST_S", 0.4)
    program("hang")
    make_playable(str(file_id), cast.academy.number)
    assert (stored(cast, file_id).state, stored(cast, file_id).trouble) == ("failed", "too_slow")
    program("make")
    author.post(f"/media/{file_id}/making")
    left = configuration.config().home / "films" / "left-by-a-killed-worker"
    left.mkdir()
    make_playable(str(file_id), cast.academy.number)
    assert stored(cast, file_id).state == "ready" and not left.exists()


def test_without_ffmpeg_the_upload_says_what_to_do_and_nothing_changes(app: HostedFlask, cast: Cast, program: Callable[[str], Path]) -> None:
    program("make")
    configuration.use(replace(configuration.config(), ffmpeg=None))
    author = cast.client(app, "author")
    answer = author.post("/media", data={"file": (phone_film(), "a.mov")})
    assert answer.status_code == 422 and "Most Compatible" in answer.text and "MP4 (H.264)" in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(File.id))) == 0
    assert author.post("/media", data={"file": (film(), "a.mp4")}, headers={"HX-Request": "true"}).status_code == 204


def real_ffmpeg() -> str | None:
    """Return ffmpeg itself where it is installed."""
    return shutil.which(os.environ.get("FFMPEG") or "ffmpeg")


collect_real = real_ffmpeg() is not None
if collect_real:

    def test_ffmpeg_itself_makes_an_upright_small_h264_without_a_place(tmp_path: Path, program: Callable[[str], Path]) -> None:
        program("make")
        configuration.use(replace(configuration.config(), ffmpeg=real_ffmpeg()))
        source, target, still = tmp_path / "upload", tmp_path / "film.mp4", tmp_path / "still.jpg"
        plain = tmp_path / "plain.mov"
        flags = ["-hide_banner", "-loglevel", "error", "-y"]
        subprocess.run([str(real_ffmpeg()), *flags, "-f", "lavfi", "-i", "testsrc=size=2560x1440:rate=5:duration=1", "-f", "lavfi", "-i", "sine=duration=1",
                        "-c:v", "libx264", "-preset", "ultrafast", "-metadata", "location=+52.0907+005.1214/", str(plain)], check=True)  # fmt: skip
        content = bytearray(plain.read_bytes())
        matrix = content.index(b"tkhd") + 4 + 40  # the first track is the film; a phone held upright writes a quarter turn
        content[matrix : matrix + 36] = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 1440 << 16, 0, 0x40000000)
        assert b"52.09" in content
        source.write_bytes(content)
        heard: list[int] = []
        ffmpeg.make_film(source, target, 1.0, heard.append, 60)
        ffmpeg.make_still(target, still)
        made = target.read_bytes()
        with open(target, "rb") as opened:
            found = film_of(opened)
        assert found.plays and found.seconds == pytest.approx(1, abs=0.3) and b"52.09" not in made
        assert made.index(b"moov") < made.index(b"mdat")
        from PIL import Image

        with Image.open(still) as image:
            assert image.size == (1080, 1920)
