"""Files and voice notes of messages: harmless when stored, read by who is in the room now, gone with their message."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from blueprints.chat import files
from blueprints.hosts import HostedFlask
from core import apart, clock
from core.config import config
from core.db import db
from core.errors import TooMany
from jobs import perform, registry
from tenants.audit.models import Event
from tenants.chat import attachments, queries, reading
from tenants.chat.attachment_models import Attachment
from tenants.chat.attachments import prepared
from tenants.chat.models import Message, MessageReport, Room
from tenants.chat.rules import FLOOD
from tenants.erasure import actions as erasing
from tenants.files.looks import NotThat
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tests.cast import Cast, make_cast
from tests.chat.talking import Talk, say, write_talk
from tests.conftest import Pool
from tests.courses.writing import member
from tests.exercises.making import PDF
from tests.files.making import picture
from tests.files.test_looks import bomb
from tests.photos.test_photos import statements_of

RECORDINGS = Path(__file__).parents[1] / "files"
JSON = {"Accept": "application/json"}
Upload = tuple[bytes, str]


def recording(kind: str) -> bytes:
    """Return 1.5 to 2 seconds of sound, as browsers record it."""
    return (RECORDINGS / f"recording.{kind}").read_bytes()


def photo(size: tuple[int, int] = (1600, 900)) -> bytes:
    """Return a JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "at my home"
    return picture("JPEG", size, exif=exif, comment=b"my comment").getvalue()


@pytest.fixture
def talk(cast: Cast) -> Talk:
    """Return the rooms."""
    return write_talk(cast)


def send(browser: FlaskClient, room: UUID, uploads: Sequence[Upload], body: str = "", client_id: UUID | None = None, **more: Any) -> Any:
    """Send a message with files as the form does."""
    fields = {"body": body, "client_id": str(client_id or uuid4()), "files": [(io.BytesIO(content), name) for content, name in uploads]}
    return browser.post(f"/messages/{room}", data=fields, **more)


def links(page: str) -> list[str]:
    """Return the addresses of files that a page shows."""
    return list(dict.fromkeys(re.findall(r'(?:href|src)="(/messages/[0-9a-f-]+/files/[^"]+)"', page)))


def stored(cast: Cast) -> int:
    """Return how many files the academy stores."""
    return len(list((config().files_dir / cast.academy.scope.role).iterdir()))


def test_a_message_carries_pictures_sound_and_papers_in_their_order(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    sent = [(photo(), "garden.jpg"), (recording("webm"), "voice-note.webm"), (PDF, "plan.pdf"), (b"name;age\n", "list.csv")]
    assert send(cast.client(app, "participant"), talk.direct, sent, "Look").status_code == 303
    with db.scope(cast.academy.scope):
        row = reading.stretch_of(queries.room_for(member(cast, "second"), talk.direct)).rows[0]
        assert [(one.kind, one.file.name, one.file.media_type) for one in row.files] == [
            ("image", "garden.jpg", "image/jpeg"), ("voice", "voice-note.webm", "audio/webm"), ("file", "plan.pdf", "application/pdf"),
            ("file", "list.csv", "text/csv"),
        ]  # fmt: skip
        assert (row.files[0].file.width, row.files[0].file.height, row.files[1].file.seconds) == (1600, 900, 2.1)
    page = cast.client(app, "second").get(f"/messages/{talk.direct}").text
    assert 'width="720" height="405"' in page and "<audio controls" in page and "plan.pdf" in page and len(links(page)) == 5


def test_files_without_words_are_said_and_named_in_the_list(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    answer = send(cast.client(app, "participant"), talk.direct, [(photo(), "a.jpg")], headers=JSON)
    assert answer.status_code == 200 and answer.json["number"] == 1 and "said-pictures" in answer.json["html"]
    assert "Image" in cast.client(app, "second").get("/messages").text
    assert send(cast.client(app, "participant"), talk.direct, [], headers=JSON).status_code == 422, "neither words nor files"


def test_T50_files_that_are_sent_again_are_stored_once(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    client_id, browser = uuid4(), cast.client(app, "participant")
    answers = [send(browser, talk.direct, [(photo(), "a.jpg"), (PDF, "b.pdf")], "Here", client_id, headers=JSON) for _ in range(3)]
    assert len({one.json["html"] for one in answers}) == 1 and "b.pdf" in answers[2].json["html"]
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 2
    assert stored(cast) == 3, "the photo, its small picture and the paper"


def test_where_a_photo_was_taken_is_stored_nowhere(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    send(browser, talk.direct, [(photo() + b"<script>alert(1)</script>PK\x03\x04", "a.jpg")])
    found = links(browser.get(f"/messages/{talk.direct}").text)
    assert len(found) == 2
    for url in found:
        content = browser.get(url).data
        assert not [word for word in (b"my home", b"comment", b"Exif", b"script") if word in content]


@pytest.mark.parametrize(("content", "name", "why"), [
    (bomb(50_000, 50_000).getvalue(), "small.png", "too_many_pixels"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "not_a_document"),
    (b"<html><script>alert(1)</script>", "notes.txt", "not_a_document"),
    (b"MZ\x90\x00\x03" + bytes(100), "run.exe", "not_a_document"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200), "p.heic", "heic"),
    (photo()[:700], "half.jpg", "not_an_image"), (b"", "empty.pdf", "empty"), (bytes(26 * 1024 * 1024), "large.pdf", "too_large"),
    (recording("webm")[:90], "voice-note.webm", "not_a_sound"), (b"\x1a\x45\xdf\xa3" + bytes(300), "voice-note.webm", "not_a_sound"),
    (recording("webm").replace(b"A_OPUS", b"V_VP80"), "voice-note.webm", "not_a_sound"),
    (recording("ogg").replace(b"OpusHead", b"Somethng"), "voice-note.ogg", "not_a_sound"),
])  # fmt: skip
def test_T29_bombs_liars_and_what_runs_are_refused(content: bytes, name: str, why: str) -> None:
    with pytest.raises(NotThat) as refusal:
        prepared(io.BytesIO(content), name)
    assert refusal.value.why == why


@pytest.mark.parametrize(("kind", "seconds"), [("webm", 2.1), ("ogg", 1.5)])
def test_a_recording_is_written_anew_with_its_length(kind: str, seconds: float) -> None:
    behind = recording(kind) + (b"<script>alert(1)</script>" if kind == "ogg" else b"")
    once = prepared(io.BytesIO(behind), f"voice-note.{kind}")
    content = once.source.read()
    again = prepared(io.BytesIO(content), "song.bin")
    assert (once.kind, once.seconds, again.kind, again.name) == ("voice", seconds, "audio", f"song.bin.{kind}")
    assert b"script" not in content and b"Chrome" not in content and again.source.read() == content


def test_what_a_phone_writes_beside_the_sound_is_emptied() -> None:
    assert b"at my home" in recording("m4a")
    assert b"at my home" not in prepared(io.BytesIO(recording("m4a")), "a.m4a").source.read()


def test_no_cut_of_a_recording_breaks_the_reader() -> None:
    whole = recording("webm")
    for length in range(0, len(whole), 37):
        for content in (whole[:length], whole[:length] + bytes([255]) * 40):
            try:
                prepared(io.BytesIO(b"\x1a\x45\xdf\xa3" + content[4:]), "voice-note.webm")
            except NotThat:
                continue


def test_a_refused_file_says_why_keeps_the_words_and_stores_nothing(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    answer = send(browser, talk.direct, [(PDF, "good.pdf"), (b"MZ\x90\x00" + bytes(99), "run.exe")], "Kept words")
    assert answer.status_code == 422 and "run.exe: This kind of file cannot be sent." in answer.text and "Kept words</textarea>" in answer.text
    told = send(browser, talk.direct, [(b"MZ\x90\x00" + bytes(99), "run.exe")], headers=JSON)
    assert told.status_code == 422 and told.json["error"].startswith("run.exe: ")
    many = send(browser, talk.direct, [(PDF, f"{number}.pdf") for number in range(11)], headers=JSON)
    assert many.json["error"] == "A message takes at most 10 files. Send the others in a second message."
    assert stored(cast) == 0


def test_T11_only_who_is_in_the_room_now_gets_its_files(app: HostedFlask, cast: Cast, talk: Talk, pool: Pool) -> None:
    send(cast.client(app, "trainer"), talk.room, [(photo(), "a.jpg")])
    url = links(cast.client(app, "participant").get(f"/messages/{talk.room}").text)
    assert [cast.client(app, who).get(url[0]).status_code for who in ("participant", "second", "trainer")] == [200, 200, 200]
    assert [cast.client(app, who).get(one).status_code for who in ("manager", "author") for one in url] == [404] * 4, "they are in no such room"
    elsewhere = url[0].replace(str(talk.room), str(talk.direct))
    assert cast.client(app, "participant").get(elsewhere).status_code == 404, "a file has its own room"
    with db.scope(cast.academy.scope):
        inner = [str(one) for one in db.session.scalars(sa.select(File.id).where(File.made_for == "chat"))]
    assert [cast.client(app, "owner").get(f"/files/{one}").status_code for one in inner] == [404, 404], "and one door"
    assert send(cast.client(app, "manager"), talk.room, [(PDF, "a.pdf")]).status_code == 404
    other = pool.take()
    assert make_cast(other).client(app, "owner").get(url[0]).status_code == 404
    pool.give_back(other)
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Enrolment).where(Enrolment.member_id == cast.ids["second"]).values(state="ended"))
    assert [cast.client(app, "second").get(one).status_code for one in url] == [404, 404], "who left reads nothing"
    assert cast.client(app, None).get(url[0]).status_code == 302


def test_files_are_sent_with_headers_that_keep_them_harmless(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    send(browser, talk.direct, [(recording("webm"), "voice-note.webm"), (PDF, "plan.pdf")])
    sound, paper = (browser.get(url) for url in links(browser.get(f"/messages/{talk.direct}").text))
    assert sound.headers["Content-Disposition"].startswith("inline") and paper.headers["Content-Disposition"].startswith("attachment")
    for answer in (sound, paper):
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert browser.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    part = browser.get(sound.request.path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, sound.data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(sound.data)}"
    assert browser.get(sound.request.path, headers={"Range": "bytes=999999-"}).status_code == 416


def test_only_the_page_of_a_room_may_ask_for_the_microphone(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    assert "microphone=(self)" in browser.get(f"/messages/{talk.direct}").headers["Permissions-Policy"]
    for path in ("/messages", "/", "/me"):
        assert "microphone=()" in browser.get(path).headers["Permissions-Policy"]


def test_files_go_with_their_message(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    message = send(browser, talk.direct, [(photo(), "a.jpg"), (PDF, "b.pdf")], "Look", headers=JSON).json["id"]
    found = links(browser.get(f"/messages/{talk.direct}").text)
    removed = browser.post(f"/messages/{talk.direct}/{message}/remove", headers=JSON)
    assert removed.status_code == 200 and not links(removed.json["html"]) and stored(cast) == 0
    assert [browser.get(url).status_code for url in found] == [404] * 3
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


def test_words_of_a_message_with_files_may_be_taken_out(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    message = send(browser, talk.direct, [(PDF, "b.pdf")], "Look", headers=JSON).json["id"]
    answer = browser.post(f"/messages/{talk.direct}/{message}/edit", data={"body": ""}, headers=JSON)
    assert answer.status_code == 200 and "b.pdf" in answer.json["html"] and "Look" not in answer.json["html"]


def test_T57_the_files_of_a_removed_person_are_gone_and_those_of_others_stay(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    send(cast.client(app, "participant"), talk.room, [(photo(), "a.jpg")])
    send(cast.client(app, "second"), talk.room, [(PDF, "others.pdf")])
    send(cast.client(app, "trainer"), talk.question, [(PDF, "answer.pdf")], "About your question")
    registry.load()
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        assert erasing.goes(cast.ids["participant"]).files == 3, "one's own photo, and the answer to one's question"
        erasing.plan(erasing.person(cast.ids["participant"], manager), manager, cast.academy.slug, at_once=True)
    perform.drain(most=50)
    with db.scope(cast.academy.scope):
        names = [file.name for file in db.session.scalars(sa.select(File).where(File.made_for == "chat"))]
        assert names == ["others.pdf"] and stored(cast) == 1 + _others(cast)
    page = cast.client(app, "second").get(f"/messages/{talk.room}").text
    assert len(links(page)) == 1


def _others(cast: Cast) -> int:
    """Return how many stored files belong to no message."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(File).where(File.made_for.is_distinct_from("chat"))) or 0


def test_bytes_go_too_when_messages_are_cleared_or_a_room_is_gone(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    send(browser, talk.direct, [(photo(), "a.jpg")])
    send(browser, talk.question, [(PDF, "b.pdf")])
    with db.scope(cast.academy.scope, commit=True):
        old = sa.select(Message.id).where(Message.room_id == talk.direct)
        assert attachments.take_away(old) == 2
        db.session.execute(sa.delete(Room).where(Room.id == talk.question))
    assert stored(cast) == 1, "rows went with the room, bytes wait for the sweep"
    with db.scope(cast.academy.scope, commit=True):
        assert attachments.sweep() == 0, "a day old at least: an upload may be on its way"
        db.session.execute(sa.update(File).values(made_at=clock.now() - timedelta(days=2)))
        assert attachments.sweep() == 1
    assert stored(cast) == 0


def test_a_room_without_files_costs_no_statement_for_them(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser = cast.client(app, "participant")
    for words in ("One", "Two"):
        send(browser, talk.direct, [], words)
    browser.get(f"/messages/{talk.direct}")
    seen = statements_of(cast, lambda: browser.get(f"/messages/{talk.direct}"))
    assert seen and not [one for one in seen if "attachments" in one]
    for _ in range(2):
        send(browser, talk.direct, [(photo((40, 30)), "a.jpg"), (PDF, "b.pdf")])
    asked = [one for one in statements_of(cast, lambda: browser.get(f"/messages/{talk.direct}")) if "attachments" in one]
    assert len(asked) == 1, "one for all messages"


def test_the_files_that_somebody_sent_are_in_their_own_work(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    send(cast.client(app, "participant"), talk.room, [(photo(), "a.jpg"), (PDF, "b.pdf")])
    send(cast.client(app, "second"), talk.room, [(PDF, "others.pdf")])
    with zipfile.ZipFile(io.BytesIO(cast.client(app, "participant").get("/own-work.zip").data)) as pack:
        names = [one["path"] for one in json.loads(pack.read("own-work.json"))["message_files"]]
        assert [name[-5:] for name in names] == ["a.jpg", "b.pdf"] and pack.read(names[1]) == PDF
        assert "others.pdf" not in " ".join(pack.namelist())


def disclosed() -> list[Event]:
    """Return the looks of moderators that stand in the audit."""
    return list(db.session.scalars(sa.select(Event).where(Event.act == "chat.disclosed")))


def test_a_moderator_sees_the_files_of_a_reported_message_and_of_no_other(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    browser, moderator = cast.client(app, "participant"), cast.client(app, "manager")
    before = send(browser, talk.direct, [(PDF, "before.pdf")], headers=JSON).json
    reported = send(browser, talk.direct, [(photo(), "rude.jpg")], headers=JSON).json["id"]
    cast.client(app, "second").post(f"/messages/{talk.direct}/{reported}/report", data={"reason": "Look at this"})
    with db.scope(cast.academy.scope):
        report = db.session.scalars(sa.select(MessageReport.id)).one()
    page = moderator.get(f"/messages/reports/{report}").text
    (url,) = dict.fromkeys(re.findall(r'(?:href|src)="([^"]+/files/[^"]+)"', page))
    with db.scope(cast.academy.scope):
        before_looks = len(disclosed())
    assert moderator.get(url).mimetype == "image/jpeg" and "before.pdf" not in page and '<p class="muted">File</p>' in page
    with db.scope(cast.academy.scope):
        assert before_looks == 1 and len(disclosed()) == 2, "opening the file is written down"
    other = links(before["html"])[0].rpartition("/")[2]
    assert moderator.get(f"/messages/reports/{report}/files/{other}").status_code == 404
    assert moderator.get(url.replace(f"reports/{report}", str(talk.direct))).status_code == 404, "the room stays closed"
    assert cast.client(app, "second").get(url).status_code == 403


def test_nobody_fills_the_store_within_a_day(app: HostedFlask, cast: Cast, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = cast.client(app, "participant")
    assert send(browser, talk.direct, [(PDF + bytes(40_000), "a.pdf")], headers=JSON).status_code == 200
    monkeypatch.setattr(attachments, "MOST_DAILY_BYTES", 60_000)
    refused = send(browser, talk.direct, [(PDF + bytes(40_000), "b.pdf")], headers=JSON)
    assert refused.status_code == 422 and "within a day" in refused.json["error"]
    assert send(cast.client(app, "second"), talk.direct, [(PDF + bytes(40_000), "b.pdf")], headers=JSON).status_code == 200, "others may"
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Attachment).values(made_at=clock.now() - timedelta(days=2)))
    assert send(browser, talk.direct, [(PDF + bytes(40_000), "b.pdf")], headers=JSON).status_code == 200, "and the next day"


def test_T29_nothing_is_drawn_anew_for_who_may_not_write_or_sends_too_much(app: HostedFlask, cast: Cast, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(attachments, "prepare", lambda chosen: drawn.append(len(chosen)) or [])
    browser = cast.client(app, "participant")
    for number in range(FLOOD):
        say(cast, "participant", talk.room, f"{number}")
    assert send(browser, talk.room, [(photo(), "a.jpg")], "Look", headers=JSON).status_code == 429
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Room, talk.room).peers = False
    assert send(cast.client(app, "second"), talk.room, [(photo(), "a.jpg")], "Look", headers=JSON).status_code == 403
    assert drawn == []
    monkeypatch.setattr(files, "MOST_HOURLY", 1)
    assert [send(browser, talk.question, [(PDF, "a.pdf")], "Look", headers=JSON).status_code for _ in range(2)] == [200, 429]
    assert drawn == [1]


def test_the_day_is_counted_once_more_while_the_room_is_locked(app: HostedFlask, cast: Cast, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = cast.client(app, "participant")

    def prepare(chosen: Any) -> Any:
        """Be overtaken by another page of the same person."""
        monkeypatch.setattr(attachments, "MOST_DAILY_BYTES", 1_000)
        return as_it_is(chosen)

    as_it_is = attachments.prepare
    monkeypatch.setattr(attachments, "prepare", prepare)
    refused = send(browser, talk.direct, [(PDF + bytes(40_000), "a.pdf")], headers=JSON)
    assert refused.status_code == 422 and "within a day" in refused.json["error"] and stored(cast) == 0


def test_T29_few_pictures_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE_S", 0.05)
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(*_: Any) -> None:
        begun.release()
        go_on.wait(10)

    monkeypatch.setattr(attachments, "prepared", slow)
    upload = (io.BytesIO(photo()), "a.jpg")
    busy = [threading.Thread(target=attachments.prepare, args=([upload],)) for _ in range(apart.MOST_AT_ONCE)]
    for one in busy:
        one.start()
        assert begun.acquire(timeout=10)
    with pytest.raises(TooMany):
        attachments.prepare([upload])
    go_on.set()
    for one in busy:
        one.join(10)
    attachments.prepare([upload])
