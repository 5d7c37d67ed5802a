"""More than one owner, handing over, leaving, and appointing one when the owner is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.academies import owners
from core.academies.models import Academy, OwnerOffer
from core.accounts.models import Account
from core.audit.models import Event
from core.db import CORE, db
from core.errors import Forbidden, Gone, NotFound, Refused
from tenants.people import queries
from tenants.people.models import MemberSession
from tenants.people.signing import sessions
from tests.accounts.test_handoff import own, signed_in
from tests.browsing import client_on
from tests.doors import PASSWORD, count, letters, link_in, new_account
from tests.opened import Opened


@contextmanager
def platform(academy: Opened, *accounts: Account) -> Iterator[tuple[Academy, list[Account]]]:
    """Open the platform's scope with the academy and these accounts loaded; commit at the end."""
    with db.scope(CORE, commit=True):
        row = db.session.query(Academy).filter_by(number=academy.number).one()
        yield row, [db.session.get_one(Account, one.id) for one in accounts]


def roles_inside(academy: Opened, account: Account) -> frozenset[str] | None:
    """Return the roles of the account's member row, None without one."""
    with db.scope(academy.scope):
        member = queries.member_of_account(account.id)
        return None if member is None else member.roles


def owner_ids(academy: Opened) -> list[object]:
    """Return who owns the academy."""
    with platform(academy) as (row, _):
        return [one.id for one in owners.owners_of(row)]


@pytest.fixture
def first(academy: Opened) -> Account:
    """Return the academy's first owner."""
    account = new_account()
    own(academy, account)
    return account


def test_second_owner_is_added_on_both_sides(academy: Opened, first: Account) -> None:
    second = new_account()
    with platform(academy, second, first) as (row, (taker, giver)):
        owners.add_owner(row, taker, giver)
        owners.add_owner(row, taker, giver)
    assert owner_ids(academy) == [first.id, second.id]
    assert roles_inside(academy, second) == {"owner", "manager", "author", "trainer"}
    assert count(CORE, Event, Event.act == "owner.added", Event.number == academy.number) == 1


def test_unconfirmed_account_cannot_become_owner(academy: Opened, first: Account) -> None:
    second = new_account(confirmed=False)
    with pytest.raises(Refused), platform(academy, second) as (row, (taker,)):
        owners.add_owner(row, taker, None)
    assert owner_ids(academy) == [first.id]


def test_leaving_takes_rights_and_sessions_in_the_academy(academy: Opened, first: Account) -> None:
    second = new_account()
    with platform(academy, second) as (row, (taker,)):
        owners.add_owner(row, taker, None)
    with db.scope(academy.scope, commit=True):
        sessions.start(queries.member_of_account(second.id).id, "Test")
    with platform(academy, second) as (row, (leaver,)):
        owners.leave_ownership(row, leaver)
    assert owner_ids(academy) == [first.id]
    assert roles_inside(academy, second) is None
    with db.scope(academy.scope):
        left = queries.member_by_email(second.email)
        assert left and left.roles == frozenset() and not left.is_active
    assert count(academy.scope, MemberSession) == 0


def test_last_owner_cannot_leave(academy: Opened, first: Account) -> None:
    with pytest.raises(Refused), platform(academy, first) as (row, (leaver,)):
        owners.leave_ownership(row, leaver)
    with pytest.raises(NotFound), platform(academy, new_account()) as (row, (stranger,)):
        owners.leave_ownership(row, stranger)
    assert owner_ids(academy) == [first.id]


def test_two_owners_who_leave_at_once_leave_one(academy: Opened, first: Account) -> None:
    second = new_account()
    with platform(academy, second) as (row, (taker,)):
        owners.add_owner(row, taker, None)

    def leave(account: Account) -> bool:
        try:
            with platform(academy, account) as (row, (leaver,)):
                owners.leave_ownership(row, leaver)
            return True
        except Refused:
            return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(leave, [first, second])) == [False, True]
    assert len(owner_ids(academy)) == 1


def test_handing_over(academy: Opened, first: Account) -> None:
    second = new_account()
    with platform(academy, first, second) as (row, (giver, taker)):
        owners.transfer_ownership(row, giver, taker)
    assert owner_ids(academy) == [second.id]
    with pytest.raises(NotFound), platform(academy, first, second) as (row, (giver, taker)):
        owners.transfer_ownership(row, giver, taker)


def test_operator_appoints_an_owner_when_the_owner_is_gone(academy: Opened) -> None:
    operator, new = new_account(is_operator=True), new_account()
    with pytest.raises(Refused), platform(academy, new, operator) as (row, (taker, by)):
        owners.appoint_owner(row, taker, by, " ")
    with pytest.raises(Refused), platform(academy, new, new) as (row, (taker, by)):
        owners.appoint_owner(row, taker, by, "not an operator")
    with platform(academy, new, operator) as (row, (taker, by)):
        owners.appoint_owner(row, taker, by, "The owner died; the board asked in writing.")
    assert owner_ids(academy) == [new.id]
    assert count(CORE, Event, Event.act == "owner.appointed", Event.number == academy.number) == 1


def offer(academy: Opened, by: Account, email: str, hand_over: bool = False) -> str:
    """Offer ownership by mail and return the link's path."""
    with platform(academy, by) as (row, (giver,)):
        owners.offer_ownership(row, giver, email, hand_over)
    return link_in(letters(None, "ownership", email)[-1], "/ownership/")


@pytest.mark.parametrize("hand_over", [False, True])
def test_offer_is_accepted_by_the_account_with_that_address(app: HostedFlask, academy: Opened, first: Account, hand_over: bool) -> None:
    second = new_account()
    path = offer(academy, first, second.email, hand_over)
    client = signed_in(app, second)
    page = client.get(path)
    assert page.status_code == 200 and ("handed over" in page.text) == hand_over
    assert client.post(path).status_code == 303
    assert owner_ids(academy) == ([second.id] if hand_over else [first.id, second.id])
    assert client.post(path).status_code == 410


def test_offer_to_somebody_without_an_account(app: HostedFlask, academy: Opened, first: Account) -> None:
    email = f"{uuid4().hex}@example.org"
    path, client = offer(academy, first, email), client_on(app, "localhost")
    assert "/sign-in?next=" in client.get(path).headers["Location"]
    client.post("/sign-up", data={"first_name": "B", "last_name": "C", "email": email, "password": PASSWORD})
    client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert client.post(path).status_code == 303, "the mail proved the address"
    assert len(owner_ids(academy)) == 2


def test_offer_is_nothing_for_another_account_or_after_its_end(app: HostedFlask, academy: Opened, first: Account) -> None:
    second = new_account()
    path = offer(academy, first, second.email)
    assert signed_in(app, new_account()).post(path).status_code == 410
    with clock.shifted(timedelta(days=8)), platform(academy, second) as (_, (taker,)), pytest.raises(Gone):
        owners.accept_offer(path.rsplit("/", 1)[1], taker)
    with platform(academy) as (row, _):
        owners.withdraw_offer(row, owners.offers_of(row)[0].id)
    assert signed_in(app, second).post(path).status_code == 410
    assert owner_ids(academy) == [first.id]


def test_offer_of_somebody_who_left_is_void(app: HostedFlask, academy: Opened, first: Account) -> None:
    second, third = new_account(), new_account()
    path = offer(academy, first, third.email)
    with platform(academy, first, second) as (row, (giver, taker)):
        owners.transfer_ownership(row, giver, taker)
    assert signed_in(app, third).post(path).status_code == 410


def test_only_owners_offer(academy: Opened, first: Account) -> None:
    with pytest.raises(Forbidden), platform(academy, new_account()) as (row, (stranger,)):
        owners.offer_ownership(row, stranger, "x@example.org", False)
    assert count(CORE, OwnerOffer) == 0


def test_offer_of_another_academy_is_404(academy: Opened, other: Opened, first: Account) -> None:
    offer(academy, first, "x@example.org")
    with platform(academy) as (row, _):
        offer_id = owners.offers_of(row)[0].id
    with pytest.raises(NotFound), platform(other) as (row, _):
        owners.withdraw_offer(row, offer_id)
    assert re.fullmatch(r"[0-9a-f-]{36}", str(offer_id))
