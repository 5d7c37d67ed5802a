"""T14, T18, T20: the host decides, and nothing else may."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from blueprints.hosts import HostedFlask
from tests.cast import Cast
from tests.opened import Opened


@pytest.mark.parametrize(
    "host", ["evil.example", "nobody.localhost", "a.b.localhost", "-x.localhost", "localhost.evil.example",
             "demo localhost", "127.0.0.1", "[::1]", "xn--.localhost", "ac_1.localhost", ".localhost"],
)  # fmt: skip
def test_T14_unknown_or_malformed_hosts_reach_no_academy(app: HostedFlask, academy: Opened, host: str) -> None:
    body, status, _ = run_wsgi_app(app, EnvironBuilder("/sign-in", headers={"Host": host}).get_environ())
    assert status[:3] in ("400", "404")
    assert academy.slug.encode() not in b"".join(body)


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_T14_forwarded_hosts_are_ignored(app: HostedFlask, academy: Opened, header: str) -> None:
    value = f"{academy.slug}.localhost"
    value = f"host={value}" if header == "Forwarded" else value
    answer = app.test_client().get("/people", headers={"Host": "evil.example", header: value})
    assert answer.status_code in (400, 404)


def test_T14_an_academy_route_is_not_on_the_platform(app: HostedFlask, academy: Opened) -> None:
    assert app.test_client().get("/people", headers={"Host": "localhost"}).status_code == 404


def test_T18_a_session_of_one_academy_is_anonymous_at_another(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    client = mine.client(app, "participant")
    assert client.get("/", headers={"Host": mine.host}).status_code == 200
    cookie = mine.cookie_header("participant")
    answer = app.test_client(use_cookies=False).get("/", headers={"Host": theirs.host, "Cookie": cookie})
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("origin", ["http://other.localhost", "http://localhost", "https://{host}", "null",
                                    "http://{host}.evil.example", "http://{host}:99"])  # fmt: skip
def test_T20_a_post_from_a_sibling_is_refused(app: HostedFlask, casts: tuple[Cast, Cast], origin: str) -> None:
    mine, _ = casts
    client = mine.client(app, "participant")
    answer = client.post("/sign-out", headers={"Host": mine.host, "Origin": origin.format(host=mine.host)})
    assert answer.status_code == 403
    assert client.get("/", headers={"Host": mine.host}).status_code == 200, "still signed in"


def test_T20_a_post_without_the_token_is_refused(guarded_app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, _ = casts
    client = mine.client(guarded_app, "participant")
    answer = client.post("/sign-out", headers={"Host": mine.host, "Origin": f"http://{mine.host}"})
    assert answer.status_code == 400
    assert client.get("/", headers={"Host": mine.host}).status_code == 200, "still signed in"
