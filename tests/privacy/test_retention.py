"""T59: accounts without a visit, in every state, as time goes by; T60: invoices; the table of rules and its report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.handoff import note_visit
from core.academies.models import Academy, Closing, Ownership
from core.academies.queries import academy_by_number
from core.accounts.models import Account
from core.db import CORE, db
from core.ids import uuid7
from core.newsletter import actions as newsletter
from core.owner import connect
from core.privacy import retention
from core.privacy.models import AccountErasure, RetentionCase, RetentionRun, RetentionWarning
from jobs.privacy import RUNNERS, retain, run_accounts
from tenants.people.models import Member
from tests.academies.signed import person
from tests.cast import Cast
from tests.conftest import Platform
from tests.doors import PASSWORD, letters, new_account
from tests.opened import Opened
from tests.privacy.test_ending import exists, work


@pytest.fixture(autouse=True)
def alone(platform: Platform) -> Iterator[None]:
    """Let the accounts of other tests be visited for ever, so that time travel finds only this test's."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Account).values(visited_at=clock.now() + timedelta(days=4000)))
    yield


def quiet(**more: object) -> Account:
    """Return an account that was visited just now, and will not be again."""
    return new_account(**more)


def after(days: int) -> None:
    """Let the daily engine run so many days later, and the work that follows."""
    with clock.shifted(timedelta(days=days)):
        with db.scope(CORE, commit=True):
            run_accounts()
        work()


def warned(account: Account) -> list[str]:
    with db.scope(CORE):
        return [one.step for one in db.session.scalars(sa.select(RetentionWarning).where(RetentionWarning.account_id == account.id).order_by(RetentionWarning.id))]


def own(academy: Opened, account_id: UUID) -> None:
    with db.scope(CORE, commit=True):
        db.session.add(Ownership(academy_id=academy_by_number(academy.number).id, account_id=account_id))


def case_of(account: Account) -> RetentionCase | None:
    with db.scope(CORE):
        return db.session.scalars(sa.select(RetentionCase).where(RetentionCase.account_id == account.id)).one_or_none()


def test_T59_warnings_at_eleven_months_fourteen_days_and_two_days_then_it_is_gone() -> None:
    account = quiet()
    for day, steps, there in ((330, [], True), (335, ["month"], True), (336, ["month"], True), (352, ["month", "fortnight"], True),
                              (364, ["month", "fortnight", "days"], True), (367, [], False)):  # fmt: skip
        after(day)
        assert exists(account.id) is there, day
        assert warned(account) == steps, day
    assert letters(None, "account_silent", account.email) == [], "the letters to them went with them"


def test_T59_each_warning_is_a_letter_that_names_the_day_and_the_academies(academy: Opened) -> None:
    account = quiet()
    own(academy, account.id)
    after(335)
    (letter,) = letters(None, "account_silent", account.email)
    assert f"Academy {academy.number}" in letter[2] and "/sign-in" in letter[2]


def test_T59_a_visit_cancels_and_a_later_silence_begins_anew(app: HostedFlask) -> None:
    account = quiet()
    after(335)
    assert warned(account) == ["month"]
    with clock.shifted(timedelta(days=340)):
        client = person(app).browser
        client.post("/sign-out")
        assert client.post("/sign-in", data={"email": account.email, "password": PASSWORD}).status_code == 303
    after(352)
    after(380)
    assert exists(account.id) and warned(account) == ["month"]
    after(340 + 335)
    assert warned(account) == ["month", "month"]


def test_T59_being_in_ones_academy_is_a_visit() -> None:
    account = quiet()
    with clock.shifted(timedelta(days=200)):
        note_visit(account.id)
    after(370)
    assert exists(account.id) and warned(account) == []


def test_T59_an_owners_request_in_their_academy_is_noted(app: HostedFlask, cast: Cast) -> None:
    account = quiet()
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["owner"]).account_id = account.id
    client = cast.client(app, "owner")
    with db.scope(CORE, commit=True):
        db.session.get_one(Account, account.id).visited_at = clock.now() - timedelta(days=300)
    with clock.shifted(timedelta(hours=2)):
        assert client.get("/people").status_code == 200
    with db.scope(CORE):
        visited = db.session.get_one(Account, account.id).visited_at
    assert visited > clock.now()


@pytest.mark.parametrize("reason", ["members", "owner", "plan", "operator"])
def test_T59_what_others_need_is_left_to_an_operator(academy: Opened, reason: str) -> None:
    account = quiet(is_operator=reason == "operator")
    own(academy, account.id)
    with db.scope(CORE, commit=True):
        if reason == "plan":
            db.session.execute(sa.update(Academy).where(Academy.number == academy.number).values(plan="team"))
        if reason == "owner":
            other = db.session.get_one(Account, new_account().id)
            other.visited_at = clock.now() + timedelta(days=4000)
            db.session.add(Ownership(academy_id=academy_by_number(academy.number).id, account_id=other.id))
    if reason == "members":
        with db.scope(academy.scope, commit=True):
            db.session.add(Member(first_name="Pia", last_name="Bakker", email="pia@people.example", visited_at=clock.now() + timedelta(days=100)))
    after(340)
    after(370)
    assert exists(account.id) and warned(account) == []
    case = case_of(account)
    assert case is not None and case.reasons == [reason]


def test_T59_a_platform_that_stood_still_warns_first() -> None:
    account = quiet()
    after(600)
    assert exists(account.id) and warned(account) == ["month"]
    after(614)
    after(617)
    after(629)
    assert exists(account.id)
    after(632)
    assert not exists(account.id)


def test_T59_the_academies_go_first_and_the_account_follows(academy: Opened) -> None:
    account = quiet()
    own(academy, account.id)
    for day in (335, 352, 364):
        after(day)
    with clock.shifted(timedelta(days=367)), db.scope(CORE, commit=True):
        assert run_accounts() == 1
        erasure = db.session.scalars(sa.select(AccountErasure).where(AccountErasure.account_id == account.id)).one()
        assert erasure.why == "silence"
        erasure_id = str(erasure.id)
    from jobs.privacy import erase

    with clock.shifted(timedelta(days=367, minutes=1)), db.scope(CORE, commit=True):
        erase(erasure_id)
    assert exists(account.id), "not before its academy is destroyed"
    with db.scope(CORE, commit=True):
        closing = db.session.scalars(sa.select(Closing).where(Closing.number == academy.number)).one()
        assert closing.by_operator and closing.export_holder == account.id
        academy_by_number(academy.number).state = "closed"
    with clock.shifted(timedelta(days=368)), db.scope(CORE, commit=True):
        erase(erasure_id)
    assert not exists(account.id)


@pytest.mark.parametrize("what", ["visit", "members"])
def test_T59_a_visit_between_the_last_day_and_the_end_still_cancels(academy: Opened, what: str) -> None:
    account = quiet()
    own(academy, account.id)
    for day in (335, 352, 364):
        after(day)
    with clock.shifted(timedelta(days=367)), db.scope(CORE, commit=True):
        assert run_accounts() == 1
        if what == "visit":
            db.session.get_one(Account, account.id).visited_at = clock.now() + timedelta(minutes=1)
    if what == "members":
        with db.scope(academy.scope, commit=True):
            db.session.add(Member(first_name="Pia", last_name="Bakker", email="pia@people.example", visited_at=clock.now() + timedelta(days=366)))
    with clock.shifted(timedelta(days=367, minutes=5)):
        work()
    assert exists(account.id)
    with db.scope(CORE):
        erasure = db.session.scalars(sa.select(AccountErasure).where(AccountErasure.account_id == account.id)).one()
        assert erasure.undone_at is not None
        assert db.session.scalars(sa.select(Closing).where(Closing.number == academy.number)).one_or_none() is None


def test_T59_any_request_on_the_platform_is_a_visit(app: HostedFlask) -> None:
    olga = person(app)
    with db.scope(CORE, commit=True):
        db.session.get_one(Account, olga.id).visited_at = clock.now() - timedelta(days=100)
    with clock.shifted(timedelta(hours=1)):
        assert olga.browser.get("/academies").status_code == 200
    with db.scope(CORE):
        assert db.session.get_one(Account, olga.id).visited_at > clock.now()


def test_a_rule_that_fails_keeps_no_other_from_running(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise RuntimeError("on purpose")

    monkeypatch.setitem(RUNNERS, "accounts", fails)
    before = clock.now()
    with pytest.raises(RuntimeError, match="on purpose"), db.scope(CORE):
        retain()
    with db.scope(CORE):
        ran = {one.rule for one in db.session.scalars(sa.select(RetentionRun).where(RetentionRun.ran_at >= before))}
        assert ran == set(RUNNERS) - {"accounts"}


def test_an_address_that_nothing_was_sent_to_for_a_year_is_forgotten(platform: Platform) -> None:
    email = "quiet@news.example"
    with db.scope(CORE, commit=True):
        newsletter.subscribe(email, "Pia", "nl")
        row = newsletter.queries.by_email(email)
        assert row is not None
        row.state, row.confirmed_at = "active", clock.now()
    for days, there in ((364, True), (366, False)):
        with clock.shifted(timedelta(days=days)), db.scope(CORE, commit=True):
            newsletter.sweep_quiet()
        with db.scope(CORE):
            assert (newsletter.queries.by_email(email) is not None) is there


def test_an_operator_keeps_an_account_for_a_year_or_ends_it_with_seven_days_to_take_it_back(app: HostedFlask, academy: Opened) -> None:
    account, iris = quiet(is_operator=True), person(app, is_operator=True)
    with db.scope(CORE, commit=True):
        db.session.get_one(Account, iris.id).visited_at = clock.now() + timedelta(days=4000)
    after(340)
    with db.scope(CORE, commit=True):  # as if the silence were behind us
        db.session.get_one(Account, account.id).visited_at = clock.now() - timedelta(days=340)
    page = iris.browser.get("/operator/privacy").text
    assert account.email in page and "It operates the platform" in page
    case = case_of(account)
    assert case is not None
    assert iris.browser.post(f"/operator/privacy/cases/{case.id}/keeping").status_code == 303
    assert account.email not in iris.browser.get("/operator/privacy").text
    assert iris.browser.post(f"/operator/privacy/cases/{case.id}/ending").status_code == 303
    assert len(letters(None, "account_erasure_planned", account.email)) == 1
    with clock.shifted(timedelta(days=8)):
        work()
    assert not exists(account.id)
    assert iris.browser.post(f"/operator/privacy/cases/{case.id}/keeping").status_code == 422
    assert person(app).browser.get("/operator/privacy").status_code == 403


def test_one_engine_runs_every_rule_and_reports_what_it_did(app: HostedFlask, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.scope(CORE, commit=True):
        old = db.session.scalar(sa.select(sa.func.count()).select_from(RetentionRun)) or 0
    for name, value in platform.environ().items():
        monkeypatch.setitem(os.environ, name, value)
    with db.scope(CORE):
        retain()
    with db.scope(CORE):
        runs = db.session.scalars(sa.select(RetentionRun).order_by(RetentionRun.ran_at)).all()[old:]
        assert [one.rule for one in runs] == list(RUNNERS)
        assert set(retention.last_runs()) == set(RUNNERS)
    text = person(app, is_operator=True).browser.get("/operator/privacy").text
    assert "Accounts without a visit" in text and "AWR 52" in text and "84 months" in text


@pytest.fixture
def invoices(platform: Platform) -> Iterator[sa.Table]:
    """Return a table as billing will have one, with an invoice of each year and sort."""
    with connect(platform.owner_url) as owner:
        owner.execute("CREATE TABLE core.test_invoices (id uuid PRIMARY KEY, issued_on date NOT NULL, is_oss boolean NOT NULL)")
        owner.execute("GRANT SELECT, INSERT, DELETE ON core.test_invoices TO core_web")
    yield sa.table("test_invoices", sa.column("id", sa.Uuid), sa.column("issued_on", sa.Date), sa.column("is_oss", sa.Boolean), schema="core")  # type: ignore[misc]
    with connect(platform.owner_url) as owner:
        owner.execute("DROP TABLE core.test_invoices")


def test_T60_invoices_go_after_seven_or_ten_years_and_never_earlier(invoices: sa.Table) -> None:
    with db.scope(CORE, commit=True):
        db.session.execute(sa.insert(invoices), [{"id": uuid7(), "issued_on": date(year, 7, 1), "is_oss": oss} for year in range(2014, 2027) for oss in (False, True)])
        rows = [tuple(row) for row in db.session.execute(sa.select(invoices))]
        for today, oldest, oldest_oss in ((date(2026, 12, 31), 2019, 2016), (date(2027, 1, 1), 2020, 2017)):
            over = retention.over_invoices(rows, today)
            left = [(day.year, oss) for one, day, oss in rows if one not in over]
            assert min(year for year, oss in left if not oss) == oldest - 0
            assert min(year for year, oss in left if oss) == oldest_oss
