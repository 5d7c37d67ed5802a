"""The author's pages: with and without JavaScript, refused forms keep what was typed."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import queries
from tenants.courses.models import Block, Course, Lesson
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course
from tests.files.making import captions, film, picture

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "author")


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        return write_course(member(cast, "author"))


def course(cast: Cast, course_id: object) -> Course:
    return queries.course_to_edit(member(cast, "author"), course_id)  # type: ignore[arg-type]


def lesson(cast: Cast, written: Written, which: UUID | None = None) -> Lesson:
    return queries.lesson_of(course(cast, written.course), which or written.asking)


def block_ids(cast: Cast, written: Written, which: UUID | None = None) -> list[UUID]:
    with db.scope(cast.academy.scope):
        return [block.id for block in lesson(cast, written, which).live_blocks]


def block(cast: Cast, written: Written, block_id: UUID) -> Block:
    return queries.block_of(course(cast, written.course), block_id)


@pytest.mark.parametrize("who", ["participant", "trainer"])
def test_only_authors_edit(app: HostedFlask, cast: Cast, written: Written, who: str) -> None:
    browser = cast.client(app, who)
    for path in ("/courses", f"/courses/{written.course}", f"/courses/{written.course}/lessons/{written.asking}"):
        assert browser.get(path).status_code == 403
    assert browser.post("/courses/new", data={"title": "Mine"}).status_code == 403


def test_a_title_is_enough_to_begin(browser: FlaskClient, cast: Cast) -> None:
    assert browser.get("/courses").status_code == 200
    refused = browser.post("/courses/new", data={"title": "  "})
    assert refused.status_code == 422 and "Give it a title." in refused.text
    made = browser.post("/courses/new", data={"title": "Bees", "state": "published", "id": str(uuid4())})
    page = browser.get(made.headers["Location"])
    assert made.status_code == 302 and "Bees" in page.text and "Lesson 1" in page.text and "Draft" in page.text


def test_the_course_says_something_else_of_itself(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}"
    data = {"title": "Bread", "summary": "Bake", "cover": "bread", "language": "nl", "trainer": str(cast.ids["trainer"])}
    assert browser.post(url, data=data).status_code == 302
    refused = browser.post(url, data={**data, "title": "", "summary": "typed and kept"})
    assert refused.status_code == 422 and "typed and kept" in refused.text
    with db.scope(cast.academy.scope):
        found = course(cast, written.course)
        assert (found.title, found.cover, found.trainer_id) == ("Bread", "bread", cast.ids["trainer"])


def test_modules_and_lessons_change_by_plain_forms(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}"
    browser.post(f"{url}/modules", data={"title": "Eat"})
    refused = browser.post(f"{url}/modules", data={"title": "x" * 300})
    assert refused.status_code == 422 and "x" * 300 in refused.text
    with db.scope(cast.academy.scope):
        _first, second, third = (m.id for m in course(cast, written.course).live_modules)
    browser.post(f"{url}/modules/{third}", data={"title": "Taste"})
    assert browser.post(f"{url}/modules/{third}", data={"title": ""}).status_code == 422
    browser.post(f"{url}/modules/{third}/position", data={"move": "up"})
    browser.post(f"{url}/lessons/{written.reading}/position", data={"move": "down"})
    made = browser.post(f"{url}/modules/{third}/lessons", data={"title": "Butter"})
    assert "/lessons/" in made.headers["Location"] and browser.get(made.headers["Location"]).status_code == 200
    removed = browser.post(f"{url}/modules/{second}/removal")
    page = browser.get(removed.headers["Location"]).text
    assert "Module deleted" in page and f"/modules/{second}/return" in page
    with db.scope(cast.academy.scope):
        outline = [(m.title, [one.title for one in m.live_lessons]) for m in course(cast, written.course).live_modules]
    assert outline == [("Start", ["Water", "Flour"]), ("Taste", ["Butter"])]
    browser.post(f"{url}/modules/{second}/return")
    browser.post(f"{url}/lessons/{written.last}/removal")
    browser.post(f"{url}/lessons/{written.last}/return")
    with db.scope(cast.academy.scope):
        assert len(course(cast, written.course).live_modules) == 3


def test_a_dragged_order_is_kept_and_nonsense_refused(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}"
    ids = block_ids(cast, written)
    wanted = [str(one) for one in reversed(ids)]
    sent = browser.post(f"{url}/lessons/{written.asking}/blocks/order", data={"order": ",".join(wanted)}, headers=SCRIPT)
    assert sent.status_code == 204 and [str(one) for one in block_ids(cast, written)] == wanted
    assert browser.post(f"{url}/lessons/{written.asking}/blocks/order", data={"order": "x"}).status_code == 422
    with db.scope(cast.academy.scope):
        modules = [str(m.id) for m in course(cast, written.course).live_modules]
    sent = browser.post(f"{url}/modules/order", data={"order": ",".join(reversed(modules))}, headers=SCRIPT)
    assert sent.status_code == 204
    with db.scope(cast.academy.scope):
        assert [str(m.id) for m in course(cast, written.course).live_modules] == list(reversed(modules))


def test_title_and_settings_are_saved_a_field_at_a_time(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}/lessons/{written.reading}"
    assert browser.post(url, data={"title": "Grain"}, headers=SCRIPT).status_code == 204
    assert browser.post(url, data={"minutes": "25", "done_when": "question"}, headers=SCRIPT).status_code == 204
    for wrong in ({"minutes": "0"}, {"minutes": "lots"}, {"minutes": "601"}, {"title": " "}, {"done_when": "never"}):
        assert browser.post(url, data=wrong, headers=SCRIPT).status_code == 422
    page = browser.post(url, data={"minutes": "lots"})
    assert page.status_code == 422 and 'value="lots"' in page.text and "Give whole minutes" in page.text
    with db.scope(cast.academy.scope):
        found = lesson(cast, written, written.reading)
        assert (found.title, found.minutes, found.done_when) == ("Grain", 25, "question")


@pytest.mark.parametrize("kind", ["text", "image", "video", "question"])
def test_every_kind_of_block_is_added_and_drawn(browser: FlaskClient, cast: Cast, written: Written, kind: str) -> None:
    made = browser.post(f"/courses/{written.course}/lessons/{written.last}/blocks", data={"kind": kind})
    page = browser.get(made.headers["Location"])
    assert page.status_code == 200 and page.text.count('class="block') >= 2
    assert browser.get(f"/courses/{written.course}/lessons/{written.last}/preview").status_code == 200
    assert browser.post(f"/courses/{written.course}/lessons/{written.last}/blocks", data={"kind": "x"}).status_code == 422


def test_a_text_is_saved_while_typing_and_two_authors_notice(
    app: HostedFlask, browser: FlaskClient, cast: Cast, written: Written
) -> None:
    block_id = block_ids(cast, written, written.reading)[0]
    url = f"/courses/{written.course}/blocks/{block_id}"
    page = browser.get(f"/courses/{written.course}/lessons/{written.reading}").text
    state = re.search(rf'id="block-{block_id}".*?name="seen" value="([^"]+)"', page, re.S)
    assert state
    first = browser.post(url, data={"markdown": "mine", "seen": state[1]}, headers=SCRIPT)
    assert first.status_code == 204
    again = browser.post(url, data={"markdown": "mine too", "seen": first.headers["X-Seen"]}, headers=SCRIPT)
    assert again.status_code == 204
    second = cast.client(app, "owner")
    assert second.post(url, data={"markdown": "theirs", "seen": state[1]}, headers=SCRIPT).status_code == 409
    kept = second.post(url, data={"markdown": "theirs", "seen": state[1]})
    assert kept.status_code == 422 and "theirs" in kept.text and "Someone else changed this block" in kept.text
    with db.scope(cast.academy.scope):
        assert block(cast, written, block_id).body["markdown"] == "mine too"


@pytest.mark.parametrize(("kind", "button", "named"), [("hotspot", "area", "Spot 1"), ("matching", "pair", "Pair 1, left"), ("single", "add", "Answer 3")])
def test_a_row_added_to_a_question_that_changed_meanwhile_is_shown_again(
    browser: FlaskClient, cast: Cast, written: Written, kind: str, button: str, named: str
) -> None:
    block_id = block_ids(cast, written, written.asking)[1]
    url = f"/courses/{written.course}/blocks/{block_id}"
    assert browser.post(url, data={"kind": kind}, headers=SCRIPT).status_code == 204
    if kind == "hotspot":
        browser.post(f"{url}/file", data={"file": (picture(), "oven.png")})
    page = browser.post(url, data={"kind": kind, "do": button, "prompt": "Mine", "choice": ["", ""], "seen": "2026-01-01T00:00:00+00:00"})
    assert page.status_code == 422 and "Someone else changed this block" in page.text
    assert named in page.text and "Mine" in page.text


def test_browsers_line_ends_are_no_change(browser: FlaskClient, cast: Cast, written: Written) -> None:
    block_id = block_ids(cast, written, written.reading)[0]
    browser.post(f"/courses/{written.course}/blocks/{block_id}", data={"markdown": "a\r\n\r\nb\r\n"})
    with db.scope(cast.academy.scope):
        assert block(cast, written, block_id).body["markdown"] == "a\n\nb"


def test_a_text_that_is_too_long_stays_in_the_form(browser: FlaskClient, cast: Cast, written: Written) -> None:
    block_id = block_ids(cast, written, written.reading)[0]
    answer = browser.post(f"/courses/{written.course}/blocks/{block_id}", data={"markdown": "y" * 50_001})
    assert answer.status_code == 422 and "y" * 50_001 in answer.text and "too long" in answer.text


def fields(cast: Cast, written: Written, block_id: UUID) -> dict[str, list[str]]:
    """Return the form of a question block as a browser would send it."""
    with db.scope(cast.academy.scope):
        question = block(cast, written, block_id).question
        assert question
        sent = {"kind": [question.kind], "prompt": [question.prompt], "choice": [str(c.id) for c in question.choices],
                "right": [str(c.id) for c in question.choices if c.is_right]}  # fmt: skip
        return sent | {f"text-{c.id}": [c.text] for c in question.choices}


def test_a_question_is_edited_without_javascript(browser: FlaskClient, cast: Cast, written: Written) -> None:
    block_id = block_ids(cast, written)[1]
    url = f"/courses/{written.course}/blocks/{block_id}"
    sent = fields(cast, written, block_id)
    browser.post(url, data=sent | {"do": "add", "prompt": "Typed before the button"})
    sent = fields(cast, written, block_id)
    assert sent["prompt"] == ["Typed before the button"] and len(sent["choice"]) == 3
    browser.post(url, data=sent | {f"text-{sent['choice'][2]}": "Heat", "right": sent["choice"][2], "do": "kind:multiple"})
    sent = fields(cast, written, block_id)
    assert sent["kind"] == ["multiple"] and sent["right"] == [sent["choice"][2]]
    browser.post(url, data=sent | {"do": f"remove:{sent['choice'][0]}"})
    assert len(fields(cast, written, block_id)["choice"]) == 2
    browser.post(url, data=fields(cast, written, block_id) | {"do": "kind:open"})
    browser.post(url, data={"kind": "open", "prompt": "Tell"})
    after = fields(cast, written, block_id)
    assert (after["kind"], len(after["choice"])) == (["open"], 2)


def test_blocks_move_copy_and_come_back(browser: FlaskClient, cast: Cast, written: Written) -> None:
    first, second, *_ = ids = block_ids(cast, written)
    url = f"/courses/{written.course}/blocks"
    browser.post(f"{url}/{first}/position", data={"move": "down"})
    assert block_ids(cast, written)[:2] == [second, first]
    browser.post(f"{url}/{second}/copy")
    assert len(block_ids(cast, written)) == len(ids) + 1
    removed = browser.post(f"{url}/{first}/removal")
    page = browser.get(removed.headers["Location"]).text
    assert "Block deleted" in page and f"/blocks/{first}/return" in page and first not in block_ids(cast, written)
    browser.post(f"{url}/{first}/return")
    assert first in block_ids(cast, written)


def test_an_image_is_uploaded_described_and_seen(browser: FlaskClient, cast: Cast, written: Written) -> None:
    made = browser.post(f"/courses/{written.course}/lessons/{written.last}/blocks", data={"kind": "image"})
    block_id = made.headers["Location"].split("#block-")[1]
    url = f"/courses/{written.course}/blocks/{block_id}"
    broken = browser.post(f"{url}/file", data={"file": (captions(), "loaf.png")})
    assert broken.status_code == 422 and "not an image that we can show" in broken.text
    assert browser.post(f"{url}/file", data={}).status_code == 422
    assert browser.post(f"{url}/file", data={"file": (picture(), "loaf.png")}).status_code == 302
    refused = browser.post(f"/courses/{written.course}/publications")
    assert refused.status_code == 422 and "Describe the image in words" in refused.text
    browser.post(url, data={"alt": "A red loaf", "has_decorative": "1"})
    page = browser.get(f"/courses/{written.course}/lessons/{written.last}/preview").text
    assert 'alt="A red loaf"' in page and 'width="60"' in page
    assert browser.post(f"/courses/{written.course}/publications").status_code == 302


def test_a_video_needs_captions_or_silence(browser: FlaskClient, cast: Cast, written: Written) -> None:
    made = browser.post(f"/courses/{written.course}/lessons/{written.last}/blocks", data={"kind": "video"})
    block_id = UUID(made.headers["Location"].split("#block-")[1])
    url = f"/courses/{written.course}/blocks/{block_id}"
    wrong = browser.post(f"{url}/file", data={"file": (picture(), "film.mp4")})
    assert wrong.status_code == 422 and "not a video that browsers play" in wrong.text
    browser.post(f"{url}/file", data={"file": (film(90), "film.mp4")})
    assert "Add captions to the video" in browser.post(f"/courses/{written.course}/publications").text
    wrong = browser.post(f"{url}/captions", data={"file": (picture(), "x.vtt"), "language": "nl"})
    assert wrong.status_code == 422 and "WebVTT" in wrong.text
    for language in ("nl", "nl", "en"):
        browser.post(f"{url}/captions", data={"file": (captions(), "x.vtt"), "language": language})
    browser.post(f"{url}/captions/removal", data={"language": "en"})
    with db.scope(cast.academy.scope):
        body = block(cast, written, block_id).body
        assert [track["language"] for track in body["captions"]] == ["nl"] and body["seconds"] == 90.0
    assert browser.post(f"/courses/{written.course}/publications").status_code == 302
    browser.post(f"{url}/captions/removal", data={"language": "nl"})
    browser.post(url, data={"has_silent": "1", "silent": "1"})
    assert browser.post(f"/courses/{written.course}/publications").status_code == 302


def test_publish_says_how_much_changed(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}"
    here = f"{url}/lessons/{written.reading}"
    assert browser.post(f"{url}/publications", data={"next": here}).headers["Location"] == here
    assert "Published" in browser.get(here).text
    ids = block_ids(cast, written, written.reading)
    for block_id in ids:
        browser.post(f"{url}/blocks/{block_id}", data={"markdown": "new"}, headers=SCRIPT)
    browser.post(here, data={"title": "New title"}, headers=SCRIPT)
    assert "Publish 3 changes" in browser.get(here).text and "Publish 3 changes" in browser.get(f"{url}/changes").text
    evil = browser.post(f"{url}/publications", data={"next": "//evil.example"})
    assert evil.headers["Location"].startswith("/courses/")


def test_people_are_enrolled_and_taken_off(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        publish(member(cast, "author"), written.course)
    browser, url = cast.client(app, "trainer"), f"/courses/{written.course}"
    page = browser.get(f"{url}/people")
    assert page.status_code == 200 and "Sanne de Wit" in page.text
    assert browser.post(f"{url}/enrolments", data={}).status_code == 422
    browser.post(f"{url}/enrolments", data={"member": [str(cast.ids["participant"]), str(uuid4()), "x"]})
    learner = cast.client(app, "participant")
    assert "Bread for beginners" in learner.get("/").text
    page = browser.get(f"{url}/people").text
    assert "1 person takes this course" in page
    end = re.search(r"/enrolments/([0-9a-f-]+)/end", page)
    assert end
    browser.post(f"{url}/enrolments/{end[1]}/end")
    assert "Bread for beginners" not in learner.get("/").text
    assert cast.client(app, "participant").get(f"{url}/people").status_code == 403


def test_an_archived_course_leaves_the_lists_and_can_still_be_read(app: HostedFlask, browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = f"/courses/{written.course}"
    browser.post(f"{url}/publications")
    browser.post(f"{url}/enrolments", data={"member": [str(cast.ids["participant"])]})
    learner = cast.client(app, "participant")
    assert learner.get(f"/learn/{written.course}").status_code == 200
    browser.post(f"{url}/archive")
    assert learner.get(f"/learn/{written.course}").status_code == 200
    assert cast.client(app, "second").get(f"/learn/{written.course}").status_code == 404
    browser.post(f"{url}/return")
    assert learner.get(f"/learn/{written.course}").status_code == 200


def test_hostile_text_comes_out_harmless_in_editor_preview_and_lesson(
    app: HostedFlask, browser: FlaskClient, cast: Cast, written: Written
) -> None:
    url = f"/courses/{written.course}"
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    block_id = block_ids(cast, written, written.reading)[0]
    browser.post(f"{url}/blocks/{block_id}", data={"markdown": evil})
    browser.post(f"{url}/publications")
    browser.post(f"{url}/enrolments", data={"member": [str(cast.ids["participant"])]})
    pages = [
        browser.get(f"{url}/lessons/{written.reading}").text, browser.post("/courses/drawn", data={"markdown": evil}).text,
        browser.get(f"{url}/lessons/{written.reading}/preview").text,
        cast.client(app, "participant").get(f"/learn/{written.course}/{written.reading}").text,
    ]
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page


def test_the_same_once_more_is_no_conflict(browser: FlaskClient, cast: Cast, written: Written) -> None:
    """A page that was left sends what it had sent: it may not be asked about its own words."""
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), written.course)
        text, question = (next(b for m in course.live_modules for one in m.live_lessons for b in one.live_blocks if b.kind == kind) for kind in ("text", "question"))
        seen = {block.id: block.changed_at.isoformat() for block in (text, question)}
        rows = [(str(choice.id), choice.text, choice.is_right) for choice in sorted(question.question.choices, key=lambda c: c.position)]
    words = {"choice": [key for key, *_ in rows], "right": [key for key, _, right in rows if right], "kind": "single", **{f"text-{key}": said for key, said, _ in rows}}
    for block, form, other in ((text, {"markdown": "mine"}, {"markdown": "theirs"}), (question, {**words, "prompt": "Mine?"}, {**words, "prompt": "Theirs?"})):
        url, old = f"/courses/{written.course}/blocks/{block.id}", seen[block.id]
        sent = [browser.post(url, data={**form, "seen": old}, headers={"HX-Request": "true"}) for _ in range(2)]
        assert [one.status_code for one in sent] == [204, 204] and sent[0].headers["X-Seen"] == sent[1].headers["X-Seen"]
        assert browser.post(url, data={**other, "seen": old}, headers={"HX-Request": "true"}).status_code == 409
