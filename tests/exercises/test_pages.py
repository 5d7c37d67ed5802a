"""The participant's pages: writing in the lesson, the thread, files, peers, what is new, and one's own work."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.exercises import peers, queries
from tenants.exercises.models import HandIn, HandInMessage, Review
from tenants.files.models import File
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.exercises.making import PDF, Exercise, handed_in, opened, reviewed, write_exercise
from tests.files.making import picture
from tests.opened import Opened
from tests.statements import note

SCRIPT = {"HX-Request": "true"}
HOSTILE = '</textarea><script>window.ran=1</script><img src=x onerror="window.ran=1"> [press](javascript:window.ran=1)'


@pytest.fixture
def found(cast: Cast) -> Exercise:
    return write_exercise(cast, enrolled=("participant", "second"), trainer="trainer")


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "participant")


@contextmanager
def statements(cast: Cast) -> Iterator[list[str]]:
    """Collect what is asked of the database inside the block."""
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)


def lesson_url(found: Exercise) -> str:
    return f"/learn/{found.course}/{found.lesson}"


def files(cast: Cast) -> list[UUID]:
    with db.scope(cast.academy.scope):
        return list(db.session.scalars(sa.select(File.id).order_by(File.id)))


def test_the_lesson_shows_the_task_the_rubric_and_the_form(browser: FlaskClient, found: Exercise) -> None:
    page = browser.get(lesson_url(found))
    assert page.status_code == 200
    for words in ("Bake a loaf", "<strong>describe</strong>", "Write a text or add up to 3 files", "Complete", "Well, 2.5 points",
                  "Done when the exercise is approved", "Hand in", "3 files at most, each 25 MB at most", 'name="text"'):  # fmt: skip
        assert words in page.text, words
    assert "Mark as done" not in page.text


def test_a_draft_is_saved_in_the_background_and_resumed(browser: FlaskClient, found: Exercise) -> None:
    sent = browser.post(found.url(), data={"text": "half a loaf", "client_id": str(uuid4())}, headers=SCRIPT)
    assert (sent.status_code, sent.text) == (204, "")
    assert "half a loaf" in browser.get(lesson_url(found)).text and "half a loaf" in browser.get(found.url()).text
    assert str(found.lesson) in browser.get(f"/learn/{found.course}/resume").headers["Location"]


def test_one_form_keeps_text_and_files_together(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    form = {"text": "typed before the file", "do": "upload", "at": "lesson", "sent_id": str(uuid4()),
            "file": [(io.BytesIO(PDF), "plan.pdf"), (picture(), "loaf.png")]}  # fmt: skip
    answer = browser.post(found.url(), data=form)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{lesson_url(found)}#block-{found.block}"
    page = browser.get(lesson_url(found)).text
    assert "typed before the file" in page and "plan.pdf" in page and "loaf.png" in page
    browser.post(found.url(), data={"text": "typed again", "do": f"remove:{files(cast)[0]}"})
    page = browser.get(found.url()).text
    assert "plan.pdf" not in page and "loaf.png" in page and "typed again" in page
    assert browser.post(found.url(), data={"do": "remove:nonsense"}).status_code == 404


def test_handing_in_twice_leads_to_the_same_place_and_is_one(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    form = {"text": "My loaf", "do": "hand_in", "at": "lesson", "sent_id": str(uuid4())}
    for _ in range(2):
        answer = browser.post(found.url(), data={**form, "file": (io.BytesIO(PDF), "plan.pdf")})
        assert answer.headers["Location"] == found.url()
    with db.scope(cast.academy.scope):
        one = db.session.scalars(sa.select(HandIn)).one()
        assert (one.state, one.text, one.trainer_id) == ("handed_in", "My loaf", cast.ids["trainer"]) and len(files(cast)) == 1
    page = browser.get(found.url()).text
    assert "Version 1" in page and "My loaf" in page and 'name="text"' not in page and "Your trainer reads this" in page
    assert "Open your hand-in" in browser.get(lesson_url(found)).text


@pytest.mark.parametrize(("form", "words"), [
    ({"do": "hand_in", "text": " "}, "Write something or add a file first"),
    ({"do": "hand_in", "text": "x" * 20_001}, "cannot be stored"),
    ({"do": "upload", "text": "typed", "file": (io.BytesIO(b"<svg onload=alert(1)>"), "a.svg")}, "do not know this type"),
    ({"do": "upload", "text": "typed", "file": [(io.BytesIO(PDF), f"{n}.pdf") for n in range(4)]}, "more files than the exercise takes"),
], ids=["nothing", "too long", "a drawing", "too many"])  # fmt: skip
def test_what_was_typed_stays_when_it_is_refused(browser: FlaskClient, cast: Cast, found: Exercise, form: dict[str, object], words: str) -> None:
    answer = browser.post(found.url(), data=form)
    assert answer.status_code == 422 and words in answer.text and str(form["text"]).strip()[:50] in answer.text
    assert browser.post(found.url(), data={"do": "hand_in", "text": ""}, headers=SCRIPT).status_code == 422
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(HandIn.id)).where(HandIn.state != "draft")) == 0


def test_the_thread_shows_feedback_levels_and_messages_and_trying_again(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    reviewed(cast, hand_in_id, "again", "Say how long it rose")
    browser.post(found.url("/messages"), data={"message": "Is two hours fine?", "client_id": str(uuid4())})
    page = browser.get(found.url()).text
    for words in ("Say how long it rose", "Not yet: try again", "Noor Haddad", "Is two hours fine?", "Hand in again", ">My loaf</textarea>"):
        assert words in page, words
    browser.post(found.url(), data={"text": "It rose two hours", "do": "hand_in"})
    page = browser.get(found.url()).text
    assert "Version 2" in page and "Version 1" in page and "It rose two hours" in page and "Hand in again" not in page
    assert browser.post(found.url("/messages"), data={"message": " "}).status_code == 422
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(HandInMessage.id))) == 1


def test_approval_shows_in_lesson_and_course(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    reviewed(cast, handed_in(cast, found), "approved")
    page = browser.get(lesson_url(found)).text
    assert "Approved" in page and "Continue" in page and "1 of 2 lessons done" in page


def test_new_feedback_waits_at_home_until_it_is_seen(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    assert "New feedback" not in browser.get("/").text
    reviewed(cast, hand_in_id, "again", "Once more")
    assert "New feedback" in browser.get("/").text and found.url() in browser.get("/").text
    assert "New feedback" in browser.get(lesson_url(found)).text
    browser.get(found.url())
    assert "New feedback" not in browser.get("/").text and "New feedback" not in browser.get(lesson_url(found)).text


def test_home_costs_one_statement_more_whatever_waits(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    browser.get("/")
    with statements(cast) as few:
        browser.get("/")
    for _ in range(3):
        reviewed(cast, handed_in(cast, found), "again", "Once more")
    with statements(cast) as many:
        assert "New feedback" in browser.get("/").text
    assert len(few) == len(many) <= 6, many


def test_the_thread_costs_the_same_however_much_was_said(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    reviewed(cast, handed_in(cast, found), "again", "Once more")
    browser.get(found.url())
    with statements(cast) as few:
        browser.get(found.url())
    for number in range(4):
        reviewed(cast, handed_in(cast, found), "again", f"Once more {number}", "owner" if number % 2 else "trainer")
        browser.post(found.url("/messages"), data={"message": "hm", "client_id": str(uuid4())})
    browser.get(found.url())
    with statements(cast) as many:
        browser.get(found.url())
    assert len(few) == len(many), (few, many)


@pytest.mark.parametrize(("who", "status"), [("second", 200), ("trainer", 404), ("author", 404), ("owner", 404), (None, 302)])
def test_who_does_not_take_the_course_finds_no_exercise(app: HostedFlask, cast: Cast, found: Exercise, who: str | None, status: int) -> None:
    handed_in(cast, found, words="SECRET LOAF")
    answer = cast.client(app, who).get(found.url())
    assert answer.status_code == status and "SECRET LOAF" not in answer.text


def test_strange_exercises_are_404(browser: FlaskClient, found: Exercise) -> None:
    strange = Exercise(found.course, found.reading, found.lesson, uuid4())
    for answer in (browser.get(strange.url()), browser.post(strange.url(), data={"text": "x"}), browser.post(strange.url("/messages"))):
        assert answer.status_code == 404
    assert browser.post(found.url("/messages"), data={"message": "to nobody"}).status_code == 404


def with_file(browser: FlaskClient, cast: Cast, found: Exercise, do: str = "hand_in") -> UUID:
    """Return the id of a file that the participant added."""
    browser.post(found.url(), data={"text": "x", "do": do, "file": (io.BytesIO(PDF), "sanne-de-wit.pdf")})
    return files(cast)[-1]


@pytest.mark.parametrize(("who", "draft", "sent"), [
    ("participant", 200, 200), ("second", 404, 404), ("author", 404, 404), ("trainer", 404, 200), ("manager", 404, 200),
    ("owner", 404, 200), (None, 302, 302),
])  # fmt: skip
def test_a_file_is_read_by_its_participant_and_by_reviewers_once_it_is_handed_in(
    app: HostedFlask, browser: FlaskClient, cast: Cast, found: Exercise, who: str | None, draft: int, sent: int
) -> None:
    file_id = with_file(browser, cast, found, "upload")
    for status in (draft, sent):
        answer = cast.client(app, who).get(f"/files/{file_id}")
        assert answer.status_code == status
        answer.close()
        browser.post(found.url(), data={"text": "x", "do": "hand_in"})


def test_documents_are_downloads_and_pictures_show(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    answer = browser.get(f"/files/{with_file(browser, cast, found, 'upload')}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sanne-de-wit.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data == PDF
    browser.post(found.url(), data={"do": "upload", "file": (picture(), "loaf.png")})
    browser.post(found.url(), data={"do": "upload", "file": (io.BytesIO(b"words"), "words.txt")})
    shown = [browser.get(f"/files/{one}").headers["Content-Disposition"] for one in files(cast)[1:]]
    assert shown[0].startswith("inline") and shown[1].startswith("attachment")


def test_another_academy_has_no_such_file_exercise_or_task(app: HostedFlask, browser: FlaskClient, cast: Cast, found: Exercise, other: Opened) -> None:
    file_id, outsider = with_file(browser, cast, found), make_cast(other).client(app, "owner")
    with db.scope(cast.academy.scope):
        hand_in_id = db.session.scalars(sa.select(HandIn.id)).one()
    for path in (f"/files/{file_id}", found.url(), f"/review/{hand_in_id}", f"/peer-reviews/{hand_in_id}", f"/peer-reviews/{hand_in_id}/files/{file_id}"):
        assert outsider.get(path).status_code == 404, path
    for path in (f"/review/{hand_in_id}", f"/review/{hand_in_id}/claim", f"/review/{hand_in_id}/messages", found.url("/messages")):
        assert outsider.post(path, data={"message": "x", "do": "approved"}).status_code == 404, path


@pytest.fixture
def shared(app: HostedFlask, cast: Cast) -> tuple[Exercise, UUID, UUID]:
    """Return an exercise with peers, the second's review of the first's work, and the first's file."""
    found = write_exercise(cast, enrolled=("participant", "second"), peers=1)
    file_id = with_file(cast.client(app, "participant"), cast, found)
    handed_in(cast, found, "second", "Rye")
    with db.scope(cast.academy.scope):
        return found, queries.peer_tasks(member(cast, "second"), found.block, found.course)[0].review_id, file_id


def test_a_peer_gives_feedback_without_names(app: HostedFlask, cast: Cast, shared: tuple[Exercise, UUID, UUID]) -> None:
    found, review_id, file_id = shared
    peer, author = cast.client(app, "second"), cast.client(app, "participant")
    assert "Give feedback" in peer.get("/").text and f"/peer-reviews/{review_id}" in peer.get(found.url()).text
    page = peer.get(f"/peer-reviews/{review_id}").text
    assert "The name is hidden" in page and "Sanne" not in page and "sanne-de-wit" not in page and "Clear" in page
    answer = peer.get(f"/peer-reviews/{review_id}/files/{file_id}")
    assert answer.data == PDF and answer.headers["Content-Disposition"] == 'attachment; filename="file-1.pdf"'
    assert peer.get(f"/files/{file_id}").status_code == 404, "its name would tell whose it is"
    sent = peer.post(f"/peer-reviews/{review_id}", data={"text": "Half a thought", "client_id": str(uuid4())}, headers=SCRIPT)
    assert sent.status_code == 204 and "Half a thought" in peer.get(f"/peer-reviews/{review_id}").text
    assert "Half a thought" not in author.get(found.url()).text
    assert peer.post(f"/peer-reviews/{review_id}", data={"text": " ", "do": "send"}).status_code == 422
    peer.post(f"/peer-reviews/{review_id}", data={"text": "Good crust", "do": "send", "level-c1": "l2"})
    page = author.get(found.url()).text
    assert "Good crust" in page and "A fellow participant" in page and "Yusuf" not in page
    assert "Yusuf" in cast.client(app, "trainer").get(f"/review/{hand_in_of(cast, 'participant')}").text
    assert "Give feedback" not in peer.get("/").text


def hand_in_of(cast: Cast, who: str) -> UUID:
    with db.scope(cast.academy.scope):
        rows = db.session.scalars(sa.select(HandIn))
        return next(row.id for row in rows if row.enrolment.member_id == cast.ids[who])


@pytest.mark.parametrize("who", ["participant", "trainer", "author", "owner"])
def test_nobody_else_opens_a_peers_task(app: HostedFlask, cast: Cast, shared: tuple[Exercise, UUID, UUID], who: str) -> None:
    _found, review_id, file_id = shared
    browser = cast.client(app, who)
    for answer in (browser.get(f"/peer-reviews/{review_id}"), browser.post(f"/peer-reviews/{review_id}", data={"do": "send", "text": "x"}),
                   browser.get(f"/peer-reviews/{review_id}/files/{file_id}")):  # fmt: skip
        assert answer.status_code == 404
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(Review.id)).where(Review.sent_at.is_not(None))) == 0


def test_own_work_holds_what_was_handed_in_with_its_files(app: HostedFlask, browser: FlaskClient, cast: Cast, shared: tuple[Exercise, UUID, UUID]) -> None:
    _found, review_id, _file_id = shared
    reviewed(cast, hand_in_of(cast, "participant"), "again", "Say how long it rose")
    with db.scope(cast.academy.scope, commit=True):
        peers.send_peer_review(peers.task_for(member(cast, "second"), review_id, lock=True), "Good crust", {"c1": "l2"}, uuid4())
    pack = zipfile.ZipFile(io.BytesIO(browser.get("/own-work.zip").data))
    [course] = json.loads(pack.read("own-work.json"))["courses"]
    [one] = course["exercises"]
    assert (one["written"], one["version"], one["state"]) == ("x", 1, "again")
    assert [(said["by"], said["text"]) for said in one["feedback"]] == [("Noor Haddad", "Say how long it rose"), (None, "Good crust")]
    assert pack.testzip() is None and pack.read(one["files"][0]["path"]) == PDF
    page = pack.read("own-work.html").decode()
    assert "Good crust" in page and "Yusuf" not in page and "Good crust" in browser.get("/own-work").text
    assert "Good crust" not in cast.client(app, "second").get("/own-work").text
    assert not [name for name in zipfile.ZipFile(io.BytesIO(cast.client(app, "second").get("/own-work.zip").data)).namelist() if name.startswith("files/")]


class Handlers(HTMLParser):
    """Collects elements with a handler or an address that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what would run."""
        self.found += [tag for name, value in attrs if name.startswith("on") or (value or "").startswith("javascript:")]

    @classmethod
    def of(cls, page: str) -> list[str]:
        """Return what would run in the page."""
        parser = cls()
        parser.feed(page)
        return parser.found


def test_hostile_words_are_words(app: HostedFlask, cast: Cast) -> None:
    found = write_exercise(cast, title=HOSTILE[:190], markdown=HOSTILE, criteria=[
        {"id": "c1", "title": HOSTILE[:190], "levels": [{"id": f"l{n}", "title": HOSTILE[:190], "points": "1", "description": HOSTILE} for n in (1, 2)]}])  # fmt: skip
    browser, trainer = cast.client(app, "participant"), cast.client(app, "trainer")
    browser.post(found.url(), data={"text": HOSTILE, "do": "hand_in", "file": (io.BytesIO(PDF), f"{HOSTILE}.pdf")})
    browser.post(found.url("/messages"), data={"message": HOSTILE})
    hand_in_id = hand_in_of(cast, "participant")
    trainer.get(f"/review/{hand_in_id}")
    trainer.post(f"/review/{hand_in_id}", data={"text": HOSTILE, "do": "phrase"})
    desk = trainer.get(f"/review/{hand_in_id}").text
    trainer.post(f"/review/{hand_in_id}", data={"text": HOSTILE, "level-c1": "l1", "do": "again"})
    pages = [desk, browser.get("/").text, browser.get(lesson_url(found)).text, browser.get(found.url()).text, trainer.get("/review?state=all").text,
             trainer.get(f"/review/{hand_in_id}").text, browser.get("/own-work").text]  # fmt: skip
    for number, page in enumerate(pages):
        assert "window.ran" in page, number
        assert "<script>window" not in page and "<img src=x" not in page and 'href="javascript' not in page
        assert Handlers.of(page) == []


def test_the_preview_shows_the_exercise_without_a_form(app: HostedFlask, cast: Cast, found: Exercise) -> None:
    page = cast.client(app, "author").get(f"/courses/{found.course}/lessons/{found.lesson}/preview")
    assert page.status_code == 200 and "Here participants write" in page.text and 'name="text"' not in page.text


def test_many_opened_lessons_ask_the_same_of_the_database(browser: FlaskClient, cast: Cast, found: Exercise) -> None:
    browser.get(lesson_url(found))
    with statements(cast) as bare:
        browser.get(lesson_url(found))
    reviewed(cast, handed_in(cast, found), "again", "Once more")
    with statements(cast) as after:
        browser.get(lesson_url(found))
    with db.scope(cast.academy.scope):
        assert opened(cast, found).approvals == {str(found.block): "again"}
    assert len(bare) == len(after)
