"""Members sign in at their academy, and nowhere else."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core import config as configuration
from core.accounts.actions import sessions as account_sessions
from core.db import CORE, db
from tenants.people.models import Ask, Member, MemberSession, Throttle
from tests.browsing import HostClient, client_on
from tests.cast import Cast
from tests.doors import PASSWORD, count, give_password, new_account


def sign_in(client: HostClient, email: str, password: str = PASSWORD, **more: str):
    """Return the answer to the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def cookie(client: HostClient) -> str | None:
    """Return the client's session token."""
    found = client.get_cookie(sessions.cookie_name(), domain=client.host)
    return found.value if found else None


def plain(answer, email: str) -> str:
    """Return status and page without what differs anyway: the form's token and the address typed."""
    text = re.sub(r'name="csrf_token"[^>]*>', "", answer.text).replace(email, "X")
    return f"{answer.status_code} {text}"


def test_member_signs_in_and_out(app: HostedFlask, cast: Cast) -> None:
    client, email = cast.client(app, None), give_password(cast, "participant")
    assert sign_in(client, email.upper()).headers["Location"] == "/"
    assert client.get("/me").status_code == 200
    token = cookie(client)
    assert client.post("/sign-out").status_code == 303
    assert client.get("/me").status_code == 302
    client.set_cookie(sessions.cookie_name(), token, domain=client.host)
    assert client.get("/me").status_code == 302, "T19: the row is gone, not only the cookie"


def test_wrong_password_is_422_and_leaves_no_session(app: HostedFlask, cast: Cast) -> None:
    client, email = cast.client(app, None), give_password(cast, "participant")
    before = count(cast.academy.scope, MemberSession)
    answer = sign_in(client, email, "not the password")
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert cookie(client) is None
    assert count(cast.academy.scope, MemberSession) == before


def test_removed_member_cannot_sign_in_or_go_on(app: HostedFlask, cast: Cast) -> None:
    email = give_password(cast, "participant")
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["participant"]).state = "removed"
    assert cast.client(app, "participant").get("/me").status_code == 302
    assert sign_in(cast.client(app, None), email).status_code == 422


def test_T16_cookie_is_host_only_http_only_and_lax(app: HostedFlask, cast: Cast) -> None:
    answer = sign_in(cast.client(app, None), give_password(cast, "participant"))
    written = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("kweek_session=")]
    assert len(written) == 1
    assert "HttpOnly" in written[0] and "SameSite=Lax" in written[0] and "Path=/" in written[0]
    assert "domain" not in written[0].lower()


def test_T16_cookie_has_the_host_prefix_and_secure_under_https(
    app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = give_password(cast, "participant")
    monkeypatch.setattr(configuration, "_config", replace(configuration.config(), scheme="https"))
    answer = cast.client(app, None).post(
        "/sign-in", data={"email": email, "password": PASSWORD}, base_url=f"https://{cast.host}",
        headers={"Origin": f"https://{cast.host}"},
    )  # fmt: skip
    written = [one for one in answer.headers.getlist("Set-Cookie") if "session" in one]
    assert len(written) == 1 and written[0].startswith("__Host-session=")
    assert "Secure" in written[0] and "Path=/" in written[0] and "domain" not in written[0].lower()


@pytest.mark.parametrize("planted", ["{name}=planted; {mine}", "{mine}; {name}=planted", "{mine};{name}=", "{mine},{name}=x"])
def test_T17_a_doubled_session_cookie_is_refused(app: HostedFlask, cast: Cast, planted: str) -> None:
    mine, name = cast.cookie_header("participant"), sessions.cookie_name()
    client = client_on(app, cast.host, use_cookies=False)
    assert client.get("/me", headers={"Cookie": mine}).status_code == 200
    assert client.get("/me", headers={"Cookie": planted.format(mine=mine, name=name)}).status_code == 400


def test_T17_a_doubled_form_cookie_is_refused(app: HostedFlask, cast: Cast) -> None:
    answer = client_on(app, cast.host, use_cookies=False).get("/sign-in", headers={"Cookie": "kweek_form=a; other=b; kweek_form=c"})
    assert answer.status_code == 400


def test_T18_an_accounts_session_is_anonymous_in_an_academy(app: HostedFlask, cast: Cast) -> None:
    account = new_account()
    with db.scope(CORE, commit=True):
        token = account_sessions.start(account.id, "Test")
    platform, academy = client_on(app, "localhost"), client_on(app, cast.host)
    for client in (platform, academy):
        client.set_cookie(sessions.cookie_name(), token, domain=client.host)
    assert platform.get("/me").status_code == 200
    assert academy.get("/me").status_code == 302
    platform.set_cookie(sessions.cookie_name(), cast.token("owner"), domain="localhost")
    assert platform.get("/me").status_code == 302


def test_T19_signing_in_rotates_the_session(app: HostedFlask, cast: Cast) -> None:
    client, email = cast.client(app, None), give_password(cast, "participant")
    client.set_cookie(sessions.cookie_name(), "planted-before-login", domain=client.host)
    sign_in(client, email)
    first = cookie(client)
    assert first and first != "planted-before-login"
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["participant"]).state = "removed"
    assert client.get("/me").status_code == 302, "nobody now; the old row is still there"
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["participant"]).state = "active"
    late = cast.client(app, None)
    late.set_cookie(sessions.cookie_name(), first, domain=late.host)
    assert late.get("/sign-in").status_code == 302, "that session still lives"
    other = give_password(cast, "second")
    late.post("/sign-out")
    sign_in(late, other)
    assert cookie(late) != first


def test_T19_changing_the_password_ends_every_other_session(app: HostedFlask, cast: Cast) -> None:
    email, elsewhere = give_password(cast, "participant"), cast.client(app, "participant")
    client = cast.client(app, None)
    sign_in(client, email)
    before = cookie(client)
    new = {"present": PASSWORD, "password": "another long enough one"}
    assert client.post("/me/password", data=new).status_code == 303
    assert client.get("/me").status_code == 200
    assert cookie(client) != before
    assert elsewhere.get("/me").status_code == 302
    assert sign_in(cast.client(app, None), email).status_code == 422
    assert sign_in(cast.client(app, None), email, new["password"]).status_code == 303


def test_changing_the_password_needs_the_present_one(app: HostedFlask, cast: Cast) -> None:
    email, client = give_password(cast, "participant"), cast.client(app, "participant")
    answer = client.post("/me/password", data={"present": "guessed", "password": "another long enough one"})
    assert answer.status_code == 422
    assert sign_in(cast.client(app, None), email).status_code == 303


@pytest.mark.parametrize(
    ("target", "goes"),
    [("/me", "/me"), ("/me?tab=1", "/me?tab=1"), ("//evil.example", "/"), ("/\\evil.example", "/"),
     ("\\\\evil.example", "/"), ("https://evil.example", "/"), ("javascript:alert(1)", "/"), ("me", "/"),
     ("/\t/evil.example", "/"), ("/\n/evil", "/"), ("///evil.example", "/"), ("", "/"), (" //evil", "/")],
)  # fmt: skip
def test_T26_next_never_leaves_the_site(app: HostedFlask, cast: Cast, target: str, goes: str) -> None:
    email = give_password(cast, "participant")
    assert sign_in(cast.client(app, None), email, next=target).headers["Location"] == goes
    there = cast.client(app, "participant").get("/sign-in", query_string={"next": target})
    assert there.headers["Location"] == goes


def test_a_stranger_is_sent_to_sign_in_and_back(app: HostedFlask, cast: Cast) -> None:
    client, email = cast.client(app, None), give_password(cast, "manager")
    answer = client.get("/people?role=trainer")
    assert answer.headers["Location"].startswith("/sign-in?next=")
    page = client.get(answer.headers["Location"])
    hidden = re.search(r'name="next"[^>]*value="([^"]*)"', page.text)
    assert hidden and sign_in(client, email, next=hidden[1]).headers["Location"] == "/people?role=trainer"


def test_T31_known_and_unknown_addresses_get_the_same_page(app: HostedFlask, cast: Cast) -> None:
    known, unknown = give_password(cast, "participant"), cast.email("nobody")
    assert len({plain(sign_in(cast.client(app, None), one, "not the password"), one) for one in (known, unknown)}) == 1
    assert len({plain(cast.client(app, None).post("/reset", data={"email": one}), one) for one in (known, unknown)}) == 1
    assert count(cast.academy.scope, Ask) == 2, "both go the same way; the job finds out"


def test_T31_known_and_unknown_addresses_take_the_same_time(app: HostedFlask, cast: Cast) -> None:
    known = give_password(cast, "participant")
    with_no_password = cast.email("second")
    client, spent = cast.client(app, None), {"known": [], "unknown": [], "without": []}
    for turn in range(9):
        for name, email in (("known", known), ("unknown", cast.email(f"nobody{turn}")), ("without", with_no_password)):
            before = time.process_time()
            assert sign_in(client, email, "not the password").status_code == 422
            spent[name].append(time.process_time() - before)
    medians = {name: statistics.median(times) for name, times in spent.items()}
    assert max(medians.values()) < 1.4 * min(medians.values()), medians


def test_T31_ten_wrong_passwords_then_wait(app: HostedFlask, cast: Cast) -> None:
    email, client = give_password(cast, "participant"), cast.client(app, None)
    for _ in range(10):
        assert sign_in(client, email, "not the password").status_code == 422
    answer = sign_in(client, email)
    assert answer.status_code == 429, "even the right one: the count decides"
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    with clock.shifted(timedelta(minutes=16)):
        assert sign_in(client, email).status_code == 303


def test_T31_unknown_addresses_are_counted_alike(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, None)
    statuses = [sign_in(client, cast.email("nobody"), "not the password").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_classroom_behind_one_address_is_not_locked_out(app: HostedFlask, cast: Cast) -> None:
    """Thirty people, each forgetting twice, one of them locked out: the others get in."""
    locked = give_password(cast, "second")
    client = cast.client(app, None)
    for _ in range(12):
        sign_in(client, locked, "not the password")
    for number in range(29):
        for _ in range(2):
            sign_in(client, f"learner{number}@example.org", "not the password")
    assert sign_in(cast.client(app, None), give_password(cast, "participant")).status_code == 303
    assert sign_in(client, locked).status_code == 429


def test_one_address_that_tries_everybody_is_stopped(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.accounts.passwords._verify", lambda stored, password: False)
    client = cast.client(app, None)
    statuses = [sign_in(client, f"learner{number}@example.org", "Welkom2026!").status_code for number in range(201)]
    assert statuses == [422] * 200 + [429]


def test_signing_in_rightly_forgives_earlier_mistakes(app: HostedFlask, cast: Cast) -> None:
    email, client = give_password(cast, "participant"), cast.client(app, None)
    for _ in range(3):
        for _ in range(6):
            sign_in(client, email, "not the password")
        assert sign_in(client, email).status_code == 303
        client.post("/sign-out")


def test_counts_hold_no_address(app: HostedFlask, cast: Cast) -> None:
    sign_in(cast.client(app, None), cast.email("participant"), "not the password")
    with db.scope(cast.academy.scope):
        keys = [bytes(row.key) for row in db.session.query(Throttle)]
    assert keys and all(len(key) == 16 and b"@" not in key for key in keys)


def test_T32_extra_fields_of_the_profile_are_ignored(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "participant")
    answer = client.post("/me", data={
        "first_name": "Sanne", "last_name": "de Wit", "language": "nl", "scheme": "dark", "role": "owner",
        "roles": "owner", "role_rows": "owner", "account_id": str(cast.ids["owner"]), "state": "removed",
        "email": "other@example.org", "password_hash": "x", "id": str(cast.ids["owner"]), "academy_id": "1",
    })  # fmt: skip
    assert answer.status_code == 303
    with db.scope(cast.academy.scope):
        member = db.session.get_one(Member, cast.ids["participant"])
        assert (member.language, member.scheme) == ("nl", "dark")
        assert member.roles == {"participant"} and member.account_id is None and member.is_active
        assert member.email == cast.email("participant") and member.password_hash is None


def test_a_session_ends_after_thirty_unused_days_and_slides_while_used(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, None)
    sign_in(client, give_password(cast, "participant"))
    with clock.shifted(timedelta(days=29)):
        answer = client.get("/me")
        assert answer.status_code == 200
        assert "kweek_session=" in "".join(answer.headers.getlist("Set-Cookie")), "the cookie lives on too"
        assert "kweek_session=" not in "".join(client.get("/me").headers.getlist("Set-Cookie")), "once per ten minutes"
    with clock.shifted(timedelta(days=58)):
        assert client.get("/me").status_code == 200
    with clock.shifted(timedelta(days=89)):
        assert client.get("/me").status_code == 302


def test_devices_are_listed_and_ended_one_by_one_or_all(app: HostedFlask, cast: Cast) -> None:
    email, phone, laptop = give_password(cast, "participant"), cast.client(app, None), cast.client(app, None)
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1"
    laptop.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0"
    for device in (phone, laptop):
        sign_in(device, email)
    page = laptop.get("/me/devices").text
    assert "Safari on iPhone" in page and "Firefox on Windows" in page
    others = re.findall(r'action="(/me/devices/[0-9a-f-]+/end)"', page)
    assert len(others) == 2, "the phone and the cast's device; not this one"
    for path in others:
        assert laptop.post(path).status_code == 303
    assert phone.get("/me").status_code == 302
    assert laptop.get("/me").status_code == 200
    assert laptop.post("/me/devices/end").status_code == 303
    assert laptop.get("/me").status_code == 302
    assert count(cast.academy.scope, MemberSession, MemberSession.member_id == cast.ids["participant"]) == 0


def test_nobody_ends_a_device_of_somebody_else(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        theirs = db.session.query(MemberSession).filter_by(member_id=cast.ids["owner"]).one().id
    assert cast.client(app, "participant").post(f"/me/devices/{theirs}/end").status_code == 404
    assert cast.client(app, "owner").get("/me").status_code == 200


def test_what_a_device_said_is_stored_sealed(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, None)
    client.environ_base["HTTP_USER_AGENT"] = "SecretBrowser/1.0"
    sign_in(client, give_password(cast, "participant"))
    with db.scope(cast.academy.scope):
        raw = db.session.execute(sa.text("SELECT s::text FROM sessions s")).scalars().all()
    assert raw and not any("SecretBrowser" in row or cookie(client) in row for row in raw)
