"""Files lie encrypted on disk and are served whole or in parts, to those who may see them."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.config import config
from core.db import db
from core.errors import NotFound, Tampered, Unavailable
from tenants.courses import block_actions, queries
from tenants.files import storage
from tenants.files.actions import plain_name, store_file, sweep_orphans
from tenants.learning import actions
from tests.cast import Cast, make_cast
from tests.courses.writing import Written, member, publish, write_course
from tests.files.making import captions, film, picture
from tests.opened import Opened


def stored(cast: Cast, kind: str, source: io.BytesIO, name: str = "x.png") -> UUID:
    with db.scope(cast.academy.scope, commit=True):
        return store_file(kind, source, name, member(cast, "author")).id


@pytest.fixture
def shown(cast: Cast) -> tuple[Written, UUID, UUID]:
    """Return a course with a published film, and a draft one."""
    public, draft = stored(cast, "video", film()), stored(cast, "video", film(10))
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        written = write_course(author)
        lesson = queries.lesson_of(queries.course_to_edit(author, written.course), written.last)
        block_actions.add_block(lesson, "video", {"file_id": str(public), "silent": True})
        course = publish(author, written.course)
        block_actions.add_block(queries.lesson_of(course, written.last), "video", {"file_id": str(draft)})
        actions.enrol(member(cast, "participant"), course)
    return written, public, draft


def test_the_disk_holds_only_ciphertext(cast: Cast) -> None:
    file_id = stored(cast, "captions", captions("SEEDED WORDS"))
    path = config().files_dir / cast.academy.scope.role / str(file_id)
    assert b"SEEDED" not in path.read_bytes() and path.stat().st_size > 30
    with db.scope(cast.academy.scope):
        assert b"SEEDED WORDS" in b"".join(storage.read(file_id))


def test_a_flipped_or_moved_file_does_not_open(cast: Cast, other: Opened) -> None:
    first, second = (stored(cast, "captions", captions(text)) for text in ("one", "two"))
    folder = config().files_dir / cast.academy.scope.role
    content = (folder / str(first)).read_bytes()
    (folder / str(second)).write_bytes(content)
    (folder / str(first)).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with db.scope(cast.academy.scope):
        for file_id in (first, second):
            with pytest.raises(Tampered):
                b"".join(storage.read(file_id))
    with db.scope(other.scope), pytest.raises(NotFound):
        storage.read(first)


def test_a_full_disk_leaves_nothing_behind(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, source: object, target: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.crypto.FileCipher.seal", full)
    with pytest.raises(Unavailable):
        stored(cast, "image", picture())
    folder = config().files_dir / cast.academy.scope.role
    assert not [path for path in folder.iterdir() if path.suffix == ".new"]


def test_files_without_a_row_are_swept_after_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = stored(cast, "image", picture())
    with db.scope(cast.academy.scope):
        lost = store_file("image", picture(), "x.png").id
        db.rollback()
        assert sweep_orphans() == []
        monkeypatch.setattr("tenants.files.actions.ORPHAN_AGE_S", -1)
        assert lost in sweep_orphans() and kept in storage.stored_ids() and lost not in storage.stored_ids()


@pytest.mark.parametrize(("name", "plain"), [
    ("../../etc/passwd", "passwd"), ("C:\\x\\foto.png", "foto.png"), ("", "file"), ("a\x00b\n.png", "ab.png"),
    ("x" * 300, "x" * 200),
])  # fmt: skip
def test_a_name_is_only_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(("who", "public_status", "draft_status"), [
    ("participant", 200, 404), ("second", 404, 404), ("author", 200, 200), ("trainer", 200, 200), (None, 302, 302),
])  # fmt: skip
def test_participants_get_the_files_of_published_lessons_that_they_take(
    app: HostedFlask, cast: Cast, shown: tuple[Written, UUID, UUID], who: str | None, public_status: int,
    draft_status: int,
) -> None:
    _written, public, draft = shown
    browser = cast.client(app, who)
    for file_id, status in ((public, public_status), (draft, draft_status)):
        answer = browser.get(f"/files/{file_id}")
        assert answer.status_code == status
        answer.close()


def test_who_is_taken_off_the_course_loses_its_files(
    app: HostedFlask, cast: Cast, shown: tuple[Written, UUID, UUID]
) -> None:
    with db.scope(cast.academy.scope, commit=True):
        from tenants.learning.queries import course_for

        actions.end_enrolment(course_for(member(cast, "participant"), shown[0].course).enrolment)
    assert cast.client(app, "participant").get(f"/files/{shown[1]}").status_code == 404


def test_another_academy_has_no_such_file(
    app: HostedFlask, cast: Cast, shown: tuple[Written, UUID, UUID], other: Opened
) -> None:
    outsider = make_cast(other).client(app, "owner")
    assert outsider.get(f"/files/{shown[1]}").status_code == 404


@pytest.fixture
def author(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "author")


def test_a_film_is_read_in_parts(author: FlaskClient, cast: Cast, shown: tuple[Written, UUID, UUID]) -> None:
    url, whole = f"/files/{shown[1]}", film().getvalue()
    assert author.get(url).data == whole
    for asked, first, last in (("bytes=0-9", 0, 9), ("bytes=70000-140000", 70_000, 140_000), ("bytes=-5", len(whole) - 5, len(whole) - 1),
                               (f"bytes={len(whole) - 1}-", len(whole) - 1, len(whole) - 1)):  # fmt: skip
        answer = author.get(url, headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, whole[first : last + 1])
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
        assert answer.headers["Content-Length"] == str(last + 1 - first)


def test_ranges_outside_or_odd(author: FlaskClient, shown: tuple[Written, UUID, UUID]) -> None:
    url, whole = f"/files/{shown[1]}", film().getvalue()
    outside = author.get(url, headers={"Range": f"bytes={len(whole)}-"})
    assert outside.status_code == 416 and outside.headers["Content-Range"] == f"bytes */{len(whole)}"
    for odd in ("bytes=0-1,4-5", "lines=1-2", "bytes=x"):
        answer = author.get(url, headers={"Range": odd})
        assert (answer.status_code, len(answer.data)) == (200, len(whole))
    stale = author.get(url, headers={"Range": "bytes=0-1", "If-Range": '"older"'})
    assert (stale.status_code, len(stale.data)) == (200, len(whole))


def test_a_file_is_sent_harmless_and_once(author: FlaskClient, cast: Cast) -> None:
    file_id = stored(cast, "image", picture(), 'pic"\r\n<script>.html')
    answer = author.get(f"/files/{file_id}")
    assert answer.mimetype == "image/png" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline") and "\r" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = author.get(f"/files/{file_id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert author.head(f"/files/{file_id}").status_code == 200
    assert author.get(f"/files/{uuid4()}").status_code == 404
