"""Archives: from academy A to academy B a course is the same apart from ids; what is hostile is refused, whole."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.config import config
from core.db import db
from tenants.courses import block_actions, publishing, queries
from tenants.files.actions import store_stream
from tenants.files.models import File
from tenants.learning import actions as learning
from tenants.transfer import actions, archive
from tenants.transfer.models import Transfer
from tenants.transfer.rules import BadArchive
from tests.cast import Cast
from tests.courses.writing import member
from tests.files.making import picture
from tests.transfer.moving import (
    HTML,
    Full,
    changed,
    course_ids,
    differing,
    drain,
    exported,
    plain,
    sealed,
    unzip,
    upload,
    zipped,
)


@pytest.fixture
def entries(app: HostedFlask, cast: Cast, full: Full) -> dict[str, bytes]:
    """Return what the archive of the full course holds."""
    return unzip(exported(cast.client(app, "author"), full.course))


def rows(cast: Cast) -> tuple[int, int]:
    """Return how many courses and files of courses the academy has."""
    with db.scope(cast.academy.scope):
        files = db.session.scalar(sa.select(sa.func.count(File.id)).where(File.made_for.is_(None)))
    return len(course_ids(cast)), files or 0


def test_a_course_moves_to_another_academy_whole(app: HostedFlask, cast: Cast, there: Cast, full: Full) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = queries.course_to_edit(member(cast, "author"), full.course, lock=True)
        block_actions.add_block(course.live_modules[1].live_lessons[0], "draw", {"bank": "theirs"})
        learning.enrol(member(cast, "participant"), course)
    author, importer = cast.client(app, "author"), there.client(app, "author")
    content = exported(author, full.course)
    everything = b"".join(unzip(content).values()) + "".join(unzip(content)).encode()
    for who in ("Sanne", "de Wit", "Anouk", "Noor", "Haddad", "@academy", *map(str, cast.ids.values()), "REMOVED", "theirs"):
        assert who.encode() not in everything, who

    sent = upload(importer, content)
    assert sent.status_code == 302 and "is being read" in importer.get(sent.location).text and rows(there) == (0, 0)
    drain()
    preview = importer.get(sent.location).text
    for line in ("2 modules", "3 lessons", "1 text", "1 image", "11 questions", "1 exercise", "1 survey in a lesson", "5 files",
                 "1 document", "1 sound", "1 callout", "1 checklist", "1 accordion", "1 video from the web",
                 "The survey at the end", "1 part of a lesson that only", "1 rule that opens a lesson for groups", "Oven"):  # fmt: skip
        assert line in preview, line
    assert "Bread &amp; &lt;b&gt;butter&lt;/b&gt;" in preview and rows(there) == (0, 0)
    assert there.client(app, "manager").get(sent.location).status_code == 404
    assert importer.post(f"{sent.location}/course").status_code == 302 and rows(there) == (0, 0)
    assert importer.post(f"{sent.location}/course").status_code == 422
    drain()
    done = importer.get(sent.location).text
    made = re.search(r'href="/courses/([0-9a-f-]{36})"', done)
    assert made and rows(there) == (1, 5)
    with db.scope(cast.academy.scope, commit=True):
        course = queries.course_to_edit(member(cast, "author"), full.course)
        block_actions.remove_block(course.live_modules[1].live_lessons[0].live_blocks[-1])
    with db.scope(cast.academy.scope):
        before = plain(cast, full.course, groups=False)
    with db.scope(there.academy.scope, commit=True):
        assert "\n".join(differing(plain(there, UUID(made[1]), groups=False), before)) == ""
        course = queries.course_to_edit(member(there, "author"), UUID(made[1]), lock=True)
        assert (course.state, course.trainer_id) == ("draft", there.ids["author"])
        publishing.publish_course(course)
        names = sorted(file.name or "" for file in db.session.scalars(sa.select(File).where(File.made_for.is_(None))))
        assert names == ["1.png", "2.vtt", "3.mp4", "The audio.mp3", "The file.csv"]
        assert db.session.scalar(sa.select(Transfer.file_id)) is None
        assert db.session.scalar(sa.select(sa.func.count(File.id)).where(File.made_for == "transfer")) == 0
    page = importer.get(f"/courses/{made[1]}").text
    assert "<b>butter" not in page and "Bread &amp;" in page


def test_T33_an_export_is_encrypted_expires_and_is_the_academys_own(app: HostedFlask, cast: Cast, there: Cast, full: Full) -> None:
    author = cast.client(app, "author")
    content = exported(author, full.course)
    with db.scope(cast.academy.scope):
        transfer = db.session.scalars(sa.select(Transfer)).one()
        path, transfer_id = config().files_dir / cast.academy.scope.role / str(transfer.file_id), transfer.id
        file_id, course_id = transfer.file_id, transfer.course_id
    stored = path.read_bytes()
    assert b"PK\x03\x04" not in stored and b"course.json" not in stored and len(stored) > len(content)
    link = f"/courses/exports/{transfer_id}/archive"
    assert author.get(link).headers["Cache-Control"] == "private, no-store"
    assert author.get(f"/files/{file_id}").status_code == 404
    assert there.client(app, "owner").get(link).status_code == 404
    assert cast.client(app, "participant").get(link).status_code == 403
    with db.scope(cast.academy.scope, commit=True):
        assert actions.make_export(transfer_id) is None
        db.session.get_one(Transfer, transfer_id).expires_at = clock.now() - timedelta(seconds=1)
    assert author.get(link).status_code == 410
    assert "Download" not in author.get(f"/courses/{course_id}/exports").text
    with db.scope(cast.academy.scope, commit=True):
        assert (actions.sweep(), actions.sweep()) == (1, 0)
    assert not path.exists() and author.get(link).status_code == 404


def told(course: Any) -> list[Any]:
    """Return the blocks of the first lesson."""
    blocks: list[Any] = course["modules"][0]["lessons"][0]["blocks"]
    return blocks


def asked(course: Any) -> list[Any]:
    """Return the questions of the second lesson."""
    return [block["question"] for block in course["modules"][0]["lessons"][1]["blocks"]]


def put(target: Any, name: Any, value: Any) -> None:
    target[name] = value


HOSTILE: dict[str, Callable[[Any], Any]] = {
    "a key that nobody knows": lambda c: put(c, "members", [{"name": "Eve"}]),
    "a part that is missing": lambda c: c.pop("language"),
    "a language of nowhere": lambda c: put(c, "language", "xx"),
    "no title": lambda c: put(c, "title", " "),
    "a title without end": lambda c: put(c, "title", "x" * 201),
    "a text too long": lambda c: put(told(c)[0], "markdown", "x" * 50_001),
    "a text that is a list": lambda c: put(told(c)[0], "markdown", [HTML]),
    "a NUL": lambda c: put(told(c)[0], "markdown", "a\x00b"),
    "half a sign": lambda c: put(told(c)[0], "markdown", "\ud83d"),
    "ready-made HTML": lambda c: put(told(c)[0], "html", "<script>"),
    "raw content": lambda c: told(c).append({"kind": "text", "raw": {"markdown": "x", "html": "<script>"}}),
    "an unknown kind": lambda c: told(c).append({"kind": "iframe"}),
    "a file id of this academy": lambda c: put(told(c)[1], "file_id", "01a20911-edce-7218-8c2d-c8641d2e2c91"),
    "a file that is not there": lambda c: put(told(c)[1], "file", "files/99.png"),
    "a file by another path": lambda c: put(told(c)[1], "file", "../../etc/passwd"),
    "one file as image and video": lambda c: put(told(c)[2], "file", "files/1.png"),
    "minutes that overflow": lambda c: put(c["modules"][0]["lessons"][0], "minutes", 10**30),
    "true as minutes": lambda c: put(c["modules"][0]["lessons"][0], "minutes", True),
    "a lesson twice": lambda c: put(c["modules"][0]["lessons"][1], "ref", "lesson-1"),
    "a wait for itself": lambda c: put(c["modules"][0]["lessons"][1], "release", {"after": "lesson-2"}),
    "a wait for groups": lambda c: put(c["modules"][0]["lessons"][1], "release", {"groups": ["x"]}),
    "a day that is none": lambda c: put(c, "deadline", {"on": "2026-02-30"}),
    "a percentage of infinity": lambda c: put(c["modules"][0]["lessons"][1], "release", {"after": "previous", "percent": "Infinity"}),
    "too many choices": lambda c: put(asked(c)[0], "choices", asked(c)[0]["choices"] * 7),
    "a rule of another kind": lambda c: put(asked(c)[0], "rule", {"accepted": ["x"]}),
    "a place beyond the image": lambda c: put(asked(c)[-1]["rule"]["areas"][0], "x", 1e9),
    "too many modules": lambda c: put(c, "modules", c["modules"] * 101),
    "a survey of no mode": lambda c: put(c["survey"], "mode", "secret"),
    "no object at all": lambda c: put(c, "modules", {"0": 1}),
}


def test_a_course_that_is_not_as_the_format_says_is_refused(app: HostedFlask, there: Cast, entries: dict[str, bytes]) -> None:
    importer = there.client(app, "author")
    for what, change in HOSTILE.items():
        sent = upload(importer, changed(entries, change))
        assert sent.status_code == 302, what
        drain()
        with db.scope(there.academy.scope):
            transfer = db.session.get_one(Transfer, UUID(sent.location.rsplit("/", 1)[1]))
            assert (transfer.state, transfer.file_id) == ("refused", None), what
            assert transfer.report["why"] in ("content", "kind", "list"), what
        assert "No course was made" in importer.get(sent.location).text
        assert importer.post(f"{sent.location}/course").status_code == 422
    assert rows(there) == (0, 0)


def test_media_are_told_by_their_bytes(app: HostedFlask, there: Cast, entries: dict[str, bytes]) -> None:
    importer = there.client(app, "author")
    for name, content, why in (
        ("files/1.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_image"),
        ("files/3.mp4", b"<html><script>alert(1)</script>", "not_video"),
        ("files/2.vtt", b"<script>alert(1)</script>", "not_captions"), ("files/2.vtt", b"", "not_captions"),
        ("files/4.csv", b"<html><script>alert(1)</script>", "not_document"), ("files/5.mp3", b"MZ\x90\x00", "not_audio"),
    ):  # fmt: skip
        sent = upload(importer, sealed({**entries, name: content}))
        drain()
        with db.scope(there.academy.scope):
            assert db.session.get_one(Transfer, UUID(sent.location.rsplit("/", 1)[1])).report == {"why": why, "where": name}
    assert rows(there) == (0, 0)


def bomb() -> bytes:
    return zipped({"manifest.json": b"{}", "course.json": b" " * 60_000_000})


def lying(content: bytes) -> bytes:
    """Return the archive with an entry that says it is small and is not."""
    at = content.rfind(b"PK\x01\x02")
    size = content[at + 24 : at + 28]
    return content.replace(size, struct.pack("<I", 3)) if size != b"\0\0\0\0" else content


def many() -> bytes:
    return zipped({f"files/{n}.png": b"" for n in range(1, 2_100)})


def encrypted(content: bytes) -> bytes:
    return content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


def test_T28_archives_that_are_hostile_or_broken_are_refused_at_once(app: HostedFlask, there: Cast, entries: dict[str, bytes]) -> None:
    importer, whole = there.client(app, "author"), sealed(entries)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as pack, pytest.warns(UserWarning):
        for _ in range(2):
            pack.writestr("course.json", entries["course.json"])
    hostile: dict[str, bytes] = {
        "nothing": b"", "no ZIP": b"GIF89a" * 100, "half of it": whole[: len(whole) // 2], "garbage in front of the end": whole[-200:],
        "a bomb": bomb(), "too many entries": many(), "an entry twice": twice.getvalue(), "a lie about a size": lying(whole),
        "a password": encrypted(whole), "no manifest": zipped({"course.json": b"{}"}), "another ZIP": zipped({"manifest.json": b"[]"}),
        "a newer version": sealed(entries, version=4), "true as version": sealed(entries, version=True),
        "a key in the manifest": sealed(entries, members=["Eve"]), "another format": sealed(entries, format="scorm"),
        "nesting without end": zipped({"manifest.json": b"[" * 100_000}), "a name that climbs": sealed({**entries, "../evil.png": b"x"}),
        "an absolute name": sealed({**entries, "/etc/passwd": b"x"}), "a backslash": sealed({**entries, "files\\..\\x.png": b"x"}),
        "a folder": zipped({**entries, "files/": b""}), "a name with NUL": sealed({**entries, "files/8.png!.exe": b"x"}).replace(b"png!.exe", b"png\0.exe"),
        "a file nobody listed": zipped({**entries, "files/9.png": b"x"}),
        "a checksum of something else": zipped({**entries, "course.json": entries["course.json"].replace(b"Flour", b"Cloud")}),
        "JSON that is none": sealed({**entries, "course.json": b"{'a': NaN}"}), "not a number": sealed({**entries, "course.json": b"NaN"}),
        "latin letters": sealed({**entries, "course.json": '"é"'.encode("latin-1")}),
    }  # fmt: skip
    for what, content in hostile.items():
        answer = upload(importer, content)
        assert answer.status_code == 422, what
        assert "Read the archive" in answer.text and "error" in answer.text, what
    assert importer.post("/courses/import").status_code == 422
    with db.scope(there.academy.scope):
        assert db.session.scalars(sa.select(Transfer)).all() == [] and db.session.scalars(sa.select(File)).all() == []
    unlisted = sealed({**entries, "files/9.png": picture().read()})
    sent = upload(importer, unlisted)
    drain()
    assert "just the files that it names" in importer.get(sent.location).text and rows(there) == (0, 0)


def test_a_build_that_fails_in_the_middle_leaves_nothing(app: HostedFlask, there: Cast, entries: dict[str, bytes]) -> None:
    importer = there.client(app, "author")
    sent = upload(importer, sealed(entries))
    drain()
    importer.post(f"{sent.location}/course")
    with db.scope(there.academy.scope, commit=True):  # the image is good and stored first, the film is none
        bad = sealed({**entries, "files/3.mp4": b"no film"})
        transfer = db.session.scalars(sa.select(Transfer)).one()
        transfer.file = store_stream(io.BytesIO(bad), "application/zip", "course.zip", "transfer")
    drain()
    assert "No course was made" in importer.get(sent.location).text and rows(there) == (0, 0)
    with db.scope(there.academy.scope):
        transfer = db.session.scalars(sa.select(Transfer)).one()
        assert (transfer.state, transfer.report["why"], transfer.course_id) == ("refused", "not_video", None)


def test_an_entry_that_lies_over_another_is_refused(entries: dict[str, bytes]) -> None:
    whole = sealed(entries)
    at = whole.rfind(b"files/1.png") - 46  # its record in the list; it begins where the first entry does
    overlapping = whole[: at + 42] + struct.pack("<I", 0) + whole[at + 46 :]
    with archive.opened(io.BytesIO(whole)) as reading, reading.file("files/1.png") as image:
        assert image.read() == entries["files/1.png"]
    with pytest.raises(BadArchive, match="not_an_archive"), archive.opened(io.BytesIO(overlapping)) as reading:
        reading.file("files/1.png").__enter__()
