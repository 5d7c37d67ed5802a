"""People from a file: looked at first, taken over by a job that may be killed, told row by row."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blueprints.hosts import HostedFlask
from core.db import db
from jobs.perform import drain
from tenants.erasure.actions import erase
from tenants.imports import actions, queries
from tenants.imports.models import PeopleImport, PeopleImportRow
from tenants.learning.models import Enrolment
from tenants.mail.models import Letter
from tenants.people import queries as people
from tenants.people.models import Invitation, Member
from tenants.people.numbers import add_person
from tenants.people.texts import keep_invitation_text
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.factories import published_course
from tests.opened import Opened
from tests.statements import note


def upload(client: FlaskClient, text: str, name: str = "team.csv") -> TestResponse:
    """Send a file."""
    return client.post("/people/imports/new", data={"file": (io.BytesIO(text.encode()), name)})


def fates(cast: Cast) -> list[str]:
    """Return what became of the rows, in their order."""
    with db.scope(cast.academy.scope):
        return list(db.session.scalars(sa.select(PeopleImportRow.fate).order_by(PeopleImportRow.line)))


def count(model: type[Any]) -> int:
    """Return how many rows there are, in the open frame."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_file_is_shown_first_and_taken_over_once(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course_id = published_course(member(cast, "owner"), "Medication safety")[0].id
    manager = cast.client(app, "manager")
    text = ("Voornaam;Tussenvoegsel;Achternaam;E-mail;Rol;Cursus;Personeelsnummer\n"
            f"Milan;van den;Berg;milan@example.org;;medication SAFETY;17\n"
            f"Sanne;;Wit;{cast.email('participant')};;Medication safety;18\n"
            "Eva;;Smit;not an address;boss;;19\n")  # fmt: skip
    answer = upload(manager, text)
    assert answer.status_code == 303
    where = answer.location
    page = manager.get(where).text
    for words in ("van den Berg", "This is not a whole e-mail address", "We do not know this role", "2 rows can be taken over",
                  "1 row is left out", "Take 2 people over", "Personnel number"):  # fmt: skip
        assert words in page
    with db.scope(cast.academy.scope):
        assert count(Invitation) == count(Letter) == count(Enrolment) == 0, "nothing happens before somebody confirms"
        assert "milan" not in repr(db.session.execute(sa.select(PeopleImportRow.__table__)).all()), "the draft is encrypted"
    assert "milan@example.org" not in manager.get(f"{where}?show=wrong").text
    for _ in range(2):
        assert manager.post(f"{where}/confirmation").status_code == 303
    while drain():
        pass
    assert fates(cast) == ["invited", "member", "wrong"]
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(Invitation)).one()
        assert (row.email, row.first_name, row.last_name, row.course_id) == ("milan@example.org", "Milan", "van den Berg", course_id)
        assert count(Letter) == 1 and row.roles == ["participant"]
        assert db.session.scalars(sa.select(Enrolment.member_id)).all() == [cast.ids["participant"]]
        assert db.session.scalars(sa.select(PeopleImport.state)).one() == "taken"
        link = next(word for word in (db.session.scalars(sa.select(Letter)).one().body_text or "").split() if "/invitations/" in word)
    assert 'value="van den Berg"' in cast.client(app, None).get("/invitations/" + link.rsplit("/", 1)[1]).text
    assert "Is a member already" in manager.get(where).text
    again = upload(manager, "email\nmilan@example.org\n").location
    manager.post(f"{again}/confirmation")
    while drain():
        pass
    with db.scope(cast.academy.scope):
        assert count(Letter) == 1, "an open invitation is not mailed twice"
    for _ in range(6):  # withdrawn and uploaded again: nobody gets more than five mails a day
        with db.scope(cast.academy.scope, commit=True):
            db.session.execute(sa.delete(Invitation))
            by = member(cast, "manager")
            again_id = actions.keep([(1, ["email"]), (2, ["milan@example.org"])], "a.csv", by).id
            actions.confirm(by, again_id)
            actions.take(again_id)
    with db.scope(cast.academy.scope):
        assert count(Letter) == 5
    assert manager.post(f"{where}/removal").status_code == 303 and manager.get(where).status_code == 404


def test_five_thousand_rows_survive_a_kill_in_the_middle(app: HostedFlask, cast: Cast) -> None:
    people = "".join(f"p{number}@example.org;P{number}\n" for number in range(5_000))
    where = upload(cast.client(app, "owner"), "email;voornaam\n" + people).location
    import_id = UUID(where.rsplit("/", 1)[1])
    sent: list[str] = []

    def heard(*args: Any) -> None:
        note(sent, args[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", heard)
    try:
        page = cast.client(app, "owner").get(where)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", heard)
    assert "1-100 of 5000" in page.text and len(sent) <= 8
    with db.scope(cast.academy.scope, commit=True):
        assert actions.confirm(member(cast, "owner"), import_id) == 5_000
    with db.scope(cast.academy.scope):
        assert actions.take(import_id) == 100, "and then the worker dies: no commit"
    with db.scope(cast.academy.scope, commit=True):
        assert actions.take(import_id) == 100
    with db.scope(cast.academy.scope):
        counts = queries.counts_of(db.session.get_one(PeopleImport, import_id))
        assert (counts["invited"], counts["waiting"], counts.done) == (100, 4_900, 100)
        assert count(Invitation) == count(Letter) == 100
    assert "100 of 5000 rows are done" in cast.client(app, "owner").get(where).text


def test_who_lost_the_right_meanwhile_invites_nobody(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "manager")
        draft = actions.keep([(1, ["email"]), (2, ["x@example.org"])], "a.csv", by)
        actions.confirm(by, draft.id)
        by.role_rows, by.state, import_id = [], "removed", draft.id
    with db.scope(cast.academy.scope, commit=True):
        actions.take(import_id)
        assert count(Invitation) == 0 and count(Member) == len(cast.ids)
    assert fates(cast) == ["failed"]


@pytest.mark.parametrize("text", ["", "naam\nEva\n", "email\n"])
def test_file_that_is_no_list_of_people_is_refused_on_its_page(text: str, app: HostedFlask, cast: Cast) -> None:
    answer = upload(cast.client(app, "manager"), text)
    assert answer.status_code == 422 and "error" in answer.text
    with db.scope(cast.academy.scope):
        assert count(PeopleImport) == 0


def test_file_is_its_uploaders_alone(app: HostedFlask, cast: Cast, other: Opened) -> None:
    where = upload(cast.client(app, "manager"), "email\nx@example.org\n").location
    for client in (cast.client(app, "owner"), make_cast(other).client(app, "manager")):
        assert client.get(where).status_code == 404
        assert client.post(f"{where}/confirmation").status_code == client.post(f"{where}/removal").status_code == 404
    assert cast.client(app, "trainer").get("/people/imports/new").status_code == 403
    assert "E-mail" in cast.client(app, "manager").get("/people/imports/template.csv").text


def test_who_has_no_address_is_added_by_number(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "manager")
        course_id = published_course(member(cast, "owner"), "Medication safety")[0].id
        member(cast, "participant").number = "S-1"
        blocked = add_person(by, "Bo", "Blocked", "B-1", ["participant"])
        blocked.state = "removed"
        keep_invitation_text("Welcome to the team.", by)
    manager = cast.client(app, "manager")
    where = upload(manager, "E-mail;Personnel no.;First name;Last name;Course\n"
                   ";P 17;Gerda;Wolters;Medication safety\n"
                   "milan@example.org;P18;Milan;Berg;\n"
                   ";s-1;Sanne;Wit;Medication safety\n"
                   f"{cast.email('second')};S-1;Yusuf;Demir;\n"
                   ";B-1;Bo;Blocked;\n"
                   ";P19;;;\n"
                   "x@example.org;p17;X;Y;\n"
                   ";a@b;A;B;\n").location  # fmt: skip
    page = manager.get(where).text
    for words in ("Without e-mail address a name is needed", "personnel number stands in an earlier row",
                  "letters and digits only", "P17", "Take 4 people over"):  # fmt: skip
        assert words in page
    with db.scope(cast.academy.scope):
        assert "P17" not in repr(db.session.execute(sa.select(PeopleImportRow.__table__)).all()), "the draft is encrypted"
    for _ in range(2):
        manager.post(f"{where}/confirmation")
        while drain():
            pass
    assert fates(cast) == ["added", "invited", "member", "wrong", "conflict", "wrong", "wrong", "wrong"]
    with db.scope(cast.academy.scope):
        gerda = people.active_by_said("p17")
        assert gerda is not None and (gerda.name, gerda.email, gerda.roles) == ("Gerda Wolters", None, {"participant"})
        enrolled = set(db.session.scalars(sa.select(Enrolment.member_id).where(Enrolment.course_id == course_id)))
        assert enrolled == {gerda.id, cast.ids["participant"]}
        [letter] = db.session.scalars(sa.select(Letter))
        assert letter.recipient == "milan@example.org" and "> Welcome to the team." in (letter.body_text or "")
        assert db.session.scalars(sa.select(Invitation)).one().number == "P18"
    page = manager.get(where).text
    assert "Print start codes" in page and "Added without e-mail" in page
    assert "Gerda Wolters" in manager.get("/people?state=unbegun").text


def test_one_number_for_two_people_here_is_a_conflict(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "manager")
        member(cast, "participant").number = "S-1"
        rows = [(1, ["email", "personnel number"]), (2, [cast.email("second"), "S-1"]), (3, ["new@example.org", "s-1"])]
        draft = actions.keep(rows, "a.csv", by)
        assert [row.problems for row in db.session.scalars(sa.select(PeopleImportRow).order_by(PeopleImportRow.line))] == [[], ["number_twice"]]
        actions.confirm(by, draft.id)
        actions.take(draft.id)
    assert fates(cast) == ["conflict", "wrong"]


def test_removing_somebody_without_address_leaves_rows_of_others_without_address(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "manager")
        actions.keep([(1, ["number", "personnel number", "first name"]), (2, ["", "P1", "Gerda"]), (3, ["", "P2", "Nova"])], "a.csv", by)
        gerda = add_person(by, "Gerda", "Wolters", "p1", ["participant"])
        erase(gerda)
    with db.scope(cast.academy.scope):
        assert [row.number for row in db.session.scalars(sa.select(PeopleImportRow))] == ["P2"]
