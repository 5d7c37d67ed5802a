"""The second step of signing in: set up, asked for, used once, recovered, turned off; and operators who cannot do without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core import config as configuration
from core.accounts import second
from core.accounts.models import Account, AccountSession, HalfSignIn, RecoveryCode, SecondStep
from core.db import CORE, db
from tests.browsing import HostClient, client_on
from tests.doors import PASSWORD, letters, link_in, new_account

# RFC 6238, appendix B, SHA-1, cut to six digits.
RFC = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("moment", "digits"), RFC.items())
def test_the_digits_are_those_of_the_standard(moment: int, digits: str) -> None:
    assert second.digits_at(RFC_SECRET, datetime.fromtimestamp(moment, UTC)) == digits


def start(app: HostedFlask, account: Account, going: str = "") -> HostClient:
    """Return a browser in which the password was given."""
    client = client_on(app, "localhost")
    client.set_cookie("lang", "en", domain="localhost")
    client.post("/sign-in", data={"email": account.email, "password": PASSWORD, "next": going})
    return client


def secret_of(account: Account) -> str:
    with db.scope(CORE):
        return db.session.scalars(sa.select(SecondStep).where(SecondStep.account_id == account.id)).one().secret or ""


def digits(account: Account, drift_s: int = 0) -> str:
    return second.digits_at(secret_of(account), clock.now() + timedelta(seconds=drift_s))


def set_up(app: HostedFlask, account: Account) -> tuple[HostClient, list[str]]:
    """Turn the second step on through the pages; return the browser and the codes for paper."""
    client = start(app, account)
    assert client.get("/me/second-step/new").location == "/me/proof?next=/me/second-step/new"
    client.post("/me/proof", data={"password": PASSWORD, "next": "/me/second-step/new"})
    page = client.get("/me/second-step/new").text
    assert "<svg" in page and secret_of(account)[:4] in page and "style=" not in page.split("<svg")[1].split("</svg>")[0]
    wrong = client.post("/me/second-step/new", data={"digits": "000000"})
    assert wrong.status_code == 422 and secret_of(account)[:4] in wrong.text, "the same secret is shown again"
    done = client.post("/me/second-step/new", data={"digits": f" {digits(account)[:3]} {digits(account)[3:]} "})
    codes = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", done.text)
    assert done.status_code == 200 and len(set(codes)) == 10
    return client, codes


@pytest.fixture
def account() -> Account:
    return new_account()


def test_it_is_set_up_and_then_asked_for(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    assert len(letters(None, "second_on", account.email)) == 1
    client = start(app, account, "/me/devices")
    assert client.get("/me").status_code in (302, 303), "the password alone is not enough"
    page = client.get("/sign-in/second?next=/me/devices").text
    assert "One step more" in page and "one-time-code" in page
    with clock.shifted(timedelta(minutes=1)):
        wrong = client.post("/sign-in/second", data={"digits": "123456", "next": "/me/devices"})
        assert wrong.status_code == 422 and "not right, or was used" in wrong.text
        done = client.post("/sign-in/second", data={"digits": digits(account), "next": "/me/devices"})
        assert done.status_code == 303 and done.location == "/me/devices" and client.get("/me").status_code == 200


def test_signing_in_leads_there_and_on(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    client = client_on(app, "localhost")
    answer = client.post("/sign-in", data={"email": account.email, "password": PASSWORD, "next": "/me/email"})
    assert answer.location == "/sign-in/second?next=/me/email"
    with clock.shifted(timedelta(minutes=1)):
        evil = client.post("/sign-in/second", data={"digits": digits(account), "next": "https://evil.example/"})
        assert evil.location == "/"


def test_digits_work_once_and_half_a_minute_early_or_late(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    for drift_s, works in ((-90, False), (90, False), (30, True)):
        with clock.shifted(timedelta(hours=1)):
            client = start(app, account)
            code = digits(account, drift_s)
            assert (client.post("/sign-in/second", data={"digits": code}).status_code == 303) is works, drift_s
    with clock.shifted(timedelta(hours=1)):
        again = start(app, account)
        assert again.post("/sign-in/second", data={"digits": code}).status_code == 422, "used once"
        assert again.post("/sign-in/second", data={"digits": digits(account)}).status_code == 422, "and so is what came before it"


def test_T19_the_token_of_the_first_step_is_over_after_the_second(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    client = start(app, account)
    half = client.get_cookie("kweek_session", domain="localhost")
    assert half is not None
    with clock.shifted(timedelta(minutes=1)):
        client.post("/sign-in/second", data={"digits": digits(account)})
    whole = client.get_cookie("kweek_session", domain="localhost")
    assert whole is not None and whole.value != half.value
    with db.scope(CORE):
        assert second.waiting(half.value) is None and db.session.scalar(sa.select(sa.func.count()).select_from(HalfSignIn).where(HalfSignIn.account_id == account.id)) == 0


def test_after_ten_minutes_one_begins_again(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    client = start(app, account)
    with clock.shifted(timedelta(minutes=11)):
        assert client.get("/sign-in/second").location == "/sign-in"
        assert client.post("/sign-in/second", data={"digits": digits(account)}).location == "/sign-in"
        with db.scope(CORE, commit=True):
            assert second.sweep() >= 1


def test_guessing_is_counted(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    client = start(app, account)
    answers = [client.post("/sign-in/second", data={"digits": f"{number:06}"}).status_code for number in range(12)]
    assert 422 in answers and answers[-1] == 429
    with clock.shifted(timedelta(minutes=1)):
        assert client.post("/sign-in/second", data={"digits": digits(account)}).status_code == 429, "even the right ones wait"


def test_a_code_from_paper_works_once_and_is_told(app: HostedFlask, account: Account) -> None:
    _, codes = set_up(app, account)
    client = start(app, account)
    assert client.post("/sign-in/second", data={"digits": codes[3].upper().replace("-", " ")}).status_code == 303
    assert client.get("/me").status_code == 200
    assert "9 are left" in letters(None, "recovery_used", account.email)[0][2]
    assert start(app, account).post("/sign-in/second", data={"digits": codes[3]}).status_code == 422
    assert "9 codes left" in client.get("/me/second-step").text


def test_new_codes_end_the_old_ones_and_take_the_password(app: HostedFlask, account: Account) -> None:
    client, codes = set_up(app, account)
    fresh = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", client.post("/me/second-step/codes").text)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert start(app, account).post("/sign-in/second", data={"digits": codes[0]}).status_code == 422
    with clock.shifted(timedelta(minutes=16)):
        assert client.post("/me/second-step/codes").location == "/me/proof?next=/me/second-step"
        assert client.post("/me/second-step/off").location == "/me/proof?next=/me/second-step"


def test_nobody_elses_code_works(app: HostedFlask, account: Account) -> None:
    other = new_account()
    set_up(app, account)
    _, codes = set_up(app, other)
    assert start(app, account).post("/sign-in/second", data={"digits": codes[0]}).status_code == 422


def test_turned_off_it_is_told_and_nothing_of_it_is_left(app: HostedFlask, account: Account) -> None:
    client, _ = set_up(app, account)
    assert client.post("/me/second-step/off").status_code == 303
    assert len(letters(None, "second_off", account.email)) == 1
    assert start(app, account).get("/me").status_code == 200
    with db.scope(CORE):
        for model in (SecondStep, RecoveryCode):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(model).where(model.account_id == account.id)) == 0  # type: ignore[attr-defined]


def test_a_link_for_a_new_password_does_not_pass_by_it(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    with db.scope(CORE, commit=True):
        second.actions.mail_reset_link(account.email or "")
    waiting, client = start(app, account), client_on(app, "localhost")
    path = link_in(letters(None, "reset_password", account.email)[-1], "/reset/")
    answer = client.post(path, data={"password": "another staple battery"})
    assert answer.location.startswith("/sign-in/second") and client.get("/me").status_code in (302, 303)
    assert waiting.get("/sign-in/second").location == "/sign-in", "who was half in with the old password is out"


def test_what_is_kept_is_encrypted_or_a_fingerprint(app: HostedFlask, account: Account) -> None:
    _, codes = set_up(app, account)
    secret = secret_of(account)
    with db.scope(CORE):
        rows = db.session.execute(sa.text("SELECT secret_sealed, (SELECT string_agg(encode(code_hash, 'hex'), '') FROM core.recovery_codes) FROM core.second_steps")).all()
    held = b"".join(bytes(row[0]) + (row[1] or "").encode() for row in rows)
    assert secret.encode() not in held and not [code for code in codes if code.replace("-", "").encode() in held]


@pytest.fixture
def strict(app: HostedFlask) -> Iterator[None]:
    """Run as in production: operators need a second step."""
    before = configuration.config()
    configuration.use(replace(before, operators_need_second_step=True))
    yield
    configuration.use(before)


def test_an_operator_does_nothing_of_operators_without_it(app: HostedFlask, strict: None) -> None:
    operator = new_account(is_operator=True)
    client = start(app, operator)
    for answer in (client.get("/operator/academies"), client.post("/operator/academies/new", data={"name": "X"})):
        assert answer.status_code == 303 and answer.location == "/me/second-step"
    assert "Set it up to go on" in client.get("/me/second-step").text and client.get("/academies").status_code == 200
    client, _ = set_up(app, operator)
    assert client.get("/operator/academies").status_code == 200
    client.post("/me/second-step/off")
    assert client.get("/operator/academies").location == "/me/second-step"
    assert start(app, new_account()).get("/operator/academies").status_code == 403, "others are refused as ever"


@pytest.mark.parametrize(("env", "said", "asked"), [("production", None, True), ("production", "0", False), ("development", None, False), ("development", "1", True)])
def test_production_asks_it_of_operators_unless_told_otherwise(env: str, said: str | None, asked: bool) -> None:
    values = {"KWEEK_ENV": env, "DATABASE_URL": "postgresql://a:b@h/d", "REDIS_URL": "redis://h", "SECRET_KEY": "s" * 40, "KWEEK_HOME": "/tmp/none"}
    assert configuration.load(values | ({"OPERATORS_NEED_SECOND_STEP": said} if said else {})).operators_need_second_step is asked


def test_a_half_sign_in_is_no_session(app: HostedFlask, account: Account) -> None:
    set_up(app, account)
    with db.scope(CORE):
        before = db.session.scalar(sa.select(sa.func.count()).select_from(AccountSession).where(AccountSession.account_id == account.id))
    start(app, account)
    with db.scope(CORE):
        after = db.session.scalar(sa.select(sa.func.count()).select_from(AccountSession).where(AccountSession.account_id == account.id))
    assert after == before
