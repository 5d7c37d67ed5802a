"""Pages of the catalogue: what each role sees and may do, what a form says, how many statements a list costs."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.catalogue import entering, queries
from tenants.catalogue.models import CourseEntry, EntryRequest, Path
from tenants.learning import actions as learning
from tenants.learning.models import Enrolment
from tests.cast import Cast, make_cast
from tests.catalogue.conftest import course_of, new_course, set_terms, statements
from tests.catalogue.test_entering import ask, enrolment, enter, learning_now
from tests.catalogue.test_paths import World
from tests.courses.writing import Written, member
from tests.opened import Opened


def test_the_catalogue_shows_listed_published_courses_and_how_they_stand(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        hidden = new_course(cast, "Hidden course").course
        full = new_course(cast, "Full course").course
    set_terms(cast, written.course, way="free", places=3)
    set_terms(cast, hidden, way="free", is_listed=False)
    set_terms(cast, full, way="free", places=1)
    with db.scope(cast.academy.scope, commit=True):
        entering.enter(member(cast, "second"), course_of(full))
    page = cast.client(app, "participant").get("/catalogue").text
    for words in ("Bread for beginners", "3 places left", "30 min", "3 lessons", "English", "Full course", "Full<", 'aria-current="page">Catalogue'):
        assert words in page, words
    assert "Hidden course" not in page
    assert "You take this course" in cast.client(app, "second").get("/catalogue").text


@pytest.mark.parametrize(("query", "shown"), [
    ("q=BREAD", True), ("q=nothing", False), ("language=en", True), ("language=nl", False), ("show=open", True),
    ("show=mine", False), ("show=nonsense&page=99", True),
])  # fmt: skip
def test_search_and_filters_are_plain_addresses(app: HostedFlask, cast: Cast, written: Written, query: str, shown: bool) -> None:
    set_terms(cast, written.course, way="free")
    page = cast.client(app, "participant").get(f"/catalogue?{query}").text
    assert ("Bread for beginners" in page) is shown and ("No course fits" in page) is not shown


def test_the_catalogue_costs_one_statement_for_one_course_and_for_five(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=2)
    counted = []
    for _ in range(2):
        with db.scope(cast.academy.scope):
            person = member(cast, "participant")
            with statements() as seen:
                found = queries.catalogue(person, clock.today("UTC"))
                _ = [(one.left, one.entry.way if one.entry else None) for one in found]
            counted.append((len(found), len(seen)))
        with db.scope(cast.academy.scope, commit=True):
            more = [new_course(cast, f"More {n}").course for n in range(4)]
        for one in more:
            set_terms(cast, one, way="free", places=5)
    assert counted == [(1, 1), (5, 1)]


def test_the_requests_cost_one_statement_for_one_and_for_five(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval", places=9)
    counted = []
    for many in (["participant"], ["second", "author", "owner", "manager"]):
        for who in many:
            ask(cast, written, who)
        with db.scope(cast.academy.scope):
            trainer = member(cast, "trainer")
            with statements() as seen:
                found = queries.requests_open(trainer)
            counted.append((len(found), len(seen)))
    assert counted == [(1, 1), (5, 1)]


def test_a_course_page_says_what_one_learns_by_titles_only(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free")
    page = cast.client(app, "participant").get(f"/catalogue/{written.course}").text
    for words in ("Bread for beginners", "Flour", "Oven", "Anouk Prins", ">Enrol<"):
        assert words in page, words
    assert f"/learn/{written.course}" not in page and "ground" not in page
    answer = cast.client(app, "participant").post(f"/catalogue/{written.course}/enrolment")
    assert answer.headers["Location"] == f"/learn/{written.course}"


def test_who_is_enrolled_by_staff_sees_the_page_of_an_unlisted_course_and_others_do_not(
    app: HostedFlask, cast: Cast, written: Written
) -> None:
    with db.scope(cast.academy.scope, commit=True):
        learning.enrol(member(cast, "participant"), course_of(written.course))
    statuses = {who: cast.client(app, who).get(f"/catalogue/{written.course}").status_code for who in ("participant", "second", "author")}
    assert statuses == {"participant": 200, "second": 404, "author": 200}
    for verb in ("enrolment", "request", "request/withdrawal", "leaving", "return", "renewal"):
        assert cast.client(app, "second").post(f"/catalogue/{written.course}/{verb}").status_code == 404


def test_a_page_that_was_open_too_long_shows_how_the_course_stands_now(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    answer = cast.client(app, "participant").post(f"/catalogue/{written.course}/enrolment")
    assert answer.status_code == 422 and "Here is how it stands now" in answer.text and "Ask to join" in answer.text
    long = cast.client(app, "participant").post(f"/catalogue/{written.course}/request", data={"reason": "x" * 501})
    assert long.status_code == 422 and "x" * 501 in long.text


def test_leaving_offers_to_undo_it(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free")
    client = cast.client(app, "participant")
    client.post(f"/catalogue/{written.course}/enrolment")
    page = client.post(f"/catalogue/{written.course}/leaving", follow_redirects=True).text
    assert "Your progress is kept." in page and f"/catalogue/{written.course}/return" in page
    assert client.post(f"/catalogue/{written.course}/return").status_code == 303
    assert learning_now(cast, written) == {"participant"}


def test_a_request_travels_from_the_person_to_the_trainer_and_back(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    person, trainer = cast.client(app, "participant"), cast.client(app, "trainer")
    asked = person.post(f"/catalogue/{written.course}/request", data={"reason": "I <b>bake</b>"}, follow_redirects=True)
    assert "You asked to join" in asked.text
    nav = trainer.get("/").text
    assert re.search(r'Catalogue(?:</span>)? ?<span class="count">1<span class="vh"> requests to join', nav)
    page = trainer.get("/requests").text
    assert "Sanne de Wit for Bread for beginners" in page and "I &lt;b&gt;bake&lt;/b&gt;" in page
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(EntryRequest)).one()
    assert trainer.get(f"/requests/{row.id}/refusal").status_code == 200
    assert trainer.post(f"/requests/{row.id}/refusal", data={"answer": " "}).status_code == 422
    assert trainer.post(f"/requests/{row.id}/refusal", data={"answer": "Next month."}).status_code == 303
    assert "Next month." in person.get(f"/catalogue/{written.course}").text
    assert trainer.post(f"/requests/{row.id}/approval").status_code == 422
    assert 'class="count"' not in trainer.get("/").text


def test_ticked_people_are_let_in_together(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval", places=1)
    for who in ("participant", "second"):
        ask(cast, written, who)
    client = cast.client(app, "manager")
    assert client.post("/requests/approvals").status_code == 422
    with db.scope(cast.academy.scope):
        ids = [str(one) for one in db.session.scalars(sa.select(EntryRequest.id))]
    page = client.post("/requests/approvals", data={"request": [*ids, str(uuid4())]}, follow_redirects=True).text
    assert "1 person enrolled" in page and "1 person waits, because the course is full" in page
    assert "Yusuf Demir for Bread" in page and learning_now(cast, written) == {"participant"}


@pytest.mark.parametrize(("path", "allowed"), [
    ("/catalogue", "participant trainer author manager owner"), ("/paths", "participant trainer author manager owner"),
    ("/requests", "trainer manager owner"), ("/links", "manager owner"), ("/links/new", "manager owner"),
    ("/path-desk", "trainer author manager owner"), ("/path-desk/new", "author manager owner"),
])  # fmt: skip
def test_pages_are_for_those_whose_work_they_are(app: HostedFlask, cast: Cast, path: str, allowed: str) -> None:
    for who in ("participant", "trainer", "author", "manager", "owner"):
        assert cast.client(app, who).get(path).status_code == (200 if who in allowed.split() else 403), who
    assert cast.client(app, None).get(path).status_code == 302


def test_terms_are_set_on_a_page_of_the_course(app: HostedFlask, cast: Cast, written: Written) -> None:
    client, path = cast.client(app, "author"), f"/courses/{written.course}/entry"
    assert path in client.get(f"/courses/{written.course}").text
    assert path in client.get(f"/courses/{written.course}/people").text
    data = {"way": "free", "places": "12", "opens_on": "2026-01-01", "closes_on": "2027-12-31", "lasts_days": "365",
            "may_renew": "y", "is_listed": "y"}  # fmt: skip
    assert client.post(path, data=data).status_code == 303
    with db.scope(cast.academy.scope):
        entry = db.session.scalars(sa.select(CourseEntry)).one()
        assert (entry.way, entry.places, str(entry.closes_on), entry.lasts_days) == ("free", 12, "2027-12-31", 365)
        assert entry.may_renew and entry.is_listed
    assert 'value="365"' in client.get(path).text
    assert client.post(path, data={**dict.fromkeys(data, ""), "way": "invitation", "is_listed": [], "may_renew": []}).status_code == 303
    with db.scope(cast.academy.scope):
        entry = db.session.scalars(sa.select(CourseEntry)).one()
        assert (entry.places, entry.opens_on, entry.lasts_days, entry.is_listed) == (None, None, None, False)
    assert cast.client(app, "trainer").get(path).status_code == 403


@pytest.mark.parametrize("wrong", [
    {"places": "0"}, {"places": "-3"}, {"places": "99999999999"}, {"lasts_days": "a week"}, {"opens_on": "tomorrow"},
    {"opens_on": "2026-05-02", "closes_on": "2026-05-01"}, {"way": "magic"},
])  # fmt: skip
def test_terms_that_make_no_sense_are_refused_and_kept(app: HostedFlask, cast: Cast, written: Written, wrong: dict[str, str]) -> None:
    answer = cast.client(app, "author").post(f"/courses/{written.course}/entry", data={"way": "free", **wrong})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(CourseEntry)).all() == []


def test_taking_somebody_off_offers_undo_at_once_and_from_the_list(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", lasts_days=30)
    enter(cast, written, "participant")
    with db.scope(cast.academy.scope):
        one = enrolment(cast, written, "participant").id
    client, base = cast.client(app, "trainer"), f"/courses/{written.course}"
    page = client.post(f"{base}/enrolments/{one}/end", follow_redirects=True).text
    assert page.count(f"{base}/enrolments/{one}/return") == 2 and "Taken off on" in page
    assert "<toast-note" not in client.get(f"{base}/people").text
    assert client.post(f"{base}/enrolments/{one}/return").status_code == 303
    assert learning_now(cast, written) == {"participant"}
    assert client.get(f"{base}/people?ended=x").status_code == 200


def test_staff_renew_on_a_page(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        one = learning.enrol(member(cast, "participant"), course_of(written.course)).id
    client, path = cast.client(app, "trainer"), f"/courses/{written.course}/enrolments/{one}/renewal"
    day = clock.today("Europe/Amsterdam") + timedelta(days=5)
    assert client.get(path).status_code == 200
    assert client.post(path, data={"last_day": "2020-01-01"}).status_code == 422
    assert client.post(path, data={"last_day": day.isoformat()}).status_code == 303
    assert "Until" in client.get(f"/courses/{written.course}/people").text
    assert "Open until" in cast.client(app, "participant").get(f"/learn/{written.course}").text


def test_a_path_is_written_on_a_page_without_a_script(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        ids = [str(new_course(cast, f"Course {n}").course) for n in range(3)]
    client = cast.client(app, "author")
    assert client.post("/path-desk/new", data={"title": " "}).status_code == 422
    desk = client.post("/path-desk/new", data={"title": "Baker", "client_id": str(uuid4())}).headers["Location"]
    assert client.post(f"{desk}/publication").status_code == 422
    assert client.post(f"{desk}/steps").status_code == 422
    for courses in ([ids[0]], ids[1:]):
        assert client.post(f"{desk}/steps", data={"course": courses}).status_code == 303
    with db.scope(cast.academy.scope):
        path = db.session.scalars(sa.select(Path)).one()
        first, second = (step.id for step in path.steps)
    assert client.post(f"{desk}/steps/{second}/choice", data={"needed": "1"}).status_code == 303
    assert client.post(f"{desk}/steps/{second}/position", data={"move": "up"}).status_code == 303
    assert client.post(f"{desk}/steps/order", data={"order": f"{first},{second}"}, headers={"HX-Request": "true"}).status_code == 204
    assert client.post(f"{desk}/steps/order", data={"order": "x"}).status_code == 422
    assert client.post(desk, data={"title": "Master baker", "summary": "Bake", "order": "free"}).status_code == 303
    assert client.post(desk, data={"title": "", "order": "free"}).status_code == 422
    page = client.get(desk).text
    assert "Master baker" in page and "1 of these 2" in page
    assert client.post(f"{desk}/publication").status_code == 303
    assert client.post(f"{desk}/steps/{second}/courses/{ids[1]}/removal").status_code == 303
    assert client.post(f"{desk}/steps/{second}/courses", data={"course": ids[1]}).status_code == 303
    assert client.post(f"{desk}/steps/{second}/courses", data={"course": ""}).status_code == 422
    assert client.post(f"{desk}/steps/{second}/removal").status_code == 303
    assert client.post(f"{desk}/archive").status_code == 303
    with db.scope(cast.academy.scope):
        path = db.session.scalars(sa.select(Path)).one()
        assert (path.title, path.is_sequential, path.state, len(path.steps)) == ("Master baker", False, "archived", 1)


def test_a_path_is_followed_from_the_desk_to_the_next_course(app: HostedFlask, cast: Cast) -> None:
    world = World(cast)
    trainer, people = cast.client(app, "trainer"), f"/path-desk/{world.id}/people"
    assert trainer.post(f"/path-desk/{world.id}/followers").status_code == 422
    chosen = {"member": [str(cast.ids["participant"]), str(cast.ids["second"])]}
    assert "2 people follow the path now" in trainer.post(f"/path-desk/{world.id}/followers", data=chosen, follow_redirects=True).text
    client = cast.client(app, "participant")
    page = client.get(f"/paths/{world.id}").text
    assert "0 of 4 courses done" in page and "Choose 2 of these 3" in page and page.count("<h2 id=\"step-") == 3
    assert "Opens when the step before is done" in page and "Choose this course" not in page
    assert client.post(f"/paths/{world.id}/courses/{world.ids[1]}").status_code == 422
    world.finish(0)
    page = client.get(f"/paths/{world.id}").text
    assert "1 of 4 courses done" in page and page.count("Choose this course") == 3
    assert client.post(f"/paths/{world.id}/courses/{world.ids[1]}").headers["Location"] == f"/learn/{world.ids[1]}"
    assert "Baker" in client.get("/").text and "Baker" in client.get("/paths").text
    listed = trainer.get(people).text
    assert "Sanne de Wit" in listed and "1/4" in listed and "0/4" in listed
    assert cast.client(app, "trainer").get(f"/paths/{world.id}").status_code == 404
    assert "Sanne de Wit" not in cast.client(app, "author").get(people).text


def test_looking_at_a_path_opens_what_a_job_has_not_opened_yet(app: HostedFlask, cast: Cast) -> None:
    world = World(cast)
    world.follow("participant")
    world.finish(0)
    client = cast.client(app, "participant")
    for number in (1, 2):
        client.get(f"/paths/{world.id}")
        client.post(f"/paths/{world.id}/courses/{world.ids[number]}")
        world.finish(number)
    assert world.taking() == {0, 1, 2}
    client.get(f"/paths/{world.id}")
    assert world.taking() == {0, 1, 2, 4}


def test_the_second_academy_knows_nothing_of_it(app: HostedFlask, cast: Cast, written: Written, other: Opened) -> None:
    set_terms(cast, written.course, way="approval")
    ask(cast, written, "participant")
    world = World(cast)
    theirs = make_cast(other)
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(EntryRequest.id)).one()
    owner, person = theirs.client(app, "owner"), theirs.client(app, "participant")
    for path in (f"/catalogue/{written.course}", f"/paths/{world.id}"):
        assert person.get(path).status_code == 404
    for path in (f"/courses/{written.course}/entry", f"/requests/{row}/refusal", f"/path-desk/{world.id}", f"/path-desk/{world.id}/people"):
        assert owner.get(path).status_code == 404
    for path in (f"/catalogue/{written.course}/enrolment", f"/requests/{row}/approval", f"/path-desk/{world.id}/publication"):
        assert owner.post(path).status_code == 404
    assert "Bread" not in owner.get("/catalogue").text + owner.get("/requests").text + owner.get("/path-desk").text
    with db.scope(other.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0
