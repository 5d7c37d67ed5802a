"""Groups: made by managers, filled by who leads them, enrolled at once; later joiners follow, and lessons open for a group."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import publishing
from tenants.courses import queries as courses
from tenants.groups import queries
from tenants.groups.models import Group, GroupMember
from tenants.learning import actions as learning
from tenants.learning.models import Enrolment
from tenants.learning.queries import course_for
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        found = write_course(member(cast, "author"))
        publish(member(cast, "author"), found.course)
        return found


@pytest.fixture
def group(app: HostedFlask, cast: Cast) -> UUID:
    """Return a group that the trainer leads, with one participant, made through the pages."""
    manager = cast.client(app, "manager")
    assert manager.post("/groups", data={"name": "  "}).status_code == 422
    made = manager.post("/groups", data={"name": " Class  of 2027 "})
    manager.post(made.location, data={"name": "Class of 2027", "leader": [str(cast.ids["trainer"]), str(cast.ids["second"])]})
    manager.post(f"{made.location}/people", data={"member": [str(cast.ids["participant"])]})
    return UUID(made.location.rsplit("/", 1)[1])


def takers(cast: Cast) -> set[UUID]:
    with db.scope(cast.academy.scope):
        return set(db.session.scalars(sa.select(Enrolment.member_id).where(Enrolment.state == "active")))


def test_a_group_shows_who_is_in_it_and_who_leads_it(app: HostedFlask, cast: Cast, group: UUID) -> None:
    page = cast.client(app, "trainer").get("/groups").text
    assert "Class of 2027" in page and "Led by Noor Haddad" in page and "Yours" in page
    page = cast.client(app, "trainer").get(f"/groups/{group}?q=yus").text
    assert "Sanne de Wit" in page and "Yusuf Demir" in page and "Save group" not in page
    with db.scope(cast.academy.scope):
        assert [one.id for one in queries.leaders_of([group])[group]] == [cast.ids["trainer"]], "participants lead nothing"
    for who, path, status in (("author", "/groups", 403), ("participant", f"/groups/{group}", 403)):
        assert cast.client(app, who).get(path).status_code == status
    assert cast.client(app, "trainer").post(f"/groups/{group}", data={"name": "Mine"}).status_code == 403
    assert "Class of 2027" in cast.client(app, "manager").get(f"/people/{cast.ids['participant']}").text
    found = cast.client(app, "manager").get(f"/people?group={group}").text
    assert "Sanne de Wit" in found and "Yusuf" not in found


def test_a_whole_group_is_enrolled_and_later_joiners_follow(app: HostedFlask, cast: Cast, group: UUID, written: Written) -> None:
    trainer = cast.client(app, "trainer")
    assert trainer.post(f"/groups/{group}/courses", data={}).status_code == 422
    trainer.post(f"/groups/{group}/courses", data={"course": str(written.course)})
    assert takers(cast) == {cast.ids["participant"]}
    trainer.post(f"/groups/{group}/people", data={"member": [str(cast.ids["second"])]})
    assert takers(cast) == {cast.ids["participant"], cast.ids["second"]}
    report = trainer.get(f"/reports/{written.course}?group={group}").text
    assert "Sanne" in report and "Yusuf" in report
    trainer.post(f"/groups/{group}/people/{cast.ids['second']}/removal")
    assert takers(cast) == {cast.ids["participant"], cast.ids["second"]}, "the course stays theirs"
    report = trainer.get(f"/reports/{written.course}?group={group}").text
    assert "Sanne" in report and "Yusuf" not in report
    trainer.post(f"/groups/{group}/courses/{written.course}/end")
    trainer.post(f"/groups/{group}/people", data={"member": [str(cast.ids["author"])]})
    assert cast.ids["author"] not in takers(cast)


def test_who_does_not_lead_a_group_does_not_fill_it(app: HostedFlask, cast: Cast, group: UUID, written: Written) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/groups/{group}", data={"name": "Class of 2027"})
    trainer = cast.client(app, "trainer")
    for path, data in (("people", {"member": [str(cast.ids["second"])]}), ("courses", {"course": str(written.course)}),
                       (f"people/{cast.ids['participant']}/removal", {}), ("state", {})):  # fmt: skip
        assert trainer.post(f"/groups/{group}/{path}", data=data).status_code == 403, path
    with db.scope(cast.academy.scope):
        assert set(db.session.scalars(sa.select(GroupMember.member_id))) == {cast.ids["participant"]}


def test_an_archived_group_takes_nobody_and_opens_nothing(app: HostedFlask, cast: Cast, group: UUID) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/groups/{group}/state")
    assert "Class of 2027" not in manager.get("/groups").text and "Class of 2027" in manager.get("/groups?state=archived").text
    assert manager.post(f"/groups/{group}/people", data={"member": [str(cast.ids["second"])]}).status_code == 422
    manager.post(f"/groups/{group}/state")
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Group, group).state == "active"


def test_a_lesson_for_a_group_opens_for_it_alone(app: HostedFlask, cast: Cast, group: UUID, written: Written) -> None:
    author = cast.client(app, "author")
    url = f"/courses/{written.course}/lessons/{written.last}"
    assert "Class of 2027" in author.get(url).text
    author.post(f"{url}/rules", data={"release_groups": [str(group)]})
    assert f'value="{group}" checked' in author.get(url).text
    with db.scope(cast.academy.scope, commit=True):
        course = courses.course_to_edit(member(cast, "author"), written.course)
        publishing.publish_course(course, member(cast, "author"))
        for who in ("participant", "second"):
            learning.enrol(member(cast, who), course)
        locked = {who: course_for(member(cast, who), written.course).way.step(str(written.last)) for who in ("participant", "second")}
        assert [step is not None and step.is_locked for step in locked.values()] == [False, True]
    assert cast.client(app, "participant").get(f"/learn/{written.course}/{written.last}").status_code == 200
    assert "another group" in cast.client(app, "second").get(f"/learn/{written.course}/{written.last}").text
