"""Where a file is used, and what may be deleted."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from core import clock
from core.db import db
from tenants.bank.actions import bank_block
from tenants.courses import block_actions, queries
from tenants.files import storage
from tenants.files.actions import store_any, store_document, store_file, store_made
from tenants.files.models import File
from tenants.media import actions
from tenants.media.queries import file_of, files_page
from tenants.media.rules import Filter
from tenants.media.uses import uses_of
from tests.cast import Cast
from tests.courses.writing import ask, member, publish, write_course
from tests.exercises.making import PDF, mp3
from tests.files.making import captions, film, picture


def test_a_file_knows_every_place_that_shows_it_and_goes_only_when_none_does(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        image, tracks, video = (store_file(kind, source, f"x.{kind}", author) for kind, source in
                                (("image", picture()), ("captions", captions()), ("video", film())))  # fmt: skip
        written = write_course(author)
        course = queries.course_to_edit(author, written.course)
        last = queries.lesson_of(course, written.last)
        body = {"file_id": str(video.id), "captions": [{"file_id": str(tracks.id), "language": "en"}], "title": "x"}
        block = block_actions.add_block(last, "video", body)
        spot = ask(last, "open", "Where?", [])
        block_actions.save_picture(spot, {"file_id": str(image.id), "width": 60, "height": 40})
        db.session.flush()
        assert [(use.where, use.lesson) for use in uses_of(tracks)] == [("draft", "Oven")]
        course = publish(author, written.course)
        bank_block(spot, by=author, language="en")
        db.session.flush()
        assert {use.where for use in uses_of(video)} == {"draft", "published"}
        assert {use.where for use in uses_of(image)} >= {"draft", "bank"}
        found = files_page(author, Filter())
        assert found.total == 3 and found.used[tracks.id] == 2 and found.uploaders[author.id] == author.name
        assert files_page(author, Filter(state="unused")).total == 0
        with pytest.raises(actions.InUse):
            actions.delete(video, author)
        block_actions.remove_block(block)
        publish(author, written.course)
        assert [use.where for use in uses_of(video)] == ["bin"]
        with pytest.raises(actions.InUse):
            actions.delete(video, author)
        block.deleted_at = clock.now() - timedelta(days=31)
        db.session.flush()
        assert uses_of(video) == [] and files_page(author, Filter(state="unused")).total == 2
        actions.delete(file_of(author, video.id, lock=True), author)
        assert files_page(author, Filter(state="unused")).total == 1
        actions.restore(file_of(author, video.id, removed=True), author)
        actions.delete(video, author)
        assert actions.sweep() == 0
        video.deleted_at = clock.now() - timedelta(days=31)
        db.session.flush()
        assert actions.sweep() == 1
        gone = video.id
    with db.scope(cast.academy.scope):
        assert db.session.get(File, gone) is None and gone not in storage.stored_ids()


def test_what_participants_hand_in_or_what_was_made_for_one_is_never_in_the_library(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        handed = store_document(io.BytesIO(PDF), "handed-in.pdf", member(cast, "participant"))
        store_made(b"x", "application/pdf", "handed-in-certificate.pdf", "certificates")
        mine = store_any(io.BytesIO(PDF), "Handed-in example.pdf", author)
        kinds = [store_any(source, "x", author).kind for source in (picture(), film(padding=22_000_000), captions(), io.BytesIO(mp3()))]
        assert kinds == ["image", "video", "captions", "audio"] and (mine.kind, handed.in_library) == ("document", False)
        assert [file.id for file in files_page(author, Filter(words="HANDED in")).rows] == [mine.id]
        assert files_page(author, Filter(kind="document")).total == 1
        assert files_page(member(cast, "participant"), Filter()).total == 0
