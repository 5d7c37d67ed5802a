"""The bank's pages: list, question, copies to and from lessons; with and without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.bank import actions, queries
from tenants.bank.content import content_read
from tenants.bank.formats.fit import matching_rule, ordering_rule
from tenants.bank.formats.question import ReadChoice, ReadQuestion
from tenants.bank.models import BankItem
from tenants.courses.content import snapshot_of
from tenants.courses.models import Block, Lesson
from tests.cast import Cast
from tests.courses.writing import Written, member, write_course
from tests.files.making import picture
from tests.statements import note

SCRIPT = {"HX-Request": "true"}
HOSTILE = '"><script>window.ran=1</script><img src=x onerror=window.ran=1>'
TWO = (ReadChoice("Flour", True, "Yes"), ReadChoice("Sand"))


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "author")


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        return write_course(member(cast, "author"))


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


def put(cast: Cast, prompt: str = "What is in bread?", kind: str = "single", tags: tuple[str, ...] = (), **more: object) -> UUID:
    """Return the id of a question put in the bank."""
    choices = TWO if kind in ("single", "multiple") else ()
    read = ReadQuestion(kind, prompt, choices=choices, **more)  # type: ignore[arg-type]
    with db.scope(cast.academy.scope, commit=True):
        content = content_read(read, ("True", "False"))
        return actions.add_item("", content, by=member(cast, "author"), tags=tags, language="en").id


def item(cast: Cast, item_id: UUID) -> BankItem:
    return queries.item(member(cast, "author"), item_id, removed=True)


@pytest.mark.parametrize("who", ["participant", "trainer"])
def test_only_authors_know_of_the_bank(app: HostedFlask, cast: Cast, who: str) -> None:
    browser, item_id = cast.client(app, who), put(cast)
    for path in ("/bank", f"/bank/{item_id}", f"/bank/{item_id}/preview", "/bank/imports/new", "/bank/export", "/bank/export/file"):
        assert browser.get(path).status_code == 403, path
    assert browser.post("/bank").status_code == 403


def test_an_empty_bank_says_what_appears(browser: FlaskClient) -> None:
    page = browser.get("/bank").text
    assert "Your questions appear here" in page and "New question" in page


def test_a_new_question_is_written_saved_and_made_once(browser: FlaskClient, cast: Cast) -> None:
    sent = str(uuid4())
    first = browser.post("/bank", data={"client_id": sent})
    again = browser.post("/bank", data={"client_id": sent})
    assert first.headers["Location"] == again.headers["Location"]
    url = first.headers["Location"]
    page = browser.get(url).text
    keys = re.findall(r'name="choice" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert len(keys) == 2 and seen and f'action="{url}"' in page
    data = {"kind": "single", "prompt": "What is in bread?", "choice": keys, f"text-{keys[0]}": "Flour", f"text-{keys[1]}": "Sand",
            "right": keys[0], "hint": "It is white.", "seen": seen[1]}  # fmt: skip
    saved = browser.post(url, data=data, headers=SCRIPT)
    assert saved.status_code == 204 and saved.headers["X-Seen"]
    assert browser.post(url, data=data, headers=SCRIPT).status_code == 409, "the state that it saw is old"
    assert browser.post(url, data={**data, "seen": saved.headers["X-Seen"]}).status_code == 302
    with db.scope(cast.academy.scope):
        stored = item(cast, UUID(url.rsplit("/", 1)[1]))
        assert (stored.title, stored.kind, stored.language) == ("What is in bread?", "single", "en")
        assert [(c["text"], c["is_right"]) for c in stored.question["choices"]] == [("Flour", True), ("Sand", False)]
        assert stored.question["hint"] == "It is white." and "sand" in stored.words
    assert "What is in bread?" in browser.get("/bank").text


def test_a_conflict_without_a_script_keeps_what_was_typed(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast)
    refused = browser.post(f"/bank/{item_id}", data={"kind": "open", "prompt": "typed and kept", "seen": "2020-01-01T00:00:00+00:00"})
    assert refused.status_code == 422 and "typed and kept" in refused.text and "changed this question meanwhile" in refused.text


def test_changing_the_kind_keeps_what_the_other_kind_had(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast)
    browser.post(f"/bank/{item_id}", data={"kind": "single", "do": "kind:short", "prompt": "Which flour?", "accepted": "rye\nwheat"})
    with db.scope(cast.academy.scope):
        stored = item(cast, item_id)
        assert stored.kind == "short" and stored.question["choices"] == [] and stored.question["rule"]["accepted"] == ["rye", "wheat"]
        assert [choice["text"] for choice in stored.content["choices"]] == ["Flour", "Sand"]


@pytest.mark.parametrize(("language", "word"), [("en", "True"), ("nl", "Waar")])
def test_true_or_false_speaks_the_language_of_the_question(browser: FlaskClient, cast: Cast, language: str, word: str) -> None:
    item_id = put(cast)
    browser.post(f"/bank/{item_id}/labels", data={"title": "", "tags": "", "language": language})
    browser.post(f"/bank/{item_id}", data={"kind": "single", "do": "kind:truefalse", "prompt": "Yeast lives."})
    with db.scope(cast.academy.scope):
        assert item(cast, item_id).question["choices"][0]["text"] == word


def test_title_tags_and_language(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast)
    url = f"/bank/{item_id}/labels"
    assert browser.post(url, data={"title": "Bread", "tags": " Baking,  Dough , baking,", "language": "nl"}).status_code == 302
    refused = browser.post(url, data={"title": "x" * 300, "tags": "kept, typed", "language": "nl"})
    assert refused.status_code == 422 and "kept, typed" in refused.text and "under 200" in refused.text
    with db.scope(cast.academy.scope):
        stored = item(cast, item_id)
        assert (stored.title, stored.tags, stored.language) == ("Bread", ["baking", "dough"], "nl")


def test_the_list_is_searched_filtered_and_shared_by_its_address(browser: FlaskClient, cast: Cast) -> None:
    put(cast, "What is 100% rye?", tags=("rye", "flour"))
    put(cast, "How much salt?", "open", tags=("salt",))
    for asked, there, gone in (("q=RYE+what", "100% rye", "salt?"), ("q=100%25", "100% rye", "salt?"), ("tag=salt", "salt?", "100% rye"),
                               ("kind=open", "salt?", "100% rye"), ("q=flour+sand", "100% rye", "salt?")):  # fmt: skip
        page = browser.get(f"/bank?{asked}").text
        assert there in page.split("<tbody>")[1] and gone not in page.split("<tbody>")[1], asked
    assert "No question fits this search" in browser.get("/bank?q=100_&kind=open&page=9").text
    assert browser.get("/bank?page=-3&kind=' or 1=1&tag=%00").status_code in (200, 400)


def test_the_list_costs_as_many_statements_for_many_as_for_one(browser: FlaskClient, cast: Cast) -> None:
    put(cast)
    with statements(cast) as few:
        browser.get("/bank")
    for number in range(60):
        put(cast, f"Question {number}", tags=(f"tag {number}",))
    with statements(cast) as many:
        page = browser.get("/bank?page=2").text
    assert len(few) == len(many) <= 12, many
    assert page.count('scope="row"') == 25 and "26-50 of 61" in page


def test_deleting_is_undone(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast)
    removed = browser.post(f"/bank/{item_id}/removal")
    page = browser.get(removed.headers["Location"]).text
    assert f"/bank/{item_id}/return" in page and "Question deleted" in page
    assert browser.get(f"/bank/{item_id}").status_code == 404
    browser.post(f"/bank/{item_id}/return")
    assert browser.get(f"/bank/{item_id}").status_code == 200


def test_a_copy_is_a_question_of_its_own(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast, tags=("bread",))
    made = browser.post(f"/bank/{item_id}/copy")
    twin_id = UUID(made.headers["Location"].rsplit("/", 1)[1])
    with db.scope(cast.academy.scope):
        first, twin = item(cast, item_id), item(cast, twin_id)
        assert twin.tags == ["bread"] and twin.content["prompt"] == first.content["prompt"]
        assert twin.content["id"] != first.content["id"]
        assert {c["id"] for c in twin.content["choices"]}.isdisjoint(c["id"] for c in first.content["choices"])


@pytest.mark.parametrize(("kind", "rule", "seen"), [
    ("single", {}, "Flour"), ("open", {}, "<textarea"), ("number", {"value": "1", "tolerance": "", "unit": "kg"}, "in kg"),
    ("matching", matching_rule([("rye", "dark"), ("wheat", "light")], []), "What goes with: rye"), ("file", {"most": 1}, "hand in a file"),
    ("ordering", ordering_rule(["Mix", "Bake"]), "Mix"), ("gaps", {"text": "Bread needs [[flour]]."}, "Bread needs"),
])  # fmt: skip
def test_a_question_is_tried_as_participants_meet_it(browser: FlaskClient, cast: Cast, kind: str, rule: dict[str, object], seen: str) -> None:
    item_id = put(cast, "Which?", kind, rule=rule, hint="Look", feedback_right="Well seen")
    page = browser.get(f"/bank/{item_id}/preview").text
    assert seen in page and "Well seen" in page and "Look" in page
    assert browser.get(f"/bank/{item_id}").status_code == 200


def test_hostile_texts_are_shown_as_texts(browser: FlaskClient, cast: Cast, written: Written) -> None:
    item_id = put(cast, HOSTILE, tags=(HOSTILE[:30],), hint=HOSTILE)
    course = f"/courses/{written.course}/lessons/{written.last}"
    for path in ("/bank", f"/bank/{item_id}", f"/bank/{item_id}/preview", f"{course}/bank", "/bank/export"):
        page = browser.get(path)
        assert page.status_code == 200 and "<script>window" not in page.text and "<img src=x" not in page.text, path


def test_a_spot_question_gets_its_picture(browser: FlaskClient, cast: Cast) -> None:
    item_id = put(cast, "Where?", "hotspot")
    refused = browser.post(f"/bank/{item_id}/picture", data={"file": (io.BytesIO(b"no"), "x.png")})
    assert refused.status_code == 422 and "not an image" in refused.text
    sent = browser.post(f"/bank/{item_id}/picture", data={"file": (picture("PNG"), "x.png")})
    assert sent.status_code == 302
    with db.scope(cast.academy.scope):
        file_id = item(cast, item_id).question["rule"]["file_id"]
    assert f"/files/{file_id}" in browser.get(f"/bank/{item_id}").text
    assert browser.get(f"/files/{file_id}").status_code == 200


def block_of(cast: Cast, written: Written) -> UUID:
    """Return the block of the course's multiple-choice question."""
    with db.scope(cast.academy.scope):
        blocks = db.session.get_one(Lesson, written.asking).live_blocks
        return next(block.id for block in blocks if block.question and block.question.id == written.multiple)


def test_a_question_of_a_lesson_goes_to_the_bank(browser: FlaskClient, cast: Cast, written: Written) -> None:
    block_id = block_of(cast, written)
    with db.scope(cast.academy.scope):
        before = snapshot_of(db.session.get_one(Lesson, written.asking).module.course)
    sent = browser.post(f"/courses/{written.course}/blocks/{block_id}/bank")
    editor = browser.get(sent.headers["Location"]).text
    assert "A copy is in the question bank." in editor and "In the question bank" in editor
    with db.scope(cast.academy.scope):
        block = db.session.get_one(Block, block_id)
        stored = item(cast, UUID(block.body["bank_id"]))
        assert stored.question["prompt"] == "What is in bread?" and len(stored.question["choices"]) == 3
        assert stored.question["id"] != str(written.multiple) and stored.language == "en"
        assert snapshot_of(block.lesson.module.course) == before, "participants are shown no change"
        item_id = stored.id
    assert "Bread for beginners: Water" in browser.get(f"/bank/{item_id}").text


def test_an_empty_question_does_not_go_to_the_bank(browser: FlaskClient, cast: Cast, written: Written) -> None:
    browser.post(f"/courses/{written.course}/lessons/{written.last}/blocks", data={"kind": "question"})
    with db.scope(cast.academy.scope):
        block_id = db.session.get_one(Lesson, written.last).live_blocks[-1].id
    sent = browser.post(f"/courses/{written.course}/blocks/{block_id}/bank", follow_redirects=True)
    assert "Write the question first" in sent.text
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(BankItem)) == 0


def test_questions_of_the_bank_go_into_a_lesson(browser: FlaskClient, cast: Cast, written: Written) -> None:
    single = put(cast)
    match = put(cast, "What belongs together?", "matching", rule=matching_rule([("rye", "dark"), ("wheat", "light")], ["blue"]))
    url = f"/courses/{written.course}/lessons/{written.last}/bank"
    page = browser.get(url).text
    assert "What belongs together?" in page and f'value="{single}"' in page
    assert url in browser.get(f"/courses/{written.course}/lessons/{written.last}").text
    refused = browser.post(url, data={"item": ["nonsense"]})
    assert refused.status_code == 422 and "Choose at least one question." in refused.text
    sent = browser.post(url, data={"item": [str(match), str(single), str(uuid4())]}, follow_redirects=True)
    assert "2 questions are in the lesson." in sent.text
    with db.scope(cast.academy.scope):
        first, second = db.session.get_one(Lesson, written.last).live_blocks[-2:]
        assert first.question and second.question
        assert first.body == {"bank_id": str(match)} and first.question.kind == "matching"
        assert [(p["left"], p["right"]) for p in first.question.rule["pairs"]] == [("rye", "dark"), ("wheat", "light")]
        assert [(c.text, c.is_right, c.feedback) for c in second.question.choices] == [("Flour", True, "Yes"), ("Sand", False, "")]
        assert [use.lesson_id for use in queries.uses(item(cast, single))] == [written.last]


def test_a_removed_lesson_gets_no_questions(browser: FlaskClient, cast: Cast, written: Written) -> None:
    item_id = put(cast)
    browser.post(f"/courses/{written.course}/lessons/{written.last}/removal")
    url = f"/courses/{written.course}/lessons/{written.last}/bank"
    assert browser.get(url).status_code == 404
    assert browser.post(url, data={"item": str(item_id)}).status_code == 404


def test_outsiders_of_another_academy_find_nothing(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    item_id, browser = put(theirs), mine.client(app, "owner")
    for path in (f"/bank/{item_id}", f"/bank/{item_id}/preview"):
        assert browser.get(path).status_code == 404
    for act in ("", "/labels", "/copy", "/removal", "/return", "/picture"):
        assert browser.post(f"/bank/{item_id}{act}").status_code == 404
    assert "What is in bread?" not in browser.get("/bank").text


def test_a_test_draws_by_tag_only_what_can_be_asked(cast: Cast) -> None:
    ready = put(cast, tags=("bread", "easy"))
    put(cast, "Only bread", tags=("bread",))
    put(cast, "No answers yet", "matching", tags=("bread", "easy"), rule={"pairs": []})
    gone = put(cast, "Gone", tags=("bread", "easy"))
    with db.scope(cast.academy.scope, commit=True):
        actions.remove_item(item(cast, gone))
    with db.scope(cast.academy.scope):
        assert [one.id for one in queries.drawable(["bread", "easy"])] == [ready]
        assert len(queries.drawable(["bread"])) == 2 and queries.drawable([]) == []
        assert queries.drawable(["bread"], kinds=["open"]) == []
