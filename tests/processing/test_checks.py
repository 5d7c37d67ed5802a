"""What the doctor looks at: each check finds what is wrong, and nothing where all is well."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import pytest

from blueprints.hosts import HostedFlask
from core.config import Config, config
from core.owner import connect
from jobs import checks
from tests.browsing import client_on
from tests.conftest import Platform

TODAY = date(2026, 12, 1)


@pytest.fixture
def settings(app: HostedFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Return the settings of a good production platform with key files of its own."""
    monkeypatch.delenv("KWEEK_CONFIG", raising=False)
    store = tmp_path / "keystore"
    store.mkdir()
    for path in (tmp_path / "master.json", store / "core.json", tmp_path / "dkim.pem", tmp_path / "kweek.env", tmp_path / "secret_key"):
        path.write_text("x")
        path.chmod(0o600)
    return replace(config(), env="production", scheme="https", home=tmp_path, keystore_dir=store, master_key_file=tmp_path / "master.json",
                   dkim_key_file=tmp_path / "dkim.pem", smtp_url="smtp://localhost", accept_unhardened=False)  # fmt: skip


@pytest.mark.parametrize("name", ["master.json", "keystore/core.json", "dkim.pem", "kweek.env", "secret_key"])
def test_a_key_that_others_may_open_is_named_with_what_mends_it(settings: Config, name: str) -> None:
    assert list(checks.readable_secrets(settings)) == []
    path = settings.home / name
    path.chmod(0o640)
    assert list(checks.readable_secrets(settings)) == [f"others on this machine may open {path}; chmod 600 {path}"]


def test_the_file_of_settings_is_looked_at_wherever_it_is(settings: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere.env"
    elsewhere.write_text("SECRET_KEY=x")
    elsewhere.chmod(0o644)
    monkeypatch.setenv("KWEEK_CONFIG", str(elsewhere))
    assert str(elsewhere) in "".join(checks.readable_secrets(settings))


@pytest.mark.parametrize(("change", "word"), [
    ({"scheme": "http"}, "SCHEME=https"), ({"accept_unhardened": True}, "ACCEPT_UNHARDENED"), ({"smtp_url": None}, "SMTP_URL"), ({"dkim_key_file": None}, "DKIM_KEY_FILE"),
])  # fmt: skip
def test_settings_of_a_desk_are_found_on_a_public_platform_only(settings: Config, change: dict[str, object], word: str) -> None:
    assert list(checks.unsafe_settings(settings)) == []
    wrong = replace(settings, **change)  # type: ignore[arg-type]
    assert [word in one for one in checks.unsafe_settings(wrong)] == [True]
    assert list(checks.unsafe_settings(replace(wrong, env="development"))) == []


def test_our_own_pages_have_every_header_that_is_asked_for(app: HostedFlask) -> None:
    answer = client_on(app, "localhost").get("/up")
    assert list(checks.headers_missing({name.lower(): value for name, value in answer.headers})) == []


class Bare(BaseHTTPRequestHandler):
    """A server that forgets its headers, as a careless proxy would."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def bare_port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Bare)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_missing_headers_of_a_running_server_are_named(settings: Config, bare_port: int) -> None:
    found = list(checks.headers_missing(checks.web_headers(replace(settings, port=bare_port, bind="0.0.0.0"))))
    assert len(found) == len(checks.HEADERS) - 1
    assert "Content-Security-Policy" in found[0] and "X-Content-Type-Options" not in "".join(found)


def test_a_server_that_is_away_is_said_and_no_fault(settings: Config, bare_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "config", lambda: replace(settings, port=1))
    assert checks.web_headers(replace(settings, port=1)) is None and list(checks.headers_missing(None)) == []
    said = list(checks.unknowns())
    assert any("port 1," in one for one in said) and any(one.startswith("backups") for one in said) and any("certificate" in one for one in said)
    monkeypatch.setattr(checks, "config", lambda: replace(settings, port=bare_port))
    assert not any(one.startswith("headers") for one in checks.unknowns())


def test_a_package_of_another_version_and_an_old_lock_are_found() -> None:
    present = metadata.version("flask")
    assert list(checks.stale_packages(f"flask=={present} \\\n    --hash=sha256:00\n", TODAY, TODAY)) == []
    assert f"flask is {present}, the lock says 0.1;" in next(checks.stale_packages("flask==0.1\n", TODAY, TODAY))
    assert list(checks.stale_packages("not-installed-anywhere==1.0\n", TODAY, TODAY)) == []
    assert list(checks.stale_packages("", TODAY - timedelta(days=90), TODAY)) == []
    assert len(list(checks.stale_packages("", TODAY - timedelta(days=91), TODAY))) == 1


def test_the_day_of_the_lock_is_renewed_with_the_lock() -> None:
    text = checks.LOCK.read_bytes()
    assert len(checks.PINNED.findall(text.decode())) > 30
    assert hashlib.sha256(text).hexdigest() == checks.LOCKED_SHA256, "write today and the new sum into jobs/checks.py"


def test_a_role_that_may_too_much_is_found(platform: Platform) -> None:
    def found() -> list[str]:
        with connect(platform.owner_url) as owner:
            return list(checks.strong_roles(owner))

    assert found() == []
    with connect(platform.postgres.superuser_url) as superuser:
        superuser.execute("ALTER ROLE core_web BYPASSRLS")
        try:
            assert [one.split(";")[0] for one in found()] == ["role core_web may do more than it needs"]
        finally:
            superuser.execute("ALTER ROLE core_web NOBYPASSRLS")
    assert found() == []
