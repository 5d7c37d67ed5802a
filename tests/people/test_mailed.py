"""Links that members get by mail, and what the tidying leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jobs.accounts
import jobs.people
from blueprints.hosts import HostedFlask
from core import clock, limits
from core.db import db
from core.errors import TooMany
from core.limits import Limit
from tenants.people import queries
from tenants.people.models import Ask, Invitation, Member, MemberSession, MemberToken, Throttle
from tests.browsing import client_on
from tests.cast import Cast, make_cast
from tests.doors import PASSWORD, count, give_password, letters, link_in
from tests.opened import Opened


def answer_asks(academy: Opened) -> None:
    """Do what the worker would do for every ask of the academy."""
    with db.scope(academy.scope, commit=True):
        for one in list(db.session.query(Ask)):
            jobs.people.answer(str(one.id))


def test_member_sets_a_new_password_by_mail(app: HostedFlask, cast: Cast) -> None:
    email, client = give_password(cast, "participant"), cast.client(app, None)
    assert client.post("/reset", data={"email": email.upper()}).status_code == 200
    assert letters(cast.academy, "reset_password") == [], "the page's own request mails nobody"
    answer_asks(cast.academy)
    letter = letters(cast.academy, "reset_password", email)[0]
    assert f"http://{cast.host}/reset/" in letter[2]
    path = link_in(letter, "/reset/")
    assert client.post(path, data={"password": "a brand new sentence"}).status_code == 303
    assert client.get("/me").status_code == 200
    assert cast.client(app, "participant").get("/me").status_code == 302, "other devices are out"
    assert client.post(path, data={"password": "yet another sentence"}).status_code == 410
    assert count(cast.academy.scope, Ask) == 0


def test_answering_an_ask_twice_mails_once(app: HostedFlask, cast: Cast) -> None:
    cast.client(app, None).post("/reset", data={"email": cast.email("participant")})
    with db.scope(cast.academy.scope):
        ask_id = str(db.session.query(Ask).one().id)
    for _ in range(2):
        with db.scope(cast.academy.scope, commit=True):
            jobs.people.answer(ask_id)
    assert len(letters(cast.academy, "reset_password")) == 1


def test_removed_and_unknown_people_get_no_link(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["second"]).state = "removed"
    for email in (cast.email("second"), "nobody@example.org"):
        cast.client(app, None).post("/reset", data={"email": email})
    answer_asks(cast.academy)
    assert letters(cast.academy, "reset_password") == []


def test_link_of_one_academy_opens_nothing_in_another(app: HostedFlask, cast: Cast, other: Opened) -> None:
    make_cast(other)
    cast.client(app, None).post("/reset", data={"email": cast.email("participant")})
    answer_asks(cast.academy)
    path = link_in(letters(cast.academy, "reset_password")[0], "/reset/")
    stranger = client_on(app, f"{other.slug}.localhost")
    assert stranger.get(path).status_code == 410
    assert stranger.post(path, data={"password": "a brand new sentence"}).status_code == 410


def test_member_changes_their_address(app: HostedFlask, cast: Cast) -> None:
    give_password(cast, "participant")
    client, new = cast.client(app, "participant"), "sanne.nieuw@example.org"
    assert client.post("/me/email", data={"email": new, "present": PASSWORD}).status_code == 303
    path = link_in(letters(cast.academy, "change_email", new)[0], "/me/email/")
    assert client.post(path).status_code == 303
    with db.scope(cast.academy.scope):
        member = queries.member_by_email(new)
        assert member and member.id == cast.ids["participant"]
        assert queries.member_by_email(cast.email("participant")) is None


def test_member_cannot_take_the_address_of_another(app: HostedFlask, cast: Cast) -> None:
    give_password(cast, "participant")
    data = {"email": cast.email("trainer"), "present": PASSWORD}
    assert cast.client(app, "participant").post("/me/email", data=data).status_code == 303, "and nobody is told"
    assert letters(cast.academy, "change_email") == []


def test_simultaneous_tries_are_all_counted(cast: Cast) -> None:
    limit = Limit("test", ("somebody",), 5)

    def attempt(_: int) -> bool:
        with db.scope(cast.academy.scope):
            try:
                limits.spend([limit, Limit("other", ("here",), 1000)])
            except TooMany:
                return False
            return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(24))) == 5


def test_a_count_outlives_the_request_that_failed(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        limits.spend([Limit("test", ("somebody",), 5)])
        db.rollback()
    assert count(cast.academy.scope, Throttle) == 1


def test_tidying_deletes_what_is_over_and_nothing_else(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "manager")
    client.post("/people/invite", data={"emails": "a@example.org", "roles": ["participant"]})
    cast.client(app, None).post("/reset", data={"email": cast.email("participant")})
    answer_asks(cast.academy)
    kept = [count(cast.academy.scope, model) for model in (MemberSession, MemberToken, Invitation, Throttle)]
    assert all(kept)
    with db.scope(cast.academy.scope, commit=True):
        jobs.people.sweep()
    assert [count(cast.academy.scope, model) for model in (MemberSession, MemberToken, Invitation, Throttle)] == kept
    with clock.shifted(timedelta(days=120)), db.scope(cast.academy.scope, commit=True):
        jobs.people.sweep()
    assert [count(cast.academy.scope, model) for model in (MemberSession, MemberToken, Invitation, Throttle)] == [0] * 4
    assert count(cast.academy.scope, Member) == 6


def test_a_new_password_ends_the_link_to_another_address(app: HostedFlask, cast: Cast) -> None:
    email, thief = give_password(cast, "participant"), cast.client(app, "participant")
    assert thief.post("/me/email", data={"email": "thief@example.org", "present": PASSWORD}).status_code == 303
    path = link_in(letters(cast.academy, "change_email", "thief@example.org")[-1], "/me/email/")
    cast.client(app, None).post("/reset", data={"email": email})
    answer_asks(cast.academy)
    reset = link_in(letters(cast.academy, "reset_password", email)[-1], "/reset/")
    assert cast.client(app, None).post(reset, data={"password": "a brand new sentence"}).status_code == 303
    assert cast.client(app, None).post(path).status_code == 410
    with db.scope(cast.academy.scope):
        assert queries.member_by_email("thief@example.org") is None


def test_a_new_address_ends_the_links_that_went_to_the_old_one(app: HostedFlask, cast: Cast) -> None:
    email, client = give_password(cast, "participant"), cast.client(app, "participant")
    cast.client(app, None).post("/reset", data={"email": email})
    answer_asks(cast.academy)
    reset = link_in(letters(cast.academy, "reset_password", email)[-1], "/reset/")
    client.post("/me/email", data={"email": "new@example.org", "present": PASSWORD})
    assert client.post(link_in(letters(cast.academy, "change_email", "new@example.org")[-1], "/me/email/")).status_code == 303
    assert cast.client(app, None).post(reset, data={"password": "a brand new sentence"}).status_code == 410


def test_nobody_is_mailed_without_end_from_the_page_of_a_new_address(app: HostedFlask, cast: Cast) -> None:
    give_password(cast, "participant")
    client = cast.client(app, "participant")
    answers = [client.post("/me/email", data={"email": "victim@example.org", "present": PASSWORD}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert len(letters(cast.academy, "change_email", "victim@example.org")) == 5
