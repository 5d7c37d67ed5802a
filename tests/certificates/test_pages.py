"""The holder's pages: list, download, badge, who may see what; and nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import Refused
from jobs import perform
from tenants.certificates import actions, check, queries
from tenants.certificates.models import Certificate
from tenants.courses.models import Course
from tests.browsing import client_on
from tests.cast import make_cast
from tests.certificates.conftest import set_up
from tests.certificates.giving import Given, counted
from tests.courses.writing import member
from tests.opened import Opened


@pytest.fixture
def browser(app: HostedFlask, given: Given) -> FlaskClient:
    return given.cast.client(app, "participant")


def test_the_list_is_empty_first_and_says_what_will_appear(browser: FlaskClient) -> None:
    page = browser.get("/certificates")
    assert page.status_code == 200 and "appear here when you finish a course" in page.text and 'aria-current="page"' in page.text


def test_what_was_earned_is_listed_with_its_hours(browser: FlaskClient, issued: UUID) -> None:
    page = browser.get("/certificates").text
    assert "Medication safety" in page and "12.5 study hours" in page and "Valid" in page and str(issued) in page
    assert "Issued" not in page, "participants manage nothing"


def test_the_list_costs_the_same_for_one_and_for_twenty(app: HostedFlask, given: Given, issued: UUID) -> None:
    browser, costs = given.cast.client(app, "participant"), []
    browser.get("/certificates")
    for _ in range(2):
        with counted() as sent:
            assert browser.get("/certificates").status_code == 200
        costs.append(len([one for one in sent if not one.startswith("RESET")]))
        with given.inside():
            own, one = queries.own_academy(), given.certificate(issued)
            for _ in range(19):
                actions._issue(own, member(given.cast, "participant"), one.facts, one.earned_at, one.issued_on, "given", None, None)
    assert costs[0] == costs[1] <= 3, costs  # one of them for the numbers in the navigation


def test_the_pdf_shows_progress_until_it_is_ready(app: HostedFlask, given: Given, browser: FlaskClient) -> None:
    with given.inside():
        course, people = db.session.get_one(Course, given.course_id), [member(given.cast, "participant")]
        one = actions.give(people, course, queries.own_academy().today, member(given.cast, "owner"))[0].id
    page = browser.get(f"/certificates/{one}").text
    assert "is being made" in page and "<progress" in page and f"/certificates/{one}/progress" in page and "Download badge" not in page
    assert browser.get(f"/certificates/{one}/pdf").status_code == browser.get(f"/certificates/{one}/badge.jwt").status_code == 404
    assert "is being made" in browser.get(f"/certificates/{one}/progress").text
    perform.drain(most=20)
    fragment = browser.get(f"/certificates/{one}/progress").text
    assert "Download PDF" in fragment and "<html" not in fragment and "hx-get" not in fragment


def test_the_pdf_is_downloaded_and_never_opened_here(browser: FlaskClient, issued: UUID, given: Given) -> None:
    answer = browser.get(f"/certificates/{issued}/pdf")
    with given.inside():
        number = given.certificate(issued).number
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="certificate-{number}.pdf"'
    assert "sandbox" in answer.headers["Content-Security-Policy"] and "no-store" in answer.headers["Cache-Control"]


def test_the_badge_can_be_checked_offline_with_the_key_that_the_platform_shows(
    app: HostedFlask, browser: FlaskClient, issued: UUID
) -> None:
    token, wrapped = (browser.get(f"/certificates/{issued}/badge.{kind}") for kind in ("jwt", "json"))
    assert token.mimetype == "text/plain" and wrapped.mimetype == "application/json"
    kid = check.check(token.text).kid
    assert kid.startswith("http://localhost/issuers/")
    answer = client_on(app, "localhost").get(kid.removeprefix("http://localhost"))
    assert answer.status_code == 200 and answer.mimetype == "application/jwk+json" and answer.json["kid"] == kid
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "d" not in answer.json
    for content in (token.text, wrapped.text):
        found = check.check(content, answer.json)
        assert found.is_named and found.credential["credentialSubject"]["achievement"]["name"] == "Medication safety"
    assert json.loads(wrapped.text)["type"] == "EnvelopedVerifiableCredential"
    assert browser.get(f"/certificates/{issued}/badge.exe").status_code == 404


def test_the_holder_chooses_who_sees_what(browser: FlaskClient, issued: UUID, given: Given) -> None:
    for choice in ("name", "nothing", "facts"):
        assert browser.post(f"/certificates/{issued}/sharing", data={"share": choice, "state": "valid"}).status_code == 303
        with given.inside():
            assert given.certificate(issued).share == choice
    answer = browser.post(f"/certificates/{issued}/sharing", data={"share": "everything"})
    assert answer.status_code == 422 and "Choose who may see" in answer.text


@pytest.mark.parametrize("state", ["revoked", "replaced"])
def test_an_ended_one_says_why_and_gives_no_files(browser: FlaskClient, issued: UUID, given: Given, state: str) -> None:
    with given.inside():
        getattr(actions, {"revoked": "revoke", "replaced": "replace"}[state])(given.certificate(issued), "A slip", member(given.cast, "owner"))
    page = browser.get(f"/certificates/{issued}").text
    assert state.capitalize() in page and "A slip" in page and "Download" not in page
    assert ("newer certificate" in page) == (state == "replaced")
    assert browser.get(f"/certificates/{issued}/pdf").status_code == browser.get(f"/certificates/{issued}/badge.jwt").status_code == 404


PATHS = ("", "/progress", "/pdf", "/badge.jwt", "/badge.json")


@pytest.mark.parametrize("who", ["second", "trainer", "author", "owner", None])
def test_nobody_opens_what_is_not_theirs(app: HostedFlask, given: Given, issued: UUID, who: str | None) -> None:
    client = given.cast.client(app, who)
    for path in PATHS:
        assert client.get(f"/certificates/{issued}{path}").status_code == (302 if who is None else 404), path
    assert client.post(f"/certificates/{issued}/sharing", data={"share": "name"}).status_code == (302 if who is None else 404)


@pytest.mark.parametrize("who", ["owner", "trainer", "author", "second", "participant"])
def test_the_pdf_is_no_file_of_the_library(app: HostedFlask, given: Given, issued: UUID, who: str) -> None:
    with given.inside():
        pdf_id = given.certificate(issued).pdf_id
    assert given.cast.client(app, who).get(f"/files/{pdf_id}").status_code == 404


@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_only_managers_see_what_was_issued(app: HostedFlask, given: Given, issued: UUID, who: str) -> None:
    client = given.cast.client(app, who)
    for path in ("", f"/{issued}", f"/{issued}/pdf"):
        assert client.get(f"/certificates/issued{path}").status_code == 403, path
    for path in (f"/issued/{issued}/revocation", f"/issued/{issued}/replacement", f"/issued/{issued}/renewal"):
        assert client.post(f"/certificates{path}", data={"r-reason": "x", "c-reason": "x"}).status_code == 403, path


def test_T11_the_other_academys_certificates_and_designs_are_404(
    app: HostedFlask, given: Given, issued: UUID, other: Opened
) -> None:
    theirs = make_cast(other)
    there = set_up(theirs)
    for who in ("owner", "participant"):
        client = theirs.client(app, who)
        for path in PATHS:
            assert client.get(f"/certificates/{issued}{path}").status_code == 404
    owner = theirs.client(app, "owner")
    for path in (f"/certificates/issued/{issued}", f"/certificates/issued/{issued}/pdf", f"/certificates/designs/{given.design_id}",
                 f"/courses/{given.course_id}/certificate", f"/courses/{given.course_id}/certificates"):  # fmt: skip
        assert owner.get(path).status_code == 404, path
        assert owner.get(path.replace(str(given.design_id), str(there.design_id)).replace(str(given.course_id), str(there.course_id))
                         .replace(str(issued), str(uuid4()))).status_code in (200, 404)  # fmt: skip
    for path in (f"/certificates/issued/{issued}/revocation", f"/certificates/issued/{issued}/replacement",
                 f"/certificates/issued/{issued}/renewal", f"/certificates/designs/{given.design_id}/preview",
                 f"/certificates/designs/{given.design_id}/logo", f"/certificates/designs/{given.design_id}/logo/removal",
                 f"/certificates/designs/{given.design_id}/archive", f"/certificates/designs/{given.design_id}/return"):  # fmt: skip
        assert owner.post(path, data={"r-reason": "x", "c-reason": "x"}).status_code == 404, path


def test_a_wrong_share_is_refused_by_its_verb_too(given: Given, issued: UUID) -> None:
    with given.inside(commit=False), pytest.raises(Refused):
        actions.share(given.certificate(issued), "all")


def test_a_manager_finds_replaces_and_revokes(app: HostedFlask, given: Given, finish: Callable[[], Certificate]) -> None:
    one, owner = finish(), given.cast.client(app, "manager")
    for query, there in (("q=de+wit", True), (f"q={one.number[:6]}", True), ("q=demir", False), ("show=valid", True), ("show=expired", False),
                         ("show=revoked", False), (f"course={given.course_id}", True), (f"course={uuid4()}", False), ("page=9", True)):  # fmt: skip
        page = owner.get(f"/certificates/issued?{query}")
        assert page.status_code == 200 and (f"/certificates/issued/{one.id}" in page.text) == there, query
    here = f"/certificates/issued/{one.id}"
    assert owner.get(f"{here}/pdf").data.startswith(b"%PDF")
    refused = owner.post(f"{here}/replacement", data={"c-reason": " "})
    assert refused.status_code == 422 and "Write down why." in refused.text
    assert owner.post(f"{here}/revocation", data={"r-reason": "x" * 501}).status_code == 422
    moved = owner.post(f"{here}/replacement", data={"c-reason": "Name corrected", "name": "Evil"})
    assert moved.status_code == 303 and str(one.id) not in moved.headers["Location"]
    assert "newer certificate" in owner.get(here).text and "Name corrected" in owner.get(here).text
    fresh = moved.headers["Location"].rsplit("/", 1)[1]
    assert owner.post(f"/certificates/issued/{fresh}/renewal").status_code == 303
    again = owner.post(f"/certificates/issued/{fresh}/renewal")
    assert again.status_code == 422 and "meanwhile" in again.text
    assert owner.post(f"/certificates/issued/{fresh}/revocation", data={"r-reason": "A mistake"}).status_code == 303
    assert owner.get("/certificates/issued?show=revoked").text.count("/certificates/issued/") >= 1


def test_the_managers_list_costs_the_same_for_one_and_for_twenty(app: HostedFlask, given: Given, issued: UUID) -> None:
    owner, costs = given.cast.client(app, "owner"), []
    owner.get("/certificates/issued")
    for _ in range(2):
        with counted() as sent:
            assert owner.get("/certificates/issued?q=sanne").status_code == 200
        costs.append(len([one for one in sent if not one.startswith("RESET")]))
        with given.inside():
            one = given.certificate(issued)
            for _ in range(40):
                actions._issue(queries.own_academy(), member(given.cast, "participant"), one.facts, one.earned_at, one.issued_on, "given", None, None)
    assert costs[0] == costs[1] <= 6, costs  # one of them for the numbers in the navigation
    page = owner.get("/certificates/issued?page=2").text
    assert "26-50 of 81" in page


def test_certificates_are_given_by_hand(app: HostedFlask, given: Given) -> None:
    owner, path = given.cast.client(app, "manager"), f"/courses/{given.course_id}/certificates"
    page = owner.get(path)
    assert page.status_code == 200 and "Yusuf Demir" in page.text
    nobody = owner.post(path, data={"day": "2026-01-05"})
    assert nobody.status_code == 422 and "Choose at least one person." in nobody.text
    ticked = {"member": str(given.cast.ids["second"])}
    later = owner.post(path, data={**ticked, "day": "2999-01-01"})
    assert later.status_code == 422 and "Give a day that has come." in later.text and "checked" in later.text
    assert owner.post(path, data={**ticked, "day": ""}).status_code == 422
    assert owner.post(path, data={**ticked, "day": "2026-01-05"}).status_code == 303
    with given.inside():
        assert [(one.name, str(one.issued_on), one.origin) for one in given.all()] == [("Yusuf Demir", "2026-01-05", "given")]
    assert "Yusuf Demir" not in owner.get(path).text


def test_an_author_says_what_a_course_gives(app: HostedFlask, given: Given) -> None:
    author, path = given.cast.client(app, "author"), f"/courses/{given.course_id}/certificate"
    assert "12.5" in author.get(path).text and path in author.get(f"/courses/{given.course_id}").text
    wrong = author.post(path, data={"design": str(given.design_id), "hours": "many"})
    assert wrong.status_code == 422 and "Give 0.5 to 9999 hours" in wrong.text and 'value="many"' in wrong.text
    assert author.post(path, data={"design": str(uuid4()), "hours": ""}).status_code == 422
    assert author.post(path, data={"design": "", "hours": "3,5"}).status_code == 303
    page = author.get(path).text
    assert 'value="3.5"' in page and "Give by hand" not in page
    assert given.cast.client(app, "participant").get(path).status_code == 403


def test_certificates_go_along_with_ones_own_work(app: HostedFlask, browser: FlaskClient, issued: UUID, given: Given) -> None:
    with given.inside():
        number = given.certificate(issued).number
    assert number in browser.get("/own-work").text
    with zipfile.ZipFile(io.BytesIO(browser.get("/own-work.zip").data)) as pack:
        told = json.loads(pack.read("own-work.json"))["certificates"]
        assert [(one["number"], one["state"], one["hours"]) for one in told] == [(number, "valid", "12.5")]
        assert told[0]["badge"].count(".") == 2 and pack.read(told[0]["file"]).startswith(b"%PDF")
        assert number in pack.read("own-work.html").decode()
    assert number not in given.cast.client(app, "second").get("/own-work").text
