"""Guards over the URL maps: login rules (every route), foreign ids (T11), headers (T23)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from blueprints.hosts import SIDES, HostedFlask
from core.access import login_rule
from tests.cast import Cast
from tests.opened import Opened

NO_SCOPE = {"static"}


def rules(app: HostedFlask, side: str) -> list[Rule]:
    """Return the rules of one side."""
    return [rule for rule in app.side_maps[side].iter_rules() if rule.endpoint not in NO_SCOPE]


@pytest.mark.parametrize("side", SIDES)
def test_every_route_has_exactly_one_login_rule(app: HostedFlask, side: str) -> None:
    without = [str(rule) for rule in rules(app, side) if login_rule(app.view_functions[rule.endpoint]) is None]
    assert without == []


@pytest.mark.parametrize("side", SIDES)
def test_T23_every_get_route_answers_with_the_security_headers(app: HostedFlask, academy: Opened, side: str) -> None:
    client = client_of(app, side, academy)
    for rule in rules(app, side):
        if "GET" in (rule.methods or ()):
            answer = client.get(filled(rule))
            policy = answer.headers.get("Content-Security-Policy", "")
            assert "default-src 'none'" in policy, rule
            assert "unsafe" not in policy, rule
            assert answer.headers.get("X-Content-Type-Options") == "nosniff", rule
            assert "frame-ancestors 'none'" in policy, rule
            assert answer.headers.get("Referrer-Policy"), rule
            assert answer.status_code != 500, rule
            answer.close()


def test_T11_ids_of_another_academy_are_404_here(app: HostedFlask, academy: Opened, other: Opened, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    client = mine.client(app, "owner")
    asked = 0
    for rule in rules(app, "academy"):
        if not any(name.endswith("_id") for name in rule.arguments):
            continue
        for kind_ids in theirs.ids_by_argument(rule.arguments):
            path = filled(rule, kind_ids)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = client.open(path, method=method, headers=client_headers(academy))
                assert answer.status_code == 404, (method, path, answer.status_code)
                asked += 1
    assert asked >= 10, "the walk found hardly any route with an id"


def client_headers(academy: Opened) -> dict[str, str]:
    """Return the headers that a page of this academy would send."""
    return {"Origin": f"http://{academy.slug}.localhost"}


def client_of(app: HostedFlask, side: str, academy: Opened) -> FlaskClient:
    """Return an anonymous client on a host of `side`."""
    client = app.test_client()
    host = "localhost" if side == "platform" else f"{academy.slug}.localhost"
    client.environ_base["HTTP_HOST"] = host
    return client


def filled(rule: Rule, ids: dict[str, str] | None = None) -> str:
    """Return the rule's path with its arguments filled in."""
    def fill(match: re.Match[str]) -> str:
        name = match.group(2)
        if ids and name in ids:
            return ids[name]
        converter = match.group(1) or ""
        if "uuid" in converter or name.endswith("_id"):
            return str(uuid4())
        return "7" if "int" in converter else "x"

    return re.sub(r"<(?:([^:<>]+):)?([^<>]+)>", fill, rule.rule)
