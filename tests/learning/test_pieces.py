"""Files, sound, callouts, checklists, accordions and films of other sites: written by an author, taken by a participant."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import block_actions, queries
from tenants.files.models import File
from tenants.learning import actions, own_work
from tenants.learning.models import Tick
from tenants.learning.queries import ticked
from tests.cast import Cast, make_cast
from tests.courses.writing import member, publish, write_course
from tests.opened import Opened

KINDS = ("file", "audio", "callout", "checklist", "accordion", "embed", "divider")
SCRIPT = {"HX-Request": "true"}
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(400)
PDF = b"%PDF-1.7\n" + bytes(100)
HOSTILE = "<img src=x onerror=window.ran=1>"


@dataclass
class Lesson:
    """A lesson with one block of each new kind, written through the editor's forms."""

    course: UUID
    lesson: UUID
    blocks: dict[str, UUID]
    items: list[str]

    @property
    def learn(self) -> str:
        """Return the participant's address."""
        return f"/learn/{self.course}/{self.lesson}"

    def block(self, kind: str, more: str = "") -> str:
        """Return the address of the block in the editor."""
        return f"/courses/{self.course}/blocks/{self.blocks[kind]}{more}"


@pytest.fixture
def author(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "author")


@pytest.fixture
def lesson(author: FlaskClient, cast: Cast) -> Lesson:
    """Write the lesson by plain forms, as a browser without JavaScript would, and publish it."""
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
    found = Lesson(written.course, written.last, {}, [])
    for kind in KINDS:
        made = author.post(f"/courses/{found.course}/lessons/{found.lesson}/blocks", data={"kind": kind})
        found.blocks[kind] = UUID(re.search(r"block-([0-9a-f-]{36})", made.headers["Location"])[1])  # type: ignore[index]
    for kind, content, name in (("file", PDF, "plan.pdf"), ("audio", WAV, "talk.wav")):
        sent = author.post(found.block(kind, "/file"), data={"file": (io.BytesIO(content), name)})
        assert sent.status_code == 302
    with db.scope(cast.academy.scope):
        body = queries.block_of(queries.course_to_edit(member(cast, "author"), found.course), found.blocks["checklist"]).body
        sections = queries.block_of(
            queries.course_to_edit(member(cast, "author"), found.course), found.blocks["accordion"]
        ).body["sections"]
    found.items = [row["id"] for row in body["items"]]
    first, second = found.items
    forms: dict[str, dict[str, object]] = {
        "audio": {"title": "A talk", "transcript": "Hello\nthere"},
        "callout": {"tone": "warning", "title": "Hot", "markdown": f"**Mind** {HOSTILE}"},
        "checklist": {"title": "Before you bake", "item": [first, second], f"text-{first}": "Wash hands", f"text-{second}": HOSTILE},
        "accordion": {"section": [row["id"] for row in sections], f"title-{sections[0]['id']}": "Why?", f"markdown-{sections[0]['id']}": "*So*"},
        "embed": {"url": "https://youtu.be/dQw4w9WgXcQ", "title": "A film"},
    }  # fmt: skip
    for kind, form in forms.items():
        assert author.post(found.block(kind), data=form).status_code == 302
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "author")
        actions.enrol(member(cast, "participant"), publish(by, found.course), by)
    return found


def test_a_lesson_of_every_new_kind_is_written_and_read(app: HostedFlask, author: FlaskClient, cast: Cast, lesson: Lesson) -> None:
    editor = author.get(f"/courses/{lesson.course}/lessons/{lesson.lesson}").text
    assert "plan.pdf" in editor and 'role="combobox"' in editor and editor.count('name="kind" value="divider"') == 1
    preview = author.get(f"/courses/{lesson.course}/lessons/{lesson.lesson}/preview")
    browser = cast.client(app, "participant")
    page = browser.get(lesson.learn)
    for text in (preview.text, page.text):
        assert "plan.pdf" in text and "PDF, 1 kB" in text and 'class="callout callout-warning"' in text and "<p class=\"hint\">Warning" in text
        assert "<strong>Mind</strong>" in text and "<summary>Why?</summary>" in text and "<em>So</em>" in text and "<hr>" in text
        assert "<p>there</p>" in text and HOSTILE not in text and "<iframe" not in text
        assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in text
    for answer in (preview, page):
        assert "frame-src https://www.youtube-nocookie.com;" in answer.headers["Content-Security-Policy"]
    assert "frame-src" not in browser.get("/").headers["Content-Security-Policy"]
    assert "frame-src" not in author.get("/courses").headers["Content-Security-Policy"]
    with db.scope(cast.academy.scope):
        kinds = {file.kind: file for file in db.session.scalars(sa.select(File).where(File.kind.in_(("audio", "document"))))}
        sound, paper = kinds["audio"].id, kinds["document"].id
    part = browser.get(f"/files/{sound}", headers={"Range": "bytes=0-9"})
    assert part.status_code == 206 and part.data == WAV[:10] and part.headers["Content-Disposition"].startswith("inline")
    assert browser.get(f"/files/{paper}").headers["Content-Disposition"].startswith("attachment")
    assert cast.client(app, "second").get(f"/files/{paper}").status_code == 404


def test_ticks_are_kept_per_person_with_and_without_a_script(app: HostedFlask, cast: Cast, other: Opened, lesson: Lesson) -> None:
    browser = cast.client(app, "participant")
    url = f"{lesson.learn}/checklists/{lesson.blocks['checklist']}"
    first, second = lesson.items
    save = str(uuid4())
    assert browser.post(url, data={"item": [first, "stranger"], "client_id": save}, headers=SCRIPT).status_code == 204
    assert browser.post(url, data={"item": second, "client_id": save}, headers=SCRIPT).status_code == 204, "a resend"
    page = browser.get(lesson.learn).text
    assert f'value="{first}" checked' in page and f'value="{second}" checked' not in page
    plain = browser.post(url, data={"item": [first, second]})
    assert plain.status_code == 302 and plain.headers["Location"].endswith(f"#block-{lesson.blocks['checklist']}")
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(Tick)).one()
        assert ticked(row) == {first, second}
        lists = own_work.own_work(member(cast, "participant"))["courses"][0]["checklists"]
    assert [row["is_ticked"] for row in lists[0]["items"]] == [True, True] and lists[0]["title"] == "Before you bake"
    own = browser.get("/own-work").text
    assert "Wash hands" in own and HOSTILE not in own
    assert browser.post(f"{lesson.learn}/checklists/{lesson.blocks['callout']}", data={"item": first}).status_code == 404
    assert cast.client(app, "second").post(url, data={"item": first}).status_code == 404
    assert make_cast(other).client(app, "participant").post(url, data={"item": first}).status_code == 404


def test_rows_are_added_and_removed_without_a_script(author: FlaskClient, cast: Cast, lesson: Lesson) -> None:
    first, second = lesson.items
    form = {"title": "Mine", "item": lesson.items, f"text-{first}": "One", f"text-{second}": "Two"}
    author.post(lesson.block("checklist"), data={**form, "do": "add"})
    with db.scope(cast.academy.scope):
        rows = queries.block_of(queries.course_to_edit(member(cast, "author"), lesson.course), lesson.blocks["checklist"]).body["items"]
    assert [row["text"] for row in rows] == ["One", "Two", ""] and [row["id"] for row in rows[:2]] == lesson.items
    author.post(lesson.block("checklist"), data={**form, "do": f"remove:{first}"})
    made = author.post(
        f"/courses/{lesson.course}/lessons/{lesson.lesson}/blocks", data={"kind": "divider", "after": str(lesson.blocks["file"])}
    )
    twin = author.post(lesson.block("checklist", "/copy"))
    assert made.status_code == twin.status_code == 302
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), lesson.course)
        live = queries.lesson_of(course, lesson.lesson).live_blocks
        assert [row["text"] for row in queries.block_of(course, lesson.blocks["checklist"]).body["items"]] == ["Two"]
        assert [block.kind for block in live] == ["text", "file", "divider", "audio", "callout", "checklist", "checklist",
                                                  "accordion", "embed", "divider"]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content", "name", "words"),
    [
        ("audio", b"<script>alert(1)</script>", "a.mp3", "not a sound"), ("audio", PDF, "a.mp3", "not a sound"),
        ("audio", b"", "a.mp3", "No file was chosen"), ("file", b"<svg onload=alert(1)>", "a.pdf", "cannot be offered"),
        ("file", b"<!doctype html><script>x</script>", "page.txt", "cannot be offered"),
    ],
)  # fmt: skip
def test_other_files_are_refused_at_the_block(
    author: FlaskClient, lesson: Lesson, kind: str, content: bytes, name: str, words: str
) -> None:
    answer = author.post(lesson.block(kind, "/file"), data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 422 and words in answer.text and "Before you bake" in answer.text


def test_an_address_of_another_site_is_kept_but_not_published(author: FlaskClient, cast: Cast, lesson: Lesson) -> None:
    author.post(lesson.block("embed"), data={"url": "https://evil.example/x", "title": ""})
    page = author.get(f"/courses/{lesson.course}/lessons/{lesson.lesson}").text
    assert 'value="https://evil.example/x"' in page and "not the address of a video" in page
    refused = author.post(f"/courses/{lesson.course}/publications")
    assert refused.status_code == 422 and "Give the address of a video on YouTube or Vimeo." in refused.text
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), lesson.course)
        with pytest.raises(Exception, match="no such kind"):
            block_actions.add_block(queries.lesson_of(course, lesson.lesson), "iframe")
