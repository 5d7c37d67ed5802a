"""Accounts on the platform: sign up, confirm, sign in, set a new password, change the address."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

import jobs.accounts
from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.accounts import queries
from core.accounts.models import Account, AccountSession, Ask
from core.db import CORE, db
from tests.browsing import HostClient, client_on
from tests.doors import PASSWORD, count, letters, link_in, new_account

LANGUAGES = pytest.mark.parametrize("language", ["en", "nl"])


@pytest.fixture
def client(app: HostedFlask) -> HostClient:
    """Return a stranger on the platform's host who reads English."""
    return stranger(app)


def stranger(app: HostedFlask) -> HostClient:
    """Return an anonymous client that reads English."""
    client = client_on(app, "localhost")
    client.set_cookie("lang", "en", domain="localhost")
    return client


def signing_up(**more: str) -> dict[str, str]:
    """Return a filled-in sign-up form with a fresh address."""
    return {"first_name": "Olga", "last_name": "Visser", "email": f"{uuid4().hex}@example.org", "password": PASSWORD, **more}


def stored(email: str) -> Account | None:
    """Return the account with this address, readable outside frames."""
    with db.scope(CORE):
        account = queries.account_by_email(email)
        if account is not None:
            db.session.expunge(account)
        return account


def sign_in(client: HostClient, email: str, password: str = PASSWORD):
    """Return the answer to the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password})


def answer_asks() -> None:
    """Do what the worker would do for every ask."""
    with db.scope(CORE, commit=True):
        for one in list(db.session.query(Ask)):
            jobs.accounts.answer(str(one.id))


def test_sign_up_confirm_and_sign_in(app: HostedFlask, client: HostClient) -> None:
    form = signing_up()
    answer = client.post("/sign-up", data=form)
    assert answer.headers["Location"] == "/sign-up/done"
    account = stored(form["email"])
    assert account and account.name == "Olga Visser" and not account.is_confirmed
    path = link_in(letters(None, "confirm_account", form["email"])[-1], "/confirm/")
    assert client.get(path).status_code == 200
    assert not stored(form["email"]).is_confirmed, "opening the link is not enough: scanners do that"
    assert client.post(path, data={"password": PASSWORD}).status_code == 303
    assert stored(form["email"]).is_confirmed
    assert "Olga" in client.get("/me").text, "and is signed in"
    assert client.post(path).status_code == 410
    assert sign_in(stranger(app), form["email"]).status_code == 303


@LANGUAGES
def test_an_obliging_mailbox_does_not_confirm_a_strangers_account(client: HostClient, language: str) -> None:
    """Somebody signed up with another's address; that other opens the link, and the stranger's password stays useless."""
    client.set_cookie("lang", language, domain="localhost")
    form = signing_up()
    client.post("/sign-up", data=form)
    path = link_in(letters(None, "confirm_account", form["email"])[-1], "/confirm/")
    for password in ("", "my own sentence instead"):
        assert client.post(path, data={"password": password}).status_code == 422
    words = {"en": "not the password that was chosen", "nl": "niet het wachtwoord dat voor dit account is gekozen"}
    assert words[language] in client.post(path, data={"password": "one more sentence"}).text
    assert not stored(form["email"]).is_confirmed
    for _ in range(10):
        answer = client.post(path, data={"password": "guess after guess"})
    assert answer.status_code == 429


def test_a_new_password_ends_the_link_to_another_address(app: HostedFlask, client: HostClient) -> None:
    """Somebody at an open screen asked for their own address; the password that the person sets then stops that."""
    for way in ("reset", "change"):
        account, thief, new = new_account(), stranger(app), f"{uuid4().hex}@example.org"
        sign_in(thief, account.email)
        assert thief.post("/me/email", data={"email": new, "present": PASSWORD}).status_code == 303
        path = link_in(letters(None, "change_email", new)[-1], "/me/email/")
        if way == "reset":
            client.post("/reset", data={"email": account.email})
            answer_asks()
            client.post(link_in(letters(None, "reset_password", account.email)[-1], "/reset/"),
                        data={"password": "a brand new sentence"})  # fmt: skip
        else:
            mine = stranger(app)
            sign_in(mine, account.email)
            assert mine.post("/me/password", data={"present": PASSWORD, "password": "a brand new sentence"}).status_code == 303
        assert stranger(app).post(path).status_code == 410
        assert stored(new) is None


def test_a_new_address_ends_the_links_that_went_to_the_old_one(app: HostedFlask, client: HostClient) -> None:
    account, new = new_account(), f"{uuid4().hex}@example.org"
    client.post("/reset", data={"email": account.email})
    answer_asks()
    old_link = link_in(letters(None, "reset_password", account.email)[-1], "/reset/")
    sign_in(client, account.email)
    client.post("/me/email", data={"email": new, "present": PASSWORD})
    assert client.post(link_in(letters(None, "change_email", new)[-1], "/me/email/")).status_code == 303
    assert stranger(app).post(old_link, data={"password": "a brand new sentence"}).status_code == 410


def test_nobody_is_mailed_without_end_from_the_page_of_a_new_address(app: HostedFlask) -> None:
    victim = f"{uuid4().hex}@example.org"
    for turn in range(6):
        account, browser = new_account(), stranger(app)
        sign_in(browser, account.email)
        status = browser.post("/me/email", data={"email": victim, "present": PASSWORD}).status_code
        assert status == (429 if turn == 5 else 303)
    assert len(letters(None, "change_email", victim)) == 5


def test_known_address_sees_the_same_page_and_gets_another_mail(client: HostClient) -> None:
    known = new_account()
    answers = [client.post("/sign-up", data=signing_up(email=email)) for email in (known.email.upper(), f"{uuid4().hex}@example.org")]
    assert len({(one.status_code, one.headers["Location"], one.text) for one in answers}) == 1
    assert letters(None, "already_member", known.email)
    assert letters(None, "confirm_account", known.email) == []
    assert sign_in(client, known.email).status_code == 303, "and the password is what it was"
    assert stored(known.email).first_name == "Olga"


def test_T32_sign_up_ignores_extra_fields(client: HostClient) -> None:
    form = signing_up(is_operator="1", role="owner", email_confirmed_at="2020-01-01", id=str(uuid4()), academy_id="1", price="0")
    client.post("/sign-up", data=form)
    account = stored(form["email"])
    assert account and not account.is_operator and not account.is_confirmed and str(account.id) != form["id"]


@LANGUAGES
@pytest.mark.parametrize("password", ["short", "wachtwoord", "OlgaVisser", "1234567890"])
def test_weak_password_is_refused_with_a_sentence(client: HostClient, language: str, password: str) -> None:
    client.set_cookie("lang", language, domain="localhost")
    form = signing_up(password=password)
    answer = client.post("/sign-up", data=form)
    assert answer.status_code == 422
    error = re.search(r'id="password-error".*?<span>(.*?)</span>', answer.text, re.DOTALL)
    words = {"en": ("Use at least", "Choose another"), "nl": ("Gebruik minstens", "Kies een ander")}[language]
    assert error and any(word in error[1] for word in words)
    assert form["password"] not in re.sub(r"<p.*?</p>", "", answer.text, flags=re.DOTALL)
    assert stored(form["email"]) is None


def test_missing_fields_are_all_named(client: HostClient) -> None:
    answer = client.post("/sign-up", data={"email": "sanne@"})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    assert "4 things need your attention" in answer.text


def test_reset_ends_all_sessions_and_works_once(app: HostedFlask, client: HostClient) -> None:
    account, elsewhere = new_account(confirmed=False), stranger(app)
    sign_in(elsewhere, account.email)
    assert client.post("/reset", data={"email": account.email}).status_code == 200
    answer_asks()
    path = link_in(letters(None, "reset_password", account.email)[-1], "/reset/")
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": "wachtwoord"}).status_code == 422
    assert client.post(path, data={"password": "a brand new sentence"}).status_code == 303
    assert client.get("/me").status_code == 200, "and is signed in"
    assert elsewhere.get("/me").status_code == 302
    assert client.get(path).status_code == 410
    assert sign_in(stranger(app), account.email).status_code == 422
    assert sign_in(stranger(app), account.email, "a brand new sentence").status_code == 303
    assert stored(account.email).is_confirmed, "the mail reached them"


def test_reset_link_lasts_an_hour_and_a_newer_one_replaces_it(client: HostClient) -> None:
    account = new_account()
    for _ in range(2):
        client.post("/reset", data={"email": account.email})
        answer_asks()
    old, new = (link_in(one, "/reset/") for one in letters(None, "reset_password", account.email))
    assert client.get(old).status_code == 410
    with clock.shifted(timedelta(minutes=59)):
        assert client.get(new).status_code == 200
    with clock.shifted(timedelta(minutes=61)):
        assert client.get(new).status_code == 410


def test_T31_reset_for_an_unknown_address_mails_nobody(client: HostClient) -> None:
    email, known = f"{uuid4().hex}@example.org", new_account().email
    pages = {re.sub(r'name="csrf_token"[^>]*>', "", client.post("/reset", data={"email": one}).text) for one in (email, known)}
    assert len(pages) == 1
    answer_asks()
    assert letters(None, "reset_password", email) == []
    assert len(letters(None, "reset_password", known)) == 1
    assert count(CORE, Ask) == 0, "forgotten once answered"


def test_T31_mails_to_one_address_are_limited(client: HostClient) -> None:
    email = f"{uuid4().hex}@example.org"
    statuses = [client.post("/reset", data={"email": email}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    answer_asks()


def test_changing_the_address_takes_a_link_to_the_new_one(app: HostedFlask, client: HostClient) -> None:
    account, new = new_account(), f"{uuid4().hex}@example.org"
    sign_in(client, account.email)
    assert client.post("/me/email", data={"email": new, "present": "guessed it"}).status_code == 422
    assert client.post("/me/email", data={"email": new, "present": PASSWORD}).status_code == 303
    assert stored(new) is None
    path = link_in(letters(None, "change_email", new)[-1], "/me/email/")
    assert client.post(path).status_code == 303
    assert stored(new).id == account.id and stored(account.email) is None
    assert sign_in(stranger(app), new).status_code == 303
    assert client.post(path).status_code == 410


def test_changing_to_a_taken_address_tells_only_its_owner(client: HostClient) -> None:
    account, taken = new_account(), new_account()
    sign_in(client, account.email)
    assert client.post("/me/email", data={"email": taken.email, "present": PASSWORD}).status_code == 303
    assert letters(None, "change_email", taken.email) == []
    assert letters(None, "already_member", taken.email)


def test_an_address_taken_after_the_link_was_sent_is_refused(client: HostClient) -> None:
    account, new = new_account(), f"{uuid4().hex}@example.org"
    sign_in(client, account.email)
    client.post("/me/email", data={"email": new, "present": PASSWORD})
    path = link_in(letters(None, "change_email", new)[-1], "/me/email/")
    client.post("/sign-out")
    client.post("/sign-up", data=signing_up(email=new))
    assert client.post(path).status_code == 410
    assert stored(account.email).id == account.id


def test_profile_is_saved_and_pages_follow_the_language(client: HostClient) -> None:
    account = new_account()
    sign_in(client, account.email)
    data = {"first_name": "Olga\r\nBcc: x", "last_name": "V", "language": "nl", "scheme": "dark"}
    assert client.post("/me", data=data).status_code == 303
    page = client.get("/me").text
    assert '<html lang="nl"' in page and 'data-scheme="dark"' in page
    assert stored(account.email).first_name == "Olga Bcc: x"
    assert client.post("/me", data={**data, "language": "xx"}).status_code == 422


def test_confirming_mail_is_sent_again_on_request(client: HostClient) -> None:
    account = new_account(confirmed=False)
    sign_in(client, account.email)
    assert "not confirmed yet" in client.get("/me").text
    assert client.post("/me/confirmations").status_code == 303
    assert len(letters(None, "confirm_account", account.email)) == 1


def test_signing_out_everywhere(app: HostedFlask, client: HostClient) -> None:
    account, other = new_account(), stranger(app)
    for one in (client, other):
        sign_in(one, account.email)
    assert count(CORE, AccountSession, AccountSession.account_id == account.id) == 2
    assert client.post("/me/devices/end").status_code == 303
    assert other.get("/me").status_code == 302 and client.get("/me").status_code == 302
    assert count(CORE, AccountSession, AccountSession.account_id == account.id) == 0


def test_T19_signing_in_ends_the_session_that_the_browser_had(app: HostedFlask, client: HostClient) -> None:
    account = new_account()
    sign_in(client, account.email)
    old = client.get_cookie(sessions.cookie_name(), domain="localhost").value
    again = stranger(app)
    again.set_cookie(sessions.cookie_name(), old, domain="localhost")
    client.post("/me/password", data={"present": PASSWORD, "password": "a brand new sentence"})
    assert again.get("/me").status_code == 302


def test_signed_in_people_skip_the_doors(client: HostClient) -> None:
    sign_in(client, new_account().email)
    assert client.get("/sign-in?next=//evil.example").headers["Location"] == "/"
    assert client.get("/sign-up").status_code == 302


WHOLE = {"first_name": "Olga", "last_name": "Visser", "password": PASSWORD, "organisation": "  Bakkerij   Noord ", "phone": "020 123 45 67"}


def test_organisation_and_phone_are_kept_and_can_be_changed(app: HostedFlask) -> None:
    client, email = stranger(app), "for-whom@people.example"
    assert client.post("/sign-up", data=WHOLE | {"email": email}).status_code == 303
    with db.scope(CORE):
        account = queries.account_by_email(email)
        assert account is not None and (account.organisation, account.phone) == ("Bakkerij Noord", "020 123 45 67")
    assert letters(None, "newsletter_confirm", email) == [], "the newsletter is asked for by a tick, never by silence"
    sign_in(client, email)
    profile = client.get("/me").text
    assert 'value="Bakkerij Noord"' in profile and 'value="020 123 45 67"' in profile
    opening = client.get("/academies/new").text
    assert 'value="Bakkerij Noord"' in opening and 'value="bakkerij-noord' in opening
    client.post("/me", data={"first_name": "Olga", "last_name": "Visser", "language": "en", "scheme": "auto", "organisation": "", "phone": ""})
    with db.scope(CORE):
        account = queries.account_by_email(email)
        assert account is not None and account.organisation is None and account.phone is None


def test_a_phone_that_cannot_be_dialled_is_said_and_nothing_is_lost(app: HostedFlask) -> None:
    answer = stranger(app).post("/sign-up", data=WHOLE | {"email": "no-phone@people.example", "phone": "call me"})
    assert answer.status_code == 422 and "no phone number" in answer.text and 'value="call me"' in answer.text and "Bakkerij" in answer.text


def test_a_tick_asks_for_the_newsletter_and_a_mail_confirms_it(app: HostedFlask) -> None:
    assert 'name="wants_news"' in stranger(app).get("/sign-up").text and "checked" not in stranger(app).get("/sign-up").text
    stranger(app).post("/sign-up", data=WHOLE | {"email": "news@people.example", "wants_news": "y"})
    assert len(letters(None, "newsletter_confirm", "news@people.example")) == 1
