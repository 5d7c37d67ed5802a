"""The library's pages: who sees them, searching, naming, choosing for a block, deleting and undoing; captions policy."""

from __future__ import annotations

import io
import re
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from core.paging import page_of
from tenants.courses import block_actions, publishing, queries
from tenants.courses.models import Course
from tenants.files.actions import store_file
from tenants.learning import actions as learning
from tenants.media.rules import fits, renamed
from tenants.settings.choices import captions_block
from tests.cast import Cast, make_cast
from tests.courses.writing import Written, member, publish, write_course
from tests.exercises.making import mp3
from tests.files.making import captions, film, picture
from tests.opened import Opened
from tests.statements import note


@pytest.mark.parametrize(("name", "wanted", "kept"), [
    ("a.png", "Bread", "Bread.png"), ("a.png", "bread.PNG", "bread.png"), ("a.mp4", "x.html", "x.html.mp4"), ("a.png", "  ", "a.png"),
    ("a.png", "../b\n c", "b c.png"), ("file", "new", "new"), ("a.png", "y" * 300, "y" * 196 + ".png"),
])  # fmt: skip
def test_a_new_name_keeps_its_ending(name: str, wanted: str, kept: str) -> None:
    assert renamed(name, wanted) == kept


def test_words_and_pages() -> None:
    assert fits("Étude van Deeg.png", "DEEG étude") and not fits("deeg.png", "deeg brood") and fits("x", " ")
    assert [page_of(*asked, 24) for asked in ((0, 5), (25, 9), (48, 2), (49, -3))] == [(1, 0), (2, 24), (2, 24), (1, 0)]


@pytest.fixture
def shown(cast: Cast) -> tuple[Written, UUID, UUID]:
    """Return a course with an empty image block and a film without captions in which somebody speaks, and both blocks."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        written = write_course(author)
        last = queries.lesson_of(queries.course_to_edit(author, written.course), written.last)
        video = store_file("video", film(), "speech.mp4", author)
        image = block_actions.add_block(last, "image")
        talk = block_actions.add_block(last, "video", {"file_id": str(video.id), "title": "Speech"})
        return written, image.id, talk.id


def test_an_author_finds_names_chooses_and_deletes(app: HostedFlask, cast: Cast, other: Opened, shown: tuple[Written, UUID, UUID]) -> None:
    written, block_id, _talk = shown
    author = cast.client(app, "author")
    assert author.post("/media", data={"file": (picture(), "Starter jar.png")}).status_code == 302
    assert author.post("/media", data={"file": (captions(), "speech.vtt")}).status_code == 302
    for wrong in ({}, {"file": (io.BytesIO(b"<svg onload=alert(1)>"), "a.png")}, {"file": (io.BytesIO(b"<html>"), "a.txt")}):
        assert author.post("/media", data=wrong).status_code == 422
    listed = author.get("/media?q=JAR+starter").text
    assert "Starter jar.png" in listed and "speech.mp4" not in listed and "Nowhere" in listed
    found = re.search(r"/media/([0-9a-f-]{36})\"", listed)
    assert found
    file_id = found[1]
    assert author.post(f"/media/{file_id}", data={"name": "Sourdough <starter>", "alt": "A jar, half full"}).status_code == 302
    choose = f"/courses/{written.course}/blocks/{block_id}/library"
    page = author.get(f"{choose}?q=sourdough").text
    assert "Sourdough &lt;starter&gt;.png" in page and "speech.mp4" not in page
    assert author.post(choose, data={"file": file_id}).status_code == 302
    assert author.post(choose, data={"file": str(uuid4())}).status_code == 404
    assert "Choose from the library" in author.get(f"/courses/{written.course}/lessons/{written.last}").text
    with db.scope(cast.academy.scope):
        body = queries.block_of(queries.course_to_edit(member(cast, "author"), written.course), block_id).body
        assert (body["file_id"], body["alt"], body["width"]) == (file_id, "A jar, half full", 60)
    refused = author.post(f"/media/{file_id}/removal")
    assert refused.status_code == 422 and "Bread for beginners: Oven" in refused.text
    tracks = re.search(r"/media/([0-9a-f-]{36})\"", author.get("/media?kind=captions&state=unused").text)
    assert tracks
    gone = author.post(f"/media/{tracks[1]}/removal")
    assert f"removed={tracks[1]}" in gone.headers["Location"] and "Undo" in author.get(gone.headers["Location"]).text
    assert author.get(f"/media/{tracks[1]}").status_code == author.get(f"/files/{tracks[1]}").status_code == 404
    assert author.post(f"/media/{tracks[1]}/return").status_code == 302 and author.get(f"/media/{tracks[1]}").status_code == 200
    for stranger in (cast.client(app, "participant"), cast.client(app, "trainer")):
        assert stranger.get("/media").status_code == 403
    outsider = make_cast(other).client(app, "author")
    for path in (f"/media/{file_id}", f"/media/{file_id}/making", choose):
        assert outsider.get(path).status_code == 404
    for path in (f"/media/{file_id}", f"/media/{file_id}/removal", f"/media/{file_id}/return", f"/media/{file_id}/making", choose):
        assert outsider.post(path, data={"file": file_id}).status_code == 404


def test_a_page_of_the_library_costs_as_much_for_many_files(app: HostedFlask, cast: Cast) -> None:
    author = cast.client(app, "author")
    costs = []
    for number in (1, 9):
        with db.scope(cast.academy.scope, commit=True):
            for place in range(number):
                store_file("captions", captions(), f"{number}-{place}.vtt", member(cast, "author"))
        sent: list[str] = []

        def listen(conn: object, cursor: object, statement: str, *rest: object, sent: list[str] = sent) -> None:
            note(sent, statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", listen)
        try:
            assert author.get("/media").status_code == 200
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", listen)
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_the_owner_chooses_what_missing_captions_do(app: HostedFlask, cast: Cast, shown: tuple[Written, UUID, UUID]) -> None:
    written, image_id, talk_id = shown
    author, owner = cast.client(app, "author"), cast.client(app, "owner")
    with db.scope(cast.academy.scope, commit=True):
        course = queries.course_to_edit(member(cast, "author"), written.course)
        block_actions.remove_block(queries.block_of(course, image_id))
        sound = store_file("audio", io.BytesIO(mp3()), "knock.mp3", member(cast, "author"))
        last = queries.lesson_of(course, written.last)
        block_actions.add_block(last, "audio", {"file_id": str(sound.id), "title": "Knock"})
        with pytest.raises(publishing.NotReady) as refusal:
            publishing.publish_course(course)
        assert [problem.kind for problem in refusal.value.problems] == ["no_captions"]
    editor = f"/courses/{written.course}/lessons/{written.last}"
    assert "Without them the course cannot be published" in author.get(editor).text
    assert "speech.mp4" in author.get("/media?state=uncaptioned").text
    assert "Videos without captions" not in cast.client(app, "manager").get("/settings").text
    assert cast.client(app, "manager").post("/settings/captions", data={"captions": "warn"}).status_code == 403
    assert owner.post("/settings/captions", data={"captions": "x"}).status_code == 422
    assert owner.post("/settings/captions", data={"captions": "warn"}).status_code == 302
    with db.scope(cast.academy.scope):
        assert not captions_block()
    assert "shut people out" in author.get(f"/courses/{written.course}").text
    assert "can be published without them" in author.get(editor).text
    sent = author.post(f"/courses/{written.course}/publications", follow_redirects=True)
    assert sent.status_code == 200 and "Published, but 2 videos or sounds" in sent.text
    with db.scope(cast.academy.scope, commit=True):
        course = db.session.get_one(Course, written.course)
        learning.enrol(member(cast, "participant"), course)
    lesson = cast.client(app, "participant").get(f"/learn/{written.course}/{written.last}")
    assert "No captions yet" in author.get(f"{editor}/preview").text and "No captions yet" in lesson.text
    author.post(f"/courses/{written.course}/blocks/{talk_id}/captions", data={"file": (captions(), "a.vtt"), "language": "en"})
    assert "speech.mp4" not in author.get("/media?state=uncaptioned").text
    assert owner.post("/settings/captions", data={"captions": "block"}).status_code == 302
    with db.scope(cast.academy.scope, commit=True):
        publish(member(cast, "author"), written.course)
        assert captions_block() and db.session.scalar(sa.text("SELECT count(*) FROM settings")) == 1
