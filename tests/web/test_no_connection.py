"""So many ask at once that no connection to the database comes free: a page says so, and asks for none itself."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import TimeoutError as NoConnection

from blueprints.hosts import HostedFlask
from blueprints.people import doors
from tests.cast import Cast


def test_no_free_connection_is_a_503_that_needs_none(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def busy(token: str) -> None:
        asked.append(token)
        raise NoConnection("QueuePool limit")

    monkeypatch.setattr(doors.queries, "session_and_member", busy)
    answer = casts[0].client(app, "participant").get("/")
    assert (answer.status_code, answer.headers["Retry-After"], len(asked)) == (503, "10", 1)
    assert "<h1" in answer.text and "Content-Security-Policy" in answer.headers
