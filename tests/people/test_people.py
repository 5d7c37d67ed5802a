"""The managers' list: see, filter, change roles, remove."""

from __future__ import annotations

from uuid import uuid4

import pytest

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.people import queries
from tenants.people.models import Member, MemberRole, MemberSession
from tests.cast import Cast, make_cast
from tests.doors import count
from tests.opened import Opened


def roles_of(cast: Cast, who: str) -> frozenset[str]:
    """Return the stored roles."""
    with db.scope(cast.academy.scope):
        return db.session.get_one(Member, cast.ids[who]).roles


@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_others_do_not_see_the_list(app: HostedFlask, cast: Cast, who: str) -> None:
    client = cast.client(app, who)
    for path in ("/people", "/people/invite", f"/people/{cast.ids['participant']}"):
        assert client.get(path).status_code == 403
    assert client.post(f"/people/{cast.ids['second']}/removal").status_code == 403


def test_list_is_by_name_and_filtered_by_role_and_search(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "manager")
    page = client.get("/people").text.split("<tbody>")[1]
    names = ["Yusuf Demir", "Noor Haddad", "Mees Kuipers", "Anouk Prins", "Olga Visser", "Sanne de Wit"]
    assert sorted(names, key=page.index) == names
    page = client.get("/people?role=trainer").text
    assert "Noor Haddad" in page and "Olga Visser" in page and "Sanne" not in page
    assert "Sanne de Wit" in client.get("/people?q=sanNE").text
    assert "Yusuf" not in client.get("/people?q=sanNE").text
    assert "Yusuf Demir" in client.get(f"/people?q={cast.email('second')}").text
    assert "Nobody here fits" in client.get("/people?q=zzz").text
    assert client.get("/people?role=evil&page=99999").status_code == 200


def test_list_has_pages_of_25(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        for number in range(30):
            db.session.add(Member(email=f"p{number}@example.org", first_name="Zed", last_name=f"{number:02}",
                                  role_rows=[MemberRole(role="participant")]))  # fmt: skip
    client = cast.client(app, "manager")
    first, second = client.get("/people").text, client.get("/people?page=2").text
    assert "1-25 of 36" in first and "Zed 29" not in first
    assert "26-36 of 36" in second and "Zed 29" in second


def test_owner_makes_a_manager_and_that_person_signs_in_anew(app: HostedFlask, cast: Cast) -> None:
    owner = cast.client(app, "owner")
    answer = owner.post(f"/people/{cast.ids['trainer']}", data={"roles": ["trainer", "manager"]})
    assert answer.status_code == 303
    assert roles_of(cast, "trainer") == {"trainer", "manager"}
    assert cast.client(app, "trainer").get("/me").status_code == 302, "T19"
    with db.scope(cast.academy.scope):
        assert count(cast.academy.scope, MemberSession, MemberSession.member_id == cast.ids["trainer"]) == 0


def test_saving_the_same_roles_signs_nobody_out(app: HostedFlask, cast: Cast) -> None:
    cast.client(app, "manager").post(f"/people/{cast.ids['trainer']}", data={"roles": ["trainer"]})
    assert cast.client(app, "trainer").get("/me").status_code == 200


def test_T19_changing_ones_own_roles_rotates_the_session(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "owner")
    answer = client.post(f"/people/{cast.ids['owner']}", data={"roles": ["manager", "trainer"]})
    assert answer.status_code == 303
    assert client.get("/me").status_code == 200
    assert cast.client(app, "owner").get("/me").status_code == 302, "the token from before is dead"
    assert roles_of(cast, "owner") == {"owner", "manager", "trainer"}, "owner is not theirs to drop here"


@pytest.mark.parametrize("wanted", [["owner"], ["manager"], ["owner", "trainer"], ["nonsense"]])
def test_manager_cannot_give_more_than_they_may(app: HostedFlask, cast: Cast, wanted: list[str]) -> None:
    answer = cast.client(app, "manager").post(f"/people/{cast.ids['participant']}", data={"roles": wanted})
    assert answer.status_code == 422
    assert roles_of(cast, "participant") == {"participant"}


@pytest.mark.parametrize("whom", ["owner", "manager"])
def test_manager_leaves_managers_and_owners_alone(app: HostedFlask, cast: Cast, whom: str) -> None:
    client, before = cast.client(app, "manager"), roles_of(cast, whom)
    assert client.post(f"/people/{cast.ids[whom]}", data={"roles": ["participant"]}).status_code == 403
    assert client.post(f"/people/{cast.ids[whom]}/removal").status_code == 403
    assert roles_of(cast, whom) == before
    assert cast.client(app, whom).get("/me").status_code == 200


def test_nobody_removes_an_owner(app: HostedFlask, cast: Cast) -> None:
    assert cast.client(app, "owner").post(f"/people/{cast.ids['owner']}/removal").status_code == 403


def test_removed_member_is_out_and_a_404(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "manager")
    assert client.post(f"/people/{cast.ids['second']}/removal").status_code == 303
    assert cast.client(app, "second").get("/me").status_code == 302
    assert client.get(f"/people/{cast.ids['second']}").status_code == 404
    client.get("/people")
    assert "Yusuf Demir" not in client.get("/people").text, "not even in the message, which was said"


def test_T11_people_of_another_academy_are_404(app: HostedFlask, cast: Cast, other: Opened) -> None:
    theirs, client = make_cast(other), cast.client(app, "owner")
    for one in (theirs.ids["participant"], uuid4()):
        assert client.get(f"/people/{one}").status_code == 404
        assert client.post(f"/people/{one}/removal").status_code == 404
    assert cast.client(app, "owner").get("/people").status_code == 200
    with db.scope(other.scope):
        assert queries.member(theirs.ids["participant"]).is_active
