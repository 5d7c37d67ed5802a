"""Copies: everything but ids is the same, files are shared and outlive the original, templates are offered."""

from __future__ import annotations

from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import queries
from tenants.courses.models import Block, Choice, Lesson, Module, Question
from tenants.files.models import File
from tests.cast import Cast
from tests.certificates.giving import counted
from tests.courses.writing import member
from tests.transfer.moving import ID, Full, course_ids, differing, exported, plain


def test_a_copy_is_the_same_apart_from_ids_and_outlives_the_original(app: HostedFlask, cast: Cast, full: Full) -> None:
    author, client_id = cast.client(app, "author"), str(uuid4())
    form = author.get(f"/courses/{full.course}/copy").text
    assert "Copy of Bread &amp; &lt;b&gt;butter&lt;/b&gt;" in form
    assert author.post(f"/courses/{full.course}/copy", data={"title": " "}).status_code == 422
    made = [author.post(f"/courses/{full.course}/copy", data={"title": "Bread & <b>butter</b>", "client_id": client_id}) for _ in range(2)]
    assert made[0].location == made[1].location and made[0].status_code == 302
    copy_id = UUID(made[0].location.rsplit("/", 1)[1])
    assert len(course_ids(cast)) == 2
    with db.scope(cast.academy.scope):
        assert "\n".join(differing(plain(cast, copy_id), plain(cast, full.course))) == ""
        copy = queries.course_to_edit(member(cast, "author"), copy_id)
        assert (copy.state, copy.trainer_id, copy.publication_id) == ("draft", cast.ids["author"], None)
        assert shared(full.course, copy_id) == set()
        assert db.session.scalar(sa.select(sa.func.count(File.id))) == 5
    with db.scope(cast.academy.scope, commit=True):
        before = plain(cast, copy_id)
        db.session.delete(queries.course_to_edit(member(cast, "author"), full.course))
    with db.scope(cast.academy.scope):
        assert plain(cast, copy_id) == before
    assert author.get(f"/files/{full.image}").status_code == 200


def shared(one: UUID, other: UUID) -> set[str]:
    """Return the ids that two courses both have: of rows, and within rules and bodies, files and groups apart."""
    found = []
    for course_id in (one, other):
        lessons = sa.select(Lesson).join(Module).where(Module.course_id == course_id)
        ids = {str(lesson.id) for lesson in db.session.scalars(lessons)}
        blocks = db.session.scalars(sa.select(Block).join(Lesson).join(Module).where(Module.course_id == course_id)).all()
        texts = "".join(str(block.body) for block in blocks if block.kind in ("exercise", "survey"))
        rules = "".join(str(lesson.rules.get("release", {}).get("after")) for lesson in db.session.scalars(lessons))
        questions = db.session.scalars(sa.select(Question).where(Question.block_id.in_([block.id for block in blocks]))).all()
        choices = sa.select(Choice.id).where(Choice.question_id.in_([one.id for one in questions]))
        ids |= {str(one.id) for one in (*blocks, *questions)} | {str(one) for one in db.session.scalars(choices)}
        found.append(ids | set(ID.findall(texts + rules)))
    return found[0] & found[1]


def test_a_template_is_offered_for_new_courses(app: HostedFlask, cast: Cast, there: Cast, full: Full) -> None:
    author = cast.client(app, "author")
    assert "Begin with" not in author.get("/courses/new").text
    author.post(f"/courses/{full.course}/template", data={"on": "1"})
    assert "Begin with" in author.get("/courses/new").text and "Template" in author.get("/courses").text
    refused = author.post("/courses/new", data={"title": "Mine", "template": str(uuid4())})
    assert refused.status_code == 422
    made = author.post("/courses/new", data={"title": "Mine", "template": str(full.course), "client_id": str(uuid4())})
    with db.scope(cast.academy.scope):
        begun = queries.course_to_edit(member(cast, "author"), UUID(made.location.rsplit("/", 1)[1]))
        assert begun.title == "Mine" and not begun.is_template
        assert [m.title for m in begun.live_modules] == ["Start", "Bake"]
    assert there.client(app, "author").get("/courses/new").text.count("Begin with") == 0
    author.post(f"/courses/{full.course}/archive")
    assert "Begin with" not in author.get("/courses/new").text
    listed, archived = author.get("/courses").text, author.get("/courses?archived=1").text
    assert f"/courses/{full.course}" not in listed and "1 archived course" in listed and f"/courses/{full.course}" in archived
    author.post(f"/courses/{full.course}/return")
    author.post(f"/courses/{full.course}/template")
    assert "Begin with" not in author.get("/courses/new").text


def test_lists_cost_the_same_however_long_and_only_authors_see_them(app: HostedFlask, cast: Cast, there: Cast, full: Full) -> None:
    for who, status in (("participant", 403), ("trainer", 403), ("author", 200)):
        for path in ("copy", "exports"):
            assert cast.client(app, who).get(f"/courses/{full.course}/{path}").status_code == status
        assert cast.client(app, who).get("/courses/import").status_code == status
    for path in ("copy", "exports", "publications"):
        assert there.client(app, "owner").get(f"/courses/{full.course}/{path}").status_code == 404
    for path in ("copy", "template", "exports"):
        assert there.client(app, "owner").post(f"/courses/{full.course}/{path}", data={"title": "x", "on": "1"}).status_code == 404
    author = cast.client(app, "author")
    found = [cost(author, full.course)]
    for _ in range(3):
        author.post(f"/courses/{full.course}/copy", data={"title": "Once more"})
        exported(author, full.course)
    assert found == [cost(author, full.course)], "lists cost the same however long they are"


def cost(author: FlaskClient, course_id: UUID) -> list[int]:
    """Return how many statements the lists of courses, archives and imports take."""
    numbers = []
    for path in ("/courses", f"/courses/{course_id}/exports", "/courses/import", "/courses/new"):
        with counted() as statements:
            assert author.get(path).status_code == 200
        numbers.append(len(statements))
    return numbers
