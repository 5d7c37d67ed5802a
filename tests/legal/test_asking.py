"""Accounts are asked for what changed: gently for thirty days, then before everything else; what they accept is written down."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.accounts.models import Account
from core.db import CORE, db
from core.legal.models import Acceptance, Version
from core.legal.queries import acceptances_of, asked_of
from tests.academies.signed import Person, person
from tests.browsing import client_on
from tests.doors import PASSWORD, new_account
from tests.legal.versions import loaded


def accepted(who: Person) -> list[tuple[str, int]]:
    with db.scope(CORE):
        return sorted((version.name, version.number) for row, version in acceptances_of(who.id))


def versions_in(text: str) -> list[str]:
    return re.findall(r'name="version" value="([0-9a-f-]{36})"', text)


def test_a_new_account_accepts_what_its_form_showed(app: HostedFlask) -> None:
    client = client_on(app, "localhost")
    shown = re.search(r'name="shown"[^>]* value="([^"]+)"', client.get("/sign-up").text)
    assert shown is not None and len(shown[1].split()) == 2
    form = {"first_name": "Olga", "last_name": "Visser", "email": "legal-sign-up@people.example", "password": PASSWORD, "shown": shown[1]}
    assert client.post("/sign-up", data=form).status_code == 303
    with db.scope(CORE):
        account = db.session.scalars(sa.select(Account).order_by(Account.id.desc()).limit(1)).one()
        assert account.email == "legal-sign-up@people.example"
        assert sorted(version.name for _, version in acceptances_of(account.id)) == ["privacy", "terms"] and asked_of(account) == []


def test_what_changed_while_the_form_was_open_is_asked_later(app: HostedFlask) -> None:
    client = client_on(app, "localhost")
    shown = re.search(r'name="shown"[^>]* value="([^"]+)"', client.get("/sign-up").text)
    assert shown is not None
    with loaded("terms"):
        form = {"first_name": "Olga", "last_name": "Visser", "email": "legal-late@people.example", "password": PASSWORD, "shown": shown[1]}
        client.post("/sign-up", data=form)
        with db.scope(CORE):
            account = db.session.scalars(sa.select(Account).order_by(Account.id.desc()).limit(1)).one()
            assert [one.version.name for one in asked_of(account)] == ["terms"]


def test_signing_in_leads_to_the_question_and_on_to_where_one_was_going(app: HostedFlask) -> None:
    account, client = new_account(), client_on(app, "localhost")
    form = {"email": account.email, "password": PASSWORD, "next": "/academies"}
    assert client.post("/sign-in", data=form).location == "/academies"
    client.post("/sign-out")
    with loaded("terms") as version_id:
        answer = client.post("/sign-in", data=form)
        assert answer.location == "/legal/accept?next=/academies"
        page = client.get(answer.location).text
        assert "Our terms changed" in page and "New in 2." in page and ">Later</a>" in page and "/legal/terms/changes/1/2" in page
        assert versions_in(page) == [str(version_id)]
        done = client.post("/legal/accept", data={"version": versions_in(page), "next": "/academies"})
        assert done.status_code == 303 and done.location == "/academies"
        assert client.get("/legal/accept?next=/me").location == "/me", "there is nothing more to ask"


def test_who_is_signed_in_while_a_version_changes_works_on_and_is_held_after_thirty_days(app: HostedFlask) -> None:
    olga = person(app)
    assert "Our terms changed" not in olga.browser.get("/me").text
    with loaded("terms"):
        page = olga.browser.get("/me")
        assert page.status_code == 200 and "Our terms changed" in page.text
        with clock.shifted(timedelta(days=29)):
            _stay_signed_in(olga)
            assert olga.browser.get("/me").status_code == 200
        with clock.shifted(timedelta(days=31)):
            _stay_signed_in(olga)
            held = olga.browser.get("/me?x=1")
            assert held.status_code == 302 and held.location == "/legal/accept?next=/me?x%3D1"
            question = olga.browser.get("/legal/accept").text
            assert ">Later</a>" not in question and "You had thirty days" in question
            assert olga.browser.get("/academies").status_code == 200, "taking along and leaving stay possible"
            assert olga.browser.get("/legal/terms").status_code == 200
            saved = olga.browser.post("/me", data={"first_name": "Olga", "last_name": "Kept", "language": "en", "scheme": "auto"})
            assert saved.status_code == 303, "what somebody was typing is not lost"
            olga.browser.post("/legal/accept", data={"version": versions_in(question)})
            assert olga.browser.get("/me").status_code == 200
    assert accepted(olga) == [("privacy", 1), ("terms", 1)]


def _stay_signed_in(who: Person) -> None:
    with db.scope(CORE, commit=True):
        db.session.execute(sa.text("UPDATE core.sessions SET expires_at = :until WHERE account_id = :id"),
                           {"until": clock.now() + timedelta(days=1), "id": who.id})  # fmt: skip


def test_a_minor_change_asks_nobody(app: HostedFlask) -> None:
    olga = person(app)
    with loaded("terms", "minor"):
        assert "Our terms changed" not in olga.browser.get("/me").text and olga.browser.get("/legal/accept").status_code == 302


def test_a_version_that_changed_again_meanwhile_is_shown_again(app: HostedFlask) -> None:
    olga = person(app)
    with loaded("terms") as first:
        with loaded("terms", add="Yet another thing."):
            stale = olga.browser.post("/legal/accept", data={"version": str(first)})
            assert stale.status_code == 422 and "This is what holds now" in stale.text and "New in 3." in stale.text
        assert accepted(olga) == [("privacy", 1), ("terms", 1)]


@pytest.mark.parametrize("version", ["", "not-an-id", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_accepts_nothing(app: HostedFlask, version: str) -> None:
    olga = person(app)
    with loaded("terms"):
        assert olga.browser.post("/legal/accept", data={"version": version} if version else {}).status_code in (400, 422)
        assert accepted(olga) == [("privacy", 1), ("terms", 1)]


def test_accepting_twice_is_written_down_once_and_shown_with_the_moment(app: HostedFlask) -> None:
    olga = person(app)
    with loaded("privacy") as version_id:
        for _ in range(2):
            olga.browser.post("/legal/accept", data={"version": str(version_id)})
        with db.scope(CORE):
            rows = db.session.scalars(sa.select(Acceptance).where(Acceptance.version_id == version_id)).all()
            words = db.session.get_one(Version, version_id).text("en")
            assert [(row.account_id, row.language, row.sha256, row.number) for row in rows] == [(olga.id, "en", words.sha256, None)]
        mine = olga.browser.get("/me/agreements").text
        assert mine.count("Version 1") == 2 and mine.count("Version 2") == 1
