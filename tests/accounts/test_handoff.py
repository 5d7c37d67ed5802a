"""An owner's step from the platform into their academy: once, within 30 seconds, into that academy only."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.models import Academy, Handoff, Ownership
from core.accounts.models import Account
from core.db import CORE, db
from tenants.people import queries
from tenants.people.models import Member, MemberRole
from tenants.resolve import resolver
from tests.browsing import HostClient, client_on
from tests.doors import PASSWORD, count, letters, link_in, new_account
from tests.opened import Opened


def own(academy: Opened, account: Account) -> str:
    """Make the account own the academy; return the academy's id as text."""
    with db.scope(CORE, commit=True):
        row = db.session.query(Academy).filter_by(number=academy.number).one()
        db.session.add(Ownership(academy_id=row.id, account_id=account.id))
        return str(row.id)


@pytest.fixture
def owner() -> Account:
    """Return an account."""
    return new_account()


@pytest.fixture
def academy_id(academy: Opened, owner: Account) -> str:
    """Return the id of the academy, which the owner owns."""
    return own(academy, owner)


def signed_in(app: HostedFlask, account: Account) -> HostClient:
    """Return a client on the platform, signed in."""
    client = client_on(app, "localhost")
    assert client.post("/sign-in", data={"email": account.email, "password": PASSWORD}).status_code == 303
    return client


def entry(app: HostedFlask, account: Account, academy_id: str) -> str:
    """Return the path of a fresh pass."""
    answer = signed_in(app, account).post(f"/academies/{academy_id}/entries")
    assert answer.status_code == 303
    return urlsplit(answer.headers["Location"]).path


def inside(app: HostedFlask, academy: Opened) -> HostClient:
    """Return an anonymous client in the academy."""
    return client_on(app, f"{academy.slug}.localhost")


def test_owner_enters_and_is_a_member_with_every_role(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    answer = signed_in(app, owner).post(f"/academies/{academy_id}/entries")
    assert answer.headers["Location"].startswith(f"http://{academy.slug}.localhost/entry/")
    client = inside(app, academy)
    assert client.get(urlsplit(answer.headers["Location"]).path).headers["Location"] == "/"
    assert client.get("/people").status_code == 200
    with db.scope(academy.scope):
        member = queries.member_of_account(owner.id)
        assert member and member.email == owner.email and member.name == owner.name
        assert member.roles == {"owner", "manager", "author", "trainer"}


def test_entering_twice_makes_one_member(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    for _ in range(2):
        assert inside(app, academy).get(entry(app, owner, academy_id)).status_code == 303
    assert count(academy.scope, Member) == 1


def test_pass_works_once(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    path = entry(app, owner, academy_id)
    assert inside(app, academy).get(path).status_code == 303
    again = inside(app, academy)
    assert again.get(path).status_code == 410
    assert again.get("/me").status_code == 302


def test_of_simultaneous_uses_one_gets_in(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    path = entry(app, owner, academy_id)
    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(lambda _: inside(app, academy).get(path).status_code, range(6)))
    assert statuses == [303] + [410] * 5


def test_pass_lives_thirty_seconds(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    early, late = entry(app, owner, academy_id), entry(app, owner, academy_id)
    with clock.shifted(timedelta(seconds=25)):
        assert inside(app, academy).get(early).status_code == 303
    with clock.shifted(timedelta(seconds=31)):
        assert inside(app, academy).get(late).status_code == 410


def test_pass_is_for_one_academy(app: HostedFlask, academy: Opened, other: Opened, academy_id: str, owner: Account) -> None:
    path = entry(app, owner, academy_id)
    assert inside(app, other).get(path).status_code == 410
    assert count(other.scope, Member) == 0
    assert inside(app, academy).get(path).status_code == 303, "the wrong door did not use it up"


def test_only_owners_get_a_pass(app: HostedFlask, academy_id: str) -> None:
    assert signed_in(app, new_account()).post(f"/academies/{academy_id}/entries").status_code == 404
    assert client_on(app, "localhost").post(f"/academies/{academy_id}/entries").status_code == 302


def test_who_stops_being_owner_within_the_seconds_stays_out(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    path = entry(app, owner, academy_id)
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Ownership).where(Ownership.account_id == owner.id))
    assert inside(app, academy).get(path).status_code == 410


def test_token_is_stored_as_a_hash_only(app: HostedFlask, academy_id: str, owner: Account) -> None:
    token = entry(app, owner, academy_id).rsplit("/", 1)[1]
    with db.scope(CORE):
        row = db.session.query(Handoff).filter_by(account_id=owner.id).one()
        assert len(row.token_hash) == 32 and token.encode() not in bytes(row.token_hash)


@pytest.mark.parametrize(("confirmed", "status"), [(True, 303), (False, 422)])
def test_owner_takes_the_member_row_with_their_proven_address(
    app: HostedFlask, academy: Opened, confirmed: bool, status: int
) -> None:
    account = new_account(confirmed=confirmed)
    with db.scope(academy.scope, commit=True):
        db.session.add(Member(email=account.email, first_name="S", last_name="W", role_rows=[MemberRole(role="participant")]))
    answer = inside(app, academy).get(entry(app, account, own(academy, account)))
    assert answer.status_code == status
    with db.scope(academy.scope):
        member = queries.member_by_email(account.email)
        assert (member.account_id == account.id) == confirmed
        assert ("owner" in member.roles) == confirmed and "participant" in member.roles


def test_handoff_from_a_suspended_academy_is_answered_by_the_academy(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    with db.scope(CORE, commit=True):
        db.session.query(Academy).filter_by(number=academy.number).one().state = "suspended"
    resolver.forget()
    assert inside(app, academy).get(entry(app, owner, academy_id)).status_code == 503


def test_confirming_the_account_confirms_the_owner_inside(app: HostedFlask, academy: Opened) -> None:
    account = new_account(confirmed=False)
    client = signed_in(app, account)
    owner = inside(app, academy)
    owner.get(entry(app, account, own(academy, account)))
    assert "First confirm" in owner.get("/people/invite").text
    client.post("/me/confirmations")
    client.post(link_in(letters(None, "confirm_account", account.email)[-1], "/confirm/"))
    assert "First confirm" not in owner.get("/people/invite").text


def test_a_mail_link_survives_the_way_round_by_the_platform(app: HostedFlask, academy: Opened, academy_id: str, owner: Account) -> None:
    """A stranger follows a deep link, signs in on the platform, enters, and stands on the page that the mail meant."""
    deep = "/people?role=trainer&page=2"
    form = inside(app, academy).get("/sign-in", query_string={"next": deep}).text
    away = urlsplit(re.search(r'href="http://localhost(/sign-in\?[^"]+)"', form)[1].replace("&amp;", "&"))  # type: ignore[index]
    platform = client_on(app, "localhost")
    there = parse_qs(away.query)["next"][0]
    answer = platform.post("/sign-in", data={"email": owner.email, "password": PASSWORD, "next": there})
    assert answer.headers["Location"] == there and there.startswith("/academies?")
    kept = re.search(r'<input type="hidden" name="next" value="([^"]+)">', platform.get(there).text)
    assert kept is not None and kept[1].replace("&amp;", "&") == deep
    passed = urlsplit(platform.post(f"/academies/{academy_id}/entries", data={"next": deep}).headers["Location"])
    assert inside(app, academy).get(f"{passed.path}?{passed.query}").headers["Location"] == deep


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_T26_the_way_round_leads_nowhere_else(app: HostedFlask, academy: Opened, academy_id: str, owner: Account, evil: str) -> None:
    assert "evil" not in inside(app, academy).get("/sign-in", query_string={"next": evil}).text.split('href="http://localhost/sign-in')[1].split('"')[0]
    answer = signed_in(app, owner).post(f"/academies/{academy_id}/entries", data={"next": evil})
    assert "next" not in urlsplit(answer.headers["Location"]).query
    path = urlsplit(answer.headers["Location"]).path
    assert inside(app, academy).get(path, query_string={"next": evil}).headers["Location"] == "/"
