"""Who is limited to groups opens no sight that is wider than their own: not through somebody else's way in, an old invitation,
a further role, a file of before or a report of before."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from jobs import registry
from jobs.perform import drain
from tenants.erasure.actions import erase
from tenants.groups import actions, limits
from tenants.groups.models import Group
from tenants.imports.reading import table_of
from tenants.past import actions as past
from tenants.past.models import PastImportRow, PastResult
from tenants.people import inviting, numbers, queries
from tenants.people.inviting import Guest, Host
from tenants.people.joined import Place
from tenants.people.models import Invitation, Member, StartCode
from tenants.reports import files as report_files
from tenants.reports.asking import Asked
from tenants.reports.models import ReportFile
from tests.cast import Cast
from tests.courses.writing import member
from tests.doors import PASSWORD, give_password, letters, link_in
from tests.sessions.planned import plan, take


def group_of(cast: Cast, name: str, *who: str) -> UUID:
    """Return a new group with these people."""
    with db.scope(cast.academy.scope, commit=True):
        found = actions.make_group(name, member(cast, "owner"))
        actions.add_people(found, [member(cast, one) for one in who], member(cast, "owner"))
        return found.id


def limit(cast: Cast, who: str, *groups: UUID) -> None:
    """Limit somebody to these groups."""
    with db.scope(cast.academy.scope, commit=True):
        limits.limit_to(member(cast, who), groups, member(cast, "owner"))


@pytest.fixture
def north(cast: Cast) -> UUID:
    """Return a group with a participant and the trainer, who sees everybody; the manager is limited to it."""
    registry.load()
    found = group_of(cast, "North", "participant", "trainer")
    limit(cast, "manager", found)
    return found


def test_nobody_signs_in_as_somebody_who_sees_more(app: HostedFlask, cast: Cast, north: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Member).where(Member.id == cast.ids["trainer"]).values(bounced_at=clock.now(), bounce_code="5.1.1"))
    manager, path = cast.client(app, "manager"), f"/people/{cast.ids['trainer']}"
    sent = {"number": {"number": "T-1"}, "address": {"email": "mine@example.org"}, "codes": {"days": "14"}, "removal": {}}
    for where, data in sent.items():
        assert manager.post(f"{path}/{where}", data=data).status_code == 403, where
    assert manager.post(path, data={"roles": ["trainer", "author"]}).status_code == 403, "nor is their sight used for a further role"
    page = manager.get(path).text
    assert "How Noor Haddad signs in" not in page and "Save roles" not in page
    limit(cast, "trainer", north)
    assert manager.post(f"{path}/number", data={"number": "T-1"}).status_code == 303, "who sees no more can be helped"


def test_an_invitation_of_before_does_not_lead_back_into_a_group(app: HostedFlask, cast: Cast, north: UUID) -> None:
    south = group_of(cast, "South", "second")
    manager = cast.client(app, "manager")
    manager.post("/people/invite", data={"emails": "new@example.org\nlearner@example.org", "roles": ["trainer"], "group_id": str(north)})
    with db.scope(cast.academy.scope):
        rows = list(db.session.scalars(sa.select(Invitation.id).where(Invitation.invited_by == cast.ids["manager"])))
    assert len(rows) == 2
    limit(cast, "manager", south)
    with db.scope(cast.academy.scope):
        assert not any(db.session.get_one(Invitation, one).is_open for one in rows), "who would see more than the inviter"
    for one in rows:
        data = {"email": "mine@example.org", "roles": ["trainer"]}
        assert manager.post(f"/people/invitations/{one}/correction", data=data).status_code == 404
        assert manager.post(f"/people/invitations/{one}/mails").status_code == 404


def test_who_sees_everybody_gets_no_role_from_who_does_not(app: HostedFlask, cast: Cast, north: UUID) -> None:
    give_password(cast, "author")
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "manager")
        where = Place(None, north, "groups", by)
        inviting.invite_person(by, Host("x", cast.academy.slug, "en"), Guest(cast.email("author")), "trainer", None, None, where)
    link = link_in(letters(cast.academy, "invitation", cast.email("author"))[-1], "/invitations/")
    joining = {"first_name": "Anouk", "last_name": "Prins", "password": PASSWORD}
    assert cast.client(app, None).post(link, data=joining).status_code == 303
    with db.scope(cast.academy.scope):
        anouk = member(cast, "author")
        assert anouk.roles == {"author"} and not anouk.is_limited


def test_an_invitation_ends_with_the_rights_of_who_wrote_it(cast: Cast, north: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "owner")
        inviting.invite(by, Host("x", cast.academy.slug, "en"), ["second@mailbox.example"], ["manager"], None)
        inviting.invite(by, Host("x", cast.academy.slug, "en"), ["learner@mailbox.example"], ["participant"], None)
        inviting.withdraw_of(by, frozenset({"trainer"}))
        assert [row.email for row in queries.invitations_by(by.id)] == ["learner@mailbox.example"]
        author = member(cast, "author")
        author_row = Invitation(email="mine@mailbox.example", roles=["trainer"], token_hash=b"y" * 32, expires_at=clock.now() + inviting.INVITATION_LASTS, invited_by=author.id)
        db.session.add(author_row)
        db.session.flush()
        erase(author)
        db.session.expire_all()
        assert not db.session.get_one(Invitation, author_row.id).is_open


def test_a_start_code_ends_when_the_person_gets_more_rights(app: HostedFlask, cast: Cast) -> None:
    registry.load()
    manager, owner = cast.client(app, "manager"), cast.client(app, "owner")
    assert manager.post("/people/add", data={"first_name": "Gerda", "last_name": "Wolters", "number": "P1", "roles": ["participant"], "days": "14"}).status_code == 200
    with db.scope(cast.academy.scope):
        gerda = queries.member_by_number("P1")
        assert gerda is not None and db.session.scalar(sa.select(sa.func.count()).select_from(StartCode)) == 1
    assert owner.post(f"/people/{gerda.id}", data={"roles": ["participant", "manager"]}).status_code == 303
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StartCode)) == 0


def test_a_session_names_nobody_whom_its_trainer_does_not_see(app: HostedFlask, cast: Cast, north: UUID) -> None:
    session_id = plan(cast, places=5)
    for who in ("participant", "second"):
        take(cast, session_id, who)
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Member).where(Member.id.in_([cast.ids["participant"], cast.ids["second"]])).values(bounced_at=clock.now(), bounce_code="5.1.1"))
    trainer = cast.client(app, "trainer")
    assert "Yusuf" in trainer.get(f"/sessions/{session_id}/edit").text
    limit(cast, "trainer", north)
    page = trainer.get(f"/sessions/{session_id}/edit").text
    assert "Yusuf" not in page and "Sanne" in page


def test_a_file_of_past_results_of_before_is_closed_and_takes_nothing_over(app: HostedFlask, cast: Cast) -> None:
    registry.load()
    north, manager = group_of(cast, "North", "participant"), cast.client(app, "manager")
    text = f"E-mail,Course,Date\n{cast.email('participant')},First aid,2019-03-01\n{cast.email('second')},First aid,2019-03-01"
    where = manager.post("/past/imports/new", data={"file": (io.BytesIO(text.encode()), "results.csv")}).location
    assert "Yusuf" in manager.get(where).text
    assert manager.post(f"{where}/confirmation").status_code == 303
    limit(cast, "manager", north)
    assert manager.get(where).status_code == 404 and manager.post(f"{where}/undoing").status_code == 404
    drain(20)
    with db.scope(cast.academy.scope):
        assert [one.member_id for one in db.session.scalars(sa.select(PastResult))] == [cast.ids["participant"]]


def test_a_report_of_before_goes_when_somebody_leaves_the_group(cast: Cast, north: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        file = report_files.ask_file(member(cast, "manager"), "help", "csv", Asked(), "en")
        report_files.make_file(file.id, tell=False)
        assert file.is_ready
        actions.take_out(db.session.get_one(Group, north), cast.ids["participant"], member(cast, "owner"))
        assert db.session.get_one(ReportFile, file.id).state == "failed"


def test_erasing_somebody_without_mail_forgets_their_rows_and_nobody_elses(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        gerda = numbers.add_person(member(cast, "owner"), "Gerda", "Wolters", "P1", ["participant"])
        text = "Personeelsnummer,Naam,Cursus,Datum\np1,,First aid,2019-03-01\n,Gerda Wolters,Not here,2999-01-01\n,Sanne de Wit,First aid,2019-03-01\nX9,,First aid,2019-03-01\n,Unknown Person,First aid,2019-03-01"
        past.keep(table_of(text.encode()), "results.csv", member(cast, "owner"))
        erase(gerda)
        assert [row.line for row in db.session.scalars(sa.select(PastImportRow).order_by(PastImportRow.line))] == [4, 5, 6]
