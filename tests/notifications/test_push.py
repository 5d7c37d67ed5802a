"""Messages on devices, against a real server: encrypted for one browser, signed by us, silent about what they are about."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import config as configuration
from core import egress, push, queue
from core.db import CORE, db
from core.mail.actions import urgency
from core.outbox.models import Work
from tenants.notifications import actions, choices, pushing, registry
from tenants.notifications.models import PushBrowser
from tenants.notifications.registry import Said
from tenants.notifications.rules import Choice
from tests.cast import Cast
from tests.conftest import Platform
from tests.courses.writing import member
from tests.notifications.push_service import FakeBrowser, PushService, claims_of
from tests.notifications.telling import at, stay_signed_in, work

KEY = push.make_key()


@pytest.fixture
def service(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """Serve on loopback; only here loopback may be called, and its certificate is trusted."""
    service = PushService(tmp_path)
    service.start()
    monkeypatch.setattr(egress, "may_reach", lambda address, port: address in ("127.0.0.1", "::1"))
    trust = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: trust(cafile=str(service.authority)))
    monkeypatch.setattr(egress, "public_address", lambda host, port: "127.0.0.1")
    monkeypatch.setitem(registry._describers, "message", lambda reader, found: {one.id: Said("Secret room", "Noor Haddad") for one in found})
    configuration.use(configuration.load(platform.environ(VAPID_KEY=KEY)))
    yield service
    service.stop()
    configuration.use(configuration.load(platform.environ()))


@pytest.fixture
def browser(cast: Cast, service: PushService, app: HostedFlask) -> FakeBrowser:
    """Return the participant's browser, switched on from the page."""
    stay_signed_in(cast)
    browser = FakeBrowser(f"{service.url}/to/Sanne")
    assert switch_on(cast, app, browser) == 200
    return browser


def switch_on(cast: Cast, app: HostedFlask, browser: FakeBrowser, who: str = "participant") -> int:
    given = browser.given
    sent = {"endpoint": given.endpoint, "public_key": given.public_key, "secret": given.secret}
    return cast.client(app, who).post("/me/notifications/browsers", data=sent).status_code


def say(cast: Cast, times: int = 1) -> None:
    room = uuid4()
    with db.scope(cast.academy.scope, commit=True):
        for _ in range(times):
            actions.notify("message", [cast.ids["participant"]], subject_id=uuid4(), thread_id=room, link=f"/messages/{room}")


def browsers(cast: Cast) -> int:
    with db.scope(cast.academy.scope):
        return db.session.scalar(sa.select(sa.func.count()).select_from(PushBrowser)) or 0


def test_a_browser_gets_the_kind_in_words_and_nothing_of_what_it_is_about(cast: Cast, service: PushService, browser: FakeBrowser) -> None:
    with at("2027-01-12T12:00"):
        say(cast, 2)
        work()
        work()
    (came,) = service.came
    assert (came.path, came.headers["content-encoding"], came.headers["ttl"]) == ("/to/Sanne", "aes128gcm", "86400")
    said = json.loads(browser.open(came.body))
    assert said["body"] == "2 times: A new message" and said["url"].startswith("/notifications/")
    assert not any(word in json.dumps(said) for word in ("Noor", "Secret", "Sanne"))
    assert b"message" not in came.body
    claims, key = claims_of(came.headers["authorization"])
    assert claims["aud"] == service.url and claims["sub"].startswith("mailto:") and key == push.public_key(push.private_key(KEY))
    assert len(came.headers["topic"]) <= 32


def test_quiet_hours_hold_it_and_what_was_read_is_not_sent(cast: Cast, service: PushService, browser: FakeBrowser) -> None:
    with at("2027-01-12T23:00"):
        say(cast)
        say(cast)
        work()
    assert service.came == []
    with at("2027-01-13T06:30"), db.scope(cast.academy.scope, commit=True):
        actions.mark_all_read(member(cast, "participant"), actions.clock.now())
    with at("2027-01-13T07:01"):
        work()
        assert service.came == []
        say(cast)
        work()
    assert len(service.came) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(cast: Cast, service: PushService, browser: FakeBrowser, status: int) -> None:
    service.status = status
    with at("2027-01-12T12:00"):
        say(cast)
        work()
    assert len(service.came) == 1 and browsers(cast) == 0


def test_a_push_service_that_is_ill_is_asked_again_later(cast: Cast, service: PushService, browser: FakeBrowser) -> None:
    service.status = 503
    with at("2027-01-12T12:00"):
        say(cast)
        work()
        assert len(service.came) == 1 and browsers(cast) == 1
        service.status = 201
    with at("2027-01-12T12:02"):
        work()
    assert len(service.came) == 2
    with db.scope(CORE):
        assert db.session.scalars(sa.select(Work.job).where(Work.job.like("notifications.push%"), Work.done_at.is_(None))).all() == []


def test_T27_a_redirect_is_not_followed_and_a_private_address_never_called(
    cast: Cast, service: PushService, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.status = 307
    with at("2027-01-12T12:00"):
        say(cast)
        work()
    assert len(service.came) == 1
    monkeypatch.undo()
    with at("2027-01-12T13:00"), db.scope(cast.academy.scope, commit=True):
        row = db.session.scalars(sa.select(PushBrowser)).one()
        assert pushing._sent(row.id, row.endpoint or "", b"", {}) == 410
    assert len(service.came) == 1


def test_T27_a_browser_at_a_private_address_cannot_be_switched_on(cast: Cast, app: HostedFlask, platform: Platform) -> None:
    configuration.use(configuration.load(platform.environ(VAPID_KEY=KEY)))
    try:
        for endpoint in ("https://127.0.0.1/x", "http://push.example/x", "https://[::1]/", "https://169.254.169.254/latest", "file:///etc/passwd"):
            assert switch_on(cast, app, FakeBrowser(endpoint)) == 422
        assert browsers(cast) == 0
    finally:
        configuration.use(configuration.load(platform.environ()))


def test_off_is_off_and_one_switches_only_ones_own_browsers_off(cast: Cast, service: PushService, browser: FakeBrowser, app: HostedFlask) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"message": Choice(push=False)})
    with at("2027-01-12T12:00"):
        say(cast)
        work()
    assert service.came == []
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(PushBrowser.id)).one()
    assert cast.client(app, "second").post(f"/me/notifications/browsers/{row}/removal").status_code == 404
    assert cast.client(app, "participant").post(f"/me/notifications/browsers/{row}/removal").status_code == 303
    assert browsers(cast) == 0


def test_a_browser_that_somebody_else_uses_now_is_theirs(cast: Cast, service: PushService, browser: FakeBrowser, app: HostedFlask) -> None:
    assert switch_on(cast, app, browser, "second") == 200
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(PushBrowser.member_id)).all() == [cast.ids["second"]]


def test_without_a_key_nothing_of_it_is_offered(cast: Cast, app: HostedFlask) -> None:
    page = cast.client(app, "participant").get("/me/notifications").text
    assert "push-switch" not in page and "On your devices" not in page
    assert switch_on(cast, app, FakeBrowser("https://push.example/x")) == 422


def test_what_is_stored_of_a_browser_is_sealed(cast: Cast, service: PushService, browser: FakeBrowser) -> None:
    with db.scope(cast.academy.scope):
        raw = db.session.execute(sa.text("SELECT row_to_json(push_browsers)::text FROM push_browsers")).scalar_one()
    assert "Sanne" not in raw and browser.given.public_key not in raw and browser.given.endpoint not in raw


def test_a_push_service_that_drips_is_left_after_one_deadline_and_forgotten_when_it_does_so_often(
    cast: Cast, service: PushService, browser: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.drips = True
    call = egress.post
    monkeypatch.setattr(egress, "post", lambda url, body, headers: call(url, body, headers, 1.0))
    monkeypatch.setattr(pushing, "MOST_WAITED", 1)
    with at("2027-01-12T12:00"):
        say(cast)
        began = time.monotonic()
        work()
        assert time.monotonic() - began < 25 and len(service.came) == 1 and browsers(cast) == 1
    with at("2027-01-12T12:02"):
        work()
    assert len(service.came) == 2 and browsers(cast) == 0 and service.cut >= 1, "the line is cut, not left to drip"


def test_a_message_to_a_device_goes_after_letters_and_holds_no_worker_for_long(cast: Cast, service: PushService, browser: FakeBrowser) -> None:
    with at("2027-01-12T12:00"):
        say(cast)
        with db.scope(cast.academy.scope, commit=True):
            pushing.push_to(cast.ids["participant"])
        with db.scope(CORE):
            [waiting] = db.session.scalars(sa.select(Work.priority).where(Work.job == "notifications.push_one", Work.done_at.is_(None)))
    assert waiting > urgency("notice") and queue.find("notifications.push_one").limit_s <= 30
