"""Inviting people and accepting: links that end, forms sent twice, roles that may not be given."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.courses.models import Course
from tenants.people import joined, queries
from tenants.people.models import Invitation, Member
from tests.browsing import HostClient, client_on
from tests.cast import Cast
from tests.doors import PASSWORD, count, give_password, letters, link_in

NEW = "fatima@example.org"
JOINING = {"first_name": "Fatima", "last_name": "El Amrani", "password": PASSWORD}


def invite(cast: Cast, app: HostedFlask, who: str = "manager", emails: str = NEW, **more: object) -> HostClient:
    """Send the invite form as `who`; return the client."""
    client = cast.client(app, who)
    data = {"emails": emails, "roles": ["participant"], **more}
    client.answer = client.post("/people/invite", data=data)
    return client


def link(cast: Cast, email: str = NEW) -> str:
    """Return the path of the newest invitation of this address."""
    return link_in(letters(cast.academy, "invitation", email)[-1], "/invitations/")


def member(cast: Cast, email: str = NEW) -> Member | None:
    """Return the member with this address."""
    with db.scope(cast.academy.scope):
        return queries.member_by_email(email)


def test_invited_person_joins_and_is_signed_in(app: HostedFlask, cast: Cast) -> None:
    answer = invite(cast, app, emails=f"Fatima <{NEW.upper()}>, yara@example.org; bram@example.org").answer
    assert answer.status_code == 303
    assert [one[0] for one in letters(cast.academy, "invitation")] == [NEW, "yara@example.org", "bram@example.org"]
    client = cast.client(app, None)
    assert NEW in client.get(link(cast)).text
    answer = client.post(link(cast), data=JOINING)
    assert answer.status_code == 303
    assert "Fatima" in client.get("/me").text
    joined_member = member(cast)
    assert joined_member and joined_member.roles == {"participant"} and joined_member.is_confirmed


def test_joining_tells_the_features_above(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str | None, UUID | None]] = []
    monkeypatch.setattr(joined, "_listeners", [lambda who, course: heard.append((who.email, course))])
    with db.scope(cast.academy.scope, commit=True):
        bread, draft = Course(title="Baking bread", state="published"), Course(title="Not yet", state="draft")
        db.session.add_all([bread, draft])
        db.session.flush()
        course, hidden = str(bread.id), str(draft.id)
    assert invite(cast, app, course_id=hidden).answer.status_code == 422
    invite(cast, app, course_id=course)
    assert heard == []
    cast.client(app, None).post(link(cast), data=JOINING)
    assert heard == [(NEW, UUID(course))]


def test_T32_joining_ignores_extra_fields(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    extra = {"role": "owner", "roles": "owner", "email": "boss@example.org", "account_id": str(uuid4()), "price": "0",
             "academy_id": "1", "course_id": str(uuid4())}  # fmt: skip
    cast.client(app, None).post(link(cast), data={**JOINING, **extra})
    found = member(cast)
    assert found and found.roles == {"participant"} and found.account_id is None
    assert member(cast, "boss@example.org") is None


def test_accepting_twice_signs_in_and_makes_one_member(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    path, before = link(cast), count(cast.academy.scope, Member)
    for _ in range(2):
        client = cast.client(app, None)
        assert client.post(path, data=JOINING).status_code == 303
        assert client.get("/me").status_code == 200
    assert count(cast.academy.scope, Member) == before + 1
    other = cast.client(app, None).post(path, data={**JOINING, "password": "somebody else entirely"})
    assert other.status_code == 410
    assert "used already" in other.text
    assert cast.client(app, None).get(path).status_code == 410


@pytest.mark.parametrize("language", ["en", "nl"])
def test_expired_invitation_says_what_to_do(app: HostedFlask, cast: Cast, language: str) -> None:
    invite(cast, app)
    path = link(cast)
    with clock.shifted(timedelta(days=15)):
        for method in ("get", "post"):
            client = cast.client(app, None)
            client.set_cookie("lang", language, domain=client.host)
            answer = getattr(client, method)(path, **({"data": JOINING} if method == "post" else {}))
            assert answer.status_code == 410
            assert ("has expired" if language == "en" else "verlopen") in answer.text
    assert member(cast) is None


def test_withdrawn_invitation_is_dead(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app)
    path = link(cast)
    withdraw = re.search(r'action="(/people/invitations/[^"]*/withdrawal)"', manager.get("/people/invitations").text)
    assert withdraw and manager.post(withdraw[1]).status_code == 303
    assert cast.client(app, None).post(path, data=JOINING).status_code == 410
    assert manager.post(withdraw[1]).status_code == 404


def test_sending_again_kills_the_old_link_and_revives_an_expired_one(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app)
    old = link(cast)
    again = re.search(r'action="(/people/invitations/[^"]*/mails)"', manager.get("/people/invitations").text)
    with clock.shifted(timedelta(days=20)):
        assert again and manager.post(again[1]).status_code == 302, "the manager's session has ended by then"
        with db.scope(cast.academy.scope, commit=True):
            db.session.query(Invitation).one().expires_at = clock.now()
    assert manager.post(again[1]).status_code == 303
    new = link(cast)
    assert new != old
    assert cast.client(app, None).get(old).status_code == 410
    assert cast.client(app, None).post(new, data=JOINING).status_code == 303


def test_unknown_link_is_gone_too(app: HostedFlask, cast: Cast) -> None:
    assert cast.client(app, None).get("/invitations/" + "x" * 43).status_code == 410


def test_inviting_a_member_says_so_kindly(app: HostedFlask, cast: Cast) -> None:
    known = cast.email("participant")
    manager = invite(cast, app, emails=f"{known}\n{NEW}")
    page = manager.get("/people").text
    assert "already a member" in page and known in page
    assert [one[0] for one in letters(cast.academy, "invitation")] == [NEW]


def test_inviting_again_replaces_the_first_invitation(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    first = link(cast)
    invite(cast, app)
    assert cast.client(app, None).get(first).status_code == 410
    assert cast.client(app, None).get(link(cast)).status_code == 200


@pytest.mark.parametrize("text", ["sanne", "sanne@", "@example.org", "a@b", "sanne@example..org", "two words@example.org"])
def test_what_is_no_address_is_refused_by_name(app: HostedFlask, cast: Cast, text: str) -> None:
    answer = invite(cast, app, emails=f"{NEW}\n{text}").answer
    assert answer.status_code == 422
    assert "not whole e-mail addresses" in answer.text
    assert letters(cast.academy, "invitation") == []


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [("manager", "manager", 422), ("manager", "owner", 422), ("owner", "manager", 303), ("owner", "owner", 422),
     ("manager", "trainer", 303), ("trainer", "participant", 403), ("author", "participant", 403),
     ("participant", "participant", 403), (None, "participant", 302)],
)  # fmt: skip
def test_who_may_invite_whom(app: HostedFlask, cast: Cast, who: str | None, role: str, status: int) -> None:
    assert invite(cast, app, who, roles=[role]).answer.status_code == status
    assert bool(letters(cast.academy, "invitation")) == (status == 303)


def test_weak_password_is_refused_with_advice(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    for password in ("short", "password12", "1234567890", "fatimaelamrani", NEW, "aaaaaaaaaaaa"):
        answer = cast.client(app, None).post(link(cast), data={**JOINING, "password": password})
        assert answer.status_code == 422, password
    assert member(cast) is None


def test_removed_member_comes_back_by_invitation_with_the_new_roles_only(app: HostedFlask, cast: Cast) -> None:
    email, manager = give_password(cast, "author"), cast.client(app, "manager")
    assert manager.post(f"/people/{cast.ids['author']}/removal").status_code == 303
    assert cast.client(app, "author").get("/me").status_code == 302
    invite(cast, app, emails=email)
    assert cast.client(app, None).post(link(cast, email), data=JOINING).status_code == 303
    found = member(cast, email)
    assert found and found.id == cast.ids["author"] and found.roles == {"participant"} and found.is_active


def test_a_person_who_joined_by_another_way_must_know_their_password(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    path = link(cast)
    with db.scope(cast.academy.scope, commit=True):
        db.session.add(Member(email=NEW, first_name="Fatima", last_name="E", password_hash=None))
    assert cast.client(app, None).post(path, data=JOINING).status_code == 410
    found = member(cast)
    assert found and found.password_hash is None


def test_an_invitation_of_one_academy_is_nothing_in_another(app: HostedFlask, cast: Cast, other) -> None:
    invite(cast, app)
    assert client_on(app, f"{other.slug}.localhost").get(link(cast)).status_code == 410


def test_who_has_not_confirmed_their_address_invites_nobody(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["owner"]).email_confirmed_at = None
    answer = invite(cast, app, "owner").answer
    assert "First confirm" in answer.text
    assert letters(cast.academy, "invitation") == []
    assert "First confirm" in cast.client(app, "owner").get("/people/invite").text


def test_an_invitation_is_no_place_to_guess_passwords(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    path = link(cast)
    assert cast.client(app, None).post(path, data=JOINING).status_code == 303
    guess = {**JOINING, "password": "guess after guess"}
    answers = [cast.client(app, None).post(path, data=guess).status_code for _ in range(11)]
    assert answers == [410] * 10 + [429]


def test_nobody_gets_invitations_without_end(app: HostedFlask, cast: Cast) -> None:
    answers = [invite(cast, app, who).answer.status_code for who in ("manager", "owner") * 3]
    assert answers == [303] * 5 + [429]
    assert len(letters(cast.academy, "invitation", NEW)) == 5


def test_who_is_no_longer_a_manager_lets_in_participants_only(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app, emails="colleague@example.org", roles=["trainer"])
    invite(cast, app)
    owner = cast.client(app, "owner")
    assert owner.post(f"/people/{cast.ids['manager']}", data={"roles": ["participant"]}).status_code == 303
    assert cast.client(app, None).get(link(cast, "colleague@example.org")).status_code == 410
    assert cast.client(app, None).post(link(cast), data=JOINING).status_code == 303


def test_who_is_removed_lets_in_participants_only(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app, emails="colleague@example.org", roles=["trainer", "author"])
    invite(cast, app)
    assert cast.client(app, "owner").post(f"/people/{cast.ids['manager']}/removal").status_code == 303
    assert cast.client(app, None).get(link(cast, "colleague@example.org")).status_code == 410
    assert cast.client(app, None).post(link(cast), data=JOINING).status_code == 303
