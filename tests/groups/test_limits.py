"""Who says whom somebody sees, and how a limit is handed on: by invitation, by file, by a role."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import Forbidden, NotFound
from jobs import registry
from jobs.perform import drain
from tenants.audit.models import Event
from tenants.groups import actions, limits, rules, sight
from tenants.groups.models import Group, GroupMember, SeenGroup
from tenants.imports.models import PeopleImportRow
from tenants.people import inviting
from tenants.people.models import Invitation, Member
from tests.cast import Cast
from tests.courses.writing import member
from tests.doors import PASSWORD, give_password, letters, link_in

JOINING = {"first_name": "Fatima", "last_name": "El Amrani", "password": PASSWORD}


@pytest.fixture
def group(cast: Cast) -> UUID:
    """Return a group with one of the two participants."""
    registry.load()
    with db.scope(cast.academy.scope, commit=True):
        found = actions.make_group("North", member(cast, "owner"))
        actions.add_people(found, [member(cast, "participant")], member(cast, "owner"))
        return found.id


@pytest.fixture
def limited(app: HostedFlask, cast: Cast, group: UUID) -> UUID:
    """Limit the manager to the group, as the owner does on their page; return the group."""
    answer = cast.client(app, "owner").post(f"/people/{cast.ids['manager']}/sight", data={"sees": "groups", "group": [str(group)]})
    assert answer.status_code == 303
    return group


def sees(cast: Cast, who: str) -> tuple[str, set[UUID]]:
    """Return whom somebody sees by their row, and the groups chosen for them."""
    with db.scope(cast.academy.scope):
        chosen = db.session.scalars(sa.select(SeenGroup.group_id).where(SeenGroup.member_id == cast.ids[who]))
        return member(cast, who).sees, set(chosen)


def test_a_manager_limits_a_trainer_on_their_page(app: HostedFlask, cast: Cast, group: UUID) -> None:
    manager, path = cast.client(app, "manager"), f"/people/{cast.ids['trainer']}"
    assert "Sees only the people of these groups" in manager.get(path).text
    refused = manager.post(f"{path}/sight", data={"sees": "groups"})
    assert refused.status_code == 422 and "Choose at least one group" in refused.text and sees(cast, "trainer") == ("everybody", set())
    assert 'value="trainer" id="roles-0" checked' in refused.text or "checked" in refused.text
    assert manager.post(f"{path}/sight", data={"sees": "groups", "group": [str(group)]}).status_code == 303
    assert sees(cast, "trainer") == ("groups", {group})
    trainer = cast.client(app, "trainer")
    assert "North" in trainer.get("/groups").text and trainer.get(f"/groups/{group}").status_code == 200
    with db.scope(cast.academy.scope, commit=True):
        facts = [one.facts for one in db.session.scalars(sa.select(Event).where(Event.act == "member.sight"))]
        assert facts == [{"member": str(cast.ids["trainer"]), "sees": "groups", "groups": [str(group)]}]
        other = actions.make_group("South", member(cast, "owner"))
        actions.add_people(other, [member(cast, "second")], member(cast, "owner"))
        other_id = other.id
    assert trainer.get(f"/groups/{other_id}").status_code == 404 and "South" not in trainer.get("/groups").text
    manager.post(f"{path}/sight", data={"sees": "everybody"})
    assert sees(cast, "trainer") == ("everybody", set()) and trainer.get(f"/groups/{other_id}").status_code == 200


def test_only_who_sees_everybody_and_may_change_them_limits_somebody(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    with db.scope(cast.academy.scope):
        owner, manager, trainer = (member(cast, who) for who in ("owner", "manager", "trainer"))
        assert rules.may_limit(owner, manager) and rules.may_limit(owner, trainer)
        assert not rules.may_limit(manager, trainer), "who is limited limits nobody"
        assert not rules.may_limit(owner, owner) and not rules.may_limit(trainer, manager) and not rules.may_limit(manager, owner)
        with pytest.raises(Forbidden):
            limits.see_everybody(trainer, manager)
    manager = cast.client(app, "manager")
    assert manager.post(f"/people/{cast.ids['manager']}/sight", data={"sees": "everybody"}).status_code == 403, "not oneself"
    assert sees(cast, "manager") == ("groups", {limited})
    assert cast.client(app, "trainer").post(f"/people/{cast.ids['participant']}/sight", data={}).status_code == 403


def test_a_limited_manager_sees_and_makes_only_in_their_groups(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    manager = cast.client(app, "manager")
    page = manager.get("/people").text
    assert "Sanne de Wit" in page and "Yusuf Demir" not in page and "Organisations" not in page
    assert manager.get(f"/people/{cast.ids['second']}").status_code == 404 and manager.get(f"/people/{cast.ids['participant']}").status_code == 200
    for path in ("/organisations", "/organisations/new", "/links", "/links/new"):
        assert manager.get(path).status_code == 404, path
    assert manager.post("/groups", data={"name": "Mine"}).status_code == 403
    assert manager.post(f"/groups/{limited}/people", data={"member": [str(cast.ids["second"])]}).status_code == 422
    assert "Yusuf" not in manager.get(f"/groups/{limited}?q=*").text
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Group, limited).state = "archived"
    assert "Sanne" not in manager.get("/people").text, "an archived group lets nobody be seen"
    assert manager.get(f"/people/{cast.ids['participant']}").status_code == 404


def test_whom_a_limited_manager_invites_joins_their_group(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    manager = cast.client(app, "manager")
    data: dict[str, Any] = {"emails": "fatima@example.org", "roles": ["trainer"]}
    missing = manager.post("/people/invite", data=data)
    assert missing.status_code == 422 and "Choose one of your groups" in missing.text and "fatima@example.org" in missing.text
    with db.scope(cast.academy.scope, commit=True):
        other = actions.make_group("South", member(cast, "owner")).id
    assert manager.post("/people/invite", data={**data, "group_id": str(other)}).status_code == 422
    assert manager.post("/people/invite", data={**data, "roles": ["manager"], "group_id": str(limited)}).status_code == 422
    assert manager.post("/people/invite", data={**data, "group_id": str(limited)}).status_code == 303
    link = link_in(letters(cast.academy, "invitation", "fatima@example.org")[-1], "/invitations/")
    assert cast.client(app, None).post(link, data=JOINING).status_code == 303
    with db.scope(cast.academy.scope):
        fatima = db.session.scalars(sa.select(Member).where(Member.id.not_in(cast.ids.values()))).unique().one()
        assert fatima.roles == {"trainer"} and fatima.is_limited
        assert db.session.scalars(sa.select(SeenGroup.group_id).where(SeenGroup.member_id == fatima.id)).all() == [limited]
        assert db.session.scalars(sa.select(GroupMember.group_id).where(GroupMember.member_id == fatima.id)).all() == [limited]
    assert "Fatima" in manager.get("/people").text


def test_a_limited_manager_does_not_learn_who_is_here_already(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    manager, owner = cast.client(app, "manager"), cast.client(app, "owner")
    owner.post("/people/invite", data={"emails": "secret@example.org", "roles": ["author"]})
    assert "secret@example.org" in owner.get("/people/invitations").text and "secret@example.org" not in manager.get("/people/invitations").text
    second = cast.email("second")
    give_password(cast, "second")
    data = {"emails": f"{second}, secret@example.org, {cast.email('participant')}", "roles": ["participant"], "group_id": str(limited)}
    page = manager.post("/people/invite", data=data, follow_redirects=True).text
    assert "2 invitations are on their way." in page and f"{cast.email('participant')} is already a member" in page
    assert second in manager.get("/people/invitations").text, "as an invitation of their own"
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(GroupMember.member_id)).all() == [cast.ids["participant"]], "nobody is pulled in"
        theirs = db.session.scalars(sa.select(Invitation).where(Invitation.invited_by == cast.ids["owner"])).one()
        assert theirs.is_open, "somebody else's invitation stands"
    link = link_in(letters(cast.academy, "invitation", second)[-1], "/invitations/")
    joining = {"first_name": "Yusuf", "last_name": "Demir", "password": PASSWORD}
    assert cast.client(app, None).post(link, data=joining).status_code == 303
    assert "Yusuf Demir" in manager.get("/people").text, "who says yes is in the group"


def test_a_limited_manager_imports_only_into_a_group_of_theirs(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    manager = cast.client(app, "manager")

    def upload(**more: str) -> Any:
        text = f"email\nmilan@example.org\n{cast.email('second')}\n"
        return manager.post("/people/imports/new", data={"file": (io.BytesIO(text.encode()), "a.csv"), **more})

    assert upload().status_code == 422
    where = upload(group_id=str(limited)).location
    assert manager.post(f"{where}/confirmation").status_code == 303
    assert manager.post(f"{where}/organisations").status_code == 303  # nothing to make
    while drain():
        pass
    with db.scope(cast.academy.scope):
        assert set(db.session.scalars(sa.select(PeopleImportRow.fate))) == {"invited"}
        rows = db.session.scalars(sa.select(Invitation)).all()
        assert {(one.group_id, one.sees) for one in rows} == {(limited, "groups")} and len(rows) == 2
        with pytest.raises(NotFound):
            limits.place_for(member(cast, "manager"), cast.ids["participant"], None)


def test_a_role_from_somebody_limited_is_limited_too(app: HostedFlask, cast: Cast, limited: UUID) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/people/{cast.ids['participant']}", data={"roles": ["participant", "trainer"]})
    assert sees(cast, "participant") == ("groups", {limited})
    cast.client(app, "owner").post(f"/people/{cast.ids['second']}", data={"roles": ["trainer"]})
    assert sees(cast, "second") == ("everybody", set())


def test_a_new_limit_withdraws_wider_invitations(app: HostedFlask, cast: Cast, group: UUID) -> None:
    manager = cast.client(app, "manager")
    for address, role in (("t@example.org", "trainer"), ("p@example.org", "participant")):
        manager.post("/people/invite", data={"emails": address, "roles": [role]})
    with db.scope(cast.academy.scope, commit=True):
        owner = member(cast, "owner")
        assert limits.limit_to(member(cast, "manager"), [group], owner) and not limits.limit_to(member(cast, "manager"), [group], owner)
        open_ = {one.email for one in db.session.scalars(sa.select(Invitation)) if one.withdrawn_at is None}
        assert open_ == {"p@example.org"}


def test_an_owner_sees_everybody_whatever_their_row_says(cast: Cast, group: UUID) -> None:
    with db.scope(cast.academy.scope):
        owner = member(cast, "owner")
        owner.sees = "groups"
        assert not owner.is_limited and sight.sees_member(owner, cast.ids["second"])
        with pytest.raises(Forbidden):
            inviting.invite(member(cast, "trainer"), inviting.Host("x", "x", "en"), ["a@example.org"], ["participant"], None)
