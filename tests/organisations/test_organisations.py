"""Client organisations: made and kept by managers, joined by invitation and by file, reported on, and forgotten with a contact."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import Refused
from jobs.perform import drain
from tenants.audit.models import Event
from tenants.erasure import actions as erasing
from tenants.imports.models import PeopleImportRow
from tenants.learning.models import Enrolment
from tenants.learning.own_work import own_work
from tenants.organisations import actions, queries
from tenants.organisations.actions import Facts
from tenants.organisations.models import Organisation, OrganisationMember
from tenants.people.models import Invitation
from tests.cast import Cast, make_cast
from tests.courses.writing import Written, member, publish, write_course
from tests.doors import PASSWORD, letters, link_in
from tests.opened import Opened

FACTS = {"name": "  Thuiszorg  De Linde ", "reference": "K-1043", "contact_name": "Wilma Postma", "contact_email": "w.postma@delinde.example",
         "contact_phone": "058 123 45 67", "note": "Invoice by quarter"}  # fmt: skip


@pytest.fixture
def linde(app: HostedFlask, cast: Cast) -> UUID:
    """Return an organisation that was made through the pages."""
    made = cast.client(app, "manager").post("/organisations/new", data=FACTS)
    assert made.status_code == 303
    return UUID(made.location.rsplit("/", 1)[1])


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        found = write_course(member(cast, "author"))
        publish(member(cast, "author"), found.course)
        return found


def places(cast: Cast) -> dict[UUID, UUID]:
    """Return who comes from which organisation."""
    with db.scope(cast.academy.scope):
        return {one.member_id: one.organisation_id for one in db.session.scalars(sa.select(OrganisationMember))}


def test_a_manager_makes_changes_and_archives_an_organisation(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager = cast.client(app, "manager")
    page = manager.get(f"/organisations/{linde}").text
    for words in ("Thuiszorg De Linde", "K-1043", "Wilma Postma", "w.postma@delinde.example", "058 123 45 67", "Invoice by quarter"):
        assert words in page
    listed = manager.get("/organisations?q=k-1043").text
    assert "Thuiszorg De Linde" in listed and "No organisation fits" in manager.get("/organisations?q=oevers").text
    with db.scope(cast.academy.scope):
        stored = str(db.session.execute(sa.select(Organisation.__table__)).all())
        assert "Postma" not in stored and "postma" not in stored and "Invoice" not in stored and "058" not in stored
        audit = str([(one.act, one.facts) for one in db.session.scalars(sa.select(Event))])
        assert "organisation.made" in audit and "Linde" not in audit
    taken = manager.post("/organisations/new", data={**FACTS, "name": "THUISZORG de linde", "note": "typed before"})
    assert taken.status_code == 422 and "perhaps an archived one" in taken.text and "typed before" in taken.text
    wrong = manager.post(f"/organisations/{linde}/edit", data={**FACTS, "contact_email": "nobody", "name": ""})
    assert wrong.status_code == 422 and "Fill in the name" in wrong.text and "This is not a whole e-mail address" in wrong.text
    assert manager.post(f"/organisations/{linde}/edit", data={**FACTS, "name": "De Linde", "note": ""}).status_code == 303
    assert "Invoice" not in manager.get(f"/organisations/{linde}").text
    assert manager.post(f"/organisations/{linde}/contact/removal").status_code == 303
    assert "Postma" not in manager.get(f"/organisations/{linde}").text
    manager.post(f"/organisations/{linde}/state")
    assert "De Linde" not in manager.get("/organisations").text and "De Linde" in manager.get("/organisations?state=archived").text
    assert manager.post(f"/organisations/{linde}/people", data={"member": [str(cast.ids["participant"])]}).status_code == 422
    manager.post(f"/organisations/{linde}/state")
    assert "De Linde" in manager.get("/organisations").text


def test_only_managers_and_owners_of_this_academy_know_of_it(app: HostedFlask, cast: Cast, linde: UUID, other: Opened) -> None:
    for who, status in (("trainer", 403), ("author", 403), ("participant", 403), ("owner", 200)):
        assert cast.client(app, who).get(f"/organisations/{linde}").status_code == status
        assert cast.client(app, who).get("/organisations").status_code == status
    theirs = make_cast(other).client(app, "owner")
    for path in ("", "/edit"):
        assert theirs.get(f"/organisations/{linde}{path}").status_code == 404
    for path in ("/edit", "/people", f"/people/{cast.ids['second']}/removal", "/courses", "/state", "/contact/removal"):
        assert theirs.post(f"/organisations/{linde}{path}", data=FACTS).status_code == 404


def test_the_list_has_pages_of_twenty_five_in_an_order(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        made = [actions.make_organisation(Facts(f"Client {number:02}"), manager) for number in range(26)]
        actions.make_organisation(Facts("Éclair BV"), manager)
        actions.add_people(made[7], [member(cast, "participant"), member(cast, "second")], manager)
    client = cast.client(app, "manager")
    page = client.get("/organisations").text
    assert "1-25 of 27" in page and page.index("Client 00") < page.index("Client 01") and "Éclair" not in page
    assert "Éclair BV" in client.get("/organisations?page=2").text and "Éclair BV" in client.get("/organisations?q=eclair").text
    first = client.get("/organisations?sort=-people").text
    assert first.index("Client 07") < first.index("Client 00")
    for strange in ("?page=99999999999", "?sort=x&state=y", "?page=-1", "?q=%00"):
        assert client.get(f"/organisations{strange}").status_code == 200


def test_somebody_comes_from_one_organisation_at_a_time(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager, sanne = cast.client(app, "manager"), str(cast.ids["participant"])
    assert manager.post(f"/organisations/{linde}/people", data={}).status_code == 422
    assert "Sanne de Wit" in manager.get(f"/organisations/{linde}?q=sanne").text
    manager.post(f"/organisations/{linde}/people", data={"member": [sanne, str(cast.ids["second"])]})
    other = manager.post("/organisations/new", data={"name": "Oevers"}).location
    assert "now Thuiszorg De Linde" in manager.get(f"{other}?q=sanne").text
    manager.post(f"{other}/people", data={"member": [sanne]})
    oevers = UUID(other.rsplit("/", 1)[1])
    assert places(cast) == {cast.ids["participant"]: oevers, cast.ids["second"]: linde}
    assert manager.post(f"/organisations/{linde}/people/{sanne}/removal").status_code == 303
    assert places(cast)[cast.ids["participant"]] == oevers, "they come from another one"
    page = manager.get(f"/people/{sanne}").text
    assert "Oevers" in page and "The company that they come from" in page
    manager.post(f"/people/{sanne}/organisation", data={"organisation": str(linde)})
    assert places(cast)[cast.ids["participant"]] == linde
    manager.post(f"/people/{sanne}/organisation", data={"organisation": ""})
    assert cast.ids["participant"] not in places(cast)
    assert manager.post(f"/people/{sanne}/organisation", data={"organisation": str(uuid4())}).status_code == 404
    found = manager.get(f"/people?organisation={linde}").text
    assert "Yusuf Demir" in found and "Sanne" not in found


def test_who_accepts_an_invitation_comes_from_its_organisation(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager = cast.client(app, "manager")
    form = manager.get(f"/people/invite?organisation={linde}").text
    assert f'selected value="{linde}"' in form
    data = {"emails": f"fatima@example.org, {cast.email('second')}", "roles": ["participant"], "organisation_id": str(linde)}
    assert manager.post("/people/invite", data=data).status_code == 303
    assert places(cast) == {cast.ids["second"]: linde}, "who is here already comes from it at once"
    assert "fatima@example.org" in manager.get(f"/organisations/{linde}").text
    link = link_in(letters(cast.academy, "invitation", "fatima@example.org")[-1], "/invitations/")
    joining = {"first_name": "Fatima", "last_name": "El Amrani", "password": PASSWORD}
    assert cast.client(app, None).post(link, data=joining).status_code == 303
    page = manager.get(f"/organisations/{linde}").text
    assert "Fatima El Amrani" in page and "fatima@example.org" not in page
    manager.post("/people/invite", data={**data, "emails": "late@example.org"})
    manager.post(f"/organisations/{linde}/state")
    late = link_in(letters(cast.academy, "invitation", "late@example.org")[-1], "/invitations/")
    assert cast.client(app, None).post(late, data={**joining, "first_name": "Late"}).status_code == 303
    assert len(places(cast)) == 2, "an organisation that was archived meanwhile takes nobody"


def upload(client: Any, text: str, **more: str) -> str:
    """Send a file with people; return where its rows are."""
    return str(client.post("/people/imports/new", data={"file": (io.BytesIO(text.encode()), "team.csv"), **more}).location)


def take(client: Any, where: str) -> None:
    """Confirm the file and do the work."""
    assert client.post(f"{where}/confirmation").status_code == 303
    while drain():
        pass


def test_a_file_names_organisations_by_name_or_reference(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager = cast.client(app, "manager")
    where = upload(manager, "E-mail;Bedrijf\nmilan@example.org;thuiszorg DE linde\nnova@example.org;k-1043\n"
                            f"{cast.email('participant')};K-1043\neva@example.org;Oevers\nole@example.org;\n")  # fmt: skip
    page = manager.get(where).text
    assert "There is no organisation with this name or reference" in page and "1 organisation is not known here" in page
    assert "4 rows can be taken over" in page
    take(manager, where)
    with db.scope(cast.academy.scope):
        invited = {one.email: one.organisation_id for one in db.session.scalars(sa.select(Invitation))}
        fates = list(db.session.scalars(sa.select(PeopleImportRow.fate).order_by(PeopleImportRow.line)))
    assert invited == {"milan@example.org": linde, "nova@example.org": linde, "ole@example.org": None}
    assert fates == ["invited", "invited", "member", "wrong", "invited"] and places(cast) == {cast.ids["participant"]: linde}


def test_unknown_organisations_of_a_file_are_made_when_somebody_says_so(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/organisations/{linde}/state")
    where = upload(manager, "email;organisation\na@example.org;Oevers\nb@example.org;OEVERS\nc@x;Oevers\nd@example.org;K-1043\n"
                            "e@example.org;Thuiszorg De Linde\n")  # fmt: skip
    assert "2 organisations are not known here" not in manager.get(where).text
    assert manager.post(f"{where}/organisations").status_code == 303
    with db.scope(cast.academy.scope):
        known = queries.ids_by_word(member(cast, "manager"))
        assert set(known) == {"oevers", "k-1043"} and len(known["oevers"]) == 1, "two spellings are one organisation"
        rows = [(one.fate, one.problems, one.organisation_id in known["oevers"]) for one in db.session.scalars(sa.select(PeopleImportRow).order_by(PeopleImportRow.line))]
    assert rows[:3] == [("waiting", [], True), ("waiting", [], True), ("wrong", ["not_email"], True)]
    assert rows[4] == ("wrong", ["organisation_archived"], False)
    assert "An archived organisation has this name" in manager.get(where).text
    assert cast.client(app, "owner").post(f"{where}/organisations").status_code == 404, "somebody else's file"


def test_a_file_may_be_for_one_organisation(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    manager = cast.client(app, "manager")
    assert f'selected value="{linde}"' in manager.get(f"/people/imports/new?organisation={linde}").text
    where = upload(manager, "email\nmilan@example.org\n", organisation_id=str(linde))
    assert "Who names no organisation comes from Thuiszorg De Linde." in manager.get(where).text
    take(manager, where)
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(Invitation.organisation_id)).all() == [linde]


def test_everybody_of_an_organisation_is_enrolled_at_once_and_reported_on(app: HostedFlask, cast: Cast, linde: UUID, written: Written) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/organisations/{linde}/people", data={"member": [str(cast.ids["participant"])]})
    assert manager.post(f"/organisations/{linde}/courses", data={}).status_code == 422
    assert manager.post(f"/organisations/{linde}/courses", data={"course": str(written.course)}).status_code == 303
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(Enrolment.member_id)).all() == [cast.ids["participant"]]
    manager.post(f"/courses/{written.course}/enrolments", data={"member": [str(cast.ids["second"])]})
    page = manager.get(f"/organisations/{linde}").text
    assert "0 of 3 lessons" in page and "1 person takes it" in page
    for path in ("", "/matrix"):
        both, one = (manager.get(f"/reports/{written.course}{path}{asked}").text for asked in ("", f"?organisation={linde}"))
        assert "Yusuf Demir" in both and "Sanne de Wit" in one and "Yusuf Demir" not in one
        assert f'value="{linde}" selected' in one
    for kind in ("people", "matrix"):
        file = manager.get(f"/reports/{kind}.csv?course={written.course}&organisation={linde}").text
        assert "Sanne de Wit" in file and "Yusuf" not in file
    assert "Nobody here matches" in manager.get(f"/reports/{written.course}?organisation={uuid4()}").text
    assert manager.get(f"/reports/{written.course}?organisation=x").status_code == 200
    trainer = cast.client(app, "trainer").get(f"/reports?organisation={linde}").text
    assert "Thuiszorg De Linde" in trainer, "trainers may look at one organisation"
    manager.post("/reports/schedules/new", data={"kind": "help", "organisation": str(linde), "every": "week", "weekday": "1", "month_day": "1", "extension": "csv"})
    assert "Organisation: Thuiszorg De Linde" in manager.get("/reports/schedules").text


def test_T57_a_removal_forgets_a_contact_and_where_somebody_came_from(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        manager, sanne = member(cast, "manager"), member(cast, "participant")
        organisation = db.session.get_one(Organisation, linde)
        actions.add_people(organisation, [sanne], manager)
        by_name = actions.make_organisation(Facts("Oevers", contact_name="Sanne  de WIT", contact_phone="06"), manager)
        by_address = actions.make_organisation(Facts("Zonnehof", contact_name="S.", contact_email=sanne.email or ""), manager)
        counts = erasing.erase(sanne)
        assert counts["organisations"] == 2 and counts["organisation_members"] == 1
        assert not by_name.has_contact and not by_address.has_contact and organisation.has_contact
        assert actions.forget_contact(manager) == 0
    assert places(cast) == {}


def test_own_work_says_where_somebody_comes_from(app: HostedFlask, cast: Cast, linde: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        assert own_work(member(cast, "participant"))["organisation"] is None
        actions.add_people(db.session.get_one(Organisation, linde), [member(cast, "participant")], member(cast, "manager"))
    with db.scope(cast.academy.scope):
        assert own_work(member(cast, "participant"))["organisation"] == "Thuiszorg De Linde"


def test_what_is_too_long_or_empty_is_refused_by_the_verbs(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        for name in ("", "  \x00 ", "x" * 121):
            with pytest.raises(Refused):
                actions.make_organisation(Facts(name), member(cast, "manager"))

