"""`/_dev/mail`: each host shows its own letters, their HTML in a page that can do nothing; production has none."""

from __future__ import annotations

from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from blueprints.hosts import HostedFlask
from core.db import CORE, db
from core.mail.actions import write_letter as write_platform_letter
from tenants.mail.actions import write_letter
from tests.conftest import Platform
from tests.opened import Opened

VALUES = {"name": "Sanne", "url": "https://x.example/y", "minutes": 60}


@pytest.fixture
def letters(app: HostedFlask, academy: Opened, other: Opened) -> dict[str, UUID]:
    """Write a letter in each place; return their ids by host."""
    found = {}
    for opened in (academy, other):
        with db.scope(opened.scope, commit=True):
            letter = write_letter(f"{opened.slug}@post.example", "reset_password", "en", **VALUES)
            found[host_of(opened)] = letter.id
    with db.scope(CORE, commit=True):
        letter = write_platform_letter("platform@post.example", "reset_password", "en", **VALUES)
        found["localhost"] = letter.id
    return found


def host_of(opened: Opened) -> str:
    return f"{opened.slug}.localhost"


def see(app: HostedFlask, host: str, path: str) -> TestResponse:
    return app.test_client().get(path, headers={"Host": host})


def test_each_host_lists_its_own_letters_only(app: HostedFlask, letters: dict[str, UUID]) -> None:
    for host, own in letters.items():
        page = see(app, host, "/_dev/mail/").text
        assert str(own) in page
        assert not any(str(letter_id) in page for letter_id in letters.values() if letter_id != own)


def test_a_letter_of_another_host_is_not_found(app: HostedFlask, letters: dict[str, UUID]) -> None:
    for host, own in letters.items():
        for letter_id in letters.values():
            for path in (f"/_dev/mail/{letter_id}", f"/_dev/mail/{letter_id}/html"):
                assert see(app, host, path).status_code == (200 if letter_id == own else 404)


def test_the_page_of_a_letter_shows_its_words(app: HostedFlask, letters: dict[str, UUID]) -> None:
    page = see(app, "localhost", f"/_dev/mail/{letters['localhost']}").text
    assert "platform@post.example" in page
    assert 'href="https://x.example/y"' in page


def test_the_html_of_a_letter_is_shown_in_a_sandbox(app: HostedFlask, letters: dict[str, UUID]) -> None:
    answer = see(app, "localhost", f"/_dev/mail/{letters['localhost']}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text.startswith("<!doctype html>")


def test_production_has_no_such_page(platform: Platform, academy: Opened) -> None:
    from core import config as configuration
    from core.config import config
    from wsgi import create_app

    environ = platform.environ(KWEEK_ENV="production", SCHEME="http")
    del environ["OWNER_DATABASE_URL"]
    try:
        production = create_app(environ)
        assert config().env == "production"
        assert see(production, "localhost", "/_dev/mail/").status_code == 404
        assert see(production, host_of(academy), "/_dev/mail/").status_code == 404
    finally:
        configuration.use(configuration.load(platform.environ()))
