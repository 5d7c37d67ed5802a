"""What a request may bring, and what is told when its last step fails."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import EnvironBuilder, run_wsgi_app

from blueprints.hosts import HostedFlask
from core import access
from core import config as configuration
from core.config import Domain
from core.db import db
from core.owner import owner_connection
from tests.accounts.test_handoff import entry, own
from tests.browsing import client_on
from tests.cast import Cast
from tests.doors import new_account
from tests.opened import Opened

MEGABYTE = 1024 * 1024


class Endless(io.RawIOBase):
    """A body of `size` zeros that counts how much of it was read."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give as much as is asked for."""
        count = min(len(buffer), self.size - self.taken)
        buffer[:count] = bytes(count)
        self.taken += count
        return count


def post_much(cast: Cast, app: HostedFlask, who: str | None, path: str, size: int) -> tuple[int, int]:
    """Post `size` bytes; return the status and how many of them were read."""
    body = Endless(size)
    headers = {"Host": cast.host, "Origin": f"http://{cast.host}", "Content-Length": str(size)}
    if who is not None:
        headers["Cookie"] = cast.cookie_header(who)
    asked = EnvironBuilder(path, method="POST", headers=headers, content_type="multipart/form-data; boundary=x")
    environ = asked.get_environ() | {"wsgi.input": io.BufferedReader(body), "CONTENT_LENGTH": str(size)}
    _, status, _ = run_wsgi_app(app, environ)
    return int(status[:3]), body.taken


def test_a_strangers_upload_is_not_even_read(guarded_app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    block = f"/courses/{cast.ids['owner']}/blocks/{cast.ids['owner']}/file"
    assert post_much(cast, guarded_app, None, block, 400 * MEGABYTE) == (302, 0)


def test_a_form_is_two_megabytes_at_most(guarded_app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    for who, path in ((None, "/sign-in"), ("participant", "/me"), ("author", "/courses/new")):
        status, taken = post_much(cast, guarded_app, who, path, 400 * MEGABYTE)
        assert status == 413 and taken <= access.MOST_BYTES, (path, status, taken)


@pytest.mark.parametrize(("language", "words"), [("en", "too large to send"), ("nl", "te groot om te versturen")])
def test_who_sends_too_much_is_told_so(app: HostedFlask, academy: Opened, language: str, words: str) -> None:
    client = client_on(app, f"{academy.slug}.localhost")
    client.set_cookie("lang", language, domain=client.host)
    answer = client.post("/sign-in", data={"email": "x" * 3 * MEGABYTE})
    assert answer.status_code == 413 and words in answer.text


def test_a_commit_that_fails_is_a_503_that_quotes_nobody(
    app: HostedFlask, casts: tuple[Cast, Cast], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection dies between the view and the commit: the page says try again, the log names nobody."""
    cast, view = casts[0], app.view_functions["people.me"]

    def dies(**kw: Any) -> Any:
        answer = view(**kw)
        db.session.flush()
        pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with owner_connection() as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return answer

    monkeypatch.setitem(app.view_functions, "people.me", dies)
    form = {"first_name": "Wilhelmina", "last_name": "van Marke", "language": "nl", "scheme": "dark"}
    with caplog.at_level(logging.DEBUG):
        answer = cast.client(app, "participant").post("/me", data=form)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "database error" in caplog.text
    assert "Wilhelmina" not in caplog.text and "Marke" not in caplog.text
    monkeypatch.undo()
    assert "Wilhelmina" not in cast.client(app, "participant").get("/me").text


def test_an_owner_who_is_led_here_by_another_site_is_asked_first(
    app: HostedFlask, academy: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is signed in here as somebody else because a page elsewhere sent them."""
    owner = new_account()
    path = entry(app, owner, own(academy, owner))
    known = configuration.config()
    dotted = replace(known, domains=(Domain("kweek.test"), *known.domains))
    configuration.use(dotted)
    try:
        client = client_on(app, f"{academy.slug}.kweek.test")
        asked = client.get(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert asked.status_code == 200 and "another website" in asked.text
        assert client.get("/me").status_code == 302
        assert client.post(path).status_code == 303
        assert client.get("/me").status_code == 200
    finally:
        configuration.use(known)
